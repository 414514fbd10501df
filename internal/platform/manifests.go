package platform

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"

	"github.com/airfielddev/airfield/connector"
	"github.com/airfielddev/airfield/internal/rawjson"
	"github.com/airfielddev/airfield/protocol"
)

// manifestRepository is the image that runs manifests on Airbyte; clients know declarative definitions by it.
const manifestRepository = "airbyte/source-declarative-manifest"

// CreateManifestDefinition publishes a manifest into a workspace as its version 1, with a builder project of the same name.
func (p *Platform) CreateManifestDefinition(ctx context.Context, n NewManifestDefinition) (Definition, error) {
	project := BuilderProject{ID: newID(), WorkspaceID: n.WorkspaceID, Name: n.Name, CreatedAt: p.clock()}
	return change(ctx, p, func(tb Tables) (Definition, error) {
		if _, err := workspace(ctx, tb, n.WorkspaceID); err != nil {
			return Definition{}, err
		}
		d, err := p.publish(ctx, tb, n)
		if err != nil {
			return d, err
		}
		project.DefinitionID, project.UpdatedAt = d.ID, project.CreatedAt
		return d, tb.Projects.Insert(ctx, project)
	})
}

// publish makes a declarative definition.
func (p *Platform) publish(ctx context.Context, tb Tables, n NewManifestDefinition) (Definition, error) {
	if n.Name == "" {
		return Definition{}, badRequest("A definition needs a name.")
	}
	d := Definition{
		Definition:  connector.Definition{ID: newID(), Kind: connector.KindSource, Name: n.Name, Title: n.Name, DockerRepository: manifestRepository},
		WorkspaceID: n.WorkspaceID,
		CreatedAt:   p.clock(),
	}
	v, spec, err := p.manifestVersion(d.ID, n.NewManifest, 1)
	if err != nil {
		return d, err
	}
	activate(&d, v, spec)
	if err := tb.Definitions.Insert(ctx, d); err != nil {
		return d, err
	}
	return d, tb.Manifests.Insert(ctx, v)
}

func activate(d *Definition, v ManifestVersion, spec protocol.Spec) {
	d.Manifest, d.ManifestVersion, d.Spec = v.Manifest, v.Version, &spec
	d.DocumentationURL = spec.DocumentationURL
	version, _ := rawjson.String(rawjson.Get(v.Manifest, "version"))
	d.DockerImageTag = cmp.Or(version, "0.0.0")
}

// manifestVersion makes a version after looking at what every manifest must have.
func (p *Platform) manifestVersion(definitionID string, n NewManifest, next int64) (ManifestVersion, protocol.Spec, error) {
	spec, err := manifestSpec(n.Manifest, n.Spec)
	if err != nil {
		return ManifestVersion{}, spec, err
	}
	text, err := json.Marshal(spec)
	if err != nil {
		return ManifestVersion{}, spec, badRequest("The manifest's spec is not valid JSON.")
	}
	var manifest bytes.Buffer
	if err := json.Compact(&manifest, n.Manifest); err != nil {
		return ManifestVersion{}, spec, badRequest("The manifest must be a JSON object.")
	}
	return ManifestVersion{
		DefinitionID: definitionID, Version: cmp.Or(n.Version, next), Description: n.Description, Manifest: manifest.Bytes(), Spec: text, CreatedAt: p.clock(),
	}, spec, nil
}

// manifestSpec reads the specification of a manifest. One given beside it, in the form of the configuration API, wins.
func manifestSpec(manifest, given json.RawMessage) (protocol.Spec, error) {
	if !json.Valid(manifest) || !isObject(manifest) {
		return protocol.Spec{}, badRequest("The manifest must be a JSON object.")
	}
	inside := rawjson.Get(manifest, "spec")
	spec := protocol.Spec{
		ConnectionSpecification: rawjson.Get(inside, "connection_specification"),
		AdvancedAuth:            notNull(rawjson.Get(inside, "advanced_auth")),
	}
	spec.DocumentationURL, _ = rawjson.String(rawjson.Get(inside, "documentation_url"))
	if isObject(given) && isObject(rawjson.Get(given, "connectionSpecification")) {
		spec.ConnectionSpecification = rawjson.Get(given, "connectionSpecification")
		spec.AdvancedAuth = cmpRaw(notNull(rawjson.Get(given, "advancedAuth")), spec.AdvancedAuth)
		if url, ok := rawjson.String(rawjson.Get(given, "documentationUrl")); ok {
			spec.DocumentationURL = url
		}
	}
	if !isObject(inside) && spec.ConnectionSpecification == nil {
		return spec, badRequest("The manifest has no spec.")
	}
	if !isObject(rawjson.Get(spec.ConnectionSpecification, "properties")) {
		return spec, badRequest("The manifest needs an object at spec.connection_specification.properties; it may be empty.")
	}
	return spec, nil
}

func isObject(text json.RawMessage) bool { return len(text) > 0 && trimmed(text)[0] == '{' }

func trimmed(text json.RawMessage) json.RawMessage {
	for len(text) > 1 && (text[0] == ' ' || text[0] == '\n' || text[0] == '\t' || text[0] == '\r') {
		text = text[1:]
	}
	return text
}

func notNull(text json.RawMessage) json.RawMessage {
	if rawjson.IsNull(text) {
		return nil
	}
	return text
}

func cmpRaw(a, b json.RawMessage) json.RawMessage {
	if a != nil {
		return a
	}
	return b
}

// UpdateManifestDefinition publishes another version. It becomes the active one and takes the place of the project's draft,
// unless it is said to be inactive. A version that exists already is an [Error] of [ErrConflict].
func (p *Platform) UpdateManifestDefinition(ctx context.Context, id string, n NewManifest) (Definition, error) {
	d, err := change(ctx, p, func(tb Tables) (Definition, error) { return p.republish(ctx, tb, id, n) })
	p.notify()
	return d, err
}

func (p *Platform) republish(ctx context.Context, tb Tables, id string, n NewManifest) (Definition, error) {
	d, err := p.declarative(ctx, tb, id)
	if err != nil {
		return d, err
	}
	versions, err := tb.Manifests.List(ctx, Filter{DefinitionID: d.ID})
	if err != nil {
		return d, err
	}
	next := int64(1)
	for _, v := range versions {
		if v.Version == n.Version {
			return d, refuse(ErrConflict, "Version %d of the manifest exists already.", n.Version)
		}
		next = max(next, v.Version+1)
	}
	v, spec, err := p.manifestVersion(d.ID, n, next)
	if err != nil {
		return d, err
	}
	if err := tb.Manifests.Insert(ctx, v); err != nil || n.Inactive {
		return d, err
	}
	activate(&d, v, spec)
	if err := p.dropDrafts(ctx, tb, d.ID); err != nil {
		return d, err
	}
	return d, p.redefine(ctx, tb, d)
}

func (p *Platform) declarative(ctx context.Context, tb Tables, id string) (Definition, error) {
	d, err := p.custom(ctx, tb, id)
	if err == nil && !d.Declarative() {
		err = NotFound("definition", id)
	}
	return d, err
}

func (p *Platform) dropDrafts(ctx context.Context, tb Tables, definitionID string) error {
	projects, err := tb.Projects.List(ctx, Filter{DefinitionID: definitionID})
	if err != nil {
		return err
	}
	for _, project := range projects {
		project.Draft, project.UpdatedAt = nil, p.clock()
		if err := tb.Projects.Update(ctx, project); err != nil {
			return err
		}
	}
	return nil
}

// ActivateManifest makes a published version the one that runs.
func (p *Platform) ActivateManifest(ctx context.Context, definitionID string, version int64) error {
	err := p.store.Write(ctx, func(tb Tables) error {
		d, err := p.declarative(ctx, tb, definitionID)
		if err != nil {
			return err
		}
		v, err := tb.Manifests.Get(ctx, ManifestVersion{DefinitionID: d.ID, Version: version}.ID())
		if err != nil {
			return err
		}
		var spec protocol.Spec
		if err := json.Unmarshal(v.Spec, &spec); err != nil {
			return err
		}
		activate(&d, v, spec)
		return p.redefine(ctx, tb, d)
	})
	p.notify()
	return err
}

// Manifests lists the published versions of a declarative definition, the oldest first.
func (p *Platform) Manifests(ctx context.Context, definitionID string) ([]ManifestVersion, error) {
	return view(ctx, p, func(tb Tables) ([]ManifestVersion, error) {
		d, err := p.declarative(ctx, tb, definitionID)
		if err != nil {
			return nil, err
		}
		return tb.Manifests.List(ctx, Filter{DefinitionID: d.ID})
	})
}
