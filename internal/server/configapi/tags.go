package configapi

import (
	"context"

	"github.com/airfielddev/airfield/internal/platform"
	"github.com/airfielddev/airfield/internal/server/endpoint"
	"github.com/airfielddev/airfield/internal/wire"
	"github.com/airfielddev/airfield/internal/wire/config"
)

func (a *api) tagRoutes() []endpoint.Route {
	return []endpoint.Route{
		post("/tags/list", endpoint.WorkspaceReader, endpoint.Call(a.listTags)),
		post("/tags/create", endpoint.WorkspaceEditor, endpoint.Call(a.createTag)),
		post("/tags/update", endpoint.WorkspaceEditor, endpoint.Call(a.updateTag)),
		post("/tags/delete", endpoint.WorkspaceEditor, endpoint.Call(a.deleteTag)),
	}
}

// listTags answers with a bare array.
func (a *api) listTags(ctx context.Context, in config.TagList) (wire.List[config.Tag], error) {
	if err := endpoint.Require("workspaceId", in.WorkspaceID); err != nil {
		return nil, err
	}
	w, err := a.platform.Workspace(ctx, endpoint.ID(in.WorkspaceID))
	if err != nil {
		return nil, err
	}
	rows, err := a.platform.Tags(ctx, platform.Filter{WorkspaceIDs: []string{w.ID}})
	var out wire.List[config.Tag]
	for _, t := range rows {
		out = append(out, printTag(t))
	}
	return out, err
}

func (a *api) createTag(ctx context.Context, in config.TagCreate) (out config.Tag, err error) {
	if err := endpoint.Require("workspaceId", in.WorkspaceID, "name", in.Name, "color", in.Color); err != nil {
		return out, err
	}
	t, err := a.platform.CreateTag(ctx, endpoint.ID(in.WorkspaceID), in.Name, in.Color)
	return printTag(t), err
}

func (a *api) updateTag(ctx context.Context, in config.TagUpdate) (out config.Tag, err error) {
	if err := endpoint.Require("tagId", in.TagID, "name", in.Name, "color", in.Color); err != nil {
		return out, err
	}
	t, err := a.tag(ctx, in.TagID, in.WorkspaceID)
	if err != nil {
		return out, err
	}
	t, err = a.platform.UpdateTag(ctx, t.ID, in.Name, in.Color)
	return printTag(t), err
}

// tag finds a tag, which must be in the workspace if one is named.
func (a *api) tag(ctx context.Context, id, workspaceID string) (platform.Tag, error) {
	t, err := a.platform.Tag(ctx, endpoint.ID(id))
	if err == nil && workspaceID != "" && t.WorkspaceID != endpoint.ID(workspaceID) {
		return platform.Tag{}, platform.NotFound("tag", t.ID)
	}
	return t, err
}

// deleteTag answers with what was there.
func (a *api) deleteTag(ctx context.Context, in config.TagDelete) (out config.Tag, err error) {
	if err := endpoint.Require("tagId", in.TagID); err != nil {
		return out, err
	}
	t, err := a.tag(ctx, in.TagID, in.WorkspaceID)
	if err != nil {
		return out, err
	}
	return printTag(t), a.platform.DeleteTag(ctx, t.ID)
}

func printTag(t platform.Tag) config.Tag {
	return config.Tag{TagID: t.ID, WorkspaceID: t.WorkspaceID, Name: t.Name, Color: t.Color}
}
