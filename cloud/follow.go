package cloud

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"mime"
	"net/http"
	"strings"
	"time"

	"github.com/airfielddev/airfield/internal/transport"
)

// FollowLogs is the log of the job while it is written, until the job has ended. Airfield's servers send it line by line as it comes; where
// a stream of theirs breaks off it is taken up again after the last line. Other deployments send nothing: the error matches
// [ErrUnsupported], and [SyncResult.Attempts] tells the log as it is now.
func (r *SyncResult) FollowLogs(ctx context.Context) iter.Seq2[LogEntry, error] {
	return func(yield func(LogEntry, error) bool) {
		f := follower{result: r, yield: yield}
		for failures := 0; ; failures++ {
			before := f.last
			err := f.read(ctx)
			if f.ended {
				return
			}
			if f.last != before {
				failures = 0
			}
			if !f.heard || failures >= followRetries || ctx.Err() != nil {
				yield(LogEntry{}, err)
				return
			}
			if err := pause(ctx, followPause); err != nil {
				yield(LogEntry{}, err)
				return
			}
		}
	}
}

// How a stream that broke off is taken up again.
const (
	followRetries = 5
	followPause   = time.Second / 2
)

// pause waits unless ctx ends before.
func pause(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}

// follower reads the events of a job.
type follower struct {
	result *SyncResult
	yield  func(LogEntry, error) bool
	last   string // the id of the last line
	heard  bool   // the server has such a stream
	ended  bool   // the job has, or nobody listens any more
}

// logEvent is the data of an event that is a line.
type logEvent struct {
	Attempt int       `json:"attempt"`
	At      time.Time `json:"at"`
	Level   string    `json:"level"`
	Source  string    `json:"source"`
	Message string    `json:"message"`
}

var errBrokeOff = errors.New("the stream of events broke off")

// read reads one stream to its end.
func (f *follower) read(ctx context.Context) error {
	id := fmt.Sprint(f.result.jobID)
	client := f.result.connection.workspace.client
	req := client.airfield("following the log of job "+id, http.MethodGet, nil, "jobs", id, "events")
	headers := map[string]string{"Accept": "text/event-stream"}
	if f.last != "" {
		headers["Last-Event-ID"] = f.last
	}
	resp, err := client.http.Stream(ctx, req, headers)
	if fault, ok := errors.AsType[*transport.Error](err); ok && fault.Status == http.StatusNotFound && !f.heard {
		return refuse(ErrUnsupported, req.Op, "job", id, "the deployment sends no events")
	}
	if err != nil {
		return failure(err, "job", id)
	}
	defer resp.Body.Close()
	if kind, _, _ := mime.ParseMediaType(resp.Header.Get("Content-Type")); kind != "text/event-stream" {
		return refuse(ErrUnsupported, req.Op, "job", id, "the deployment sends no events")
	}
	f.heard = true
	if err := f.events(resp.Body); err != nil {
		return failure(err, "job", id)
	}
	return nil
}

// events takes a stream apart: lines with a name and a value, and an empty line after each event.
func (f *follower) events(body io.Reader) error {
	lines := bufio.NewReader(body)
	event, id, data := "", "", ""
	for {
		line, err := lines.ReadString('\n')
		if err != nil {
			return fmt.Errorf("%w: %w", errBrokeOff, err)
		}
		name, value, _ := strings.Cut(strings.TrimRight(line, "\r\n"), ":")
		value = strings.TrimPrefix(value, " ")
		switch name {
		case "event":
			event = value
		case "id":
			id = value
		case "data":
			data += value
		case "":
			if value != "" { // a comment
				continue
			}
			if err := f.take(event, id, data); err != nil || f.ended {
				return err
			}
			event, id, data = "", "", ""
		}
	}
}

func (f *follower) take(event, id, data string) error {
	switch event {
	case "done":
		f.ended = true
	case "log":
		var e logEvent
		if err := json.Unmarshal([]byte(data), &e); err != nil {
			return fmt.Errorf("reading an event: %w", err)
		}
		f.last = id
		f.ended = !f.yield(LogEntry{Attempt: e.Attempt, Time: e.At.UTC(), Level: strings.ToLower(e.Level), Source: e.Source, Message: e.Message}, nil)
	}
	return nil
}
