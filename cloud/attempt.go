package cloud

import (
	"context"
	"fmt"
	"iter"
	"strings"
	"time"

	"github.com/airfielddev/airfield/internal/wire/config"
	"github.com/airfielddev/airfield/protocol"
)

// Attempt is one try at the work of a job.
type Attempt struct {
	Number        int           // counted from 0
	Status        AttemptStatus // running, failed or succeeded
	CreatedAt     time.Time
	UpdatedAt     time.Time
	EndedAt       time.Time // zero while the attempt goes on
	BytesSynced   int64
	RecordsSynced int64
	Streams       []StreamStats
	// Failures says why the attempt failed, in the order things went wrong.
	Failures []Failure
	// PartialSuccess tells that a failed attempt committed records.
	PartialSuccess bool

	log []LogEntry
}

// AttemptStatus is where an attempt is.
type AttemptStatus string

// The statuses of an attempt.
const (
	AttemptRunning   AttemptStatus = "running"
	AttemptFailed    AttemptStatus = "failed"
	AttemptSucceeded AttemptStatus = "succeeded"
)

// StreamStats is what an attempt moved of a stream.
type StreamStats struct {
	Stream           protocol.StreamDescriptor
	RecordsEmitted   int64
	BytesEmitted     int64
	RecordsCommitted int64
	BytesCommitted   int64
}

// Failure is something that went wrong.
type Failure struct {
	Origin   string // source, destination, replication, airbyte_platform and others
	Type     string // config_error, system_error, transient_error, manual_cancellation and others
	Message  string // for people
	Internal string // for those who look after the connector
	Stream   string // the stream it is about, where known
	Time     time.Time
}

// String is the failure in a sentence, with its origin before it.
func (f Failure) String() string {
	text := f.Message
	if text == "" {
		text = f.Internal
	}
	if text == "" {
		text = f.Type
	}
	if f.Origin == "" || text == "" {
		return text
	}
	return f.Origin + ": " + text
}

// LogEntry is a line of the log of an attempt.
type LogEntry struct {
	Attempt int
	Time    time.Time // zero where the server gives plain lines
	Level   string    // trace, debug, info, warn or error; "" where the server gives plain lines
	Source  string    // source, destination, platform or replication-orchestrator; "" where the server gives plain lines
	Message string
}

// String is the entry on a line, as servers print it.
func (e LogEntry) String() string {
	if e.Time.IsZero() {
		return e.Message
	}
	return fmt.Sprintf("%s %s %s: %s", e.Time.Format(time.RFC3339), strings.ToUpper(e.Level), e.Source, e.Message)
}

// Log is the entries of the attempt's log.
func (a Attempt) Log() []LogEntry { return a.log }

// LogText is the attempt's log, an entry a line.
func (a Attempt) LogText() string {
	var b strings.Builder
	for _, e := range a.log {
		b.WriteString(e.String())
		b.WriteByte('\n')
	}
	return b.String()
}

// Attempts is the tries at the work of the job, the first one first. It asks unless the job is known to have ended.
func (r *SyncResult) Attempts(ctx context.Context) ([]Attempt, error) {
	fetch := func(ctx context.Context) (*[]Attempt, error) {
		op := fmt.Sprintf("getting attempts of job %d", r.jobID)
		req := r.connection.workspace.client.query(op, config.JobID{ID: r.jobID}, "jobs", "get")
		answer, err := ask[config.JobInfoRead](ctx, r.connection.workspace.client, req, "job", fmt.Sprint(r.jobID))
		if err != nil {
			return nil, err
		}
		attempts := make([]Attempt, len(answer.Attempts))
		for i := range answer.Attempts {
			attempts[i] = attemptOf(&answer.Attempts[i])
		}
		return &attempts, nil
	}
	info := r.info.cached()
	if info == nil || !info.Status.Final() {
		attempts, err := fetch(ctx)
		return deref(attempts), err
	}
	attempts, err := r.attempts.get(ctx, fetch)
	return deref(attempts), err
}

// Logs is the log of the job, attempt by attempt.
func (r *SyncResult) Logs(ctx context.Context) iter.Seq2[LogEntry, error] {
	return func(yield func(LogEntry, error) bool) {
		attempts, err := r.Attempts(ctx)
		if err != nil {
			yield(LogEntry{}, err)
			return
		}
		for _, a := range attempts {
			for _, e := range a.log {
				if !yield(e, nil) {
					return
				}
			}
		}
	}
}

func attemptOf(i *config.AttemptInfo) Attempt {
	a := Attempt{
		Number: int(i.Attempt.ID), Status: AttemptStatus(i.Attempt.Status),
		CreatedAt: unixSeconds(i.Attempt.CreatedAt), UpdatedAt: unixSeconds(i.Attempt.UpdatedAt),
		EndedAt: unixSeconds(deref(i.Attempt.EndedAt)), BytesSynced: deref(i.Attempt.BytesSynced),
		RecordsSynced: deref(i.Attempt.RecordsSynced),
	}
	for _, s := range i.Attempt.StreamStats {
		a.Streams = append(a.Streams, StreamStats{
			Stream:         protocol.StreamDescriptor{Name: s.StreamName, Namespace: deref(s.StreamNamespace)},
			RecordsEmitted: deref(s.Stats.RecordsEmitted), BytesEmitted: deref(s.Stats.BytesEmitted),
			RecordsCommitted: deref(s.Stats.RecordsCommitted), BytesCommitted: deref(s.Stats.BytesCommitted),
		})
	}
	if summary := i.Attempt.FailureSummary; summary != nil {
		a.PartialSuccess = deref(summary.PartialSuccess)
		for _, f := range summary.Failures {
			a.Failures = append(a.Failures, failureOf(f))
		}
	}
	a.log = logOf(a.Number, i.Logs)
	return a
}

func failureOf(f config.FailureReason) Failure {
	failure := Failure{
		Origin: string(f.FailureOrigin), Type: string(f.FailureType), Message: f.ExternalMessage,
		Internal: f.InternalMessage, Time: time.UnixMilli(f.Timestamp).UTC(),
	}
	if f.StreamDescriptor != nil {
		failure.Stream = f.StreamDescriptor.Name
	}
	return failure
}

func logOf(attempt int, logs *config.Logs) []LogEntry {
	if logs == nil {
		return nil
	}
	entries := make([]LogEntry, 0, len(logs.Events)+len(logs.LogLines))
	for _, e := range logs.Events {
		entries = append(entries, LogEntry{
			Attempt: attempt, Time: time.UnixMilli(e.Timestamp).UTC(), Level: string(e.Level),
			Source: string(e.LogSource), Message: e.Message,
		})
	}
	for _, line := range logs.LogLines {
		entries = append(entries, LogEntry{Attempt: attempt, Message: line})
	}
	return entries
}

func unixSeconds(s int64) time.Time {
	if s == 0 {
		return time.Time{}
	}
	return time.Unix(s, 0).UTC()
}
