package cloud

import (
	"context"
	"iter"
	"net/http"
	"strings"

	"github.com/airfielddev/airfield/internal/wire/own"
	"github.com/airfielddev/airfield/internal/wire/public"
)

// destinationKind tells the definitions of destinations from those of sources.
const destinationKind = "destination"

// PublishCustomDestinationDefinition makes a destination connector of a container image or a program, for this workspace. The ID is
// for [WithDefinitionID]. The error matches [ErrDuplicateName] when a destination connector has the name, and [ErrInvalidInput] when def
// is a manifest, since those are sources, or the deployment does not take images or programs.
//
// See https://reference.airbyte.com/reference/createdestinationdefinition.
func (w *Workspace) PublishCustomDestinationDefinition(ctx context.Context, name string, def DefinitionSource, opts ...PublishOption) (*DefinitionInfo, error) {
	op := "publishing destination definition " + name
	var o publishOptions
	for _, opt := range opts {
		opt(&o)
	}
	if strings.TrimSpace(name) == "" || def == nil {
		return nil, refuse(ErrInvalidInput, op, "definition", name, "a name, and an image or a program, are needed")
	}
	content, err := def.definition(ctx, op)
	if err != nil {
		return nil, err
	}
	if content.kind() == DefinitionYAML {
		return nil, refuse(ErrInvalidInput, op, "definition", name, "a manifest describes a source")
	}
	if err := o.check(op, content); err != nil {
		return nil, err
	}
	if err := w.mustBeNewDestination(ctx, op, name, content.kind(), o); err != nil {
		return nil, err
	}
	if content.kind() == DefinitionExecutable {
		return w.publishProgram(ctx, op, own.ExecutableCreate{
			Name: name, Kind: destinationKind, Command: content.command, DocumentationURL: o.documentedAt,
		})
	}
	body := public.DefinitionCreateRequest{
		Name: name, DockerRepository: content.repository, DockerImageTag: content.tag, DocumentationURL: o.documentedAt,
	}
	req := w.client.public(op, http.MethodPost, body, "workspaces", w.id, "definitions", "destinations")
	answer, err := ask[public.DefinitionResponse](ctx, w.client, req, "definition", name)
	if err != nil {
		return nil, err
	}
	return w.image(answer).info.cached(), nil
}

func (w *Workspace) publishProgram(ctx context.Context, op string, body own.ExecutableCreate) (*DefinitionInfo, error) {
	req, err := w.executables(op, http.MethodPost, body)
	if err != nil {
		return nil, err
	}
	answer, err := ask[own.ExecutableRead](ctx, w.client, req, "definition", body.Name)
	if err != nil {
		return nil, err
	}
	return w.program(answer).info.cached(), nil
}

func (w *Workspace) mustBeNewDestination(ctx context.Context, op, name string, kind DefinitionType, o publishOptions) error {
	if o.duplicate {
		return nil
	}
	names := w.destinationImages(ctx, op)
	if kind == DefinitionExecutable {
		names = w.destinationPrograms(ctx, op)
	}
	for taken, err := range names {
		if err != nil {
			return err
		}
		if taken == name {
			return refuse(ErrDuplicateName, op, "definition", name, "the workspace has a destination connector called %q already", name)
		}
	}
	return nil
}

func (w *Workspace) destinationPrograms(ctx context.Context, op string) iter.Seq2[string, error] {
	return func(yield func(string, error) bool) {
		for r, err := range w.listExecutables(ctx, op, destinationKind) {
			if !yield(r.Name, err) {
				return
			}
		}
	}
}

// destinationImages are the names of the workspace's images and of what everybody has.
func (w *Workspace) destinationImages(ctx context.Context, op string) iter.Seq2[string, error] {
	return pages(ctx, func(ctx context.Context, _ int) (page[string], error) {
		req := w.client.public(op, http.MethodGet, nil, "workspaces", w.id, "definitions", "destinations")
		answer, err := ask[public.DefinitionsResponse](ctx, w.client, req, "definitions", "")
		if err != nil {
			return page[string]{}, err
		}
		names := make([]string, 0, len(answer.Data))
		for _, d := range answer.Data {
			names = append(names, d.Name)
		}
		return page[string]{items: names}, nil
	})
}
