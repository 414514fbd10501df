package cloud

import (
	"context"
	"iter"
	"net/http"
	"strings"

	"github.com/airfielddev/airfield/internal/wire/config"
	"github.com/airfielddev/airfield/internal/wire/own"
	"github.com/airfielddev/airfield/internal/wire/public"
)

// A PublishOption says how a definition is published.
type PublishOption func(*publishOptions)

type publishOptions struct {
	values       map[string]any
	unvalidated  bool
	duplicate    bool
	documentedAt string
}

// WithTestingValues sets the configuration that the connector builder tests a manifest with, see
// [CustomSourceDefinition.SetTestingValues].
func WithTestingValues(v map[string]any) PublishOption {
	return func(o *publishOptions) { o.values = v }
}

// WithoutValidation sends a manifest without looking whether it can be one.
func WithoutValidation() PublishOption { return func(o *publishOptions) { o.unvalidated = true } }

// AllowDuplicateDefinition publishes even if the workspace has a definition of this name. Without it the error matches
// [ErrDuplicateName].
func AllowDuplicateDefinition() PublishOption {
	return func(o *publishOptions) { o.duplicate = true }
}

// WithDocumentationURL says where a connector that is a container image or a program is described.
func WithDocumentationURL(address string) PublishOption {
	return func(o *publishOptions) { o.documentedAt = address }
}

// PublishCustomSourceDefinition makes a source connector of a manifest, a container image or a program, for this workspace. The error
// matches [ErrDuplicateName] when the name is taken, and [ErrInvalidInput] when the manifest cannot be one or the deployment does not
// take images or programs: Airbyte Cloud takes manifests alone.
//
// See https://reference.airbyte.com/reference/createdeclarativesourcedefinition and
// https://reference.airbyte.com/reference/createsourcedefinition.
func (w *Workspace) PublishCustomSourceDefinition(ctx context.Context, name string, def DefinitionSource, opts ...PublishOption) (*CustomSourceDefinition, error) {
	op := "publishing definition " + name
	var o publishOptions
	for _, opt := range opts {
		opt(&o)
	}
	if strings.TrimSpace(name) == "" || def == nil {
		return nil, refuse(ErrInvalidInput, op, "definition", name, "a name, and a manifest, an image or a program, are needed")
	}
	content, err := def.definition(ctx, op)
	if err != nil {
		return nil, err
	}
	if err := o.check(op, content); err != nil {
		return nil, err
	}
	if err := w.mustBeNew(ctx, op, name, content.kind(), o); err != nil {
		return nil, err
	}
	d, err := w.publish(ctx, op, name, content, o)
	if err != nil || o.values == nil {
		return d, err
	}
	return d, d.SetTestingValues(ctx, o.values)
}

func (o publishOptions) check(op string, content definitionContent) error {
	if content.kind() != DefinitionYAML {
		if o.values != nil {
			return refuse(ErrInvalidInput, op, "definition", "", "testing values are for manifests")
		}
		return nil
	}
	if o.documentedAt != "" {
		return refuse(ErrInvalidInput, op, "definition", "", "a manifest says itself where it is described")
	}
	if o.unvalidated {
		return nil
	}
	return checkManifest(op, content.manifest)
}

func (w *Workspace) mustBeNew(ctx context.Context, op, name string, kind DefinitionType, o publishOptions) error {
	if o.duplicate {
		return nil
	}
	found, err := nonEmpty(w.CustomSourceDefinitions(ctx, kind, ByName(name), Limit(1)))
	if err != nil {
		return err
	}
	if found {
		return refuse(ErrDuplicateName, op, "definition", name, "the workspace has a definition called %q already", name)
	}
	return nil
}

func (w *Workspace) publish(ctx context.Context, op, name string, content definitionContent, o publishOptions) (*CustomSourceDefinition, error) {
	var body any = public.DeclarativeSourceDefinitionCreateRequest{Name: name, Manifest: content.manifest}
	switch content.kind() {
	case DefinitionExecutable:
		body = own.ExecutableCreate{Name: name, Kind: sourceKind, Command: content.command, DocumentationURL: o.documentedAt}
	case DefinitionDocker:
		body = public.DefinitionCreateRequest{
			Name: name, DockerRepository: content.repository, DockerImageTag: content.tag, DocumentationURL: o.documentedAt,
		}
	}
	req, err := w.definitions(op, http.MethodPost, content.kind(), body)
	if err != nil {
		return nil, err
	}
	return w.askDefinition(ctx, req, content.kind(), name)
}

// CustomSourceDefinitions lists the workspace's own source definitions of one type.
//
// The Public API lists images together with the connectors that everybody has; which are custom is asked of the Config API.
func (w *Workspace) CustomSourceDefinitions(ctx context.Context, t DefinitionType, opts ...ListOption) iter.Seq2[*CustomSourceDefinition, error] {
	op := "listing definitions of workspace " + w.id
	o, err := listOptionsOf(op, opts)
	if err != nil {
		return fails[*CustomSourceDefinition](err)
	}
	switch t {
	case DefinitionDocker:
		name := func(r *config.SourceDefinitionRead) string { return r.Name }
		return kept(w.customImages(ctx, op), o, name, w.customImage)
	case DefinitionExecutable:
		return kept(w.listExecutables(ctx, op, sourceKind), o, func(r *own.ExecutableRead) string { return r.Name }, w.program)
	}
	rows := pages(ctx, func(ctx context.Context, _ int) (page[public.DeclarativeSourceDefinitionResponse], error) {
		req, err := w.definitions(op, http.MethodGet, t, nil)
		if err != nil {
			return page[public.DeclarativeSourceDefinitionResponse]{}, err
		}
		answer, err := ask[public.DeclarativeSourceDefinitionsResponse](ctx, w.client, req, "definitions", "")
		if err != nil {
			return page[public.DeclarativeSourceDefinitionResponse]{}, err
		}
		return page[public.DeclarativeSourceDefinitionResponse]{items: answer.Data}, nil // never more than one page
	})
	return kept(rows, o, func(r *public.DeclarativeSourceDefinitionResponse) string { return r.Name }, w.declarative)
}

// manifestRunner is the image that runs manifests; definitions of it are of the other type.
const manifestRunner = "airbyte/source-declarative-manifest"

// programFolder is where Airfield's servers say that programs are kept; definitions of them are of the third type.
const programFolder = "executable/"

func (w *Workspace) customImages(ctx context.Context, op string) iter.Seq2[config.SourceDefinitionRead, error] {
	return pages(ctx, func(ctx context.Context, _ int) (page[config.SourceDefinitionRead], error) {
		req := w.client.query(op, config.WorkspaceID{WorkspaceID: w.id}, "source_definitions", "list_for_workspace")
		answer, err := ask[config.SourceDefinitionReadList](ctx, w.client, req, "definitions", "")
		if err != nil {
			return page[config.SourceDefinitionRead]{}, err
		}
		var custom []config.SourceDefinitionRead
		for _, d := range answer.SourceDefinitions {
			if d.Custom && d.DockerRepository != manifestRunner && !strings.HasPrefix(d.DockerRepository, programFolder) {
				custom = append(custom, d)
			}
		}
		return page[config.SourceDefinitionRead]{items: custom}, nil
	})
}

func (w *Workspace) customImage(r *config.SourceDefinitionRead) *CustomSourceDefinition {
	return w.image(&public.DefinitionResponse{
		ID: r.SourceDefinitionID, Name: r.Name, DockerRepository: r.DockerRepository,
		DockerImageTag: r.DockerImageTag, DocumentationURL: r.DocumentationURL,
	})
}
