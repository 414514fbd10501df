package configapi

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"

	"github.com/airfielddev/airfield/internal/platform"
	"github.com/airfielddev/airfield/internal/server/endpoint"
	"github.com/airfielddev/airfield/internal/wire/config"
	"github.com/airfielddev/airfield/protocol"
)

func (a *api) schemaRoutes() []endpoint.Route {
	return []endpoint.Route{
		post("/connections/apply_schema_changes", endpoint.WorkspaceEditor, endpoint.Call(a.applySchema)),
		post("/connections/postprocess_discovered_catalog", endpoint.WorkspaceEditor, endpoint.Call(a.followSchema)),
		post("/sources/apply_schema_changes", endpoint.WorkspaceEditor, endpoint.Tell(a.applySchemaOfSource)),
	}
}

// applySchema applies what the connection's preference lets through of a catalog, and answers with what that was.
func (a *api) applySchema(ctx context.Context, in config.ApplySchemaChange) (out config.PropagatedSchemaChange, err error) {
	err = endpoint.Require("connectionId", in.ConnectionID, "catalogId", in.CatalogID, "workspaceId", in.WorkspaceID)
	if err != nil {
		return out, err
	}
	c, err := a.connection(ctx, in.ConnectionID)
	if err != nil {
		return out, err
	}
	if c.WorkspaceID != endpoint.ID(in.WorkspaceID) {
		return out, platform.NotFound("connection", c.ID)
	}
	catalog, err := readDiscovered(in.Catalog)
	if err != nil {
		return out, err
	}
	applied, err := a.platform.ApplySchema(ctx, c.ID, endpoint.ID(in.CatalogID), catalog)
	out.PropagatedDiff = printDiff(applied)
	return out, err
}

// applySchemaOfSource applies a catalog to all connections of a source.
func (a *api) applySchemaOfSource(ctx context.Context, in config.ApplySourceSchemaChange) error {
	err := endpoint.Require("sourceId", in.SourceID, "catalogId", in.CatalogID, "workspaceId", in.WorkspaceID)
	if err != nil {
		return err
	}
	source, err := a.sources().get(ctx, in.SourceID)
	if err != nil {
		return err
	}
	if source.WorkspaceID != endpoint.ID(in.WorkspaceID) {
		return platform.NotFound("source", source.ID)
	}
	catalog, err := readDiscovered(in.Catalog)
	if err != nil {
		return err
	}
	rows, err := a.platform.Connections(ctx, platform.Filter{ActorID: endpoint.ID(in.SourceID)})
	for _, c := range rows {
		if _, err := a.platform.ApplySchema(ctx, c.ID, endpoint.ID(in.CatalogID), catalog); err != nil {
			return err
		}
	}
	return err
}

// followSchema does what a sync does about the schema before it begins, with what the source was last seen to have.
func (a *api) followSchema(ctx context.Context, in config.DiscoveredCatalog) (out config.PostprocessedSchemaChange, err error) {
	if err := endpoint.Require("connectionId", in.ConnectionID, "catalogId", in.CatalogID); err != nil {
		return out, err
	}
	r, err := a.platform.ReviewSchema(ctx, endpoint.ID(in.ConnectionID), false)
	if err != nil {
		return out, err
	}
	if r.Catalog == nil {
		return out, discoverFailed(r.Discovery)
	}
	applied, err := a.platform.ApplySchema(ctx, r.Connection.ID, r.CatalogID, *r.Catalog)
	out.AppliedDiff = printDiff(applied)
	return out, err
}

// readDiscovered reads what a source has, leaving aside how it would be synced.
func readDiscovered(c config.Catalog) (out protocol.Catalog, err error) {
	if c.Streams == nil {
		return out, endpoint.BadRequest("The member \"catalog.streams\" is required.")
	}
	for i, s := range c.Streams {
		if s.Stream == nil {
			return out, endpoint.BadRequest("catalog.streams[%d] needs a stream.", i)
		}
		if err := wellFormed(fmt.Sprintf("catalog.streams[%d]", i), *s.Stream); err != nil {
			return out, err
		}
		out.Streams = append(out.Streams, readStream(*s.Stream))
	}
	return out, nil
}

// printDiff prints a change stream by stream.
func printDiff(d platform.SchemaDiff) *config.CatalogDiff {
	out := &config.CatalogDiff{}
	for _, s := range d.Added {
		out.Transforms = append(out.Transforms, config.StreamTransform{TransformType: "add_stream", StreamDescriptor: descriptor(s)})
	}
	for _, s := range d.Removed {
		out.Transforms = append(out.Transforms, config.StreamTransform{TransformType: "remove_stream", StreamDescriptor: descriptor(s)})
	}
	for _, s := range d.Updated {
		out.Transforms = append(out.Transforms, config.StreamTransform{
			TransformType: "update_stream", StreamDescriptor: descriptor(s.Stream), UpdateStream: printStreamDiff(s),
		})
	}
	return out
}

func printStreamDiff(s platform.StreamDiff) *config.StreamUpdateDiff {
	out := &config.StreamUpdateDiff{}
	for _, f := range s.Fields {
		out.FieldTransforms = append(out.FieldTransforms, printField(f))
	}
	if s.Key != nil {
		out.StreamAttributeTransforms = append(out.StreamAttributeTransforms, config.StreamAttributeTransform{
			TransformType: "update_primary_key", Breaking: s.Key.Breaking,
			UpdatePrimaryKey: &config.PrimaryKeyDiff{OldPrimaryKey: s.Key.Old, NewPrimaryKey: s.Key.New},
		})
	}
	return out
}

func printField(f platform.FieldDiff) config.FieldTransform {
	out := config.FieldTransform{FieldName: f.Path, Breaking: f.Breaking}
	switch {
	case f.Old == nil:
		out.TransformType, out.AddField = "add_field", &config.FieldSchema{Schema: objectSchema(f.New)}
	case f.New == nil:
		out.TransformType, out.RemoveField = "remove_field", &config.FieldSchema{Schema: objectSchema(f.Old)}
	default:
		out.TransformType = "update_field_schema"
		out.UpdateFieldSchema = &config.FieldSchemaDiff{OldSchema: objectSchema(f.Old), NewSchema: objectSchema(f.New)}
	}
	return out
}

// objectSchema is a schema as the API can print it. The schema true, which is no object, says as much as an empty one.
func objectSchema(schema json.RawMessage) json.RawMessage {
	if bytes.HasPrefix(schema, []byte("{")) {
		return schema
	}
	return json.RawMessage("{}")
}
