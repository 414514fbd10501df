package configapi

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/airfielddev/airfield/connector"
	"github.com/airfielddev/airfield/internal/platform"
	"github.com/airfielddev/airfield/internal/server/endpoint"
	"github.com/airfielddev/airfield/internal/wire/config"
)

func (s actors) check(ctx context.Context, id string) (out config.CheckConnectionRead, err error) {
	if err := endpoint.Require(s.member(), id); err != nil {
		return out, err
	}
	report, err := s.platform.CheckActor(ctx, s.kind, endpoint.ID(id))
	return s.printCheck(report, endpoint.ID(id)), err
}

func (s actors) checkUpdate(ctx context.Context, in change) (out config.CheckConnectionRead, err error) {
	if err := endpoint.Require(s.member(), in.ID); err != nil {
		return out, err
	}
	if err := requireConfiguration(in.Config); err != nil {
		return out, err
	}
	report, err := s.platform.CheckForUpdate(ctx, s.kind, endpoint.ID(in.ID), value(in.Name), in.Config)
	return s.printCheck(report, endpoint.ID(in.ID)), err
}

func (s actors) checkNew(ctx context.Context, definitionID, workspaceID string, configuration json.RawMessage) (out config.CheckConnectionRead, err error) {
	if _, err := s.definition(ctx, definitionID, workspaceID); err != nil {
		return out, err
	}
	if err := requireConfiguration(configuration); err != nil {
		return out, err
	}
	report, err := s.platform.CheckConfig(ctx, endpoint.ID(definitionID), configuration)
	return s.printCheck(report, ""), err
}

// printCheck leaves the status out when the check itself broke.
func (s actors) printCheck(r platform.Report, id string) config.CheckConnectionRead {
	kind := config.ConfigCheckSource
	if s.kind == connector.KindDestination {
		kind = config.ConfigCheckDestination
	}
	return config.CheckConnectionRead{Status: config.CheckStatus(r.Status), Message: r.Message, JobInfo: printReport(r, kind, id)}
}

func printReport(r platform.Report, kind config.JobConfigType, id string) config.SynchronousJobRead {
	return config.SynchronousJobRead{
		ID:                            r.ID,
		ConfigType:                    kind,
		ConfigID:                      id,
		CreatedAt:                     r.CreatedAt.Unix(),
		EndedAt:                       r.EndedAt.Unix(),
		Succeeded:                     r.Succeeded,
		ConnectorConfigurationUpdated: r.ConfigUpdated,
		LogType:                       config.LogFormatted,
		Logs:                          &config.Logs{LogLines: r.LogLines},
		FailureReason:                 printFailure(r.Failure),
	}
}

func printFailure(f *platform.Failure) *config.FailureReason {
	if f == nil {
		return nil
	}
	out := &config.FailureReason{
		FailureOrigin:    config.FailureOrigin(f.Origin),
		FailureType:      config.FailureType(f.Type),
		ExternalMessage:  f.Message,
		InternalMessage:  f.Internal,
		Stacktrace:       f.Stack,
		Retryable:        &f.Retryable,
		FromTraceMessage: &f.FromTrace,
	}
	if !f.At.IsZero() {
		out.Timestamp = f.At.UnixMilli()
	}
	if f.Stream != nil {
		out.StreamDescriptor = new(descriptor(*f.Stream))
	}
	return out
}

func (a *api) discover(ctx context.Context, in config.DiscoverSchema) (out config.DiscoverSchemaRead, err error) {
	if err := endpoint.Require("sourceId", in.SourceID); err != nil {
		return out, err
	}
	if in.ConnectionID == "" {
		d, err := a.platform.Discover(ctx, endpoint.ID(in.SourceID), in.DisableCache)
		return printDiscovery(d, endpoint.ID(in.SourceID)), err
	}
	c, err := a.connection(ctx, in.ConnectionID)
	if err != nil {
		return out, err
	}
	if c.SourceID != endpoint.ID(in.SourceID) {
		return out, endpoint.BadRequest("The connection %s has another source.", c.ID)
	}
	r, err := a.platform.ReviewSchema(ctx, c.ID, in.DisableCache)
	out = printDiscovery(r.Discovery, c.SourceID)
	if r.Catalog != nil {
		out.CatalogDiff, out.BreakingChange, out.ConnectionStatus = printDiff(r.Diff), new(r.Diff.Breaking()), config.ConnectionStatus(r.Connection.Status)
	}
	return out, err
}

func (a *api) discoverNew(ctx context.Context, in config.SourceCoreConfig) (out config.DiscoverSchemaRead, err error) {
	if _, err := a.sources().definition(ctx, in.SourceDefinitionID, in.WorkspaceID); err != nil {
		return out, err
	}
	if err := requireConfiguration(in.ConnectionConfiguration); err != nil {
		return out, err
	}
	d, err := a.platform.DiscoverConfig(ctx, endpoint.ID(in.SourceDefinitionID), in.ConnectionConfiguration)
	return printDiscovery(d, ""), err
}

// printDiscovery has no catalog when the discover failed; that is an answer like any other.
func printDiscovery(d platform.Discovery, id string) config.DiscoverSchemaRead {
	out := config.DiscoverSchemaRead{JobInfo: printReport(d.Report, config.ConfigDiscoverSchema, id), CatalogID: d.CatalogID}
	if d.Catalog != nil {
		out.Catalog = new(printDiscovered(*d.Catalog))
	}
	return out
}

// newestCatalog is in the shape of the protocol, unlike all other catalogs of the API.
func (a *api) newestCatalog(ctx context.Context, in config.SourceID) (out config.ActorCatalog, err error) {
	if err := endpoint.Require("sourceId", in.SourceID); err != nil {
		return out, err
	}
	d, err := a.platform.Discover(ctx, endpoint.ID(in.SourceID), false)
	if err != nil || d.Catalog == nil {
		return out, err
	}
	out.UpdatedAt = new(d.EndedAt.Unix())
	if out.Catalog, err = json.Marshal(d.Catalog); err != nil {
		return out, fmt.Errorf("printing the catalog of source %s: %w", in.SourceID, err)
	}
	return out, nil
}

// actorsOf lists the actors of several workspaces.
func (a *api) actorsOf(ctx context.Context, kind connector.Kind, in config.ResourcesForWorkspaces) ([]platform.Actor, error) {
	offset, limit, err := window(&in.Pagination, 100)
	if err != nil {
		return nil, err
	}
	return a.platform.Actors(ctx, kind, platform.Filter{
		WorkspaceIDs:   endpoint.IDs(in.WorkspaceIDs),
		IncludeDeleted: in.IncludeDeleted,
		NameContains:   in.NameContains,
		Offset:         offset,
		Limit:          limit,
	})
}

// configuration is never null, because clients take it apart.
func configuration(a platform.Actor) json.RawMessage {
	if absent(a.Config) {
		return json.RawMessage("{}")
	}
	return a.Config
}
