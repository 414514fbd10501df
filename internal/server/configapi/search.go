package configapi

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"reflect"
	"slices"

	"github.com/airfielddev/airfield/internal/platform"
	"github.com/airfielddev/airfield/internal/server/endpoint"
	"github.com/airfielddev/airfield/internal/wire/config"
)

// searchRoutes find things by what they are. Everything that a search says must be true of what is found; one that says nothing
// finds all that the caller can see.
func (a *api) searchRoutes() []endpoint.Route {
	return []endpoint.Route{
		within(endpoint.Seen, post("/sources/search", endpoint.WorkspaceReader, endpoint.Call(a.searchSources))),
		within(endpoint.Seen, post("/destinations/search", endpoint.WorkspaceReader, endpoint.Call(a.searchDestinations))),
		within(endpoint.Seen, post("/connections/search", endpoint.WorkspaceReader, endpoint.Call(a.searchConnections))),
	}
}

func (a *api) searchSources(ctx context.Context, in config.SourceSearch) (out config.SourceReadList, err error) {
	rows, err := a.sources().search(ctx, soughtSource(in))
	if err != nil {
		return out, err
	}
	out.Sources, err = a.printSources(ctx, rows)
	return out, err
}

func (a *api) searchDestinations(ctx context.Context, in config.DestinationSearch) (out config.DestinationReadList, err error) {
	rows, err := a.destinations().search(ctx, soughtDestination(in))
	if err != nil {
		return out, err
	}
	out.Destinations, err = a.printDestinations(ctx, rows)
	return out, err
}

// sought is what sources or destinations are searched by. What is empty is not looked at.
type sought struct {
	ID           string
	WorkspaceID  string
	DefinitionID string
	Name         string
	Title        string // of the definition
	Config       json.RawMessage
}

func soughtSource(in config.SourceSearch) sought {
	return sought{in.SourceID, in.WorkspaceID, in.SourceDefinitionID, in.Name, in.SourceName, in.ConnectionConfiguration}
}

func soughtDestination(in config.DestinationSearch) sought {
	return sought{in.DestinationID, in.WorkspaceID, in.DestinationDefinitionID, in.Name, in.DestinationName, in.ConnectionConfiguration}
}

// search compares configurations as they are shown, with their secrets masked, so that it cannot be used to guess a secret.
func (s actors) search(ctx context.Context, in sought) ([]platform.Actor, error) {
	var wanted map[string]any
	if !absent(in.Config) {
		if err := requireConfiguration(in.Config); err != nil {
			return nil, err
		}
		if err := parse(in.Config, &wanted); err != nil {
			return nil, err
		}
	}
	rows, err := s.platform.Actors(ctx, s.kind, platform.Filter{
		IDs: only(in.ID), WorkspaceIDs: only(in.WorkspaceID), DefinitionID: endpoint.ID(in.DefinitionID), Name: in.Name,
	})
	if err != nil {
		return nil, err
	}
	names, found := titles{s.platform, map[string]string{}}, rows[:0]
	for _, row := range rows {
		if in.Title != "" && in.Title != names.of(ctx, row.DefinitionID) {
			continue
		}
		same, err := configuredWith(row, wanted)
		if err != nil {
			return nil, err
		}
		if same {
			found = append(found, row)
		}
	}
	return found, nil
}

// configuredWith tells whether the configuration of an actor has some members, with these values.
func configuredWith(row platform.Actor, members map[string]any) (bool, error) {
	if len(members) == 0 {
		return true, nil
	}
	var configured map[string]any
	if err := parse(configuration(row), &configured); err != nil {
		return false, fmt.Errorf("reading the configuration of %s %s: %w", row.Kind, row.ID, err)
	}
	for name, want := range members {
		if got, ok := configured[name]; !ok || !reflect.DeepEqual(got, want) {
			return false, nil
		}
	}
	return true, nil
}

// only is a list of one id, nil without it, which narrows nothing.
func only(id string) []string {
	if id == "" {
		return nil
	}
	return []string{endpoint.ID(id)}
}

func (a *api) searchConnections(ctx context.Context, in config.ConnectionSearch) (out config.ConnectionReadList, err error) {
	like, err := scheduled(in)
	if err != nil {
		return out, err
	}
	ends, err := a.soughtEnds(ctx, in)
	if err != nil {
		return out, err
	}
	f, err := connectionFilter(in)
	if err != nil {
		return out, err
	}
	rows, err := a.platform.Connections(ctx, f)
	if err != nil {
		return out, err
	}
	rows = slices.DeleteFunc(rows, func(c platform.Connection) bool { return !ends(c) || !like(c.Schedule) || !namesTables(c, in) })
	out.Connections, err = a.printConnections(ctx, rows)
	return out, err
}

// connectionFilter leaves deleted connections aside unless they are what is looked for.
func connectionFilter(in config.ConnectionSearch) (f platform.Filter, err error) {
	if err := known("namespaceDefinition", in.NamespaceDefinition); err != nil {
		return f, err
	}
	if err := known("status", in.Status); err != nil {
		return f, err
	}
	of := &platform.ConnectionFilter{SourceIDs: only(in.SourceID), DestinationIDs: only(in.DestinationID)}
	if in.Status != "" {
		of.Statuses = []platform.ConnectionStatus{platform.ConnectionStatus(in.Status)}
	}
	return platform.Filter{
		IDs: only(in.ConnectionID), Name: in.Name, Connections: of,
		IncludeDeleted: platform.ConnectionStatus(in.Status) == platform.ConnectionDeprecated,
	}, nil
}

// soughtEnds tells which connections have the source and the destination that are searched for.
func (a *api) soughtEnds(ctx context.Context, in config.ConnectionSearch) (func(platform.Connection) bool, error) {
	var sources, destinations map[string]bool
	if in.Source != nil {
		rows, err := a.sources().search(ctx, soughtSource(*in.Source))
		if err != nil {
			return nil, err
		}
		sources = idsOf(rows)
	}
	if in.Destination != nil {
		rows, err := a.destinations().search(ctx, soughtDestination(*in.Destination))
		if err != nil {
			return nil, err
		}
		destinations = idsOf(rows)
	}
	return func(c platform.Connection) bool {
		return (sources == nil || sources[c.SourceID]) && (destinations == nil || destinations[c.DestinationID])
	}, nil
}

func idsOf(rows []platform.Actor) map[string]bool {
	ids := make(map[string]bool, len(rows))
	for _, row := range rows {
		ids[row.ID] = true
	}
	return ids
}

// scheduled tells which schedules are the one that is searched for; a type alone stands for all schedules of it.
func scheduled(in config.ConnectionSearch) (func(platform.Schedule) bool, error) {
	if err := known("scheduleType", in.ScheduleType); err != nil {
		return nil, err
	}
	if in.ScheduleData == nil && in.Schedule == nil {
		return func(s platform.Schedule) bool {
			_, kind, _ := printSchedule(s)
			return in.ScheduleType == "" || in.ScheduleType == kind
		}, nil
	}
	kind := in.ScheduleType
	if kind == "" && in.ScheduleData != nil && in.ScheduleData.Cron != nil {
		kind = config.ScheduleCron
	}
	wanted, err := readSchedule(kind, in.ScheduleData, in.Schedule)
	if err != nil {
		return nil, err
	}
	return func(s platform.Schedule) bool {
		if s.Type == platform.ScheduleCron {
			s.TimeZone = cmp.Or(s.TimeZone, utc)
		}
		return wanted == nil || s == *wanted
	}, nil
}

// namesTables tells whether a connection names the tables of its destination as is searched for.
func namesTables(c platform.Connection, in config.ConnectionSearch) bool {
	return (in.NamespaceDefinition == "" || in.NamespaceDefinition == config.NamespaceDefinition(c.NamespaceDefinition)) &&
		(in.NamespaceFormat == nil || *in.NamespaceFormat == c.NamespaceFormat) &&
		(in.Prefix == nil || *in.Prefix == c.Prefix)
}
