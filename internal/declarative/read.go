package declarative

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/airfielddev/airfield/connector"
	"github.com/airfielddev/airfield/protocol"
)

// Read emits the records and states of the selected streams. A stream that fails does not keep the others from being read.
func (s *Source) Read(ctx context.Context, req connector.ReadRequest, emit connector.Emit) error {
	r, err := s.begin(req.Config, emit)
	if err != nil {
		return err
	}
	workers := s.options.Concurrency
	if workers == 0 {
		if workers, err = s.config.Concurrency.level(r.env); err != nil {
			return r.explained(err)
		}
	}
	r.env.schemas = make(map[string]json.RawMessage, len(req.Catalog.Streams))
	for _, c := range req.Catalog.Streams {
		r.env.schemas[c.Stream.Name] = c.Stream.JSONSchema
	}
	if r.staging, err = openStaging(req.Staging); err != nil {
		return err
	}
	defer r.staging.close()
	list, err := r.streams(ctx)
	if err != nil {
		return r.explained(err)
	}
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	reads := make([]*streamRead, len(req.Catalog.Streams))
	slots := make(chan struct{}, workers)
	// All streams are built before any is read, since a stream has to know whether it is a parent of others.
	for i, c := range req.Catalog.Streams {
		reads[i] = r.newRead(list, c, req.State, slots, stop)
	}
	r.all(ctx, reads, max(1, workers/2))
	if cause := context.Cause(ctx); cause != nil {
		return cause
	}
	return r.verdict(reads)
}

// all reads streams, several at a time and in order, but for those that have to wait for a stream of their group.
func (r *run) all(ctx context.Context, reads []*streamRead, atOnce int) {
	waiting := slices.Clone(reads)
	busy := map[string]bool{} // groups of which a stream is being read
	ended := make(chan *streamRead)
	running := 0
	for {
		for running < atOnce && ctx.Err() == nil {
			i := slices.IndexFunc(waiting, func(s *streamRead) bool { return s.free(busy) })
			if i < 0 {
				break
			}
			next := waiting[i]
			waiting = slices.Delete(waiting, i, i+1)
			next.mark(busy, true)
			running++
			go func() {
				next.read(ctx)
				ended <- next
			}()
		}
		if running == 0 {
			return
		}
		done := <-ended
		done.mark(busy, false)
		running--
	}
}

// verdict is the error of a read: that of the stream that failed, or of all that did.
func (r *run) verdict(reads []*streamRead) error {
	var failed []*streamRead
	for _, read := range reads {
		if read.err != nil {
			failed = append(failed, read)
		}
	}
	if len(failed) == 0 {
		return nil
	}
	first := r.explained(failed[0].err)
	if len(failed) == 1 {
		var e *connector.Error
		if errors.As(first, &e) {
			d := failed[0].descriptor
			e.Stream = &d
		}
		return first
	}
	lines := make([]string, len(failed))
	for i, read := range failed {
		lines[i] = read.descriptor.String() + ": " + r.explained(read.err).Error()
	}
	return &connector.Error{
		Type:    connector.FailureOf(first),
		Message: fmt.Sprintf("%d of %d streams failed. %s", len(failed), len(reads), strings.Join(lines, "; ")),
	}
}

// stateOf finds the state of a stream: the last, where there are several. One of null or {} says nothing.
func stateOf(states []*protocol.State, d protocol.StreamDescriptor) json.RawMessage {
	var last json.RawMessage
	for _, state := range states {
		switch state.Kind() {
		case protocol.StateTypeStream:
			if state.Stream != nil && state.Stream.StreamDescriptor == d {
				last = state.Stream.StreamState
			}
		case protocol.StateTypeGlobal:
			for i := range state.Global.StreamStates {
				if state.Global.StreamStates[i].StreamDescriptor == d {
					last = state.Global.StreamStates[i].StreamState
				}
			}
		case protocol.StateTypeLegacy:
			var all map[string]json.RawMessage
			if json.Unmarshal(state.Data, &all) == nil && all[d.Name] != nil {
				last = all[d.Name]
			}
		}
	}
	last = bytes.TrimSpace(last)
	if string(last) == "null" || string(last) == "{}" {
		return nil
	}
	return last
}
