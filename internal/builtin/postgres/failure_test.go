package postgres

import (
	"context"
	"fmt"
	"maps"
	"strings"
	"testing"

	"github.com/airfielddev/airfield/connector"
	"github.com/airfielddev/airfield/protocol"
)

// TestServerGoesAway ends the destination's connection while it writes: the failure may pass, and says which stream it hit.
func TestServerGoesAway(t *testing.T) {
	t.Parallel()
	db := newDatabase(t)
	s := streamOf("t", `{"id":{"type":"integer"}}`)
	in := func(yield func(*protocol.Message, error) bool) {
		for id := 0; ; id++ {
			m := record("t", fmt.Sprintf(`{"id":%d}`, id))
			if id == 100_000 {
				db.exec(t, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'airfield' AND datname = current_database()")
			}
			if !yield(&m, nil) {
				return
			}
		}
	}
	req := connector.WriteRequest{Config: db.configJSON(t), Catalog: protocol.ConfiguredCatalog{Streams: []protocol.ConfiguredStream{s}}}
	err := New().Write(t.Context(), req, in, connector.Discard)
	if connector.FailureOf(err) != protocol.FailureTransient {
		t.Errorf("got %v (%s), want a transient_error", err, connector.FailureOf(err))
	}
}

func TestTooManyColumns(t *testing.T) {
	t.Parallel()
	db := newDatabase(t)
	var properties []string
	for i := range 1700 {
		properties = append(properties, fmt.Sprintf(`"c%d":{"type":"integer"}`, i))
	}
	_, err := db.tryWrite(t, []protocol.ConfiguredStream{streamOf("wide", "{"+strings.Join(properties, ",")+"}")}, nil)
	if connector.FailureOf(err) != protocol.FailureConfig || !strings.Contains(err.Error(), "wide") {
		t.Errorf("got %v, want a config_error that names the stream", err)
	}
}

func TestErrorsKeepThePassword(t *testing.T) {
	t.Parallel()
	db := newDatabase(t)
	const password = "hunter2 ' \\ secret"
	for name, change := range map[string]map[string]any{
		"unknown user":     {"username": "nobody_at_all"},
		"unknown database": {"database": "nothing_at_all"},
		"bad port":         {"port": 1},
		"bad mode":         {"ssl_mode": map[string]any{"mode": "strange"}},
		"no ssl":           {"ssl_mode": map[string]any{"mode": "require"}},
	} {
		other := &database{conn: db.conn, config: map[string]any{}}
		maps.Copy(other.config, db.config)
		maps.Copy(other.config, change)
		other.config["password"] = password
		status, err := New().Check(t.Context(), other.configJSON(t), connector.Discard)
		if err != nil || status.Status != protocol.StatusFailed || strings.Contains(status.Message, "hunter2") || status.Message == "" {
			t.Errorf("%s: status %+v, error %v; want a failure without the password", name, status, err)
		}
	}
}

func TestCheckFindsNoRight(t *testing.T) {
	t.Parallel()
	db := newDatabase(t)
	role := fmt.Sprintf("airfield_reader_%s", db.config["database"])
	db.exec(t, "CREATE ROLE "+role+" LOGIN")
	t.Cleanup(func() { db.conn.Exec(context.Background(), "DROP ROLE "+role) })
	db.config["username"] = role
	status, err := New().Check(t.Context(), db.configJSON(t), connector.Discard)
	if err != nil || status.Status != protocol.StatusFailed || !strings.Contains(status.Message, "permission denied") {
		t.Errorf("status %+v, error %v; want a failure that tells of the permission", status, err)
	}
}

func TestKeyIsRequired(t *testing.T) {
	t.Parallel()
	db := newDatabase(t)
	for name, s := range map[string]protocol.ConfiguredStream{
		"none":       deduplicating(streamOf("people", `{"id":{"type":"integer"}}`), nil),
		"not there":  deduplicating(streamOf("people", `{"id":{"type":"integer"}}`), [][]string{{"uuid"}}),
		"not object": deduplicating(streamOf("people", `{"id":{"type":"integer"}}`), [][]string{{"id", "x"}}),
		"cursor":     deduplicating(streamOf("people", `{"id":{"type":"integer"}}`), [][]string{{"id"}}, "at"),
	} {
		_, err := db.tryWrite(t, []protocol.ConfiguredStream{s}, nil)
		if connector.FailureOf(err) != protocol.FailureConfig || !strings.Contains(err.Error(), "people") {
			t.Errorf("%s: got %v, want a config_error that names the stream", name, err)
		}
	}
}

func TestUnknownStream(t *testing.T) {
	t.Parallel()
	db := newDatabase(t)
	s := streamOf("a", `{"id":{"type":"integer"}}`)
	states, err := db.tryWrite(t, []protocol.ConfiguredStream{s}, nil, record("a", `{"id":1}`), state(s), record("b", `{"id":1}`))
	if err == nil || !strings.Contains(err.Error(), `b`) || len(states) != 1 {
		t.Errorf("states %v, error %v; want the state before the stranger and an error", states, err)
	}
	db.want(t, "SELECT id FROM a", "1")
}
