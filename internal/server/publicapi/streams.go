package publicapi

import (
	"context"

	"github.com/airfielddev/airfield/internal/server/endpoint"
	"github.com/airfielddev/airfield/internal/wire"
	"github.com/airfielddev/airfield/internal/wire/public"
)

func (a *api) streamRoutes() []endpoint.Route {
	return []endpoint.Route{
		{Method: "GET", Pattern: "/streams", Operation: "getStreamProperties", Role: endpoint.WorkspaceReader, Query: []endpoint.Parameter{
			{Name: "sourceId", Meaning: "The source whose streams to list.", Type: endpoint.Name, Required: true},
			{Name: "destinationId", Meaning: "Lists the modes in which the streams can be synced to this destination.", Type: endpoint.Name},
			{Name: "ignoreCache", Meaning: "Whether to ask the source again instead of telling what it said last.", Type: endpoint.Flag},
		}, Handle: endpoint.Get(a.listStreams)},
	}
}

// listStreams answers with a bare array.
func (a *api) listStreams(ctx context.Context, p endpoint.Params) (wire.List[public.StreamProperties], error) {
	q, err := p.Query()
	if err != nil {
		return nil, err
	}
	rows, err := a.platform.StreamProperties(ctx, q.Text("sourceId"), q.Text("destinationId"), q.Flag("ignoreCache"))
	var out wire.List[public.StreamProperties]
	for _, s := range rows {
		out = append(out, public.StreamProperties{
			StreamName:               s.Stream.Name,
			StreamNamespace:          s.Stream.Namespace,
			SyncModes:                syncModes(s.SyncModes),
			DefaultCursorField:       s.DefaultCursorField,
			SourceDefinedCursorField: s.SourceDefinedCursor,
			SourceDefinedPrimaryKey:  s.SourceDefinedPrimaryKey,
			PropertyFields:           s.PropertyFields,
		})
	}
	return out, err
}

func syncModes(names []string) []public.SyncMode {
	out := make([]public.SyncMode, 0, len(names))
	for _, name := range names {
		out = append(out, public.SyncMode(name))
	}
	return out
}
