package platform

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/airfielddev/airfield/connector"
	"github.com/airfielddev/airfield/internal/declarative"
	"github.com/airfielddev/airfield/internal/platform/config"
	"github.com/airfielddev/airfield/internal/rawjson"
	wire "github.com/airfielddev/airfield/internal/wire/config"
	"github.com/airfielddev/airfield/manifest"
	"github.com/airfielddev/airfield/protocol"
)

// trialTimeout bounds the reading of a stream while its author waits.
const trialTimeout = 2 * time.Minute

// Described is a source that a manifest describes.
type Described interface {
	// Try shows what reading one of its streams is like.
	Try(ctx context.Context, in declarative.Trial) (wire.BuilderStream, error)
	// Manifest is what describes it.
	Manifest() (json.RawMessage, error)
	// Resolved is the manifest with its references followed.
	Resolved() (json.RawMessage, error)
	// FullyResolved has the streams that a configuration makes of templates too.
	FullyResolved(ctx context.Context, config json.RawMessage, limit int) (json.RawMessage, error)
}

// StreamTrial says which stream of a manifest to try, and how much of it to read; 0 is as [declarative.Trial] has it.
type StreamTrial struct {
	Manifest json.RawMessage
	Stream   string
	State    []*protocol.State
	Slices   int
	Pages    int
	Records  int
}

// described makes a source of a manifest. What is wrong with it is an [Error] of [ErrUnprocessed].
func (p *Platform) described(ctx context.Context, ref connector.Ref) (Described, error) {
	source, err := p.connectors.Source(ctx, ref)
	if problems, ok := errors.AsType[manifest.Problems](err); ok {
		return nil, refuse(ErrUnprocessed, "The manifest cannot be used. %s", withoutLines(problems))
	}
	if err != nil {
		return nil, err
	}
	d, ok := source.(Described)
	if !ok {
		return nil, refuse(ErrUnprocessed, "The source is not described by a manifest.")
	}
	return d, nil
}

func manifestRef(text json.RawMessage) connector.Ref {
	return connector.Ref{Kind: connector.KindSource, Manifest: text}
}

// TryStream reads the beginning of a stream of a manifest with the testing values of a project. Secrets in the answer are masked.
// When the API has renewed its credentials, the testing values are changed accordingly.
func (p *Platform) TryStream(ctx context.Context, workspaceID, projectID string, in StreamTrial) (wire.BuilderStream, error) {
	values, err := p.testingValues(ctx, workspaceID, projectID)
	if err != nil {
		return wire.BuilderStream{}, err
	}
	source, err := p.described(ctx, manifestRef(in.Manifest))
	if err != nil {
		return wire.BuilderStream{}, err
	}
	out, err := guarded(func() (wire.BuilderStream, error) {
		return source.Try(ctx, declarative.Trial{
			Config: values, Stream: in.Stream, State: in.State, Slices: in.Slices, Pages: in.Pages, Records: in.Records, Timeout: trialTimeout,
		})
	})
	if err != nil || out.LatestConfigUpdate == nil {
		return out, err
	}
	out.LatestConfigUpdate, err = p.keepTestingValues(context.WithoutCancel(ctx), workspaceID, projectID, in.Manifest, out.LatestConfigUpdate)
	return out, err
}

// testingValues are the testing values of a project with their secrets; an empty object when it has none.
func (p *Platform) testingValues(ctx context.Context, workspaceID, projectID string) (json.RawMessage, error) {
	values, err := view(ctx, p, func(tb Tables) (json.RawMessage, error) {
		b, err := project(ctx, tb, workspaceID, projectID)
		if err != nil {
			return nil, err
		}
		return p.unsealed(b.ID, b.TestingValues)
	})
	if err != nil {
		return nil, fmt.Errorf("reading testing values of %s %s: %w", projectResource, projectID, err)
	}
	if values == nil {
		values = json.RawMessage(`{}`)
	}
	return values, nil
}

// keepTestingValues stores what a trial made of the testing values, and returns it masked.
func (p *Platform) keepTestingValues(ctx context.Context, workspaceID, projectID string, text, values json.RawMessage) (json.RawMessage, error) {
	schema, _ := config.Compile(rawjson.GetPath(text, []string{"spec", "connection_specification"})) // one that does not compile still masks
	return change(ctx, p, func(tb Tables) (json.RawMessage, error) {
		b, err := project(ctx, tb, workspaceID, projectID)
		if err != nil {
			return nil, err
		}
		if b.TestingValues, err = p.sealed(b.ID, values); err != nil {
			return nil, err
		}
		if err := tb.Projects.Update(ctx, b); err != nil {
			return nil, err
		}
		return schema.Masked(values)
	})
}

// ResolveManifest is a manifest in which nothing has to be looked up.
func (p *Platform) ResolveManifest(ctx context.Context, text json.RawMessage) (json.RawMessage, error) {
	source, err := p.described(ctx, manifestRef(text))
	if err != nil {
		return nil, err
	}
	return source.Resolved()
}

// ExpandManifest is a manifest in which nothing has to be looked up, with so many streams of each of its templates as the testing
// values of a project make. Without a project there are no values.
func (p *Platform) ExpandManifest(ctx context.Context, workspaceID, projectID string, text json.RawMessage, limit int) (json.RawMessage, error) {
	values := json.RawMessage(`{}`)
	if projectID != "" {
		var err error
		if values, err = p.testingValues(ctx, workspaceID, projectID); err != nil {
			return nil, err
		}
	}
	source, err := p.described(ctx, manifestRef(text))
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, trialTimeout)
	defer cancel()
	expanded, err := guarded(func() (json.RawMessage, error) { return source.FullyResolved(ctx, values, limit) })
	var told *connector.Error
	if errors.As(err, &told) {
		return nil, refuse(ErrUnprocessed, "The streams of the manifest cannot be listed. %s", told.Message)
	}
	return expanded, err
}

// ForkProject makes a builder project whose draft is the manifest of a definition, one of the workspace or a public one.
func (p *Platform) ForkProject(ctx context.Context, workspaceID string, d Definition) (BuilderProject, error) {
	text := d.Manifest
	if text == nil {
		source, err := p.described(ctx, d.Ref())
		if err != nil {
			return BuilderProject{}, err
		}
		if text, err = source.Manifest(); err != nil {
			return BuilderProject{}, err
		}
	}
	return p.CreateProject(ctx, NewProject{WorkspaceID: workspaceID, Name: d.DisplayName(), Draft: text})
}

// withoutLines leaves out where in the text problems are: an API has a manifest as a value, whose text is nobody's.
func withoutLines(problems manifest.Problems) manifest.Problems {
	list := slices.Clone(problems)
	for i := range list {
		list[i].Place = manifest.Place{Path: list[i].Path}
	}
	return list
}
