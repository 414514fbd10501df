package server

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/airfielddev/airfield/internal/platform"
	"github.com/airfielddev/airfield/internal/server/access"
	"github.com/airfielddev/airfield/internal/server/endpoint"
	"github.com/airfielddev/airfield/protocol"
)

const (
	eventInterval = 250 * time.Millisecond // how often a job is looked at
	eventIdle     = 15 * time.Second       // a comment is sent after so long a silence, so that proxies keep the connection
	logsAtOnce    = 1000
	lastEvent     = "Last-Event-ID"
)

// jobEvents tells how a job goes on, as server-sent events, until it has ended: "progress" whenever something changed, "log" for
// each line of the logs, and "done" at last. The id of a log event is the attempt and the line; sent back as Last-Event-ID, the
// log goes on after it.
func (s *Server) jobEvents(w http.ResponseWriter, p endpoint.Params) error {
	id, err := p.Number("jobId")
	if err != nil {
		return err
	}
	job, err := s.cfg.Platform.Job(p.Context(), id)
	if err != nil {
		return err
	}
	f := &feed{platform: s.cfg.Platform, w: w, control: http.NewResponseController(w)}
	if f.attempt, f.line, err = position(p.Header.Get(lastEvent)); err != nil {
		return err
	}
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(http.StatusOK)
	// What goes wrong from here on is seen by the caller as a stream that ends without "done".
	note(p.Context(), "jobEvents", s.follow(p.Context(), f, job))
	return nil
}

// position reads where a log was left: "0/17" is line 17 of attempt 0.
func position(last string) (attempt, line int, err error) {
	if last == "" {
		return 0, 0, nil
	}
	a, l, _ := strings.Cut(last, "/")
	attempt, errAttempt := strconv.Atoi(a)
	line, errLine := strconv.Atoi(l)
	if errAttempt != nil || errLine != nil || attempt < 0 || line < 0 {
		return 0, 0, endpoint.BadRequest("The header %s must be an attempt and a line, such as 0/17; it is %q.", lastEvent, last)
	}
	return attempt, line + 1, nil
}

func (s *Server) follow(ctx context.Context, f *feed, job platform.Job) error {
	tick := time.NewTicker(eventInterval)
	defer tick.Stop()
	for {
		if err := f.tell(ctx, job); err != nil || job.Status.Final() {
			return err
		}
		select {
		case <-ctx.Done():
			return nil
		case <-s.draining:
			return nil
		case <-tick.C:
		}
		if err := s.stillSees(ctx, job); err != nil {
			return err
		}
		var err error
		if job, err = s.cfg.Platform.Job(ctx, job.ID); err != nil {
			return err
		}
	}
}

// stillSees looks again whether the caller may see a job, since a stream can outlive the permission that it was opened with.
func (s *Server) stillSees(ctx context.Context, job platform.Job) error {
	grants, err := s.grants(ctx, access.From(ctx))
	if err != nil {
		return err
	}
	o := platform.Object{Kind: platform.KindJob, ID: strconv.FormatInt(job.ID, 10)}
	return s.cfg.Platform.Authorize(platform.WithGrants(ctx, grants), o, endpoint.WorkspaceReader.Need())
}

// feed is one stream of events.
type feed struct {
	platform *platform.Platform
	w        http.ResponseWriter
	control  *http.ResponseController
	attempt  int // of the next log line
	line     int
	told     string // the last progress
	silent   time.Duration
}

// JobProgress is the data of the events "progress" and "done".
type JobProgress struct {
	JobID            int64            `json:"job_id"`
	Status           string           `json:"status"`
	Attempt          int              `json:"attempt"` // -1: none yet
	RecordsEmitted   int64            `json:"records_emitted"`
	BytesEmitted     int64            `json:"bytes_emitted"`
	RecordsCommitted int64            `json:"records_committed"`
	BytesCommitted   int64            `json:"bytes_committed"`
	EstimatedRecords int64            `json:"estimated_records,omitempty"`
	Streams          []StreamProgress `json:"streams"`
	Failures         []string         `json:"failures,omitempty"`
}

// StreamProgress is how far a stream is in the newest attempt.
type StreamProgress struct {
	protocol.StreamDescriptor
	Status           string `json:"status,omitempty"`
	RecordsEmitted   int64  `json:"records_emitted"`
	RecordsCommitted int64  `json:"records_committed"`
	BytesEmitted     int64  `json:"bytes_emitted"`
	EstimatedRecords int64  `json:"estimated_records,omitempty"`
}

// LogEvent is the data of the event "log".
type LogEvent struct {
	Attempt int       `json:"attempt"`
	At      time.Time `json:"at"`
	Level   string    `json:"level"`
	Source  string    `json:"source"`
	Message string    `json:"message"`
	Stack   string    `json:"stack,omitempty"`
}

// tell sends what is new. Logs come before the progress that follows from them.
func (f *feed) tell(ctx context.Context, job platform.Job) error {
	sent, err := f.logs(ctx, job)
	if err != nil {
		return err
	}
	text, err := json.Marshal(progressOf(job))
	if err != nil {
		return fmt.Errorf("printing the progress of job %d: %w", job.ID, err)
	}
	if job.Status.Final() {
		return f.send("done", "", text)
	}
	if string(text) != f.told {
		f.told = string(text)
		return f.send("progress", "", text)
	}
	return f.keepAlive(sent)
}

func (f *feed) logs(ctx context.Context, job platform.Job) (sent bool, err error) {
	for f.attempt < len(job.Attempts) {
		lines, err := f.platform.Logs(ctx, job.ID, f.attempt, f.line, logsAtOnce)
		if err != nil {
			return sent, err
		}
		for _, line := range lines {
			if err := f.sendLine(line); err != nil {
				return sent, err
			}
			sent = true
		}
		switch {
		case len(lines) == logsAtOnce:
		case job.Attempts[f.attempt].Status == platform.AttemptRunning:
			return sent, nil
		default:
			f.attempt, f.line = f.attempt+1, 0
		}
	}
	return sent, nil
}

func (f *feed) sendLine(l platform.LogLine) error {
	text, err := json.Marshal(LogEvent{f.attempt, l.At, string(l.Level), string(l.Source), l.Message, l.Stack})
	if err != nil {
		return fmt.Errorf("printing a log line: %w", err)
	}
	id := fmt.Sprintf("%d/%d", f.attempt, f.line)
	f.line++
	return f.send("log", id, text)
}

func (f *feed) keepAlive(sent bool) error {
	f.silent += eventInterval
	if sent || f.silent < eventIdle {
		return nil
	}
	return f.write(":\n\n")
}

// send writes one event. JSON holds no line breaks, so that the data is one line.
func (f *feed) send(event, id string, data []byte) error {
	if id != "" {
		id = "id: " + id + "\n"
	}
	return f.write(fmt.Sprintf("event: %s\n%sdata: %s\n\n", event, id, data))
}

func (f *feed) write(text string) error {
	f.silent = 0
	// Writers that know no deadlines are those of tests.
	_ = f.control.SetWriteDeadline(time.Now().Add(writeTimeout))
	if _, err := f.w.Write([]byte(text)); err != nil {
		return fmt.Errorf("sending an event: %w", err)
	}
	return f.control.Flush()
}

func progressOf(j platform.Job) JobProgress {
	out := JobProgress{JobID: j.ID, Status: string(j.Status), Attempt: len(j.Attempts) - 1, Streams: []StreamProgress{}}
	total := j.Totals()
	out.RecordsEmitted, out.BytesEmitted = total.RecordsEmitted, total.BytesEmitted
	out.RecordsCommitted, out.BytesCommitted = total.RecordsCommitted, total.BytesCommitted
	if out.Attempt < 0 {
		return out
	}
	last := j.Attempts[out.Attempt]
	out.EstimatedRecords = last.Stats.EstimatedRecords
	for _, s := range last.Streams {
		out.Streams = append(out.Streams, StreamProgress{
			s.Stream, string(s.Status), s.RecordsEmitted, s.RecordsCommitted, s.BytesEmitted, s.EstimatedRecords,
		})
	}
	for _, failure := range last.Failures {
		out.Failures = append(out.Failures, failure.Message)
	}
	return out
}
