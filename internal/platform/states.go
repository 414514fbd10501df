package platform

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/airfielddev/airfield/internal/rawjson"
	"github.com/airfielddev/airfield/protocol"
)

// State reads what a connection has committed.
func (p *Platform) State(ctx context.Context, connectionID string) (ConnectionState, error) {
	return view(ctx, p, func(tb Tables) (ConnectionState, error) {
		if _, err := connection(ctx, tb, connectionID); err != nil {
			return ConnectionState{}, err
		}
		return tb.States.Get(ctx, connectionID)
	})
}

// SetState changes what a connection has committed, and returns all of it. Streams that are named are stored, or removed when
// they have no state; the others stay. A global state without a shared part removes that part. Legacy states become stream or
// global ones; no other change of type is taken unless the state is cleared, as a state of no type does. With safe set, it
// returns an [Error] of [ErrSyncRunning] while a sync or refresh is not final.
func (p *Platform) SetState(ctx context.Context, connectionID string, s ConnectionState, safe bool) (ConnectionState, error) {
	if err := s.validate(); err != nil {
		return ConnectionState{}, err
	}
	return change(ctx, p, func(tb Tables) (ConnectionState, error) {
		if _, err := connection(ctx, tb, connectionID); err != nil {
			return ConnectionState{}, err
		}
		if safe {
			if err := noSync(ctx, tb, connectionID); err != nil {
				return ConnectionState{}, err
			}
		}
		stored, err := tb.States.Type(ctx, connectionID)
		if err != nil {
			return ConnectionState{}, err
		}
		if err := replaceState(ctx, tb, connectionID, stored, s); err != nil {
			return ConnectionState{}, err
		}
		return tb.States.Get(ctx, connectionID)
	})
}

func (s ConnectionState) validate() error {
	for _, part := range append([]protocol.StreamState{{StreamDescriptor: protocol.StreamDescriptor{Name: "shared"}, StreamState: s.Shared},
		{StreamDescriptor: protocol.StreamDescriptor{Name: "legacy"}, StreamState: s.Legacy}}, s.Streams...) {
		if part.StreamDescriptor.Name == "" {
			return badRequest("A stream state needs the name of its stream.")
		}
		if part.StreamState != nil && !json.Valid(part.StreamState) {
			return badRequest(fmt.Sprintf("The state of %s is not valid JSON.", part.StreamDescriptor))
		}
	}
	switch s.Type {
	case "", protocol.StateTypeStream, protocol.StateTypeGlobal, protocol.StateTypeLegacy:
		return nil
	}
	return badRequest(fmt.Sprintf("There is no state type %q.", s.Type))
}

func replaceState(ctx context.Context, tb Tables, connectionID string, stored protocol.StateType, s ConnectionState) error {
	switch {
	case s.Type == "":
		return tb.States.Clear(ctx, connectionID)
	case stored == protocol.StateTypeLegacy && s.Type != stored:
		if err := tb.States.Clear(ctx, connectionID); err != nil {
			return err
		}
	case stored != "" && s.Type != stored:
		return badRequest(fmt.Sprintf("Unexpected type migration from %s to %s: clear the state first.", stored, s.Type))
	}
	null := json.RawMessage("null")
	switch s.Type {
	case protocol.StateTypeGlobal:
		s.Legacy, s.Shared = nil, cmpRaw(s.Shared, null)
	case protocol.StateTypeLegacy:
		s.Streams, s.Shared, s.Legacy = nil, nil, cmpRaw(s.Legacy, null)
	case protocol.StateTypeStream:
		s.Shared, s.Legacy = nil, nil
	}
	return tb.States.Put(ctx, connectionID, s)
}

// noSync refuses while a sync or refresh is under way. Resets and clears do not count.
func noSync(ctx context.Context, tb Tables, connectionID string) error {
	n, err := tb.Jobs.Count(ctx, JobFilter{ConnectionID: connectionID, Types: []JobType{JobSync, JobRefresh}, Statuses: activeStatuses})
	if err == nil && n > 0 {
		err = &Error{
			Condition: ErrSyncRunning, Resource: "connection", ID: connectionID,
			Message: "State cannot be updated while a sync is running for this connection.",
		}
	}
	return err
}

// dropStates removes the states of some streams of a connection; all there is, the shared part too, when these are all streams
// that the connection has or all that have a state.
func dropStates(ctx context.Context, tb Tables, c Connection, streams []protocol.StreamDescriptor) error {
	if len(streams) == 0 {
		return nil
	}
	stored, err := tb.States.Get(ctx, c.ID)
	if err != nil || stored.Type == "" {
		return err
	}
	dropped := func(d protocol.StreamDescriptor) bool { return slices.Contains(streams, d) }
	allOfConnection := !slices.ContainsFunc(c.Streams, func(s ConnectionStream) bool { return !dropped(s.Stream.Descriptor()) })
	allOfState := len(stored.Streams) > 0 && !slices.ContainsFunc(stored.Streams, func(s protocol.StreamState) bool { return !dropped(s.StreamDescriptor) })
	if allOfConnection || allOfState {
		return tb.States.Clear(ctx, c.ID)
	}
	gone := ConnectionState{Type: stored.Type}
	for _, d := range streams {
		gone.Streams = append(gone.Streams, protocol.StreamState{StreamDescriptor: d})
	}
	return tb.States.Put(ctx, c.ID, gone)
}

// messages are the states that a source is given to go on from.
func (s ConnectionState) messages() []*protocol.State {
	switch s.Type {
	case protocol.StateTypeGlobal:
		return []*protocol.State{{Type: protocol.StateTypeGlobal, Global: &protocol.GlobalState{SharedState: s.Shared, StreamStates: s.Streams}}}
	case protocol.StateTypeLegacy:
		if s.Legacy == nil {
			return nil
		}
		return []*protocol.State{{Type: protocol.StateTypeLegacy, Data: s.Legacy}}
	}
	var all []*protocol.State
	for _, stream := range s.Streams {
		all = append(all, protocol.NewStreamState(stream.StreamDescriptor, stream.StreamState))
	}
	return all
}

// collapse folds states that were committed one after the other into what they amount to.
func collapse(states []*protocol.State) ConnectionState {
	var s ConnectionState
	at := map[protocol.StreamDescriptor]int{}
	put := func(stream protocol.StreamState) {
		i, ok := at[stream.StreamDescriptor]
		if !ok {
			at[stream.StreamDescriptor] = len(s.Streams)
			s.Streams = append(s.Streams, stream)
			return
		}
		s.Streams[i] = stream
	}
	for _, state := range states {
		if kind := state.Kind(); kind != s.Type {
			s, at = ConnectionState{Type: kind}, map[protocol.StreamDescriptor]int{}
		}
		switch s.Type {
		case protocol.StateTypeStream:
			put(*state.Stream)
		case protocol.StateTypeGlobal:
			s.Shared = cmpRaw(state.Global.SharedState, json.RawMessage("null"))
			for _, stream := range state.Global.StreamStates {
				put(stream)
			}
		case protocol.StateTypeLegacy:
			s.Legacy = state.Data
		}
	}
	return s
}

// commit stores states that a destination has echoed. A source that changes the type of its states replaces all of them.
func commit(ctx context.Context, tb Tables, connectionID string, states []*protocol.State) error {
	if len(states) == 0 {
		return nil
	}
	s := collapse(states)
	stored, err := tb.States.Type(ctx, connectionID)
	if err != nil {
		return err
	}
	if stored != "" && stored != s.Type {
		if err := tb.States.Clear(ctx, connectionID); err != nil {
			return err
		}
	}
	if s.Type == protocol.StateTypeLegacy && rawjson.IsNull(s.Legacy) {
		return nil
	}
	return tb.States.Put(ctx, connectionID, s)
}
