package batch

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/airfielddev/airfield/connector"
	"github.com/airfielddev/airfield/protocol"
)

// lineEncoder writes the data of a record and a line break.
type lineEncoder struct{}

func (lineEncoder) Append(dst []byte, record *protocol.Record) ([]byte, error) {
	if string(record.Data) == "bad" {
		return dst, errors.New("bad record")
	}
	return append(append(dst, record.Data...), '\n'), nil
}

// memory keeps what it was given and a journal of what happened, with times.
type memory struct {
	start   time.Time
	journal []string
	open    []string // written and not committed
	stored  []string
	fails   string // the step that fails
}

func (m *memory) note(format string, args ...any) {
	m.journal = append(m.journal, fmt.Sprintf("%v ", time.Since(m.start))+fmt.Sprintf(format, args...))
}

func (m *memory) Write(_ context.Context, stream int, chunk []byte, release func()) error {
	defer release()
	if m.fails == "write" {
		return errors.New("no room")
	}
	for line := range strings.Lines(string(chunk)) {
		m.open = append(m.open, fmt.Sprint(stream, ":", strings.TrimSpace(line)))
	}
	return nil
}

func (m *memory) Commit(context.Context) error {
	if m.fails == "commit" {
		return errors.New("no luck")
	}
	m.stored = append(m.stored, m.open...)
	m.note("commit %d", len(m.open))
	m.open = nil
	return nil
}

func (m *memory) Complete(_ context.Context, stream int) error {
	if m.fails == "complete" {
		return errors.New("no swap")
	}
	m.note("complete %d", stream)
	return nil
}

func catalog(names ...string) *protocol.ConfiguredCatalog {
	c := new(protocol.ConfiguredCatalog)
	for _, name := range names {
		c.Streams = append(c.Streams, protocol.ConfiguredStream{Stream: protocol.Stream{Name: name}})
	}
	return c
}

func record(stream, data string) *protocol.Message {
	m := protocol.RecordMessage(protocol.Record{Stream: stream, Data: []byte(data)})
	return &m
}

func state(stream string) *protocol.Message {
	m := protocol.StateMessage(protocol.NewStreamState(protocol.StreamDescriptor{Name: stream}, nil))
	return &m
}

func complete(stream string) *protocol.Message {
	m := protocol.StatusMessage(protocol.StreamDescriptor{Name: stream}, protocol.StreamComplete, time.Time{})
	return &m
}

// run drives a store and notes in its journal the states that are echoed.
func run(ctx context.Context, m *memory, streams *protocol.ConfiguredCatalog, in connector.Messages) error {
	m.start = time.Now()
	job := Job{Catalog: streams, Store: m, CommitBytes: 4096, ChunkBytes: 512, Emit: func(msg protocol.Message) error {
		m.note("state %s %d", msg.State.Stream.StreamDescriptor, msg.State.DestinationStats.RecordCount)
		return nil
	}}
	for range streams.Streams {
		job.Encoders = append(job.Encoders, lineEncoder{})
	}
	return Run(ctx, job, in)
}

// list gives out messages, waits where a message is nil, and ends with an error if there is one.
func list(ending error, messages ...*protocol.Message) connector.Messages {
	return func(yield func(*protocol.Message, error) bool) {
		for _, m := range messages {
			if m == nil {
				<-time.After(10 * time.Second)
				continue
			}
			if !yield(m, nil) {
				return
			}
		}
		if ending != nil {
			yield(nil, ending)
		}
	}
}

func TestSilentInput(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		m := &memory{}
		err := run(t.Context(), m, catalog("a"), list(nil, record("a", "1"), state("a"), nil, state("a"), nil, record("a", "2")))
		want := []string{"750ms commit 1", "750ms state a 1", "10.75s commit 0", "10.75s state a 0", "20s commit 1"}
		if diff := cmp.Diff(want, m.journal); err != nil || diff != "" {
			t.Errorf("error %v, journal (-want +got):\n%s", err, diff)
		}
	})
}

func TestCompleteComesAfterCommitAndStates(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		m := &memory{}
		err := run(t.Context(), m, catalog("a", "b"), list(nil,
			record("a", "1"), record("b", "2"), state("b"), record("b", "3"), state("a"), complete("a"), record("b", "4"), state("b")))
		want := []string{"0s commit 3", "0s state b 1", "0s state a 1", "0s complete 0", "0s commit 1", "0s state b 2"}
		if diff := cmp.Diff(want, m.journal); err != nil || diff != "" {
			t.Errorf("error %v, journal (-want +got):\n%s", err, diff)
		}
	})
}

// TestSizes sends more than one commit holds, in records of which some are larger than a chunk.
func TestSizes(t *testing.T) {
	t.Parallel()
	m := &memory{}
	var want []string
	in := func(yield func(*protocol.Message, error) bool) {
		for i := range 1000 {
			text := fmt.Sprint(i, strings.Repeat("x", i%7*300))
			want = append(want, "0:"+text)
			if !yield(record("a", text), nil) {
				return
			}
		}
	}
	if err := run(t.Context(), m, catalog("a"), in); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, m.stored); diff != "" {
		t.Errorf("stored (-want +got):\n%s", diff)
	}
	if n := len(m.journal); n < 100 {
		t.Errorf("%d commits for 900 KB in steps of 4 KB", n)
	}
}

func TestInputErrorCommitsFirst(t *testing.T) {
	t.Parallel()
	broken := errors.New("broken")
	m := &memory{}
	err := run(t.Context(), m, catalog("a"), list(broken, record("a", "1"), state("a"), record("a", "2")))
	if !errors.Is(err, broken) {
		t.Errorf("got %v, want the input's error", err)
	}
	if diff := cmp.Diff([]string{"0:1", "0:2"}, m.stored); diff != "" || len(m.journal) != 2 {
		t.Errorf("journal %v, stored (-want +got):\n%s", m.journal, diff)
	}
}

func TestFailures(t *testing.T) {
	t.Parallel()
	for fails, want := range map[string]string{"write": "no room", "commit": "no luck", "complete": "no swap"} {
		m := &memory{fails: fails}
		err := run(t.Context(), m, catalog("a"), list(nil, record("a", "1"), state("a"), complete("a")))
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want %s", fails, err, want)
		}
		if fails != "complete" && len(m.journal) != 0 {
			t.Errorf("%s: %v happened after the failure", fails, m.journal)
		}
	}
	for name, last := range map[string]*protocol.Message{"bad record": record("a", "bad"), "not in the catalog": record("x", "1"), "x is not": complete("x")} {
		m := &memory{}
		err := run(t.Context(), m, catalog("a"), list(nil, record("a", "1"), state("a"), last))
		if err == nil || !strings.Contains(err.Error(), name) || len(m.stored) != 1 {
			t.Errorf("%s: got %v with %v stored", name, err, m.stored)
		}
	}
}

func TestCancelGivesUp(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	m := &memory{}
	in := func(yield func(*protocol.Message, error) bool) {
		if yield(record("a", "1"), nil) {
			cancel()
			yield(record("a", "2"), nil)
		}
	}
	if err := run(ctx, m, catalog("a"), in); !errors.Is(err, context.Canceled) || len(m.stored) != 0 {
		t.Errorf("got %v with %v stored, want %v and nothing", err, m.stored, context.Canceled)
	}
}
