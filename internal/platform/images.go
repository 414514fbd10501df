package platform

import (
	"cmp"
	"context"
	"encoding/json"

	"github.com/airfielddev/airfield/connector"
	"github.com/airfielddev/airfield/protocol"
)

// CreateImageDefinition publishes a container image into a workspace. When the image cannot be run here the definition is made
// all the same: it takes any configuration, and SpecProblem says why.
func (p *Platform) CreateImageDefinition(ctx context.Context, n NewImageDefinition) (Definition, error) {
	if n.Name == "" || n.DockerRepository == "" || n.DockerImageTag == "" {
		return Definition{}, badRequest("A definition needs a name, a dockerRepository and a dockerImageTag.")
	}
	if n.Kind != connector.KindSource && n.Kind != connector.KindDestination {
		return Definition{}, badRequest("A definition is of a source or of a destination.")
	}
	if _, err := p.Workspace(ctx, n.WorkspaceID); err != nil {
		return Definition{}, err
	}
	d := Definition{
		Definition: connector.Definition{
			ID: newID(), Kind: n.Kind, Name: n.Name, Title: n.Name, DockerRepository: n.DockerRepository,
			DockerImageTag: n.DockerImageTag, DocumentationURL: n.DocumentationURL,
		},
		WorkspaceID: n.WorkspaceID,
		CreatedAt:   p.clock(),
	}
	p.inspect(ctx, &d)
	return change(ctx, p, func(tb Tables) (Definition, error) { return d, tb.Definitions.Insert(ctx, d) })
}

// inspect asks the connector for its specification.
func (p *Platform) inspect(ctx context.Context, d *Definition) {
	d.Spec, d.SpecProblem = nil, ""
	spec, err := p.specOf(ctx, *d)
	if err != nil {
		p.log.WarnContext(ctx, "a connector cannot be run here", "definition_id", d.ID, "connector", d.Name, "error", err)
		spec, d.SpecProblem = protocol.Spec{ConnectionSpecification: json.RawMessage(`{"type":"object"}`)}, err.Error()
	}
	d.Spec = &spec
	d.DocumentationURL = cmp.Or(d.DocumentationURL, spec.DocumentationURL)
}

// UpdateImageDefinition changes the name and tag of a definition and asks the new image for its specification. Of a program it changes
// the name alone.
func (p *Platform) UpdateImageDefinition(ctx context.Context, id string, u ImageDefinitionUpdate) (Definition, error) {
	if u.Name == "" || u.DockerImageTag == "" {
		return Definition{}, badRequest("A definition needs a name and a dockerImageTag.")
	}
	d, err := view(ctx, p, func(tb Tables) (Definition, error) { return p.custom(ctx, tb, id) })
	if err != nil {
		return d, err
	}
	if d.Declarative() {
		return d, NotFound("definition", id)
	}
	if d.Program() && u.DockerImageTag != d.DockerImageTag {
		return d, badRequest("The definition is a program and no image: it has no tag to change. Its command is changed with PUT /api/airfield/v1/workspaces/" +
			d.WorkspaceID + "/definitions/executables/" + d.ID + ".")
	}
	d.Name, d.Title, d.DockerImageTag = u.Name, u.Name, u.DockerImageTag
	assign(&d.DocumentationURL, u.DocumentationURL)
	if !d.Program() {
		p.inspect(ctx, &d)
	}
	d, err = change(ctx, p, func(tb Tables) (Definition, error) { return d, p.redefine(ctx, tb, d) })
	p.notify()
	return d, err
}
