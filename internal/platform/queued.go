package platform

import (
	"context"
	"errors"
	"strconv"
	"time"
)

// queuedPatience is how long a sync waits for a free worker before that is news.
const queuedPatience = time.Minute

// queuedID names the mark of the last job that was told to have waited.
const queuedID = "queued-notices"

// TellQueued tells of the syncs and refreshes that have waited for a minute, of each once. An engine calls it while all of its
// workers are busy, since jobs wait for other reasons too.
func (p *Platform) TellQueued(ctx context.Context) error {
	waiting, err := view(ctx, p, func(tb Tables) ([]Job, error) {
		jobs, _, err := p.queuedLong(ctx, tb)
		return jobs, err
	})
	if err != nil || len(waiting) == 0 {
		return err
	}
	err = p.store.Write(ctx, func(tb Tables) error {
		jobs, told, err := p.queuedLong(ctx, tb)
		if err != nil || len(jobs) == 0 {
			return err
		}
		for _, j := range jobs {
			c, err := connection(ctx, tb, j.ConnectionID)
			if err != nil {
				return err
			}
			if err := p.tell(ctx, tb, TriggerQueued, c, j); err != nil {
				return err
			}
		}
		last := jobs[len(jobs)-1]
		mark := Mark{ID: queuedID, Value: []byte(strconv.FormatInt(last.ID, 10)), CreatedAt: last.CreatedAt}
		if told == 0 {
			return tb.Marks.Insert(ctx, mark)
		}
		return tb.Marks.Update(ctx, mark)
	})
	p.notify()
	return err
}

// queuedLong lists the jobs to be told of, the oldest first, and returns the last one that was; 0 is none.
func (p *Platform) queuedLong(ctx context.Context, tb Tables) (jobs []Job, told int64, err error) {
	mark, err := tb.Marks.Get(ctx, queuedID)
	if err != nil && !errors.Is(err, ErrNotFound) {
		return nil, 0, err
	}
	f := JobFilter{Types: moving(), Statuses: []JobStatus{JobPending}, CreatedBefore: p.clock().Add(-queuedPatience).UnixMilli()}
	if err == nil {
		if told, err = strconv.ParseInt(string(mark.Value), 10, 64); err != nil {
			return nil, 0, err
		}
		f.CreatedAfter = mark.CreatedAt.UnixMilli()
	}
	all, err := tb.Jobs.List(ctx, f)
	for _, j := range all {
		if j.ID > told {
			jobs = append(jobs, j)
		}
	}
	return jobs, told, err
}
