package configapi

import (
	"cmp"

	"github.com/airfielddev/airfield/internal/platform"
	"github.com/airfielddev/airfield/internal/server/endpoint"
	"github.com/airfielddev/airfield/internal/wire"
	"github.com/airfielddev/airfield/internal/wire/config"
)

const utc = "UTC"

// newConnection reads a connection to be made. Its namespaces are those of the source unless it says otherwise, unlike in the
// Public API.
func newConnection(in config.ConnectionCreate) (n platform.NewConnection, err error) {
	if err := knownEnums(in.NamespaceDefinition, in.NonBreakingChangesPreference, in.Status); err != nil {
		return n, err
	}
	n = platform.NewConnection{
		SourceID:            endpoint.ID(in.SourceID),
		DestinationID:       endpoint.ID(in.DestinationID),
		Name:                in.Name,
		Status:              platform.ConnectionStatus(in.Status),
		NamespaceDefinition: platform.NamespaceDefinition(cmp.Or(in.NamespaceDefinition, config.NamespaceSource)),
		NamespaceFormat:     value(in.NamespaceFormat),
		Prefix:              value(in.Prefix),
		NonBreakingChanges:  string(in.NonBreakingChangesPreference),
		TagIDs:              tagIDs(in.Tags),
		NotifySchemaChanges: value(in.NotifySchemaChanges),
		BackfillPreference:  string(in.BackfillPreference),
		CatalogID:           endpoint.ID(in.SourceCatalogID),
	}
	schedule, err := readSchedule(in.ScheduleType, in.ScheduleData, in.Schedule)
	if err != nil {
		return n, err
	}
	if schedule != nil {
		n.Schedule = *schedule
	}
	if n.ResourceRequirements, err = printed(in.ResourceRequirements); err != nil {
		return n, err
	}
	n.Catalog, err = readCatalog(in.SyncCatalog)
	return n, err
}

func connectionUpdate(in config.ConnectionUpdate) (u platform.ConnectionUpdate, err error) {
	if err := knownEnums(in.NamespaceDefinition, in.NonBreakingChangesPreference, in.Status); err != nil {
		return u, err
	}
	u = platform.ConnectionUpdate{
		Name:                in.Name,
		Status:              text(platform.ConnectionStatus(in.Status)),
		NamespaceDefinition: text(platform.NamespaceDefinition(in.NamespaceDefinition)),
		NamespaceFormat:     in.NamespaceFormat,
		Prefix:              in.Prefix,
		NonBreakingChanges:  text(string(in.NonBreakingChangesPreference)),
		NotifySchemaChanges: in.NotifySchemaChanges,
		BackfillPreference:  text(string(in.BackfillPreference)),
		CatalogID:           endpoint.ID(in.SourceCatalogID),
		BreakingChange:      in.BreakingChange,
	}
	if in.Tags != nil {
		u.TagIDs = tagIDs(*in.Tags)
	}
	if u.Schedule, err = readSchedule(in.ScheduleType, in.ScheduleData, in.Schedule); err != nil {
		return u, err
	}
	if u.ResourceRequirements, err = printed(in.ResourceRequirements); err != nil {
		return u, err
	}
	u.Catalog, err = readCatalog(in.SyncCatalog)
	return u, err
}

func knownEnums(n config.NamespaceDefinition, b config.NonBreakingPreference, s config.ConnectionStatus) error {
	if err := known("namespaceDefinition", n); err != nil {
		return err
	}
	if err := known("nonBreakingChangesPreference", b); err != nil {
		return err
	}
	if s == wire.ConnectionLocked {
		return endpoint.BadRequest("The status locked cannot be chosen. Use inactive to pause a connection.")
	}
	return known("status", s)
}

// tagIDs is never nil, because no tags is something that can be asked for.
func tagIDs(tags []config.Tag) []string {
	ids := make([]string, 0, len(tags))
	for _, t := range tags {
		ids = append(ids, endpoint.ID(t.TagID))
	}
	return ids
}

// readSchedule reads the three places that a schedule can be in; nil when it is in none.
func readSchedule(kind config.ScheduleType, data *config.ScheduleData, basic *config.BasicSchedule) (*platform.Schedule, error) {
	if err := known("scheduleType", kind); err != nil {
		return nil, err
	}
	if data == nil {
		data = &config.ScheduleData{}
	}
	switch {
	case kind == config.ScheduleManual:
		return &platform.Schedule{Type: platform.ScheduleManual}, nil
	case kind == config.ScheduleCron:
		return readCron(data.Cron)
	case data.BasicSchedule != nil:
		return readBasic(*data.BasicSchedule)
	case basic != nil:
		return readBasic(*basic)
	case kind == config.ScheduleBasic:
		return nil, endpoint.BadRequest("scheduleData.basicSchedule is required when scheduleType is basic.")
	}
	return nil, nil
}

func readCron(c *config.CronSchedule) (*platform.Schedule, error) {
	if c == nil {
		return nil, &platform.Error{
			Condition: platform.ErrInvalid, Problem: wire.ProblemCronMissingData,
			Message: "scheduleData.cron is required when scheduleType is cron.",
		}
	}
	if c.CronExpression == "" || c.CronTimeZone == "" {
		return nil, &platform.Error{
			Condition: platform.ErrInvalid, Problem: wire.ProblemCronMissingComponent,
			Message: "scheduleData.cron needs a cronExpression and a cronTimeZone.",
			Data:    map[string]any{"cronExpression": c.CronExpression, "cronTimezone": c.CronTimeZone},
		}
	}
	return &platform.Schedule{Type: platform.ScheduleCron, Cron: c.CronExpression, TimeZone: c.CronTimeZone}, nil
}

func readBasic(b config.BasicSchedule) (*platform.Schedule, error) {
	if err := endpoint.Require("timeUnit", string(b.TimeUnit)); err != nil {
		return nil, err
	}
	if err := known("timeUnit", b.TimeUnit); err != nil {
		return nil, err
	}
	if b.Units < 1 {
		return nil, endpoint.BadRequest("units must be a whole number above 0; it is %d.", b.Units)
	}
	return &platform.Schedule{Type: platform.ScheduleBasic, Units: b.Units, TimeUnit: string(b.TimeUnit)}, nil
}

// printSchedule fills the old place of an interval beside the new one.
func printSchedule(s platform.Schedule) (*config.BasicSchedule, config.ScheduleType, *config.ScheduleData) {
	switch s.Type {
	case platform.ScheduleCron:
		cron := &config.CronSchedule{CronExpression: s.Cron, CronTimeZone: cmp.Or(s.TimeZone, utc)}
		return nil, config.ScheduleCron, &config.ScheduleData{Cron: cron}
	case platform.ScheduleBasic:
		basic := &config.BasicSchedule{TimeUnit: config.TimeUnit(s.TimeUnit), Units: s.Units}
		return basic, config.ScheduleBasic, &config.ScheduleData{BasicSchedule: basic}
	default:
		return nil, config.ScheduleManual, nil
	}
}
