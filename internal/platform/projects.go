package platform

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/airfielddev/airfield/internal/platform/config"
	"github.com/airfielddev/airfield/internal/rawjson"
)

// projectResource is what a builder project is called in refusals.
const projectResource = "connector builder project"

// project reads a builder project of a workspace, with its testing values sealed.
func project(ctx context.Context, tb Tables, workspaceID, id string) (BuilderProject, error) {
	b, err := tb.Projects.Get(ctx, id)
	return known(b, err, b.Deleted || b.WorkspaceID != workspaceID, projectResource, id)
}

// Projects lists the builder projects of a workspace, without their testing values.
func (p *Platform) Projects(ctx context.Context, workspaceID string) ([]BuilderProject, error) {
	return view(ctx, p, func(tb Tables) ([]BuilderProject, error) {
		if _, err := workspace(ctx, tb, workspaceID); err != nil {
			return nil, err
		}
		list, err := tb.Projects.List(ctx, Filter{WorkspaceIDs: []string{workspaceID}})
		for i := range list {
			list[i].TestingValues = nil
		}
		return list, err
	})
}

// Project reads a builder project with its testing values masked.
func (p *Platform) Project(ctx context.Context, workspaceID, id string) (BuilderProject, error) {
	return view(ctx, p, func(tb Tables) (BuilderProject, error) {
		b, err := project(ctx, tb, workspaceID, id)
		if err != nil {
			return b, err
		}
		return p.maskedProject(ctx, tb, b)
	})
}

// ProjectForDefinition finds the builder project that a definition was published from, or returns [ErrNotFound].
func (p *Platform) ProjectForDefinition(ctx context.Context, definitionID string) (BuilderProject, error) {
	return view(ctx, p, func(tb Tables) (BuilderProject, error) {
		found, err := tb.Projects.List(ctx, Filter{DefinitionID: definitionID, Limit: 1})
		if err != nil {
			return BuilderProject{}, err
		}
		if definitionID == "" || len(found) == 0 {
			return BuilderProject{}, NotFound(projectResource, "of definition "+definitionID)
		}
		return p.maskedProject(ctx, tb, found[0])
	})
}

func (p *Platform) maskedProject(ctx context.Context, tb Tables, b BuilderProject) (BuilderProject, error) {
	if b.TestingValues == nil {
		return b, nil
	}
	values, err := p.unsealed(b.ID, b.TestingValues)
	if err != nil {
		return b, fmt.Errorf("reading testing values of %s %s: %w", projectResource, b.ID, err)
	}
	schema, err := p.projectSchema(ctx, tb, b)
	if err != nil {
		return b, err
	}
	b.TestingValues, err = schema.Masked(values)
	return b, err
}

// projectSchema is what the draft says of its configuration, else what the published manifest says.
func (p *Platform) projectSchema(ctx context.Context, tb Tables, b BuilderProject) (*config.Schema, error) {
	spec := rawjson.GetPath(b.Draft, []string{"spec", "connection_specification"})
	if spec == nil && b.DefinitionID != "" {
		d, err := p.definition(ctx, tb, b.DefinitionID)
		if err != nil {
			return nil, err
		}
		if d.Spec != nil {
			spec = d.Spec.ConnectionSpecification
		}
	}
	schema, _ := config.Compile(spec) // one that does not compile still masks
	return schema, nil
}

// CreateProject makes a builder project.
func (p *Platform) CreateProject(ctx context.Context, n NewProject) (BuilderProject, error) {
	if n.Name == "" {
		return BuilderProject{}, badRequest("A connector builder project needs a name.")
	}
	now := p.clock()
	b := BuilderProject{ID: newID(), WorkspaceID: n.WorkspaceID, Name: n.Name, Draft: notNull(n.Draft), CreatedAt: now, UpdatedAt: now}
	return change(ctx, p, func(tb Tables) (BuilderProject, error) {
		if _, err := workspace(ctx, tb, n.WorkspaceID); err != nil {
			return b, err
		}
		return b, tb.Projects.Insert(ctx, b)
	})
}

// UpdateProject changes a builder project's name and draft. The definition that the project was published as takes the name too.
func (p *Platform) UpdateProject(ctx context.Context, workspaceID, id string, u ProjectUpdate) (BuilderProject, error) {
	return change(ctx, p, func(tb Tables) (BuilderProject, error) {
		b, err := project(ctx, tb, workspaceID, id)
		if err != nil {
			return b, err
		}
		assign(&b.Name, u.Name)
		b.Draft, b.UpdatedAt = notNull(u.Draft), p.clock()
		if err := tb.Projects.Update(ctx, b); err != nil {
			return b, err
		}
		if err := p.renamePublished(ctx, tb, b); err != nil {
			return b, err
		}
		return p.maskedProject(ctx, tb, b)
	})
}

func (p *Platform) renamePublished(ctx context.Context, tb Tables, b BuilderProject) error {
	if b.DefinitionID == "" {
		return nil
	}
	d, err := p.custom(ctx, tb, b.DefinitionID)
	if err != nil || d.Name == b.Name {
		return err
	}
	d.Name, d.Title = b.Name, b.Name
	return tb.Definitions.Update(ctx, d)
}

// DeleteProject deletes a builder project. A definition that was published from it stays.
func (p *Platform) DeleteProject(ctx context.Context, workspaceID, id string) error {
	return p.store.Write(ctx, func(tb Tables) error {
		b, err := project(ctx, tb, workspaceID, id)
		if err != nil {
			return err
		}
		b.Deleted, b.Draft, b.TestingValues, b.UpdatedAt = true, nil, nil, p.clock()
		return tb.Projects.Update(ctx, b)
	})
}

// PublishProject makes a definition of a project, or a new version of the one that was made of it before.
func (p *Platform) PublishProject(ctx context.Context, workspaceID, id string, pub Publication) (Definition, error) {
	d, err := change(ctx, p, func(tb Tables) (Definition, error) {
		b, err := project(ctx, tb, workspaceID, id)
		if err != nil {
			return Definition{}, err
		}
		if b.DefinitionID != "" {
			return p.republish(ctx, tb, b.DefinitionID, pub.NewManifest)
		}
		d, err := p.publish(ctx, tb, NewManifestDefinition{WorkspaceID: workspaceID, Name: pub.Name, NewManifest: pub.NewManifest})
		if err != nil {
			return d, err
		}
		b.DefinitionID, b.Draft, b.UpdatedAt = d.ID, nil, p.clock()
		return d, tb.Projects.Update(ctx, b)
	})
	p.notify()
	return d, err
}

// SetTestingValues replaces the configuration that a project is tried with and returns it masked. Spec is the object of the
// configuration API; masks keep the stored secrets.
func (p *Platform) SetTestingValues(ctx context.Context, workspaceID, id string, spec, values json.RawMessage) (json.RawMessage, error) {
	schema, _ := config.Compile(notNull(rawjson.Get(spec, "connectionSpecification"))) // one that does not compile still masks
	return change(ctx, p, func(tb Tables) (json.RawMessage, error) {
		b, err := project(ctx, tb, workspaceID, id)
		if err != nil {
			return nil, err
		}
		stored, err := p.unsealed(b.ID, b.TestingValues)
		if err != nil {
			return nil, fmt.Errorf("reading testing values of %s %s: %w", projectResource, id, err)
		}
		plain, err := restored(schema, values, stored)
		if err != nil {
			return nil, err
		}
		if b.TestingValues, err = p.sealed(b.ID, plain); err != nil {
			return nil, err
		}
		b.UpdatedAt = p.clock()
		if err := tb.Projects.Update(ctx, b); err != nil {
			return nil, err
		}
		return schema.Masked(plain)
	})
}
