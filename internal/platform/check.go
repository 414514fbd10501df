package platform

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/airfielddev/airfield/connector"
	"github.com/airfielddev/airfield/protocol"
)

// CheckActor asks a connector whether its stored configuration works. A configuration that does not is a report, not an error. A draft
// that passes is one no more.
func (p *Platform) CheckActor(ctx context.Context, kind connector.Kind, id string) (Report, error) {
	w, err := p.workOf(ctx, kind, id)
	if err != nil {
		return Report{}, err
	}
	if f := p.incomplete(ctx, w); f != nil {
		return p.unfinished(f), nil
	}
	r := p.check(ctx, w)
	if w.draft && r.Status == CheckSucceeded {
		return r, p.promote(ctx, w)
	}
	return r, nil
}

// CheckConfig asks a connector whether a configuration works that is not stored.
func (p *Platform) CheckConfig(ctx context.Context, definitionID string, config json.RawMessage) (Report, error) {
	w, err := p.workWith(ctx, definitionID, config)
	if err != nil {
		return Report{}, err
	}
	return p.check(ctx, w), nil
}

// CheckForUpdate asks a connector whether a configuration works that is to replace the stored one. Masks stand for the stored
// secrets; nothing is stored. The name is that which the actor is to have.
func (p *Platform) CheckForUpdate(ctx context.Context, kind connector.Kind, id, name string, config json.RawMessage) (Report, error) {
	if strings.TrimSpace(name) == "" {
		return Report{}, badRequest("A " + string(kind) + " needs a name.")
	}
	w, err := p.workOf(ctx, kind, id)
	if err != nil {
		return Report{}, err
	}
	if w.config, err = p.accept(ctx, w.definition, Actor{Kind: kind}, config, w.config); err != nil {
		return Report{}, err
	}
	w.actorID = ""
	return p.check(ctx, w), nil
}

// work is a connector with the configuration to run it with.
type work struct {
	definition    Definition
	config        json.RawMessage
	actorID       string // "": the configuration is not stored
	configVersion string
	draft         bool
}

func (p *Platform) workOf(ctx context.Context, kind connector.Kind, id string) (work, error) {
	return view(ctx, p, func(tb Tables) (work, error) {
		a, err := actor(ctx, tb, kind, id)
		if err != nil {
			return work{}, err
		}
		d, err := p.definition(ctx, tb, a.DefinitionID)
		if err != nil {
			return work{}, err
		}
		plain, err := p.unsealed(a.ID, a.Config)
		return work{definition: d, config: plain, actorID: a.ID, configVersion: a.ConfigVersion, draft: a.Draft}, err
	})
}

func (p *Platform) workWith(ctx context.Context, definitionID string, config json.RawMessage) (work, error) {
	d, err := p.Definition(ctx, definitionID)
	if err != nil {
		return work{}, err
	}
	plain, err := p.accept(ctx, d, Actor{Kind: d.Kind}, config, nil)
	return work{definition: d, config: plain}, err
}

func (p *Platform) check(ctx context.Context, w work) Report {
	r := Report{ID: newID(), CreatedAt: p.clock()}
	ctx, cancel := context.WithTimeout(ctx, p.checkTimeout)
	defer cancel()
	listener := &listener{}
	status, err := guarded(func() (protocol.ConnectionStatus, error) {
		c, err := p.connectorOf(ctx, w.definition)
		if err != nil {
			return protocol.ConnectionStatus{}, err
		}
		return c.Check(ctx, w.config, listener.hear)
	})
	if err != nil && connector.FailureOf(err) == protocol.FailureConfig {
		status, err = connector.Failed(err), nil
	}
	r.EndedAt, r.LogLines, r.Succeeded = p.clock(), listener.lines, err == nil
	r.ConfigUpdated = p.adopt(ctx, w, listener.config)
	if err != nil {
		r.Failure = p.failureOf(ctx, w.definition, "check", p.checkTimeout, err)
		return r
	}
	r.Status, r.Message = CheckFailed, status.Message
	if status.Status == protocol.StatusSucceeded {
		r.Status = CheckSucceeded
	}
	return r
}

// listener gathers what a connector says beside its answer.
type listener struct {
	mu     sync.Mutex
	lines  []string
	config json.RawMessage
}

// maxReportLines bounds the log of a check or discover.
const maxReportLines = 1000

func (l *listener) hear(m protocol.Message) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	switch {
	case m.Log != nil && len(l.lines) < maxReportLines:
		l.lines = append(l.lines, string(m.Log.Level)+" "+m.Log.Message)
	case m.Control != nil && m.Control.ConnectorConfig != nil:
		l.config = append(json.RawMessage(nil), m.Control.ConnectorConfig.Config...)
	}
	return nil
}

// adopt stores the configuration that a connector has changed.
func (p *Platform) adopt(ctx context.Context, w work, changed json.RawMessage) bool {
	if changed == nil || w.actorID == "" {
		return false
	}
	err := p.StoreConnectorConfig(context.WithoutCancel(ctx), w.definition.Kind, w.actorID, changed)
	if err != nil {
		p.log.ErrorContext(ctx, "storing a configuration that a connector changed", "actor_id", w.actorID, "error", err)
	}
	return err == nil
}

// failureOf tells why a connector gave no answer.
func (p *Platform) failureOf(ctx context.Context, d Definition, doing string, limit time.Duration, err error) *Failure {
	f := &Failure{
		Origin: FailureOrigin(d.Kind), Type: string(connector.FailureOf(err)), Message: err.Error(), Internal: err.Error(), At: p.clock(),
	}
	var told *connector.Error
	if errors.As(err, &told) {
		f.Message, f.Stack, f.Stream, f.FromTrace = told.Message, told.Stack, told.Stream, true
		if told.Internal != "" {
			f.Internal = told.Internal
		}
	}
	if errors.Is(ctx.Err(), context.DeadlineExceeded) {
		f.Message = fmt.Sprintf("The %s of %s did not end within %v.", doing, d.DisplayName(), limit)
		f.Type = string(protocol.FailureTransient)
	}
	return f
}
