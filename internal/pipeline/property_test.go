package pipeline_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/airfielddev/airfield/connector"
	"github.com/airfielddev/airfield/internal/pipeline"
	"github.com/airfielddev/airfield/internal/pipeline/mapping"
	"github.com/airfielddev/airfield/protocol"
)

// vault is a destination that makes rows durable in portions, and acknowledges states only then. A state's blob is the number
// of its stream's rows before it.
type vault struct {
	part
	portion  int // rows between two flushes
	failAt   int // rows after which it fails; -1: never
	quiet    bool
	mu       sync.Mutex
	durable  map[string][]string
	waiting  map[string][]string
	unspoken []*protocol.State
}

func (v *vault) Write(_ context.Context, _ connector.WriteRequest, in connector.Messages, emit connector.Emit) error {
	taken := 0
	for m, err := range in {
		if err != nil {
			return err
		}
		switch m.Type {
		case protocol.TypeRecord:
			if taken == v.failAt {
				return errors.New("disk full")
			}
			v.waiting[m.Record.Stream] = append(v.waiting[m.Record.Stream], string(m.Record.Data))
			taken++
		case protocol.TypeState:
			v.unspoken = append(v.unspoken, m.State)
		}
		if taken%v.portion == 0 {
			if err := v.flush(emit); err != nil {
				return err
			}
		}
	}
	return v.flush(emit)
}

func (v *vault) flush(emit connector.Emit) error {
	v.mu.Lock()
	for name, rows := range v.waiting {
		v.durable[name] = append(v.durable[name], rows...)
		delete(v.waiting, name)
	}
	v.mu.Unlock()
	for _, s := range v.unspoken {
		if v.quiet {
			s = &protocol.State{Type: s.Type, Stream: s.Stream}
		}
		if err := emit(protocol.StateMessage(s)); err != nil {
			return err
		}
	}
	v.unspoken = nil
	return nil
}

// committed checks a commit against what is durable at this moment.
func (v *vault) committed(c pipeline.Commit) error {
	v.mu.Lock()
	defer v.mu.Unlock()
	for _, s := range c.States {
		n, err := strconv.Atoi(string(s.Stream.StreamState))
		if name := s.Stream.StreamDescriptor.Name; err != nil || n > len(v.durable[name]) {
			return fmt.Errorf("state %s of %s was committed when %d rows were stored", s.Stream.StreamState, name, len(v.durable[name]))
		}
	}
	for _, s := range c.Counts.Streams {
		if int(s.RecordsCommitted) > len(v.durable[s.Stream.Name]) {
			return fmt.Errorf("%d rows of %s count as committed when %d were stored", s.RecordsCommitted, s.Stream, len(v.durable[s.Stream.Name]))
		}
	}
	return nil
}

// script is a random sync: what the source writes, and what goes wrong.
type script struct {
	messages []protocol.Message
	counts   map[string]int // of the rows that mappers let pass
	left     int            // rows that they do not
	failing  bool
	cancelAt int // messages after which the attempt is cancelled; -1: never
	stopAt   int
}

func drawScript(t *rapid.T, names []string) script {
	s := script{counts: map[string]int{}, cancelAt: -1, stopAt: -1}
	for range rapid.IntRange(0, 300).Draw(t, "messages") {
		name := rapid.SampledFrom(names).Draw(t, "stream")
		if rapid.IntRange(0, 9).Draw(t, "kind") == 0 {
			s.messages = append(s.messages, state(name, strconv.Itoa(s.counts[name])))
			continue
		}
		if name == names[0] && rapid.IntRange(0, 2).Draw(t, "left out") == 0 {
			s.messages = append(s.messages, row(name, `{"id":"none"}`))
			s.left++
			continue
		}
		s.messages = append(s.messages, row(name, fmt.Sprintf(`{"id":%d}`, s.counts[name])))
		s.counts[name]++
	}
	switch place := rapid.IntRange(0, 300).Draw(t, "place"); rapid.SampledFrom([]string{"", "", "fail", "cancel", "stop"}).Draw(t, "event") {
	case "fail":
		s.failing = true
	case "cancel":
		s.cancelAt = place
	case "stop":
		s.stopAt = place
	}
	return s
}

func (s script) source(cancel, stop func()) source {
	return source{read: func(ctx context.Context, _ connector.ReadRequest, emit connector.Emit) error {
		for i, m := range s.messages {
			switch i {
			case s.cancelAt:
				cancel()
			case s.stopAt:
				stop()
			}
			if err := emit(m); err != nil {
				return err
			}
		}
		if s.failing {
			return errors.New("connection lost")
		}
		return ctx.Err()
	}}
}

// Whatever a source writes and whatever fails: no state is committed before its records are durable, nothing is lost or out
// of order, and an attempt succeeds only if everything is stored and every state committed.
func TestNoStateBeforeItsRecords(t *testing.T) {
	t.Parallel()
	names := []string{"users", "orders", "events"}
	rapid.Check(t, func(t *rapid.T) {
		s := drawScript(t, names)
		v := &vault{
			portion: rapid.IntRange(1, 40).Draw(t, "portion"),
			failAt:  rapid.SampledFrom([]int{-1, -1, 5, 50}).Draw(t, "fail at"),
			quiet:   rapid.Bool().Draw(t, "quiet"),
			durable: map[string][]string{}, waiting: map[string][]string{},
		}
		notNone := mapping.Mapper{Type: mapping.RowFiltering, Config: json.RawMessage(
			`{"conditions":{"type":"NOT","conditions":[{"type":"EQUAL","fieldName":"id","comparisonValue":"none"}]}}`)}
		var early error
		last := map[string]string{}
		ctx, cancel := context.WithCancel(context.Background())
		defer cancel()
		stop := make(chan struct{})
		j := pipeline.Job{
			Source: s.source(cancel, sync.OnceFunc(func() { close(stop) })), Destination: v, SupportsRefreshes: true,
			Catalog: incremental(names...), Stop: stop,
			Mappers: map[protocol.StreamDescriptor][]mapping.Mapper{{Name: names[0]}: {notNone}},
			Limits: pipeline.Limits{
				Report:        time.Millisecond,
				BufferRecords: rapid.IntRange(1, 200).Draw(t, "buffer"),
				BufferBytes:   rapid.IntRange(1, 2000).Draw(t, "bytes"),
			},
			Hooks: pipeline.Hooks{Commit: func(_ context.Context, c pipeline.Commit) error {
				early = errors.Join(early, v.committed(c))
				for _, s := range c.States {
					last[s.Stream.StreamDescriptor.Name] = string(s.Stream.StreamState)
				}
				return nil
			}},
		}
		result := pipeline.Run(ctx, j)
		if early != nil {
			t.Fatal(early)
		}
		checkPrefixes(t, v)
		if result.Status == pipeline.Succeeded {
			checkComplete(t, s, v, last, result)
		} else if v.failAt < 0 && !s.failing && s.cancelAt < 0 && s.stopAt < 0 {
			t.Fatalf("nothing went wrong, but the attempt %s: %+v", result.Status, result.Failures)
		}
		if s.failing && result.Status == pipeline.Succeeded {
			t.Fatal("the source failed, but the attempt succeeded")
		}
	})
}

// checkPrefixes makes sure that what is stored of each stream is a beginning of what was written, in order.
func checkPrefixes(t *rapid.T, v *vault) {
	for name, rows := range v.durable {
		for i, data := range rows {
			if data != fmt.Sprintf(`{"id":%d}`, i) {
				t.Fatalf("row %d of %s is %s", i, name, data)
			}
		}
	}
}

func checkComplete(t *rapid.T, s script, v *vault, last map[string]string, result pipeline.Result) {
	want := map[string]string{}
	for _, m := range s.messages {
		if m.Type == protocol.TypeState {
			want[m.State.Stream.StreamDescriptor.Name] = string(m.State.Stream.StreamState)
		}
	}
	for name, n := range s.counts {
		if len(v.durable[name]) != n || want[name] != last[name] {
			t.Fatalf("%s: %d of %d rows stored, state %s committed, %s written", name, len(v.durable[name]), n, last[name], want[name])
		}
	}
	if total := result.Counts.Total; total.RecordsEmitted != total.RecordsCommitted+total.RecordsFiltered || total.RecordsFiltered != int64(s.left) {
		t.Fatalf("counts %+v", total)
	}
}

// Two spellings of one JSON value are one state.
func FuzzEchoSpelling(f *testing.F) {
	f.Add(`{"a":1.0,"b":[null,true,"x"]}`)
	f.Add(`9007199254740993`)
	f.Add(`{"é":"\ud83d\ude00"}`)
	f.Fuzz(func(t *testing.T, blob string) {
		if !json.Valid([]byte(blob)) {
			t.Skip("not JSON")
		}
		d := json.NewDecoder(bytes.NewReader([]byte(blob)))
		d.UseNumber()
		var value any
		if err := d.Decode(&value); err != nil {
			t.Skip("not one value")
		}
		again, err := json.Marshal(value)
		if err != nil {
			t.Skip("cannot be written again")
		}
		s := &store{}
		s.edit = func(_ context.Context, m *protocol.Message, emit connector.Emit) (bool, error) {
			if m.Type != protocol.TypeState {
				return false, nil
			}
			return true, emit(state("users", string(again)))
		}
		k := &kept{}
		mustEnd(t, job(says(nil, state("users", blob)), s, incremental("users"), k), pipeline.Succeeded, "")
	})
}
