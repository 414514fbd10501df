package platform

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/airfielddev/airfield/connector"
	"github.com/airfielddev/airfield/internal/rawjson"
)

// Trigger is an event that a workspace may have told to a web hook. The triggers are members of its notifications.
type Trigger string

// The triggers.
const (
	TriggerFailure         Trigger = "failure"
	TriggerSuccess         Trigger = "success"
	TriggerDisabled        Trigger = "syncDisabled"
	TriggerDisabledWarning Trigger = "syncDisabledWarning"
	// TriggerUpdate is a change of a source's schema that a connection has taken over, and TriggerActionRequired one that has disabled it.
	TriggerUpdate         Trigger = "connectionUpdate"
	TriggerActionRequired Trigger = "connectionUpdateActionRequired"
	// TriggerBreakingWarning is a new version of a connector that does not take the configuration of a source or destination, and
	// TriggerQueued a sync that waits since all workers are busy.
	TriggerBreakingWarning Trigger = "breakingChangeWarning"
	TriggerQueued          Trigger = "connectionSyncQueued"
)

// Notice is an event on its way to a web hook. It stays in the store until it was told.
type Notice struct {
	ID          string
	WorkspaceID string
	Trigger     Trigger
	URL         string
	Body        json.RawMessage
	Failures    int       // how often telling it has failed
	NotBefore   time.Time `json:",omitzero"`
	CreatedAt   time.Time
}

// webhook is where a workspace wants to hear of an event; "": it does not.
func (w Workspace) webhook(t Trigger) string {
	hook := rawjson.Get(rawjson.Get(w.Notifications, string(t)), "webhook")
	if string(rawjson.Get(hook, "enabled")) != "true" {
		return ""
	}
	url, _ := rawjson.String(rawjson.Get(hook, "url"))
	return url
}

// message is what a web hook is told, as on
// https://docs.airbyte.com/platform/cloud/managing-airbyte-cloud/manage-airbyte-cloud-notifications.
type message struct {
	Text string      `json:"text"` // for people, as chats show it
	Data messageData `json:"data"`
}

type messageData struct {
	Workspace            named  `json:"workspace"`
	Connection           named  `json:"connection"`
	Source               named  `json:"source"`
	Destination          named  `json:"destination"`
	JobID                int64  `json:"jobId"`
	StartedAt            string `json:"startedAt,omitempty"`
	FinishedAt           string `json:"finishedAt,omitempty"`
	BytesEmitted         int64  `json:"bytesEmitted"`
	BytesCommitted       int64  `json:"bytesCommitted"`
	RecordsEmitted       int64  `json:"recordsEmitted"`
	RecordsCommitted     int64  `json:"recordsCommitted"`
	BytesEmittedPretty   string `json:"bytesEmittedPretty"`
	BytesCommittedPretty string `json:"bytesCommittedPretty"`
	ErrorMessage         string `json:"errorMessage,omitempty"`
	ErrorType            string `json:"errorType,omitempty"`
	ErrorOrigin          string `json:"errorOrigin,omitempty"`
	Success              bool   `json:"success"`
	DurationInSeconds    int64  `json:"durationInSeconds"`
	DurationFormatted    string `json:"durationFormatted"`
	// Changes are those of a schema, a line for each stream.
	Changes []string `json:"changes,omitempty"`
}

type named struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

// tell puts an event of a connection on its way, if its workspace wants to hear of it. The job is the one that brought it about.
func (p *Platform) tell(ctx context.Context, tb Tables, t Trigger, c Connection, j Job) error {
	return p.post(ctx, tb, t, c, about(j))
}

// tellChange puts a change of the schema of a connection's source on its way.
func (p *Platform) tellChange(ctx context.Context, tb Tables, t Trigger, c Connection, diff SchemaDiff) error {
	d := about(Job{})
	d.Success, d.Changes = t == TriggerUpdate, diff.lines()
	if t == TriggerActionRequired {
		d.ErrorMessage = diff.verdict()
	}
	return p.post(ctx, tb, t, c, d)
}

func (p *Platform) post(ctx context.Context, tb Tables, t Trigger, c Connection, d messageData) error {
	w, err := tb.Workspaces.Get(ctx, c.WorkspaceID)
	if err != nil {
		return err
	}
	url := w.webhook(t)
	if url == "" {
		return nil
	}
	source, err := tb.Actors.Get(ctx, c.SourceID)
	if err != nil {
		return err
	}
	destination, err := tb.Actors.Get(ctx, c.DestinationID)
	if err != nil {
		return err
	}
	m := message{Data: d}
	m.Data.Workspace, m.Data.Connection = named{w.ID, w.Name}, named{c.ID, c.Name}
	m.Data.Source, m.Data.Destination = named{source.ID, source.Name}, named{destination.ID, destination.Name}
	m.Text = m.Data.sentence(t)
	body, err := json.Marshal(m)
	if err != nil {
		return err
	}
	now := p.clock()
	return tb.Notices.Insert(ctx, Notice{ID: newID(), WorkspaceID: w.ID, Trigger: t, URL: url, Body: body, NotBefore: now, CreatedAt: now})
}

// about tells of a job that has ended.
func about(j Job) messageData {
	total := j.Totals()
	d := messageData{
		JobID: j.ID, Success: j.Status == JobSucceeded,
		BytesEmitted: total.BytesEmitted, BytesCommitted: total.BytesCommitted,
		RecordsEmitted: total.RecordsEmitted, RecordsCommitted: total.RecordsCommitted,
		BytesEmittedPretty: prettyBytes(total.BytesEmitted), BytesCommittedPretty: prettyBytes(total.BytesCommitted),
	}
	if !j.StartedAt.IsZero() {
		took := j.UpdatedAt.Sub(j.StartedAt)
		d.StartedAt, d.FinishedAt = j.StartedAt.UTC().Format(time.RFC3339), j.UpdatedAt.UTC().Format(time.RFC3339)
		d.DurationInSeconds, d.DurationFormatted = int64(took/time.Second), took.Truncate(time.Second).String()
	}
	if n := len(j.Attempts); n > 0 && !d.Success && len(j.Attempts[n-1].Failures) > 0 {
		first := j.Attempts[n-1].Failures[0]
		d.ErrorMessage, d.ErrorType, d.ErrorOrigin = first.Message, first.Type, string(first.Origin)
	}
	return d
}

// sentence is the event in words.
func (d messageData) sentence(t Trigger) string {
	where := fmt.Sprintf("%s (%s -> %s)", d.Connection.Name, d.Source.Name, d.Destination.Name)
	switch t {
	case TriggerSuccess:
		return fmt.Sprintf("Sync succeeded: %s. Job %d wrote %d records in %s.", where, d.JobID, d.RecordsCommitted, d.DurationFormatted)
	case TriggerDisabled:
		return fmt.Sprintf("Connection disabled: %s. Its syncs have failed too often. The last job was %d: %s", where, d.JobID, d.ErrorMessage)
	case TriggerDisabledWarning:
		return fmt.Sprintf("Connection will be disabled: %s. Its syncs keep failing. The last job was %d: %s", where, d.JobID, d.ErrorMessage)
	case TriggerUpdate:
		return fmt.Sprintf("Connection updated: %s. The schema of its source has changed: %s.", where, strings.Join(d.Changes, "; "))
	case TriggerActionRequired:
		return fmt.Sprintf("Connection disabled: %s. %s", where, d.ErrorMessage)
	case TriggerBreakingWarning:
		return fmt.Sprintf("Connector changed: %s. %s Configure it anew.", where, d.ErrorMessage)
	case TriggerQueued:
		return fmt.Sprintf("Sync queued: %s. Job %d waits since all workers are busy.", where, d.JobID)
	}
	return fmt.Sprintf("Sync failed: %s. Job %d: %s", where, d.JobID, d.ErrorMessage)
}

func prettyBytes(n int64) string {
	const units = "KMGTPE"
	if n < 1000 {
		return fmt.Sprintf("%d B", n)
	}
	value, unit := float64(n)/1000, 0
	for value >= 1000 && unit < len(units)-1 {
		value, unit = value/1000, unit+1
	}
	return fmt.Sprintf("%.1f %cB", value, units[unit])
}

// TryWebhook tells a web hook of an event that has not happened, and returns why it could not be told.
func (p *Platform) TryWebhook(ctx context.Context, url string, t Trigger) error {
	now := p.clock()
	j := Job{ID: 1, Status: JobSucceeded, StartedAt: now.Add(-time.Minute), UpdatedAt: now}
	if t != TriggerSuccess {
		j.Status = JobFailed
		j.Attempts = []Attempt{{Status: AttemptFailed, Failures: []Failure{{Origin: OriginPlatform, Type: "system_error", Message: "This is a trial."}}}}
	}
	m := message{Data: about(j)}
	switch t {
	case TriggerUpdate:
		m.Data = messageData{Success: true, Changes: []string{"stream users has changed"}}
	case TriggerQueued:
		m.Data = about(Job{ID: j.ID, Status: JobPending})
	}
	m.Data.Workspace.Name, m.Data.Connection.Name = "A workspace", "A connection"
	m.Data.Source.Name, m.Data.Destination.Name = "a "+string(connector.KindSource), "a "+string(connector.KindDestination)
	m.Text = "This is a trial. " + m.Data.sentence(t)
	body, err := json.Marshal(m)
	if err != nil {
		return err
	}
	return p.poster.Post(ctx, url, body)
}
