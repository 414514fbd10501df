package cloud

import (
	"context"
	"encoding/json"

	"github.com/airfielddev/airfield/internal/wire/config"
)

// BuilderProjectID is the ID of the connector builder project that the manifest is kept in, "" when there is none. Definitions made of an image
// have none.
func (d *CustomSourceDefinition) BuilderProjectID(ctx context.Context) (string, error) {
	project, err := d.builderProject(ctx)
	return deref(project.BuilderProjectID), err
}

// BuilderProjectURL is the address of the web page where the manifest is edited, "" when there is none.
func (d *CustomSourceDefinition) BuilderProjectURL(ctx context.Context) (string, error) {
	id, err := d.BuilderProjectID(ctx)
	if err != nil || id == "" {
		return "", err
	}
	return d.workspace.URL() + "/connector-builder/edit/" + escaped(id), nil
}

func (d *CustomSourceDefinition) builderProject(ctx context.Context) (config.BuilderProjectForDefinitionRead, error) {
	if d.kind != DefinitionYAML {
		return config.BuilderProjectForDefinitionRead{}, nil
	}
	project, err := d.project.get(ctx, func(ctx context.Context) (*config.BuilderProjectForDefinitionRead, error) {
		req := d.workspace.client.query("finding builder project of definition "+d.id,
			config.BuilderProjectForDefinition{ActorDefinitionID: d.id, WorkspaceID: d.workspace.id},
			"connector_builder_projects", "get_for_definition_id")
		return ask[config.BuilderProjectForDefinitionRead](ctx, d.workspace.client, req, "definition", d.id)
	})
	return deref(project), err
}

// projectID names the builder project in the workspace that it is kept in, which may be another one.
func (d *CustomSourceDefinition) projectID(ctx context.Context, op string) (config.BuilderProjectID, error) {
	project, err := d.builderProject(ctx)
	if err != nil {
		return config.BuilderProjectID{}, err
	}
	id := config.BuilderProjectID{WorkspaceID: deref(project.WorkspaceID), BuilderProjectID: deref(project.BuilderProjectID)}
	if id.BuilderProjectID == "" {
		return id, refuse(ErrUnsupported, op, "definition", d.id, "the definition has no connector builder project")
	}
	if id.WorkspaceID == "" {
		id.WorkspaceID = d.workspace.id
	}
	return id, nil
}

// readProject is the builder project with its manifest. It is asked for each time, because people edit drafts.
func (d *CustomSourceDefinition) readProject(ctx context.Context, op string) (config.BuilderProjectID, *config.BuilderProjectRead, error) {
	id, err := d.projectID(ctx, op)
	if err != nil {
		return id, nil, err
	}
	req := d.workspace.client.query(op, id, "connector_builder_projects", "get_with_manifest")
	project, err := ask[config.BuilderProjectRead](ctx, d.workspace.client, req, "definition", d.id)
	return id, project, err
}

// HasDraft tells whether the builder project holds changes that are not published.
func (d *CustomSourceDefinition) HasDraft(ctx context.Context) (bool, error) {
	_, project, err := d.readProject(ctx, "getting draft of definition "+d.id)
	if err != nil {
		return false, err
	}
	return project.BuilderProject.HasDraft, nil
}

// DraftManifest is the manifest with the changes that are not published, as JSON; nil when there are none.
func (d *CustomSourceDefinition) DraftManifest(ctx context.Context) (json.RawMessage, error) {
	_, project, err := d.readProject(ctx, "getting draft of definition "+d.id)
	if err != nil {
		return nil, err
	}
	return draft(project), nil
}

func draft(p *config.BuilderProjectRead) json.RawMessage {
	if !p.BuilderProject.HasDraft || p.DeclarativeManifest == nil {
		return nil
	}
	return p.DeclarativeManifest.Manifest
}

// renameProject renames the builder project, which renames the definition. An update replaces the draft, so that it goes along.
func (d *CustomSourceDefinition) renameProject(ctx context.Context, op, name string) error {
	id, project, err := d.readProject(ctx, op)
	if err != nil {
		return err
	}
	body := config.BuilderProjectUpdate{
		WorkspaceID: id.WorkspaceID, BuilderProjectID: id.BuilderProjectID,
		BuilderProject: config.BuilderProjectDetails{
			Name: name, DraftManifest: draft(project), ComponentsFileContent: project.BuilderProject.ComponentsFileContent,
		},
	}
	req := d.workspace.client.query(op, body, "connector_builder_projects", "update")
	if err := d.workspace.client.tell(ctx, req, "definition", d.id); err != nil {
		return err
	}
	d.info.forget()
	return nil
}

// SetTestingValues replaces the configuration that the connector builder tests the manifest with. A secret that is the mask "**********" keeps
// its stored value. The error matches [ErrUnsupported] when there is no builder project.
func (d *CustomSourceDefinition) SetTestingValues(ctx context.Context, values map[string]any) error {
	op := "setting testing values of definition " + d.id
	id, err := d.projectID(ctx, op)
	if err != nil {
		return err
	}
	manifest, err := d.Manifest(ctx)
	if err != nil {
		return err
	}
	text, err := encode(op, values)
	if err != nil {
		return err
	}
	body := config.TestingValuesUpdate{
		WorkspaceID: id.WorkspaceID, BuilderProjectID: id.BuilderProjectID, Spec: manifestSpec(manifest), TestingValues: text,
	}
	return d.workspace.client.tell(ctx, d.workspace.client.query(op, body, "connector_builder_projects", "update_testing_values"), "definition", d.id)
}

// TestingValues is the configuration that the connector builder tests the manifest with, with secrets masked; nil when there is none.
func (d *CustomSourceDefinition) TestingValues(ctx context.Context) (json.RawMessage, error) {
	_, project, err := d.readProject(ctx, "getting testing values of definition "+d.id)
	if err != nil {
		return nil, err
	}
	return project.TestingValues, nil
}
