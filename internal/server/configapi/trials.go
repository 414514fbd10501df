package configapi

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"

	"github.com/airfielddev/airfield/internal/platform"
	"github.com/airfielddev/airfield/internal/server/endpoint"
	"github.com/airfielddev/airfield/internal/wire/config"
	"github.com/airfielddev/airfield/protocol"
)

// The most that may be asked for, and what is meant when nothing is.
const (
	mostSlices   = 20
	mostPages    = 20
	mostRecords  = 10_000
	mostStreams  = 100
	usualStreams = 5
)

// tryStream reads the beginning of a stream with the testing values of a project. What goes wrong on the way is part of the answer.
func (a *api) tryStream(ctx context.Context, in config.BuilderStreamRead) (out config.BuilderStream, err error) {
	p, err := a.project(ctx, in.WorkspaceID, in.BuilderProjectID)
	if err != nil {
		return out, err
	}
	trial := platform.StreamTrial{Stream: in.StreamName}
	if trial.Manifest, err = manifestOf(in.Manifest, in.CustomComponentsCode); err != nil {
		return out, err
	}
	if err := endpoint.Require("streamName", in.StreamName); err != nil {
		return out, err
	}
	if trial.State, err = statesOf(in.State); err != nil {
		return out, err
	}
	err = cmp.Or(
		limited("sliceLimit", in.SliceLimit, mostSlices, &trial.Slices),
		limited("pageLimit", in.PageLimit, mostPages, &trial.Pages),
		limited("recordLimit", in.RecordLimit, mostRecords, &trial.Records),
	)
	if err != nil {
		return out, err
	}
	return a.platform.TryStream(ctx, p.WorkspaceID, p.ID, trial)
}

// limited takes a limit that was given.
func limited(member string, given *int, most int, into *int) error {
	if given == nil {
		return nil
	}
	if *given < 1 || *given > most {
		return endpoint.BadRequest("%s is a number from 1 to %d.", member, most)
	}
	*into = *given
	return nil
}

// manifestOf is a manifest that can be run without Python.
func manifestOf(text json.RawMessage, components string) (json.RawMessage, error) {
	if absent(text) || bytes.TrimSpace(text)[0] != '{' {
		return nil, endpoint.BadRequest("The manifest is required and must be an object.")
	}
	if components != "" {
		return nil, endpoint.Unprocessable("customComponentsCode holds Python code, which this server does not run.")
	}
	return text, nil
}

func statesOf(list []json.RawMessage) ([]*protocol.State, error) {
	states := make([]*protocol.State, 0, len(list))
	for i, text := range list {
		var s protocol.State
		err := json.Unmarshal(text, &s)
		if err == nil {
			err = s.Validate()
		}
		if err != nil {
			return nil, endpoint.BadRequest("state[%d] is no state message.", i)
		}
		states = append(states, &s)
	}
	return states, nil
}

// within tells whether there is the workspace that a call names, if it names one.
func (a *api) within(ctx context.Context, workspaceID string) error {
	if workspaceID == "" {
		return nil
	}
	_, err := a.platform.Workspace(ctx, endpoint.ID(workspaceID))
	return err
}

func (a *api) resolveManifest(ctx context.Context, in config.BuilderResolve) (out config.BuilderResolved, err error) {
	if err := a.within(ctx, in.WorkspaceID); err != nil {
		return out, err
	}
	text, err := manifestOf(in.Manifest, "")
	if err != nil {
		return out, err
	}
	out.Manifest, err = a.platform.ResolveManifest(ctx, text)
	return out, err
}

// expandManifest has the streams that the project's testing values make of templates.
func (a *api) expandManifest(ctx context.Context, in config.BuilderResolve) (out config.BuilderResolved, err error) {
	if err := a.within(ctx, in.WorkspaceID); err != nil {
		return out, err
	}
	text, err := manifestOf(in.Manifest, "")
	if err != nil {
		return out, err
	}
	streams := usualStreams
	if err := limited("streamLimit", in.StreamLimit, mostStreams, &streams); err != nil {
		return out, err
	}
	out.Manifest, err = a.platform.ExpandManifest(ctx, endpoint.ID(in.WorkspaceID), endpoint.ID(in.BuilderProjectID), text, streams)
	return out, err
}

// forkProject begins a project with the manifest of a definition.
func (a *api) forkProject(ctx context.Context, in config.BuilderFork) (out config.BuilderProjectCreated, err error) {
	if err := endpoint.Require("workspaceId", in.WorkspaceID, "baseActorDefinitionId", in.BaseActorDefinitionID); err != nil {
		return out, err
	}
	d, err := a.sources().definition(ctx, in.BaseActorDefinitionID, in.WorkspaceID)
	if err != nil {
		return out, err
	}
	p, err := a.platform.ForkProject(ctx, endpoint.ID(in.WorkspaceID), d)
	return config.BuilderProjectCreated{WorkspaceID: p.WorkspaceID, BuilderProjectID: p.ID}, err
}

// builderCapabilities says that there is no Python here.
func (a *api) builderCapabilities(ctx context.Context, in config.WorkspaceID) (out config.BuilderCapabilities, err error) {
	if err := endpoint.Require("workspaceId", in.WorkspaceID); err != nil {
		return out, err
	}
	return out, a.within(ctx, in.WorkspaceID)
}
