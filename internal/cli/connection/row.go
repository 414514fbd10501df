package connection

import (
	"context"
	"encoding/json"
	"strings"
	"time"

	"github.com/airfielddev/airfield/cloud"
	"github.com/airfielddev/airfield/internal/cli/output"
	"github.com/airfielddev/airfield/internal/cli/session"
)

// row is a connection under the API's names.
type row struct {
	ID                  string      `json:"connectionId"`
	Name                string      `json:"name"`
	SourceID            string      `json:"sourceId"`
	DestinationID       string      `json:"destinationId"`
	WorkspaceID         string      `json:"workspaceId"`
	Status              string      `json:"status"`
	Schedule            scheduleRow `json:"schedule"`
	Prefix              string      `json:"prefix"`
	NamespaceDefinition string      `json:"namespaceDefinition"`
	NamespaceFormat     string      `json:"namespaceFormat,omitempty"`
	SchemaChanges       string      `json:"nonBreakingSchemaUpdatesBehavior"`
	Streams             []streamRow `json:"streams"`
	CreatedAt           time.Time   `json:"createdAt,omitzero"`
	URL                 string      `json:"url"`
}

type scheduleRow struct {
	Type     string `json:"scheduleType"`
	Cron     string `json:"cronExpression,omitempty"`
	TimeZone string `json:"cronTimeZone,omitempty"`
	Interval string `json:"interval,omitempty"`
	text     string
}

// streamRow is a stream as it is shown, and as --streams takes it.
type streamRow struct {
	Name           string      `json:"name"`
	Namespace      string      `json:"namespace,omitempty"`
	SyncMode       string      `json:"syncMode,omitempty"`
	CursorField    []string    `json:"cursorField,omitempty"`
	PrimaryKey     [][]string  `json:"primaryKey,omitempty"`
	SelectedFields []string    `json:"selectedFields,omitempty"`
	IncludeFiles   *bool       `json:"includeFiles,omitempty"`
	Mappers        []mapperRow `json:"mappers,omitempty"`
}

type mapperRow struct {
	ID     string          `json:"id,omitempty"`
	Type   string          `json:"type"`
	Config json.RawMessage `json:"mapperConfiguration,omitempty"`
}

func rowOf(ctx context.Context, c *cloud.Connection) (row, error) {
	info, err := c.Info(ctx)
	if err != nil {
		return row{}, err
	}
	return row{
		ID: info.ID, Name: info.Name, SourceID: info.SourceID, DestinationID: info.DestinationID, WorkspaceID: info.WorkspaceID,
		Status: string(info.Status), Schedule: scheduleRowOf(info.Schedule), Prefix: info.TablePrefix,
		NamespaceDefinition: string(info.NamespaceDefinition), NamespaceFormat: info.NamespaceFormat,
		SchemaChanges: string(info.SchemaChanges), Streams: streamRows(info.Streams), CreatedAt: info.CreatedAt, URL: c.URL(),
	}, nil
}

func scheduleRowOf(s cloud.Schedule) scheduleRow {
	r := scheduleRow{Type: string(s.Type), Cron: s.Cron, TimeZone: s.TimeZone, text: s.String()}
	if s.Interval != 0 {
		r.Interval = s.Interval.String()
	}
	return r
}

func streamRows(streams []cloud.Stream) []streamRow {
	rows := make([]streamRow, len(streams))
	for i, s := range streams {
		rows[i] = streamRow{
			Name: s.Name, Namespace: s.Namespace, SyncMode: string(s.SyncMode), CursorField: s.CursorField,
			PrimaryKey: s.PrimaryKey, SelectedFields: s.SelectedFields, IncludeFiles: s.IncludeFiles,
		}
		for _, m := range s.Mappers {
			rows[i].Mappers = append(rows[i].Mappers, mapperRow{m.ID, string(m.Type), m.Config})
		}
	}
	return rows
}

func (r streamRow) stream() cloud.Stream {
	s := cloud.Stream{
		Name: r.Name, Namespace: r.Namespace, SyncMode: cloud.SyncMode(r.SyncMode), CursorField: r.CursorField,
		PrimaryKey: r.PrimaryKey, SelectedFields: r.SelectedFields, IncludeFiles: r.IncludeFiles,
	}
	for _, m := range r.Mappers {
		s.Mappers = append(s.Mappers, cloud.Mapper{ID: m.ID, Type: cloud.MapperType(m.Type), Config: m.Config})
	}
	return s
}

func view() output.View[row] {
	return output.View[row]{
		Name: func(r row) string { return r.Name },
		Columns: []output.Column[row]{
			{Title: "id", Text: func(r row) string { return r.ID }},
			{Title: "name", Text: func(r row) string { return r.Name }},
			{Title: "status", Text: func(r row) string { return r.Status }},
			{Title: "schedule", Text: func(r row) string { return r.Schedule.text }},
			{Title: "source", Text: func(r row) string { return r.SourceID }, Detail: true},
			{Title: "destination", Text: func(r row) string { return r.DestinationID }, Detail: true},
			{Title: "prefix", Text: func(r row) string { return r.Prefix }, Detail: true},
			{Title: "namespace", Text: func(r row) string { return r.NamespaceDefinition }, Detail: true},
			{Title: "streams", Text: func(r row) string { return strings.Join(names(r.Streams), ", ") }},
			{Title: "created", Text: func(r row) string { return session.Date(r.CreatedAt) }, Detail: true},
			{Title: "url", Text: func(r row) string { return r.URL }, Detail: true},
		},
	}
}

func names(streams []streamRow) []string {
	names := make([]string, len(streams))
	for i, s := range streams {
		names[i] = s.Name
	}
	return names
}
