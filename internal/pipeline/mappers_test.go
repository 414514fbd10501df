package pipeline_test

import (
	"context"
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/airfielddev/airfield/connector"
	"github.com/airfielddev/airfield/internal/pipeline"
	"github.com/airfielddev/airfield/internal/pipeline/mapping"
	"github.com/airfielddev/airfield/protocol"
)

// onlyYes leaves out the rows whose field keep is not yes.
var onlyYes = mapping.Mapper{Type: mapping.RowFiltering, Config: json.RawMessage(`{"conditions":{"type":"EQUAL","fieldName":"keep","comparisonValue":"yes"}}`)}

var hideName = mapping.Mapper{Type: mapping.Hashing, Config: json.RawMessage(`{"targetField":"name","method":"MD5","fieldNameSuffix":"_h"}`)}

func withMappers(j pipeline.Job, stream string, mappers ...mapping.Mapper) pipeline.Job {
	j.Mappers = map[protocol.StreamDescriptor][]mapping.Mapper{{Name: stream}: mappers}
	return j
}

// Rows that are left out count as such: the source is held to what it wrote, the destination to what it was given.
func TestMappedCounts(t *testing.T) {
	t.Parallel()
	counted := state("users", `{"at":2}`)
	counted.State.SourceStats = &protocol.Stats{RecordCount: 3}
	src := says(nil, row("users", `{"id":1,"name":"ann","keep":"yes"}`), row("users", `{"id":2,"keep":"no"}`), row("users", `{"id":3,"name":"bob","keep":"yes"}`),
		counted, row("users", `{"id":4}`), state("users", `{"at":4}`), row("orders", `{"id":1,"name":"clear"}`), state("orders", `{"at":1}`))
	dst, k := &store{}, &kept{}
	j := withMappers(job(src, dst, incremental("users", "orders"), k), "users", onlyYes, hideName)
	j.Naming.Prefix = "p_"
	result := mustEnd(t, j, pipeline.Succeeded, "")
	wantHeard(t, dst,
		`p_users{"id":1,"name_h":"7e0d7f8a5d96c24ffcc840f31bce72b2","keep":"yes"}`, `p_users{"id":3,"name_h":"9f9d51bc70ef21ca5c14f307980a29d8","keep":"yes"}`,
		`state p_users {"at":2} after 2`, `state p_users {"at":4} after 0`, `p_orders{"id":1,"name":"clear"}`, `state p_orders {"at":1} after 1`,
		"COMPLETE p_users", "COMPLETE p_orders", "end")
	users, total := result.Counts.Streams[0].Stats, result.Counts.Total
	if users.RecordsEmitted != 4 || users.RecordsFiltered != 2 || users.RecordsCommitted != 2 || users.BytesCommitted >= users.BytesEmitted {
		t.Errorf("users: %+v", users)
	}
	if total.RecordsEmitted != 5 || total.RecordsFiltered != 2 || total.RecordsCommitted != 3 {
		t.Errorf("total: %+v", total)
	}
}

// A stream whose rows are all left out is complete, in whatever way it is read, and a state of the whole sync counts what arrived.
func TestNothingIsLeft(t *testing.T) {
	t.Parallel()
	none := []protocol.Message{row("users", `{"id":1}`), row("users", `{"id":2}`)}
	dst := &store{}
	result := mustEnd(t, withMappers(job(says(nil, none...), dst, catalog(protocol.FullRefresh, protocol.Overwrite, "users"), &kept{}), "users", onlyYes),
		pipeline.Succeeded, "")
	if total := result.Counts.Total; total.RecordsEmitted != 2 || total.RecordsFiltered != 2 || total.RecordsCommitted != 0 || total.BytesCommitted != 0 {
		t.Errorf("%+v", total)
	}
	if s := result.Counts.Streams[0].Status; s != protocol.StreamComplete {
		t.Errorf("the stream is %s", s)
	}
	global := protocol.StateMessage(&protocol.State{Type: protocol.StateTypeGlobal, Global: &protocol.GlobalState{SharedState: json.RawMessage(`{"lsn":7}`)}})
	dst = &store{}
	src := says(nil, append(none, row("orders", `{"id":1}`), global)...)
	mustEnd(t, withMappers(job(src, dst, incremental("users", "orders"), &kept{}), "users", onlyYes), pipeline.Succeeded, "")
	if want := `global {"lsn":7} after 1`; dst.heard[1] != want {
		t.Errorf("got %q, want %q", dst.heard, want)
	}
}

// What was not stored counts against the destination although rows were left out too.
func TestMappedRowsLost(t *testing.T) {
	t.Parallel()
	dst := &store{}
	dst.edit = func(_ context.Context, m *protocol.Message, _ connector.Emit) (bool, error) {
		return m.Type == protocol.TypeRecord && strings.Contains(string(m.Record.Data), "3"), nil
	}
	src := says(nil, row("users", `{"id":1,"keep":"no"}`), row("users", `{"id":2,"keep":"yes"}`), row("users", `{"id":3,"keep":"yes"}`), state("users", `{}`))
	result := mustEnd(t, withMappers(job(src, dst, incremental("users"), &kept{}), "users", onlyYes), pipeline.Failed, "it was given 2 records of stream users, but says that it stored 1")
	if total := result.Counts.Total; total.RecordsCommitted != 0 || result.Counts.Streams[0].Status != protocol.StreamIncomplete {
		t.Errorf("%+v", result.Counts)
	}
}

// What the destination is told of a stream is what its records look like; the source is told what it knows.
func TestMappedCatalog(t *testing.T) {
	t.Parallel()
	c := catalog(protocol.Incremental, protocol.AppendDedup, "users")
	users := &c.Streams[0]
	users.Stream.JSONSchema = json.RawMessage(`{"properties":{"id":{"type":"integer"},"at":{"type":"string"},"secret":{"type":"string"}}}`)
	users.PrimaryKey, users.CursorField = [][]string{{"id"}}, []string{"at"}
	var told protocol.ConfiguredCatalog
	src := source{read: func(_ context.Context, req connector.ReadRequest, _ connector.Emit) error {
		told = req.Catalog
		return nil
	}}
	dst := &store{}
	j := withMappers(job(src, dst, c, &kept{}), "users",
		mapping.Mapper{Type: mapping.FieldRenaming, Config: json.RawMessage(`{"originalFieldName":"id","newFieldName":"key"}`)},
		mapping.Mapper{Type: mapping.FieldRenaming, Config: json.RawMessage(`{"originalFieldName":"at","newFieldName":"when"}`)})
	j.SelectedFields = map[protocol.StreamDescriptor][][]string{{Name: "users"}: {{"id"}, {"at"}}}
	j.Naming.Prefix = "p_"
	mustEnd(t, j, pipeline.Succeeded, "")
	if diff := cmp.Diff(c, told); diff != "" {
		t.Errorf("the source was told something else (-want +got):\n%s", diff)
	}
	want := *users
	want.Stream.Name, want.PrimaryKey, want.CursorField = "p_users", [][]string{{"key"}}, []string{"when"}
	want.Stream.JSONSchema = json.RawMessage(`{"properties":{"key":{"type":"integer"},"when":{"type":"string"}}}`)
	if diff := cmp.Diff([]protocol.ConfiguredStream{want}, dst.catalog.Streams); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// Mappers that cannot be applied keep the stream from being moved in clear.
func TestMappersThatCannotBe(t *testing.T) {
	t.Parallel()
	dst := &store{}
	c := incremental("users")
	c.Streams[0].Stream.JSONSchema = json.RawMessage(`{"properties":{"id":{}}}`)
	result := mustEnd(t, withMappers(job(says(nil, row("users", `{"name":"ann"}`)), dst, c, &kept{}), "users", hideName), pipeline.Failed,
		"preparing the mappers of stream users: The stream has no field name here.")
	if len(dst.heard) > 0 || result.Failures[0].Retryable() {
		t.Errorf("heard %q, failures %+v", dst.heard, result.Failures)
	}
}
