package conformance

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/airfielddev/airfield/connector"
	"github.com/airfielddev/airfield/protocol"
)

const idAndName = `{"id":{"type":"integer"},"name":{"type":["null","string"]}}`

func person(id, name string) Row { return Row{"id": id, "name": name} }

func (s destinationSuite) testAppend(t *testing.T) {
	config, users := s.Config(t), stream("users", idAndName)
	seen := s.write(t, config, catalog(users), new(input).
		rows(users, `{"id":1,"name":"Ada"}`, `{"id":2,"name":"Grace"}`).state(users).
		rows(users, `{"id":3,"name":"Joan"}`).state(users).complete(users))
	for _, row := range []Row{person("1", "Ada"), person("2", "Grace")} { // a batch may have brought later rows with it
		s.mustHold(t, seen[0], row)
	}
	s.compare(t, seen[1], person("1", "Ada"), person("2", "Grace"), person("3", "Joan"))
	s.write(t, config, catalog(users), new(input).rows(users, `{"id":1,"name":"Ada"}`).state(users).complete(users))
	s.want(t, config, users, person("1", "Ada"), person("1", "Ada"), person("2", "Grace"), person("3", "Joan"))
}

// testInterleaved mixes two streams, one of which has the other's name in a namespace of its own.
func (s destinationSuite) testInterleaved(t *testing.T) {
	config, plain, spaced := s.Config(t), stream("users", idAndName), stream("users", idAndName)
	spaced.Stream.Namespace = "other_space"
	s.write(t, config, catalog(plain, spaced), new(input).
		rows(plain, `{"id":1,"name":"Ada"}`).rows(spaced, `{"id":10,"name":"Alan"}`).
		state(spaced).rows(plain, `{"id":2,"name":"Grace"}`).state(plain).
		rows(spaced, `{"id":11,"name":"Kurt"}`).complete(plain).state(spaced).complete(spaced))
	s.want(t, config, plain, person("1", "Ada"), person("2", "Grace"))
	s.want(t, config, spaced, person("10", "Alan"), person("11", "Kurt"))
}

// testBrokenInput checks that what a state committed survives, and that a second attempt goes on behind it.
func (s destinationSuite) testBrokenInput(t *testing.T) {
	config, users := s.Config(t), stream("users", idAndName)
	s.write(t, config, catalog(users), new(input).rows(users, `{"id":0,"name":"Before"}`).state(users).complete(users))
	seen := s.write(t, config, catalog(users), new(input).rows(users, `{"id":1,"name":"Ada"}`).state(users).breaks())
	if len(seen) == 0 {
		s.write(t, config, catalog(users), new(input).rows(users, `{"id":1,"name":"Ada"}`).state(users).complete(users))
	}
	s.write(t, config, catalog(users), new(input).rows(users, `{"id":2,"name":"Grace"}`).state(users).complete(users))
	got, err := s.visible(t.Context(), config, users.Descriptor())
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range []Row{person("0", "Before"), person("1", "Ada"), person("2", "Grace")} {
		s.mustHold(t, got, row)
	}
}

func (s destinationSuite) mustHold(t *testing.T, rows []string, want Row) {
	t.Helper()
	if s.Rows == nil {
		return
	}
	for _, row := range rows {
		if cmp.Equal(row, normal([]Row{want})[0]) {
			return
		}
	}
	t.Errorf("row %v is not among %v", want, rows)
}

// testCancel feeds records without end, as a source does that is slow to hear of the cancellation.
func (s destinationSuite) testCancel(t *testing.T) {
	users := stream("users", idAndName)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	err := s.Destination.Write(ctx, connector.WriteRequest{Config: s.Config(t), Catalog: catalog(users)}, endless(users, 5000, cancel), connector.Discard)
	if !errors.Is(err, context.Canceled) {
		t.Errorf("Write that was cancelled returned %v, want %v", err, context.Canceled)
	}
}

// endless calls cancel after some records and goes on until the reader stops, or until that is clearly too late.
func endless(users protocol.ConfiguredStream, after int, cancel func()) connector.Messages {
	return func(yield func(*protocol.Message, error) bool) {
		var deadline time.Time
		for i := 0; ; i++ {
			if i == after {
				cancel()
				deadline = time.Now().Add(soon)
			}
			if i > after && time.Now().After(deadline) {
				yield(nil, errors.New("the destination still reads long after it was cancelled"))
				return
			}
			m := protocol.RecordMessage(protocol.Record{Stream: users.Stream.Name, Data: fmt.Appendf(nil, `{"id":%d}`, i), EmittedAt: emittedAt.UnixMilli()})
			if !yield(&m, nil) {
				return
			}
		}
	}
}

// testEmpty syncs a stream that has no records: the destination is content, and the stream is there.
func (s destinationSuite) testEmpty(t *testing.T) {
	config, users := s.Config(t), stream("users", idAndName)
	s.write(t, config, catalog(users), new(input).state(users).complete(users))
	s.want(t, config, users)
}

func (s destinationSuite) testNewColumn(t *testing.T) {
	config, users := s.Config(t), stream("users", idAndName)
	s.write(t, config, catalog(users), new(input).rows(users, `{"id":1,"name":"Ada"}`).state(users).complete(users))
	users.Stream.JSONSchema = json.RawMessage(`{"type":"object","properties":{"id":{"type":"integer"},"name":{"type":["null","string"]},"city":{"type":"string"}}}`)
	s.write(t, config, catalog(users), new(input).rows(users, `{"id":2,"name":"Grace","city":"New York"}`).state(users).complete(users))
	s.want(t, config, users, person("1", "Ada"), Row{"id": "2", "name": "Grace", "city": "New York"})
}
