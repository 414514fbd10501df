package pipeline_test

import (
	"context"
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/airfielddev/airfield/connector"
	"github.com/airfielddev/airfield/internal/pipeline"
	"github.com/airfielddev/airfield/protocol"
)

// Records arrive byte for byte, with time and meta, whatever their size.
func TestRecordsUnchanged(t *testing.T) {
	t.Parallel()
	var sent []protocol.Record
	for i, data := range []string{
		`{ "b": 1.50, "a" : 9007199254740993 , "a": null}`, `{}`, `{"text":"größe 日本語 🛫 \u0000 \" \\"}`,
		`{"huge":"` + strings.Repeat("x", 20<<20) + `"}`, `{"after":true}`,
	} {
		r := protocol.Record{Stream: "naïve 流", Data: []byte(data), EmittedAt: int64(1700000000000 + i)}
		if i%2 == 0 {
			r.Meta = []byte(`{"changes":[]}`)
		}
		if i%3 == 0 {
			r.File = &protocol.FileReference{StagingFileURL: fmt.Sprint("/x/", i), FileSizeBytes: int64(i)}
		}
		sent = append(sent, r)
	}
	src := source{read: func(_ context.Context, _ connector.ReadRequest, emit connector.Emit) error {
		for _, r := range sent {
			r.Data = []byte(string(r.Data))
			if err := emit(protocol.RecordMessage(r)); err != nil {
				return err
			}
			clear(r.Data) // the source may use its bytes again
		}
		return nil
	}}
	var got []protocol.Record
	dst := destination{write: func(_ context.Context, _ connector.WriteRequest, in connector.Messages, _ connector.Emit) error {
		for m, err := range in {
			if err != nil {
				return err
			}
			if r := m.Record; m.Type == protocol.TypeRecord {
				r.Data = []byte(string(r.Data))
				_ = append(m.Record.Data, "overwritten"...)
				if r.Meta != nil {
					r.Meta = []byte(string(r.Meta))
				}
				got = append(got, r)
			}
		}
		return nil
	}}
	mustEnd(t, job(src, dst, incremental("naïve 流"), &kept{}), pipeline.Succeeded, "")
	if len(got) != len(sent) {
		t.Fatalf("%d records arrived, %d were sent", len(got), len(sent))
	}
	for i := range sent {
		if !reflect.DeepEqual(sent[i], got[i]) {
			t.Errorf("record %d: sent %.200v, got %.200v", i, sent[i], got[i])
		}
	}
}

func TestNaming(t *testing.T) {
	t.Parallel()
	f := func(n pipeline.Naming, namespace, name, want string) {
		t.Helper()
		if got := n.Target(protocol.StreamDescriptor{Name: name, Namespace: namespace}).String(); got != want {
			t.Errorf("%+v: %s.%s becomes %s, want %s", n, namespace, name, got, want)
		}
	}
	f(pipeline.Naming{}, "public", "users", "public.users")
	f(pipeline.Naming{Prefix: "raw_"}, "", "users", "raw_users")
	f(pipeline.Naming{Prefix: "  "}, "", "users", "users")
	f(pipeline.Naming{Namespace: pipeline.NamespaceSource}, "public", "users", "public.users")
	f(pipeline.Naming{Namespace: pipeline.NamespaceDestination}, "public", "users", "users")
	f(pipeline.Naming{Namespace: pipeline.NamespaceCustom, Format: "in_${SOURCE_NAMESPACE}_x"}, "public", "users", "in_public_x.users")
	f(pipeline.Naming{Namespace: pipeline.NamespaceCustom, Format: "${SOURCE_NAMESPACE}"}, "", "users", "users")
	f(pipeline.Naming{Namespace: pipeline.NamespaceCustom, Format: "lake", Prefix: "p"}, "public", "users", "lake.pusers")
}

// The destination hears its own names, and what is committed has the source's.
func TestNamesMapBack(t *testing.T) {
	t.Parallel()
	c := incremental("users")
	c.Streams[0].Stream.Namespace = "public"
	d := c.Streams[0].Descriptor()
	src := says(nil,
		protocol.RecordMessage(protocol.Record{Stream: "users", Namespace: "public", Data: []byte(`{}`)}),
		protocol.StateMessage(protocol.NewStreamState(d, json.RawMessage(`{"cursor":1}`))))
	k, s := &kept{}, &store{}
	j := job(src, s, c, k)
	j.Naming = pipeline.Naming{Namespace: pipeline.NamespaceCustom, Format: "lake_${SOURCE_NAMESPACE}", Prefix: "raw_"}
	result := mustEnd(t, j, pipeline.Succeeded, "")
	wantHeard(t, s, "lake_public.raw_users{}", `state lake_public.raw_users {"cursor":1} after 1`, "COMPLETE lake_public.raw_users", "end")
	if got := s.catalog.Streams[0].Descriptor().String(); got != "lake_public.raw_users" {
		t.Errorf("catalog of the destination: %s", got)
	}
	if !slices.Equal(k.states, []string{`state public.users {"cursor":1} after 0`}) || result.Counts.Streams[0].Stream != d {
		t.Errorf("committed %q, counts of %v", k.states, result.Counts.Streams[0].Stream)
	}
}

func TestSelectedFields(t *testing.T) {
	t.Parallel()
	c := incremental("users", "orders")
	c.Streams[0].Stream.JSONSchema = json.RawMessage(
		`{"type":"object","required":["id","ssn"],"properties":{"id":{"type":"integer"},"ssn":{"type":"string"},"a\"b":{"type":"string"}},"x":1}`)
	src := says(nil,
		row("users", `{"ssn":"1","id": 1,"address":{"id":2},"a\"b":"\n","größe":3}`), row("users", `{"ssn":"2"}`),
		row("orders", `{"ssn":"3"}`))
	s := &store{}
	j := job(src, s, c, &kept{})
	j.SelectedFields = map[protocol.StreamDescriptor][][]string{{Name: "users"}: {{"id"}, {"a\"b"}, {"größe"}, {"address", "id"}}}
	mustEnd(t, j, pipeline.Succeeded, "")
	wantHeard(t, s, `users{"id":1,"address":{"id":2},"a\"b":"\n","größe":3}`, `users{}`, `orders{"ssn":"3"}`, "COMPLETE users", "COMPLETE orders", "end")
	want := `{"type":"object","required":["id"],"properties":{"id":{"type":"integer"},"a\"b":{"type":"string"}},"x":1}`
	if got := string(s.catalog.Streams[0].Stream.JSONSchema); got != want {
		t.Errorf("schema\n%s\nwant\n%s", got, want)
	}
}

func TestSelectedFieldsOfBrokenRecord(t *testing.T) {
	t.Parallel()
	s := &store{}
	j := job(says(nil, row("users", `{"id":1,"name`)), s, incremental("users"), &kept{})
	j.SelectedFields = map[protocol.StreamDescriptor][][]string{{Name: "users"}: {{"id"}}}
	mustEnd(t, j, pipeline.Failed, "stream users: it wrote a record that is not a JSON object")
	wantHeard(t, s, "end")
}

func TestModes(t *testing.T) {
	t.Parallel()
	f := func(mode protocol.DestinationSyncMode, refreshes bool, wantSource, wantDestination protocol.DestinationSyncMode) {
		t.Helper()
		var seen protocol.DestinationSyncMode
		src := source{read: func(_ context.Context, req connector.ReadRequest, _ connector.Emit) error {
			seen = req.Catalog.Streams[0].DestinationSyncMode
			return nil
		}}
		s := &store{}
		j := job(src, s, catalog(protocol.FullRefresh, mode, "users"), &kept{})
		j.SupportsRefreshes = refreshes
		mustEnd(t, j, pipeline.Succeeded, "")
		if got := s.catalog.Streams[0].DestinationSyncMode; seen != wantSource || got != wantDestination {
			t.Errorf("%s (refreshes: %v): source sees %s, destination %s; want %s, %s", mode, refreshes, seen, got, wantSource, wantDestination)
		}
		if j.Catalog.Streams[0].DestinationSyncMode != mode {
			t.Error("the job's own catalog was changed")
		}
	}
	f(protocol.Overwrite, true, protocol.Overwrite, protocol.Append)
	f(protocol.Overwrite, false, protocol.Overwrite, protocol.Overwrite)
	f(protocol.OverwriteDedup, true, protocol.Overwrite, protocol.AppendDedup)
	f(protocol.OverwriteDedup, false, protocol.Overwrite, protocol.Overwrite)
	f(protocol.Append, true, protocol.Append, protocol.Append)
	f(protocol.AppendDedup, false, protocol.AppendDedup, protocol.AppendDedup)
	f(protocol.SoftDelete, true, protocol.Append, protocol.SoftDelete)
	f(protocol.Update, false, protocol.Append, protocol.Update)
}

func TestResumesFromState(t *testing.T) {
	t.Parallel()
	var got []*protocol.State
	src := source{read: func(_ context.Context, req connector.ReadRequest, _ connector.Emit) error {
		got = req.State
		return nil
	}}
	j := job(src, &store{}, incremental("users", "orders"), &kept{})
	j.State = []*protocol.State{state("users", `{"cursor":1}`).State}
	result := mustEnd(t, j, pipeline.Succeeded, "")
	if diff := cmp.Diff(j.State, got); diff != "" {
		t.Errorf("state given to the source (-want +got):\n%s", diff)
	}
	if !result.Counts.Streams[0].Resumed || result.Counts.Streams[1].Resumed {
		t.Errorf("streams %+v", result.Counts.Streams)
	}
}

// A source may write from several goroutines; each stream keeps its order.
func TestConcurrentSource(t *testing.T) {
	t.Parallel()
	names := []string{"a", "b", "c", "d"}
	src := source{read: func(_ context.Context, _ connector.ReadRequest, emit connector.Emit) error {
		var g sync.WaitGroup
		for _, name := range names {
			g.Go(func() {
				for i := range 2000 {
					_ = emit(row(name, fmt.Sprint(`{"id":`, i, `}`)))
					if i%100 == 99 {
						_ = emit(state(name, fmt.Sprint(i+1)))
					}
				}
			})
		}
		g.Wait()
		return nil
	}}
	k, s := &kept{}, &store{}
	result := mustEnd(t, job(src, s, incremental(names...), k), pipeline.Succeeded, "")
	for _, name := range names {
		got := s.rows[protocol.StreamDescriptor{Name: name}]
		for i, data := range got {
			if data != fmt.Sprint(`{"id":`, i, `}`) {
				t.Fatalf("row %d of %s is %s", i, name, data)
			}
		}
		if len(got) != 2000 || !slices.Contains(k.states, fmt.Sprintf("state %s 2000 after 0", name)) {
			t.Errorf("%s: %d rows", name, len(got))
		}
	}
	if got := result.Counts.Total.RecordsCommitted; got != 8000 {
		t.Errorf("%d committed", got)
	}
}

func TestEstimates(t *testing.T) {
	t.Parallel()
	d := protocol.StreamDescriptor{Name: "users"}
	src := says(nil, protocol.EstimateMessage(d, 42, time.Unix(0, 0)))
	result := mustEnd(t, job(src, &store{}, incremental("users"), &kept{}), pipeline.Succeeded, "")
	if result.Counts.Streams[0].EstimatedRecords != 42 || result.Counts.Total.EstimatedRecords != 42 {
		t.Errorf("counts %+v", result.Counts)
	}
}
