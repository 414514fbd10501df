package publicapi

import (
	"context"
	"fmt"

	"github.com/airfielddev/airfield/internal/platform"
	"github.com/airfielddev/airfield/internal/wire"
	"github.com/airfielddev/airfield/internal/wire/public"
)

func (a *api) printConnection(ctx context.Context, c platform.Connection) (out public.ConnectionResponse, err error) {
	all, err := a.printConnections(ctx, []platform.Connection{c})
	if err != nil {
		return out, err
	}
	return all[0], nil
}

func (a *api) printConnections(ctx context.Context, rows []platform.Connection) ([]public.ConnectionResponse, error) {
	tags, err := a.tagsOf(ctx, rows)
	if err != nil {
		return nil, err
	}
	out := make([]public.ConnectionResponse, 0, len(rows))
	for _, c := range rows {
		streams, err := printStreams(c.Streams)
		if err != nil {
			return nil, fmt.Errorf("printing connection %s: %w", c.ID, err)
		}
		out = append(out, public.ConnectionResponse{
			ConnectionID:                     c.ID,
			Name:                             c.Name,
			SourceID:                         c.SourceID,
			DestinationID:                    c.DestinationID,
			WorkspaceID:                      c.WorkspaceID,
			Status:                           public.ConnectionStatus(c.Status),
			Schedule:                         printSchedule(c.Schedule),
			Configurations:                   streams,
			CreatedAt:                        c.CreatedAt.Unix(),
			Tags:                             pick(tags, c.TagIDs),
			NamespaceDefinition:              printNamespace(c.NamespaceDefinition),
			NamespaceFormat:                  given(c.NamespaceFormat),
			Prefix:                           new(c.Prefix),
			NonBreakingSchemaUpdatesBehavior: printNonBreaking(c.NonBreakingChanges),
		})
	}
	return out, nil
}

// tagsOf finds the tags of connections by id, with one question at most.
func (a *api) tagsOf(ctx context.Context, rows []platform.Connection) (map[string]public.Tag, error) {
	var workspaces []string
	for _, c := range rows {
		if len(c.TagIDs) > 0 {
			workspaces = append(workspaces, c.WorkspaceID)
		}
	}
	if len(workspaces) == 0 {
		return nil, nil
	}
	tags, err := a.platform.Tags(ctx, platform.Filter{WorkspaceIDs: workspaces})
	if err != nil {
		return nil, err
	}
	byID := make(map[string]public.Tag, len(tags))
	for _, t := range tags {
		byID[t.ID] = printTag(t)
	}
	return byID, nil
}

func pick(tags map[string]public.Tag, ids []string) (out wire.List[public.Tag]) {
	for _, id := range ids {
		if t, ok := tags[id]; ok {
			out = append(out, t)
		}
	}
	return out
}
