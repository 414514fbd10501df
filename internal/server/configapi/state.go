package configapi

import (
	"context"
	"encoding/json"
	"errors"

	"github.com/airfielddev/airfield/internal/platform"
	"github.com/airfielddev/airfield/internal/server/endpoint"
	"github.com/airfielddev/airfield/internal/wire/config"
	"github.com/airfielddev/airfield/protocol"
)

func (a *api) stateRoutes() []endpoint.Route {
	return []endpoint.Route{
		post("/state/get", endpoint.WorkspaceReader, endpoint.Call(a.getState)),
		post("/state/create_or_update", endpoint.WorkspaceEditor, endpoint.Call(a.setState)),
		post("/state/create_or_update_safe", endpoint.WorkspaceEditor, endpoint.Call(a.setStateSafely)),
	}
}

func (a *api) getState(ctx context.Context, in config.ConnectionID) (out config.ConnectionState, err error) {
	if err := endpoint.Require("connectionId", in.ConnectionID); err != nil {
		return out, err
	}
	id := endpoint.ID(in.ConnectionID)
	s, err := a.platform.State(ctx, id)
	return printState(id, s), err
}

func (a *api) setState(ctx context.Context, in config.ConnectionStateCreateOrUpdate) (config.ConnectionState, error) {
	return a.writeState(ctx, in, false)
}

// setStateSafely is refused while a sync runs.
func (a *api) setStateSafely(ctx context.Context, in config.ConnectionStateCreateOrUpdate) (config.ConnectionState, error) {
	out, err := a.writeState(ctx, in, true)
	if errors.Is(err, platform.ErrSyncRunning) {
		return out, endpoint.Locked("State cannot be updated while a sync is running for this connection.")
	}
	return out, err
}

func (a *api) writeState(ctx context.Context, in config.ConnectionStateCreateOrUpdate, safe bool) (out config.ConnectionState, err error) {
	id := endpoint.ID(in.ConnectionID)
	if id == "" {
		id = endpoint.ID(in.ConnectionState.ConnectionID)
	}
	if err := endpoint.Require("connectionId", id); err != nil {
		return out, err
	}
	state, err := readState(in.ConnectionState)
	if err != nil {
		return out, err
	}
	state, err = a.platform.SetState(ctx, id, state, safe)
	return printState(id, state), err
}

func readState(in config.ConnectionState) (out platform.ConnectionState, err error) {
	if err := endpoint.Require("connectionState.stateType", string(in.StateType)); err != nil {
		return out, err
	}
	switch in.StateType {
	case config.StateNotSet:
		return out, nil
	case config.StateStream:
		out.Type = protocol.StateTypeStream
		out.Streams, err = readStreamStates(in.StreamState)
	case config.StateGlobal:
		if in.GlobalState == nil {
			return out, endpoint.BadRequest("connectionState.globalState is required when stateType is global.")
		}
		out.Type = protocol.StateTypeGlobal
		if out.Shared, err = blob("connectionState.globalState.shared_state", in.GlobalState.SharedState); err != nil {
			return out, err
		}
		out.Streams, err = readStreamStates(in.GlobalState.StreamStates)
	case config.StateLegacy:
		out.Type = protocol.StateTypeLegacy
		out.Legacy, err = blob("connectionState.state", in.State)
	default:
		return out, endpoint.Known("connectionState.stateType", in.StateType)
	}
	return out, err
}

// readStreamStates keeps a stream whose state is absent or null: it is to be deleted.
func readStreamStates(rows []config.StreamState) ([]protocol.StreamState, error) {
	var out []protocol.StreamState
	for _, s := range rows {
		if err := endpoint.Require("streamDescriptor.name", s.StreamDescriptor.Name); err != nil {
			return nil, err
		}
		state, err := blob("streamState", s.StreamState)
		if err != nil {
			return nil, err
		}
		out = append(out, protocol.StreamState{StreamDescriptor: readDescriptor(s.StreamDescriptor), StreamState: state})
	}
	return out, nil
}

// blob is a state: an object, or nil when it is absent or null.
func blob(member string, v json.RawMessage) (json.RawMessage, error) {
	if v = present(v); v != nil && !object(v) {
		return nil, endpoint.BadRequest("The member %q must be an object.", member)
	}
	return v, nil
}

func printState(connectionID string, s platform.ConnectionState) config.ConnectionState {
	out := config.ConnectionState{ConnectionID: connectionID, StateType: config.StateNotSet}
	switch s.Type {
	case protocol.StateTypeStream:
		out.StateType, out.StreamState = config.StateStream, printStreamStates(s.Streams)
	case protocol.StateTypeGlobal:
		out.StateType = config.StateGlobal
		out.GlobalState = &config.GlobalState{SharedState: s.Shared, StreamStates: printStreamStates(s.Streams)}
	case protocol.StateTypeLegacy:
		out.StateType, out.State = config.StateLegacy, json.RawMessage(s.Legacy)
	}
	return out
}

func printStreamStates(rows []protocol.StreamState) []config.StreamState {
	out := make([]config.StreamState, 0, len(rows))
	for _, s := range rows {
		out = append(out, config.StreamState{StreamDescriptor: descriptor(s.StreamDescriptor), StreamState: s.StreamState})
	}
	return out
}
