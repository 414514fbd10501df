package publicapi

import (
	"context"

	"github.com/airfielddev/airfield/internal/platform"
	"github.com/airfielddev/airfield/internal/server/endpoint"
	"github.com/airfielddev/airfield/internal/wire"
	"github.com/airfielddev/airfield/internal/wire/public"
)

func (a *api) connectionRoutes() []endpoint.Route {
	return []endpoint.Route{
		{Method: "GET", Pattern: "/connections", Operation: "listConnections", Role: endpoint.WorkspaceReader, Scope: endpoint.Seen, Query: listed(tagged()), Handle: endpoint.Get(a.listConnections)},
		{Method: "POST", Pattern: "/connections", Operation: "createConnection", Role: endpoint.WorkspaceEditor, Handle: endpoint.Call(a.createConnection)},
		{Method: "GET", Pattern: "/connections/{connectionId}", Operation: "getConnection", Role: endpoint.WorkspaceReader, Handle: endpoint.Get(a.getConnection)},
		{Method: "PATCH", Pattern: "/connections/{connectionId}", Operation: "patchConnection", Role: endpoint.WorkspaceEditor, Handle: endpoint.Put(a.patchConnection)},
		{Method: "DELETE", Pattern: "/connections/{connectionId}", Operation: "deleteConnection", Role: endpoint.WorkspaceEditor, Handle: endpoint.Drop(a.deleteConnection)},
	}
}

func tagged() endpoint.Parameter {
	return endpoint.Parameter{Name: "tagIds", Meaning: "Lists what has one of these tags.", Type: endpoint.Names}
}

func (a *api) listConnections(ctx context.Context, p endpoint.Params) (out public.ConnectionsResponse, err error) {
	q, err := p.Query()
	if err != nil {
		return out, err
	}
	l := listingOf(q)
	l.TagIDs = q.Texts("tagIds")
	rows, err := a.platform.Connections(ctx, l.filter())
	if err != nil {
		return out, err
	}
	rows, more := cut(rows, l.window)
	data, err := a.printConnections(ctx, rows)
	return page(a.base(p.Request), "connections", l.query(), l.window, more, data), err
}

func (a *api) createConnection(ctx context.Context, in public.ConnectionCreateRequest) (out public.ConnectionResponse, err error) {
	if err := endpoint.Require("sourceId", in.SourceID, "destinationId", in.DestinationID); err != nil {
		return out, err
	}
	n, err := newConnection(in)
	if err != nil {
		return out, err
	}
	c, err := a.platform.CreateConnection(ctx, n)
	if err != nil {
		return out, err
	}
	return a.printConnection(ctx, c)
}

func (a *api) getConnection(ctx context.Context, p endpoint.Params) (out public.ConnectionResponse, err error) {
	c, err := a.platform.Connection(ctx, p.ID("connectionId"))
	if err != nil {
		return out, err
	}
	return a.printConnection(ctx, c)
}

func (a *api) patchConnection(ctx context.Context, p endpoint.Params, in public.ConnectionPatchRequest) (out public.ConnectionResponse, err error) {
	u, err := connectionUpdate(in)
	if err != nil {
		return out, err
	}
	c, err := a.platform.UpdateConnection(ctx, p.ID("connectionId"), u)
	if err != nil {
		return out, err
	}
	return a.printConnection(ctx, c)
}

func (a *api) deleteConnection(ctx context.Context, p endpoint.Params) error {
	return a.platform.DeleteConnection(ctx, p.ID("connectionId"))
}

func newConnection(in public.ConnectionCreateRequest) (n platform.NewConnection, err error) {
	if err := knownEnums(in.NamespaceDefinition, in.NonBreakingSchemaUpdatesBehavior, in.Status); err != nil {
		return n, err
	}
	n = platform.NewConnection{
		SourceID:            endpoint.ID(in.SourceID),
		DestinationID:       endpoint.ID(in.DestinationID),
		Name:                in.Name,
		Status:              platform.ConnectionStatus(in.Status),
		NamespaceDefinition: readNamespace(in.NamespaceDefinition),
		NonBreakingChanges:  readNonBreaking(in.NonBreakingSchemaUpdatesBehavior),
		TagIDs:              tagIDs(in.Tags),
	}
	if in.NamespaceFormat != nil {
		n.NamespaceFormat = *in.NamespaceFormat
	}
	if in.Prefix != nil {
		n.Prefix = *in.Prefix
	}
	if in.Schedule != nil {
		if n.Schedule, err = readSchedule(*in.Schedule); err != nil {
			return n, err
		}
	}
	n.Streams, err = readStreams(in.Configurations)
	return n, err
}

func connectionUpdate(in public.ConnectionPatchRequest) (u platform.ConnectionUpdate, err error) {
	if err := knownEnums(in.NamespaceDefinition, in.NonBreakingSchemaUpdatesBehavior, in.Status); err != nil {
		return u, err
	}
	u = platform.ConnectionUpdate{
		Name:                in.Name,
		NamespaceFormat:     in.NamespaceFormat,
		Prefix:              in.Prefix,
		NamespaceDefinition: given(readNamespace(in.NamespaceDefinition)),
		NonBreakingChanges:  given(readNonBreaking(in.NonBreakingSchemaUpdatesBehavior)),
		Status:              given(platform.ConnectionStatus(in.Status)),
	}
	if in.Tags != nil {
		u.TagIDs = tagIDs(*in.Tags)
	}
	if in.Schedule != nil {
		s, err := readSchedule(*in.Schedule)
		if err != nil {
			return u, err
		}
		u.Schedule = &s
	}
	u.Streams, err = readStreams(in.Configurations)
	return u, err
}

// given is nil for a member that was left out.
func given[T ~string](value T) *T {
	if value == "" {
		return nil
	}
	return &value
}

func knownEnums(n public.NamespaceDefinition, b public.NonBreakingBehavior, s public.ConnectionStatus) error {
	if err := endpoint.Known("namespaceDefinition", n); err != nil {
		return err
	}
	if err := endpoint.Known("nonBreakingSchemaUpdatesBehavior", b); err != nil {
		return err
	}
	if s == wire.ConnectionLocked {
		return endpoint.BadRequest("The status locked cannot be chosen. Use inactive to pause a connection.")
	}
	return endpoint.Known("status", s)
}

// tagIDs is never nil, because no tags is something that can be asked for.
func tagIDs(tags []public.Tag) []string {
	ids := make([]string, 0, len(tags))
	for _, t := range tags {
		ids = append(ids, endpoint.ID(t.TagID))
	}
	return ids
}

func readNamespace(n public.NamespaceDefinition) platform.NamespaceDefinition {
	if n == public.NamespaceCustomFormat {
		return platform.NamespaceCustom
	}
	return platform.NamespaceDefinition(n)
}

func printNamespace(n platform.NamespaceDefinition) public.NamespaceDefinition {
	if n == platform.NamespaceCustom {
		return public.NamespaceCustomFormat
	}
	return public.NamespaceDefinition(n)
}

func readNonBreaking(b public.NonBreakingBehavior) string {
	if b == public.NonBreakingDisableConnection {
		return "disable"
	}
	return string(b)
}

func printNonBreaking(b string) public.NonBreakingBehavior {
	if b == "disable" {
		return public.NonBreakingDisableConnection
	}
	return public.NonBreakingBehavior(b)
}
