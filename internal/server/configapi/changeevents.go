package configapi

import (
	"encoding/json"
	"reflect"
	"slices"

	"github.com/airfielddev/airfield/internal/platform"
	"github.com/airfielddev/airfield/internal/wire/config"
)

// edit is the event of a connection that was changed.
type edit struct{ platform.Change }

func (e edit) id() string             { return e.ID }
func (e edit) connection() string     { return e.ConnectionID }
func (e edit) kind() config.EventType { return config.EventType(e.Type) }

// at puts what one request has changed into the order in which it was noted.
func (e edit) at() instant {
	noted := []platform.ChangeType{platform.ChangeEnabled, platform.ChangeDisabled, platform.ChangeSettings, platform.ChangeStreams, platform.ChangeSchema}
	return instant{e.CreatedAt, int64(slices.Index(noted, e.Type))}
}

// changed is what an edit says. Both names of a reason are Airbyte's.
type changed struct {
	Patches        map[string]patch          `json:"patches,omitempty"`
	Streams        []config.StreamDescriptor `json:"streams,omitempty"`
	UpdateReason   string                    `json:"updateReason,omitempty"`
	DisabledReason string                    `json:"disabledReason,omitempty"`
}

// patch is a setting before and after it was changed.
type patch struct {
	From any `json:"from"`
	To   any `json:"to"`
}

func (e edit) summary() (json.RawMessage, error) {
	s := changed{UpdateReason: e.Reason, Streams: descriptors(e.Streams)}
	if e.Type == platform.ChangeDisabled {
		s.UpdateReason, s.DisabledReason = "", e.Reason
	}
	if e.Before != nil && e.After != nil {
		s.Patches = patches(settingsOf(*e.Before), settingsOf(*e.After))
	}
	return json.Marshal(s)
}

// patches are the settings that are not the same before and after.
func patches(before, after map[string]any) map[string]patch {
	all := map[string]patch{}
	for name, from := range before {
		if to := after[name]; !reflect.DeepEqual(from, to) {
			all[name] = patch{from, to}
		}
	}
	return all
}

// settingsOf are the settings of a connection by the names that they are changed with.
func settingsOf(c platform.Connection) map[string]any {
	_, kind, data := printSchedule(c.Schedule)
	return map[string]any{
		"name":                         c.Name,
		"scheduleType":                 kind,
		"scheduleData":                 data,
		"namespaceDefinition":          c.NamespaceDefinition,
		"namespaceFormat":              c.NamespaceFormat,
		"prefix":                       c.Prefix,
		"nonBreakingChangesPreference": c.NonBreakingChanges,
		"notifySchemaChanges":          c.NotifySchemaChanges,
		"backfillPreference":           c.BackfillPreference,
		"tagIds":                       c.TagIDs,
		"resourceRequirements":         c.ResourceRequirements,
	}
}
