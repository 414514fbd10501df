package publicapi

import (
	"context"

	"github.com/airfielddev/airfield/internal/platform"
	"github.com/airfielddev/airfield/internal/server/endpoint"
	"github.com/airfielddev/airfield/internal/wire/public"
)

func (a *api) tagRoutes() []endpoint.Route {
	return []endpoint.Route{
		{Method: "GET", Pattern: "/tags", Operation: "listTags", Role: endpoint.WorkspaceReader, Scope: endpoint.Seen, Query: ofWorkspaces(), Handle: endpoint.Get(a.listTags)},
		{Method: "POST", Pattern: "/tags", Operation: "createTag", Role: endpoint.WorkspaceEditor, Handle: endpoint.Call(a.createTag)},
		{Method: "GET", Pattern: "/tags/{tagId}", Operation: "getTag", Role: endpoint.WorkspaceReader, Handle: endpoint.Get(a.getTag)},
		{Method: "PATCH", Pattern: "/tags/{tagId}", Operation: "updateTag", Role: endpoint.WorkspaceEditor, Handle: endpoint.Put(a.updateTag)},
		{Method: "DELETE", Pattern: "/tags/{tagId}", Operation: "deleteTag", Role: endpoint.WorkspaceEditor, Handle: endpoint.Drop(a.deleteTag)},
	}
}

func (a *api) listTags(ctx context.Context, p endpoint.Params) (out public.TagsResponse, err error) {
	q, err := p.Query()
	if err != nil {
		return out, err
	}
	rows, err := a.platform.Tags(ctx, platform.Filter{WorkspaceIDs: workspaceIDs(q)})
	for _, t := range rows {
		out.Data = append(out.Data, printTag(t))
	}
	return out, err
}

func (a *api) createTag(ctx context.Context, in public.TagCreateRequest) (out public.TagResponse, err error) {
	if err := endpoint.Require("name", in.Name, "color", in.Color, "workspaceId", in.WorkspaceID); err != nil {
		return out, err
	}
	t, err := a.platform.CreateTag(ctx, endpoint.ID(in.WorkspaceID), in.Name, in.Color)
	return printTag(t), err
}

func (a *api) getTag(ctx context.Context, p endpoint.Params) (public.TagResponse, error) {
	t, err := a.platform.Tag(ctx, p.ID("tagId"))
	return printTag(t), err
}

func (a *api) updateTag(ctx context.Context, p endpoint.Params, in public.TagPatchRequest) (out public.TagResponse, err error) {
	if err := endpoint.Require("name", in.Name, "color", in.Color); err != nil {
		return out, err
	}
	t, err := a.platform.UpdateTag(ctx, p.ID("tagId"), in.Name, in.Color)
	return printTag(t), err
}

func (a *api) deleteTag(ctx context.Context, p endpoint.Params) error {
	return a.platform.DeleteTag(ctx, p.ID("tagId"))
}

func printTag(t platform.Tag) public.Tag {
	return public.Tag{TagID: t.ID, WorkspaceID: t.WorkspaceID, Name: t.Name, Color: t.Color}
}
