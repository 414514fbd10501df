package cloud

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/airfielddev/airfield/internal/transport"
	"github.com/airfielddev/airfield/internal/wire/config"
	"github.com/airfielddev/airfield/internal/wire/own"
	"github.com/airfielddev/airfield/internal/wire/public"
)

// DefinitionType is what a custom definition is made of.
type DefinitionType string

// What a custom definition is made of.
const (
	DefinitionYAML       DefinitionType = "yaml"       // a low-code manifest; works on every deployment
	DefinitionDocker     DefinitionType = "docker"     // a container image; not on Airbyte Cloud
	DefinitionExecutable DefinitionType = "executable" // a program on the server's machine; on Airfield's servers alone
)

// CustomSourceDefinition is a handle of a source connector that the workspace has of its own. It is safe for concurrent use.
// See https://docs.airbyte.com/platform/connector-development/connector-builder-ui/overview.
type CustomSourceDefinition struct {
	workspace *Workspace
	id        string
	kind      DefinitionType
	info      lazy[DefinitionInfo]
	project   lazy[config.BuilderProjectForDefinitionRead]
}

// DefinitionInfo is what is known about a custom definition. Which fields are filled depends on Type.
type DefinitionInfo struct {
	ID               string
	Name             string
	Type             DefinitionType
	Manifest         json.RawMessage // YAML: the published manifest, as JSON
	Version          int64           // YAML: counts the publications of the manifest
	DockerRepository string          // Docker
	DockerImageTag   string          // Docker; executable: a number that counts the publications
	Command          []string        // executable: the program and its first arguments
	DocumentationURL string          // Docker, executable
}

// CustomSourceDefinition returns a handle of the definition with the given ID. It asks nothing of the server.
func (w *Workspace) CustomSourceDefinition(id string, t DefinitionType) *CustomSourceDefinition {
	return &CustomSourceDefinition{workspace: w, id: strings.TrimSpace(id), kind: t}
}

func (w *Workspace) declarative(r *public.DeclarativeSourceDefinitionResponse) *CustomSourceDefinition {
	d := w.CustomSourceDefinition(r.ID, DefinitionYAML)
	d.info.set(&DefinitionInfo{ID: r.ID, Name: r.Name, Type: DefinitionYAML, Manifest: r.Manifest, Version: r.Version})
	return d
}

func (w *Workspace) image(r *public.DefinitionResponse) *CustomSourceDefinition {
	d := w.CustomSourceDefinition(r.ID, DefinitionDocker)
	d.info.set(&DefinitionInfo{
		ID: r.ID, Name: r.Name, Type: DefinitionDocker, DockerRepository: r.DockerRepository,
		DockerImageTag: r.DockerImageTag, DocumentationURL: r.DocumentationURL,
	})
	return d
}

// ID is the ID of the definition.
func (d *CustomSourceDefinition) ID() string { return d.id }

// Type is what the definition is made of.
func (d *CustomSourceDefinition) Type() DefinitionType { return d.kind }

// Workspace is the workspace that the definition was got from.
func (d *CustomSourceDefinition) Workspace() *Workspace { return d.workspace }

// Info tells about the definition. It asks once and then remembers; [CustomSourceDefinition.Refresh] asks again.
func (d *CustomSourceDefinition) Info(ctx context.Context) (*DefinitionInfo, error) {
	return d.info.get(ctx, d.fetch)
}

// Refresh asks for what is known about the definition. See
// https://reference.airbyte.com/reference/getdeclarativesourcedefinition and https://reference.airbyte.com/reference/getsourcedefinition.
func (d *CustomSourceDefinition) Refresh(ctx context.Context) (*DefinitionInfo, error) {
	return d.info.refresh(ctx, d.fetch)
}

func (d *CustomSourceDefinition) fetch(ctx context.Context) (*DefinitionInfo, error) {
	got, err := d.call(ctx, "getting definition "+d.id, http.MethodGet, nil)
	if err != nil {
		return nil, err
	}
	return got.info.cached(), nil
}

// folder is where the Public API has the definitions of a type.
func (t DefinitionType) folder() (string, bool) {
	switch t {
	case DefinitionYAML:
		return "declarative_sources", true
	case DefinitionDocker:
		return "sources", true
	}
	return "", false
}

// definitions prepares a call about definitions of one kind.
func (w *Workspace) definitions(op, method string, t DefinitionType, body any, path ...string) (transport.Request, error) {
	if t == DefinitionExecutable {
		return w.executables(op, method, body, path...)
	}
	folder, ok := t.folder()
	if !ok {
		return transport.Request{}, refuse(ErrInvalidInput, op, "definition", "", "there is no definition type %q: it is yaml, docker or executable", t)
	}
	return w.client.public(op, method, body, append([]string{"workspaces", w.id, "definitions", folder}, path...)...), nil
}

// call makes a call about the definition whose answer is a definition.
func (d *CustomSourceDefinition) call(ctx context.Context, op, method string, body any) (*CustomSourceDefinition, error) {
	req, err := d.workspace.definitions(op, method, d.kind, body, d.id)
	if err != nil {
		return nil, err
	}
	return d.workspace.askDefinition(ctx, req, d.kind, d.id)
}

func (w *Workspace) askDefinition(ctx context.Context, req transport.Request, t DefinitionType, id string) (*CustomSourceDefinition, error) {
	switch t {
	case DefinitionDocker:
		answer, err := ask[public.DefinitionResponse](ctx, w.client, req, "definition", id)
		if err != nil {
			return nil, err
		}
		return w.image(answer), nil
	case DefinitionExecutable:
		answer, err := ask[own.ExecutableRead](ctx, w.client, req, "definition", id)
		if err != nil {
			return nil, err
		}
		return w.program(answer), nil
	}
	answer, err := ask[public.DeclarativeSourceDefinitionResponse](ctx, w.client, req, "definition", id)
	if err != nil {
		return nil, err
	}
	return w.declarative(answer), nil
}

func ofDefinition[T any](ctx context.Context, d *CustomSourceDefinition, field func(*DefinitionInfo) T) (T, error) {
	info, err := d.Info(ctx)
	if err != nil {
		return *new(T), err
	}
	return field(info), nil
}

// Name is the name of the definition.
func (d *CustomSourceDefinition) Name(ctx context.Context) (string, error) {
	return ofDefinition(ctx, d, func(i *DefinitionInfo) string { return i.Name })
}

// Manifest is the published manifest as JSON, nil for definitions made of something else.
func (d *CustomSourceDefinition) Manifest(ctx context.Context) (json.RawMessage, error) {
	return ofDefinition(ctx, d, func(i *DefinitionInfo) json.RawMessage { return i.Manifest })
}

// Version counts the publications of the manifest or program; for definitions made of an image it is the tag.
func (d *CustomSourceDefinition) Version(ctx context.Context) (string, error) {
	return ofDefinition(ctx, d, func(i *DefinitionInfo) string {
		if i.Type != DefinitionYAML {
			return i.DockerImageTag
		}
		return strconv.FormatInt(i.Version, 10)
	})
}

// DockerRepository is the repository of the image, "" for definitions made of something else.
func (d *CustomSourceDefinition) DockerRepository(ctx context.Context) (string, error) {
	return ofDefinition(ctx, d, func(i *DefinitionInfo) string { return i.DockerRepository })
}

// DockerImageTag is the tag of the image, "" for definitions made of a manifest; programs have the number of their publication.
func (d *CustomSourceDefinition) DockerImageTag(ctx context.Context) (string, error) {
	return ofDefinition(ctx, d, func(i *DefinitionInfo) string { return i.DockerImageTag })
}

// DocumentationURL is where the connector is described, "" when nobody said.
func (d *CustomSourceDefinition) DocumentationURL(ctx context.Context) (string, error) {
	return ofDefinition(ctx, d, func(i *DefinitionInfo) string { return i.DocumentationURL })
}

// URL is the address of the web page where the workspace's source definitions are kept. [CustomSourceDefinition.BuilderProjectURL] is that
// of a single manifest.
func (d *CustomSourceDefinition) URL() string { return d.workspace.URL() + "/settings/source" }

// Update publishes def in place of what the definition is made of: another manifest, another tag of the same image, or another program. Sources of the
// definition use it from their next job on, and a draft of the manifest is discarded by the server.
//
// See https://reference.airbyte.com/reference/updatedeclarativesourcedefinition.
func (d *CustomSourceDefinition) Update(ctx context.Context, def DefinitionSource) error {
	op := "updating definition " + d.id
	if def == nil {
		return refuse(ErrInvalidInput, op, "definition", d.id, "a manifest or an image is needed")
	}
	content, err := def.definition(ctx, op)
	if err != nil {
		return err
	}
	if content.kind() != d.kind {
		return refuse(ErrInvalidInput, op, "definition", d.id, "the definition is of type %s and cannot become %s", d.kind, content.kind())
	}
	switch d.kind {
	case DefinitionDocker:
		return d.updateImage(ctx, op, content)
	case DefinitionExecutable:
		info, err := d.Info(ctx)
		if err != nil {
			return err
		}
		return d.put(ctx, op, own.ExecutableUpdate{Name: info.Name, Command: content.command}, transport.RepeatByMethod)
	}
	if err := checkManifest(op, content.manifest); err != nil {
		return err
	}
	return d.put(ctx, op, public.DeclarativeSourceDefinitionUpdateRequest{Manifest: content.manifest}, transport.RepeatNever)
}

func (d *CustomSourceDefinition) updateImage(ctx context.Context, op string, content definitionContent) error {
	info, err := d.Info(ctx)
	if err != nil {
		return err
	}
	if content.repository != info.DockerRepository {
		return refuse(ErrInvalidInput, op, "definition", d.id,
			"the image is %s and cannot become %s: only the tag can change", info.DockerRepository, content.repository)
	}
	return d.put(ctx, op, public.DefinitionUpdateRequest{Name: info.Name, DockerImageTag: content.tag}, transport.RepeatByMethod)
}

// put makes the update. Each PUT of a manifest adds a version, so it is not repeated.
func (d *CustomSourceDefinition) put(ctx context.Context, op string, body any, repeat transport.Repeat) error {
	req, err := d.workspace.definitions(op, http.MethodPut, d.kind, body, d.id)
	if err != nil {
		return err
	}
	req.Repeat = repeat
	got, err := d.workspace.askDefinition(ctx, req, d.kind, d.id)
	if err != nil {
		return err
	}
	d.info.set(got.info.cached())
	return nil
}

// Rename changes the name of the definition. The Public API cannot rename a manifest, so that goes through the builder project that the manifest
// is kept in, on the Config API; the error matches [ErrUnsupported] when the deployment has none.
func (d *CustomSourceDefinition) Rename(ctx context.Context, name string) error {
	op := "renaming definition " + d.id
	if strings.TrimSpace(name) == "" {
		return refuse(ErrInvalidInput, op, "definition", d.id, "a name is needed")
	}
	if d.kind == DefinitionYAML {
		return d.renameProject(ctx, op, name)
	}
	info, err := d.Info(ctx)
	if err != nil {
		return err
	}
	if d.kind == DefinitionExecutable {
		return d.put(ctx, op, own.ExecutableUpdate{Name: name, Command: info.Command}, transport.RepeatByMethod)
	}
	return d.put(ctx, op, public.DefinitionUpdateRequest{Name: name, DockerImageTag: info.DockerImageTag}, transport.RepeatByMethod)
}

// PermanentlyDelete deletes the definition. In safe mode, the default, its name must allow it, see [WithoutSafeMode].
//
// See https://reference.airbyte.com/reference/deletedeclarativesourcedefinition.
func (d *CustomSourceDefinition) PermanentlyDelete(ctx context.Context, opts ...DeleteOption) error {
	op := "deleting definition " + d.id
	o, err := deleteOptionsOf(op, false, opts)
	if err != nil {
		return err
	}
	if err := o.allow(ctx, op, "definition", d.id, d.Name); err != nil {
		return err
	}
	req, err := d.workspace.definitions(op, http.MethodDelete, d.kind, nil, d.id)
	if err != nil {
		return err
	}
	return d.workspace.client.tell(ctx, req, "definition", d.id)
}

// DeploySource deploys a source of this definition, see [Workspace.DeploySource].
func (d *CustomSourceDefinition) DeploySource(ctx context.Context, name string, configuration Configuration, opts ...DeployOption) (*Source, error) {
	return d.workspace.DeploySource(ctx, name, configuration, append(opts, WithDefinitionID(d.id))...)
}

// escaped is an ID as a segment of a web address.
func escaped(id string) string { return url.PathEscape(id) }
