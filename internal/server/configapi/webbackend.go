package configapi

import (
	"context"
	"fmt"

	"github.com/airfielddev/airfield/connector"
	"github.com/airfielddev/airfield/internal/platform"
	"github.com/airfielddev/airfield/internal/server/endpoint"
	"github.com/airfielddev/airfield/internal/wire/config"
)

func (a *api) webBackendRoutes() []endpoint.Route {
	return []endpoint.Route{
		post("/web_backend/connections/get", endpoint.WorkspaceReader, endpoint.Call(a.getWebConnection)),
		post("/web_backend/connections/create", endpoint.WorkspaceEditor, endpoint.Call(a.createWebConnection)),
		post("/web_backend/connections/update", endpoint.WorkspaceEditor, endpoint.Call(a.updateWebConnection)),
		post("/web_backend/connections/list", endpoint.WorkspaceReader, endpoint.Call(a.listWebConnections)),
	}
}

func (a *api) getWebConnection(ctx context.Context, in config.WebBackendConnectionRequest) (out config.WebBackendConnectionRead, err error) {
	c, err := a.connection(ctx, in.ConnectionID)
	if err != nil {
		return out, err
	}
	if in.WithRefreshedCatalog {
		return a.refreshed(ctx, c.ID)
	}
	return a.printWeb(ctx, c)
}

// refreshed prints a connection with the streams that its source has now, and with what has changed since it was configured. Sent back in
// an update, it accepts the changes.
func (a *api) refreshed(ctx context.Context, connectionID string) (out config.WebBackendConnectionRead, err error) {
	r, err := a.platform.ReviewSchema(ctx, connectionID, true)
	if err != nil {
		return out, err
	}
	if r.Catalog == nil {
		return out, fmt.Errorf("refreshing the catalog: %w", discoverFailed(r.Discovery))
	}
	if out, err = a.printWeb(ctx, r.Connection); err != nil {
		return out, err
	}
	out.CatalogID, out.CatalogDiff = r.CatalogID, printDiff(r.Diff)
	out.SyncCatalog, err = printEntries(r.Connection.Following(*r.Catalog))
	return out, err
}

// discoverFailed is what the Public API says when a discover fails on the way to something else.
func discoverFailed(d platform.Discovery) error {
	reason := d.Message
	if d.Failure != nil {
		reason = d.Failure.Message
	}
	return &platform.Error{Problem: "unexpected-problem", Message: "Something went wrong in the connector. logs:" + reason}
}

func (a *api) createWebConnection(ctx context.Context, in config.ConnectionCreate) (out config.WebBackendConnectionRead, err error) {
	c, err := a.makeConnection(ctx, in)
	if err != nil {
		return out, err
	}
	return a.printWeb(ctx, c)
}

// updateWebConnection queues what reads changed streams from the beginning, unless it is told to skip that.
func (a *api) updateWebConnection(ctx context.Context, in config.ConnectionUpdate) (out config.WebBackendConnectionRead, err error) {
	c, err := a.changeConnection(ctx, in, !value(in.SkipReset))
	if err != nil {
		return out, err
	}
	return a.printWeb(ctx, c)
}

// printWeb prints a connection with both of its ends and all streams of its source.
func (a *api) printWeb(ctx context.Context, c platform.Connection) (out config.WebBackendConnectionRead, err error) {
	plain, err := a.printConnection(ctx, c)
	if err != nil {
		return out, err
	}
	out = webOf(plain)
	entries, err := a.platform.AllStreams(ctx, c)
	if err != nil {
		return out, err
	}
	if out.SyncCatalog, err = printEntries(entries); err != nil {
		return out, err
	}
	if err := a.addEnds(ctx, c, &out); err != nil {
		return out, err
	}
	last, err := a.latest(ctx, c.ID, everyJob)
	if err != nil || last == nil {
		return out, err
	}
	out.LatestSyncJobCreatedAt, out.LatestSyncJobStatus = new(last.CreatedAt.Unix()), config.JobStatus(last.Status)
	out.IsSyncing = !last.Status.Final()
	return out, nil
}

func (a *api) addEnds(ctx context.Context, c platform.Connection, out *config.WebBackendConnectionRead) error {
	source, err := a.platform.Actor(ctx, connector.KindSource, c.SourceID)
	if err != nil {
		return err
	}
	destination, err := a.platform.Actor(ctx, connector.KindDestination, c.DestinationID)
	if err != nil {
		return err
	}
	out.SchemaChange = config.SchemaChange(c.SchemaState(source))
	if out.Source, err = a.printSource(ctx, source); err != nil {
		return err
	}
	if out.Destination, err = a.printDestination(ctx, destination); err != nil {
		return err
	}
	if out.SourceActorDefinitionVersion, err = a.versionOf(ctx, source); err != nil {
		return err
	}
	out.DestinationActorDefinitionVersion, err = a.versionOf(ctx, destination)
	return err
}

func webOf(c config.ConnectionRead) config.WebBackendConnectionRead {
	return config.WebBackendConnectionRead{
		ConnectionID:                 c.ConnectionID,
		Name:                         c.Name,
		NamespaceDefinition:          c.NamespaceDefinition,
		NamespaceFormat:              c.NamespaceFormat,
		Prefix:                       c.Prefix,
		SourceID:                     c.SourceID,
		DestinationID:                c.DestinationID,
		Schedule:                     c.Schedule,
		ScheduleType:                 c.ScheduleType,
		ScheduleData:                 c.ScheduleData,
		Status:                       c.Status,
		ResourceRequirements:         c.ResourceRequirements,
		StatusReason:                 c.StatusReason,
		CatalogID:                    c.SourceCatalogID,
		NotifySchemaChanges:          value(c.NotifySchemaChanges),
		NonBreakingChangesPreference: c.NonBreakingChangesPreference,
		CreatedAt:                    c.CreatedAt,
		BackfillPreference:           c.BackfillPreference,
		Tags:                         c.Tags,
	}
}
