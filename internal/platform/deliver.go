package platform

import (
	"context"
	"fmt"
	"time"

	"golang.org/x/sync/errgroup"
)

// Poster sends a body to a web hook. It returns nil when the web hook has taken it.
type Poster interface {
	Post(ctx context.Context, url string, body []byte) error
}

// noPoster is a server that may not send anything.
type noPoster struct{}

func (noPoster) Post(context.Context, string, []byte) error {
	return fmt.Errorf("this server sends nothing to web hooks")
}

// How notices are delivered.
const (
	deliveriesAtOnce = 8
	deliveryTick     = time.Minute // how long to wait at most, so that a clock that was set is noticed
)

// deliveryWaits are the pauses before a notice is tried again. After the last of them it is given up.
func deliveryWaits() []time.Duration {
	return []time.Duration{10 * time.Second, time.Minute, 5 * time.Minute, 30 * time.Minute, 3 * time.Hour}
}

// DeliverNotices tells web hooks of what has happened, until ctx is done. What could not be told is tried again, also by the next
// run: a notice is told at least once, unless its web hook does not take it for hours.
func (p *Platform) DeliverNotices(ctx context.Context) error {
	for ctx.Err() == nil {
		next, err := p.deliverDue(ctx)
		if err != nil && ctx.Err() == nil {
			p.log.ErrorContext(ctx, "notices cannot be delivered, it will be tried again", "error", err)
		}
		timer := time.NewTimer(min(max(next, 0), deliveryTick))
		select {
		case <-ctx.Done():
		case <-p.noticed:
		case <-timer.C:
		}
		timer.Stop()
	}
	return nil
}

// deliverDue delivers the notices whose time has come and returns how long to wait for the next one.
func (p *Platform) deliverDue(ctx context.Context) (time.Duration, error) {
	notices, err := view(ctx, p, func(tb Tables) ([]Notice, error) { return tb.Notices.List(ctx, Filter{}) })
	if err != nil {
		return deliveryTick, err
	}
	next, now := deliveryTick, p.clock()
	group, sending := errgroup.WithContext(ctx)
	group.SetLimit(deliveriesAtOnce)
	for _, n := range notices {
		if wait := n.NotBefore.Sub(now); wait > 0 {
			next = min(next, wait)
			continue
		}
		group.Go(func() error { return p.deliver(sending, n) })
	}
	return next, group.Wait()
}

// deliver sends one notice and stores what became of it.
func (p *Platform) deliver(ctx context.Context, n Notice) error {
	err := p.poster.Post(ctx, n.URL, n.Body)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return p.store.Write(ctx, func(tb Tables) error {
		waits := deliveryWaits()
		if err == nil || n.Failures >= len(waits) {
			if err != nil {
				p.log.WarnContext(ctx, "a notice was given up", "workspace_id", n.WorkspaceID, "trigger", n.Trigger, "error", err)
			}
			return tb.Notices.Delete(ctx, n.ID)
		}
		later := n
		later.Failures, later.NotBefore = n.Failures+1, p.clock().Add(waits[n.Failures])
		return tb.Notices.Update(ctx, later)
	})
}
