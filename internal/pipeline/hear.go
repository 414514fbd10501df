package pipeline

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/airfielddev/airfield/connector"
	"github.com/airfielddev/airfield/protocol"
)

// fromSource hears one message of the source.
func (r *run) fromSource(m protocol.Message) error {
	if m.Type == protocol.TypeRecord {
		if err := r.flow.record(&m.Record); err != nil {
			return r.refuse(err)
		}
		return nil
	}
	return r.refuse(r.sourceSays(&m))
}

func (r *run) sourceSays(m *protocol.Message) error {
	switch m.Type {
	case protocol.TypeState:
		return r.flow.state(m.State)
	case protocol.TypeTrace:
		return r.sourceTraces(m.Trace)
	case protocol.TypeControl:
		r.flow.nod()
		return r.keepConfig(connector.KindSource, m.Control)
	case protocol.TypeLog:
		r.log(FromSource, m.Log)
	}
	r.flow.nod()
	return nil
}

func (r *run) sourceTraces(t *protocol.Trace) error {
	switch t.Type {
	case protocol.TraceTypeStreamStatus:
		return r.flow.status(t.StreamStatus)
	case protocol.TraceTypeEstimate:
		r.flow.setEstimate(t.Estimate)
	case protocol.TraceTypeError:
		r.traced(FromSource, r.job.SourceTitle, t.Error)
	}
	r.flow.nod()
	return nil
}

// refuse tells the source why it is not heard any more, and stops it when the reason is its own.
func (r *run) refuse(err error) error {
	if err == nil || isStop(err) || errors.Is(err, errHook) {
		return err
	}
	r.fail(breach(FromSource, r.job.SourceTitle, err))
	r.stopSource()
	return err
}

// fromDestination hears one message of the destination.
func (r *run) fromDestination(m protocol.Message) error {
	switch m.Type {
	case protocol.TypeState:
		return r.echoed(m.State)
	case protocol.TypeTrace:
		if m.Trace.Type == protocol.TraceTypeError {
			r.traced(FromDestination, r.job.DestinationTitle, m.Trace.Error)
		}
	case protocol.TypeControl:
		return r.keepConfig(connector.KindDestination, m.Control)
	case protocol.TypeLog:
		r.log(FromDestination, m.Log)
	}
	return nil
}

func (r *run) echoed(s *protocol.State) error {
	err := r.flow.settle(s)
	if err == nil || isStop(err) {
		return err
	}
	r.fail(breach(FromDestination, r.job.DestinationTitle, err))
	r.stopAll(errOver)
	return err
}

// traced keeps an error that a connector has told of. Its stream is known by the source's name.
func (r *run) traced(origin Origin, title string, t *protocol.TraceError) {
	f := failureOf(origin, title, connector.FromTrace(t))
	f.Traced = true
	if d := f.Stream; d != nil && origin == FromDestination {
		if place, ok := r.flow.set.byTarget[*d]; ok {
			f.Stream = &r.flow.set.all[place].source
		}
	}
	r.log(origin, &protocol.Log{Level: protocol.LevelError, Message: f.Message, StackTrace: f.Stack})
	r.fail(f)
}

// errHook wraps the failure of a hook, which is the platform's and not the connector's.
var errHook = errors.New("the platform could not keep what it was given")

// keepConfig makes a changed configuration durable before the connector goes on, so that a renewed token is never lost.
func (r *run) keepConfig(kind connector.Kind, c *protocol.Control) error {
	if c.Type != protocol.ControlConnectorConfig || c.ConnectorConfig == nil || r.job.Hooks.Config == nil {
		return nil
	}
	if !r.gate.enter() {
		return errOver
	}
	defer r.gate.leave()
	if err := r.callHook(func(ctx context.Context) error { return r.job.Hooks.Config(ctx, kind, c.ConnectorConfig.Config) }); err != nil {
		r.fail(platformFailure(fmt.Errorf("storing the configuration that %s changed: %w", kind, err)))
		r.stopAll(errOver)
		return fmt.Errorf("%w: %w", errHook, err)
	}
	return nil
}

func platformFailure(err error) Failure {
	return Failure{Origin: FromPlatform, Type: string(protocol.FailureSystem), Message: err.Error(), Internal: err.Error()}
}

// log passes a line on, with its secrets hidden.
func (r *run) log(from Origin, l *protocol.Log) {
	if r.job.Hooks.Log == nil || !r.gate.enter() {
		return
	}
	defer r.gate.leave()
	r.job.Hooks.Log(Line{
		At: time.Now(), Level: l.Level, From: from, Message: r.job.Redact(l.Message), Stack: r.job.Redact(l.StackTrace),
	})
}

// note writes a line of the pipeline's own.
func (r *run) note(level protocol.Level, format string, args ...any) {
	r.log(FromPlatform, &protocol.Log{Level: level, Message: fmt.Sprintf(format, args...)})
}
