package configapi

import (
	"context"
	"encoding/json"

	"github.com/airfielddev/airfield/internal/server/endpoint"
	"github.com/airfielddev/airfield/internal/wire"
	"github.com/airfielddev/airfield/internal/wire/config"
)

func (a *api) operationRoutes() []endpoint.Route {
	const none = "This server runs nothing after a sync. Watch the jobs instead."
	return []endpoint.Route{
		post("/operations/list", endpoint.WorkspaceReader, endpoint.Call(a.listOperations)),
		missing("/operations/create", none),
		missing("/operations/update", none),
		missing("/operations/get", none),
		missing("/operations/delete", none),
	}
}

// listOperations lists what runs after the syncs of a connection: nothing ever does.
func (a *api) listOperations(ctx context.Context, in config.ConnectionID) (map[string]wire.List[json.RawMessage], error) {
	_, err := a.connection(ctx, in.ConnectionID)
	return map[string]wire.List[json.RawMessage]{"operations": {}}, err
}
