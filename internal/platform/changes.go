package platform

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"time"

	"github.com/airfielddev/airfield/protocol"
)

// ChangeType is what was changed about a connection, in the words of
// https://docs.airbyte.com/platform/cloud/managing-airbyte-cloud/review-connection-timeline.
type ChangeType string

// The types of changes.
const (
	ChangeEnabled  ChangeType = "CONNECTION_ENABLED"
	ChangeDisabled ChangeType = "CONNECTION_DISABLED"
	ChangeSettings ChangeType = "CONNECTION_SETTINGS_UPDATE"
	ChangeStreams  ChangeType = "SCHEMA_CONFIG_UPDATE" // other streams were selected, or they are synced in another way
	ChangeSchema   ChangeType = "SCHEMA_UPDATE"        // the connection has taken over what changed in its source
)

// Change is something that was changed about a connection. It stays when the connection is changed again.
type Change struct {
	ID           string
	ConnectionID string
	WorkspaceID  string
	Type         ChangeType
	Reason       string                      `json:",omitempty"` // "": none was given
	UserID       string                      `json:",omitempty"` // who did it; "": the server by itself
	Before       *Connection                 `json:",omitempty"` // settings: what they were, without the streams
	After        *Connection                 `json:",omitempty"`
	Streams      []protocol.StreamDescriptor `json:",omitempty"` // streams: those that have come, have gone or are another way
	CreatedAt    time.Time
}

// Changes lists what was changed about connections, the oldest first.
func (p *Platform) Changes(ctx context.Context, f Filter) ([]Change, error) {
	f.Within = grantsOf(ctx).reach()
	return view(ctx, p, func(tb Tables) ([]Change, error) { return tb.Changes.List(ctx, f) })
}

// note keeps what was changed about a connection: why, and by whom.
func (p *Platform) note(ctx context.Context, tb Tables, before, after Connection, why Change) error {
	if after.Status == ConnectionDeprecated {
		return nil
	}
	for _, c := range changesBetween(before, after) {
		c.ID, c.ConnectionID, c.WorkspaceID, c.CreatedAt = newID(), after.ID, after.WorkspaceID, p.clock()
		c.Reason, c.UserID, c.Type = why.Reason, why.UserID, cmp.Or(why.Type, c.Type)
		if err := tb.Changes.Insert(ctx, c); err != nil {
			return err
		}
	}
	return nil
}

func changesBetween(before, after Connection) (all []Change) {
	if before.Status != after.Status {
		c := Change{Type: ChangeDisabled}
		if after.Status == ConnectionActive {
			c.Type = ChangeEnabled
		}
		all = append(all, c)
	}
	from, to := before.settings(), after.settings()
	if !same(from, to) {
		all = append(all, Change{Type: ChangeSettings, Before: &from, After: &to})
	}
	if streams := restreamed(before.Streams, after.Streams); len(streams) > 0 {
		all = append(all, Change{Type: ChangeStreams, Streams: streams})
	}
	return all
}

// settings are what a connection is set to, besides its streams and whether it is active.
func (c Connection) settings() Connection {
	return Connection{
		ID: c.ID, WorkspaceID: c.WorkspaceID, Name: c.Name, SourceID: c.SourceID, DestinationID: c.DestinationID, Schedule: c.Schedule,
		NamespaceDefinition: c.NamespaceDefinition, NamespaceFormat: c.NamespaceFormat, Prefix: c.Prefix,
		NonBreakingChanges: c.NonBreakingChanges, TagIDs: notEmpty(c.TagIDs), NotifySchemaChanges: c.NotifySchemaChanges,
		BackfillPreference: c.BackfillPreference, ResourceRequirements: c.ResourceRequirements,
	}
}

// restreamed are the streams that are in one of two selections, or not the same in both.
func restreamed(before, after []ConnectionStream) (all []protocol.StreamDescriptor) {
	was := make(map[protocol.StreamDescriptor]ConnectionStream, len(before))
	for _, s := range before {
		was[s.Stream.Descriptor()] = s
	}
	for _, s := range after {
		d := s.Stream.Descriptor()
		if old, ok := was[d]; !ok || !same(old.plain(), s.plain()) {
			all = append(all, d)
		}
		delete(was, d)
	}
	for _, s := range before {
		if _, gone := was[s.Stream.Descriptor()]; gone {
			all = append(all, s.Stream.Descriptor())
		}
	}
	return all
}

// same tells whether two things are stored alike.
func same[T any](a, b T) bool {
	x, err := json.Marshal(a)
	if err != nil {
		return false
	}
	y, err := json.Marshal(b)
	return err == nil && bytes.Equal(x, y)
}

// plain is the stream with nil for what is empty, which means the same.
func (s ConnectionStream) plain() ConnectionStream {
	s.CursorField, s.PrimaryKey, s.SelectedFields = notEmpty(s.CursorField), notEmpty(s.PrimaryKey), notEmpty(s.SelectedFields)
	return s
}

func notEmpty[T any](list []T) []T {
	if len(list) == 0 {
		return nil
	}
	return list
}
