package platform_test

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/airfielddev/airfield/connector"
	"github.com/airfielddev/airfield/internal/platform"
	"github.com/airfielddev/airfield/protocol"
)

// has makes the shop have a catalog from now on.
func (d *deployment) has(edit func(*protocol.Catalog)) {
	catalog := shopCatalog()
	edit(&catalog)
	d.source.mu.Lock()
	defer d.source.mu.Unlock()
	d.source.discover = func(context.Context, json.RawMessage, connector.Emit) (protocol.Catalog, error) { return catalog, nil }
}

// withFields gives a stream of the shop a schema of its own.
func withFields(name, properties string) func(*protocol.Catalog) {
	return func(c *protocol.Catalog) {
		for i := range c.Streams {
			if c.Streams[i].Name == name {
				c.Streams[i].JSONSchema = json.RawMessage(`{"type":"object","properties":{` + properties + `}}`)
			}
		}
	}
}

// written is a change in few words.
func written(d platform.SchemaDiff) (lines []string) {
	breaking := func(b bool) string {
		if b {
			return "!"
		}
		return ""
	}
	for _, s := range d.Added {
		lines = append(lines, "+"+s.String())
	}
	for _, s := range d.Removed {
		lines = append(lines, "-"+s.String())
	}
	for _, s := range d.Updated {
		for _, f := range s.Fields {
			lines = append(lines, fmt.Sprintf("%s.%s %s>%s%s", s.Stream.Name, strings.Join(f.Path, "."), f.Old, f.New, breaking(f.Breaking)))
		}
		if s.Key != nil {
			lines = append(lines, fmt.Sprintf("%s key %v>%v%s", s.Stream.Name, s.Key.Old, s.Key.New, breaking(s.Key.Breaking)))
		}
	}
	return lines
}

func TestReviewSchema(t *testing.T) {
	t.Parallel()
	const same = `"address":{"properties":{"city":{"type":"string"}},"type":"object"},"at":{"type":"string"},"id":{"type":"integer"}`
	for name, c := range map[string]struct {
		edit   func(*protocol.Catalog)
		want   []string
		state  platform.SchemaState
		status platform.ConnectionStatus
	}{
		"nothing":            {func(*protocol.Catalog) {}, nil, platform.SchemaUnchanged, platform.ConnectionActive},
		"order of members":   {withFields("customers", same), nil, platform.SchemaUnchanged, platform.ConnectionActive},
		"order of streams":   {func(c *protocol.Catalog) { slices.Reverse(c.Streams) }, nil, platform.SchemaUnchanged, platform.ConnectionActive},
		"unselected stream":  {withFields("views", `"other":{"type":"string"}`), nil, platform.SchemaUnchanged, platform.ConnectionActive},
		"unselected is gone": {func(c *protocol.Catalog) { c.Streams = c.Streams[:2] }, nil, platform.SchemaUnchanged, platform.ConnectionActive},
		"new stream": {
			func(c *protocol.Catalog) { c.Streams = append(c.Streams, protocol.Stream{Name: "new"}) },
			[]string{"+new"}, platform.SchemaNonBreaking, platform.ConnectionActive,
		},
		"stream is gone": {
			func(c *protocol.Catalog) { c.Streams = c.Streams[1:] }, []string{"-customers"}, platform.SchemaNonBreaking, platform.ConnectionActive,
		},
		"fields": {
			withFields("customers", `"id":{"type":"string"},"address":{"type":"object","properties":{"street":{"type":"string"}}},"new":true`),
			[]string{
				`customers.id {"type":"integer"}>{"type":"string"}`, `customers.at {"type":"string"}>`, `customers.address.city {"type":"string"}>`,
				`customers.address.street >{"type":"string"}`, `customers.new >true`,
			}, platform.SchemaNonBreaking, platform.ConnectionActive,
		},
		"cursor is gone": {
			withFields("orders", `"id":{"type":"integer"},"address":{"type":"object","properties":{"city":{"type":"string"}}}`),
			[]string{`orders.at {"type":"string"}>!`}, platform.SchemaBreaking, platform.ConnectionInactive,
		},
		"key is gone": {
			withFields("orders", `"at":{"type":"string"},"address":{"type":"object","properties":{"city":{"type":"string"}}}`),
			[]string{`orders.id {"type":"integer"}>!`}, platform.SchemaBreaking, platform.ConnectionInactive,
		},
		"another key": {
			func(c *protocol.Catalog) { c.Streams[1].SourceDefinedPrimaryKey = [][]string{{"id"}, {"at"}} },
			[]string{`orders key [[id]]>[[id] [at]]!`}, platform.SchemaBreaking, platform.ConnectionInactive,
		},
		"key of a stream without one": {
			func(c *protocol.Catalog) { c.Streams[0].SourceDefinedPrimaryKey = [][]string{{"id"}} },
			[]string{`customers key []>[[id]]`}, platform.SchemaNonBreaking, platform.ConnectionActive,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := deploy(t)
			made := d.connect(t, platform.StreamChoice{Name: "customers"}, platform.StreamChoice{Name: "orders", SyncMode: "incremental_deduped_history"})
			d.has(c.edit)
			r, err := d.ReviewSchema(t.Context(), made.ID, true)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.want, written(r.Diff)); diff != "" {
				t.Errorf("changes (-want +got):\n%s", diff)
			}
			source, err := d.Actor(t.Context(), connector.KindSource, made.SourceID)
			if err != nil {
				t.Fatal(err)
			}
			if got := r.Connection.SchemaState(source); got != c.state || r.Connection.Status != c.status {
				t.Errorf("the connection is %s and %s (%s), want %s and %s", got, r.Connection.Status, r.Connection.StatusReason, c.state, c.status)
			}
		})
	}
}

// A change that was taken back is no change, and the catalog it came back to is the one that it was.
func TestSchemaChangeThatIsTakenBack(t *testing.T) {
	t.Parallel()
	d := deploy(t)
	c := d.connect(t, platform.StreamChoice{Name: "orders", SyncMode: "incremental_deduped_history"})
	d.has(withFields("orders", `"id":{"type":"integer"}`))
	if r, err := d.ReviewSchema(t.Context(), c.ID, true); err != nil || !r.Connection.BreakingChange || r.CatalogID == c.CatalogID {
		t.Fatalf("review %+v, %v", r.Connection, err)
	}
	d.has(func(*protocol.Catalog) {})
	r, err := d.ReviewSchema(t.Context(), c.ID, true)
	if err != nil || r.Connection.BreakingChange || r.CatalogID != c.CatalogID {
		t.Errorf("breaking %v, catalog %s, want %s; %v", r.Connection.BreakingChange, r.CatalogID, c.CatalogID, err)
	}
	if r.Connection.Status != platform.ConnectionInactive {
		t.Error("the connection was enabled behind everyone's back")
	}
}

// The catalogs of a source that keeps changing do not pile up.
func TestCatalogsAreForgotten(t *testing.T) {
	t.Parallel()
	d := deploy(t)
	c := d.connect(t)
	for i := range 15 {
		d.clock.advance(time.Second)
		d.has(withFields("customers", fmt.Sprintf(`"f%d":{}`, i)))
		if _, err := d.Discover(t.Context(), c.SourceID, true); err != nil {
			t.Fatal(err)
		}
	}
	var kept []platform.CachedCatalog
	err := d.store.Read(t.Context(), func(tb platform.Tables) (err error) {
		kept, err = tb.Catalogs.List(t.Context(), platform.Filter{ActorID: c.SourceID})
		return err
	})
	if err != nil || len(kept) != 10 {
		t.Fatalf("%d catalogs are kept, %v", len(kept), err)
	}
	if r, err := d.ReviewSchema(t.Context(), c.ID, false); err != nil || len(r.Diff.Added) != 0 || len(r.Diff.Updated) != 1 {
		t.Errorf("without its catalog the connection sees %v, %v", written(r.Diff), err)
	}
}

// propagating connects the shop, lets its schema change and claims a sync.
func (d *deployment) propagating(t *testing.T, preference string, streams ...platform.StreamChoice) (platform.Connection, platform.Job) {
	t.Helper()
	c := d.connect(t, streams...)
	c, err := d.UpdateConnection(t.Context(), c.ID, platform.ConnectionUpdate{NonBreakingChanges: &preference})
	if err != nil {
		t.Fatal(err)
	}
	d.create(t, c.ID, platform.JobSync, platform.JobOptions{})
	d.clock.advance(25 * time.Hour)
	j, ok, err := d.ClaimJob(t.Context())
	if err != nil || !ok {
		t.Fatalf("claiming: %v, %v", ok, err)
	}
	return c, j
}

func TestPrepareSchemaSelectsWhatTheDestinationCanWrite(t *testing.T) {
	t.Parallel()
	d := deploy(t)
	c, j := d.propagating(t, "propagate_fully", platform.StreamChoice{Name: "customers", SelectedFields: [][]string{{"id"}, {"at"}}})
	d.has(func(catalog *protocol.Catalog) {
		withFields("customers", `"id":{},"email":{"type":"string"}`)(catalog)
		catalog.Streams = append(catalog.Streams, protocol.Stream{
			Name: "new", SupportedSyncModes: []protocol.SyncMode{protocol.Incremental}, SourceDefinedCursor: true,
			DefaultCursorField: []string{"at"}, SourceDefinedPrimaryKey: [][]string{{"id"}},
		})
	})
	news, err := d.PrepareSchema(t.Context(), j.ID)
	if err != nil || len(news) != 2 {
		t.Fatalf("%q, %v", news, err)
	}
	run, err := d.StartAttempt(t.Context(), j.ID)
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"customers full_refresh/overwrite 1/1", "new incremental/append_dedup 0/0"}
	if diff := cmp.Diff(want, generations(run)); diff != "" {
		t.Errorf("streams (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([][]string{{"id"}, {"email"}}, run.SelectedFields[protocol.StreamDescriptor{Name: "customers"}]); diff != "" {
		t.Errorf("selected fields (-want +got):\n%s", diff)
	}
	if len(run.Job.Streams) != 2 {
		t.Errorf("the job is for %v", run.Job.Streams)
	}
	if again, err := d.PrepareSchema(t.Context(), j.ID); err != nil || again != nil {
		t.Errorf("the second attempt hears %q, %v", again, err)
	}
	if _, err := d.Connection(t.Context(), c.ID); err != nil {
		t.Fatal(err)
	}
}

// A source that shows nothing, as one whose permissions were taken away, costs no stream and no state.
func TestPrepareSchemaKeepsStreamsOfAnEmptySource(t *testing.T) {
	t.Parallel()
	d := deploy(t)
	c, j := d.propagating(t, "propagate_fully")
	d.has(func(catalog *protocol.Catalog) { catalog.Streams = nil })
	if news, err := d.PrepareSchema(t.Context(), j.ID); err != nil || news != nil {
		t.Errorf("%q, %v", news, err)
	}
	if after, err := d.Connection(t.Context(), c.ID); err != nil || len(after.Streams) != len(c.Streams) {
		t.Errorf("%d streams are left, %v", len(after.Streams), err)
	}
}

func TestPrepareSchemaGoesOnWithoutADiscover(t *testing.T) {
	t.Parallel()
	d := deploy(t)
	_, j := d.propagating(t, "propagate_fully")
	d.source.mu.Lock()
	d.source.discover = func(context.Context, json.RawMessage, connector.Emit) (protocol.Catalog, error) {
		return protocol.Catalog{}, connector.TransientError("the shop is closed")
	}
	d.source.mu.Unlock()
	news, err := d.PrepareSchema(t.Context(), j.ID)
	if err != nil || len(news) != 1 || !strings.Contains(news[0], "the shop is closed") {
		t.Errorf("%q, %v", news, err)
	}
	if _, err := d.StartAttempt(t.Context(), j.ID); err != nil {
		t.Error(err)
	}
}

// Two connections of a source are told of a change by one discover.
func TestPrepareSchemaOfTwoConnections(t *testing.T) {
	t.Parallel()
	d := deploy(t)
	c, j := d.propagating(t, "propagate_columns", platform.StreamChoice{Name: "customers"})
	fully := "propagate_columns"
	other, err := d.CreateConnection(t.Context(), platform.NewConnection{
		SourceID: c.SourceID, DestinationID: c.DestinationID, NonBreakingChanges: fully, Streams: []platform.StreamChoice{{Name: "customers"}},
	})
	if err != nil {
		t.Fatal(err)
	}
	d.has(withFields("customers", `"id":{"type":"integer"},"email":{}`))
	before := d.source.discovered()
	if _, err := d.PrepareSchema(t.Context(), j.ID); err != nil {
		t.Fatal(err)
	}
	second := d.create(t, other.ID, platform.JobSync, platform.JobOptions{})
	if _, _, err := d.ClaimJob(t.Context()); err != nil {
		t.Fatal(err)
	}
	news, err := d.PrepareSchema(t.Context(), second.ID)
	if err != nil || len(news) != 1 || !strings.Contains(news[0], "email") {
		t.Errorf("%q, %v", news, err)
	}
	if n := d.source.discovered() - before; n != 1 {
		t.Errorf("%d discovers", n)
	}
}

func TestBackfillReadsWidenedStreamsAnew(t *testing.T) {
	t.Parallel()
	for preference, want := range map[string]string{"enabled": "", "disabled": " 7"} {
		d := deploy(t)
		c, j := d.propagating(t, "propagate_columns", platform.StreamChoice{Name: "orders", SyncMode: "incremental_deduped_history"})
		if _, err := d.UpdateConnection(t.Context(), c.ID, platform.ConnectionUpdate{BackfillPreference: &preference}); err != nil {
			t.Fatal(err)
		}
		orders := protocol.StreamDescriptor{Name: "orders", Namespace: "shop"}
		_, err := d.SetState(t.Context(), c.ID, platform.ConnectionState{
			Type: protocol.StateTypeStream, Streams: []protocol.StreamState{{StreamDescriptor: orders, StreamState: json.RawMessage("7")}},
		}, false)
		if err != nil {
			t.Fatal(err)
		}
		d.has(withFields("orders", `"id":{"type":"integer"},"at":{"type":"string"},"vat":{}`))
		if _, err := d.PrepareSchema(t.Context(), j.ID); err != nil {
			t.Fatal(err)
		}
		run, err := d.StartAttempt(t.Context(), j.ID)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff([]string{"orders incremental/append_dedup 0/0" + want}, generations(run)); diff != "" {
			t.Errorf("backfill %s (-want +got):\n%s", preference, diff)
		}
	}
}

// appending is the connection's catalog with one stream in another mode.
func appending(c platform.Connection, name string) []platform.ConnectionStream {
	streams := slices.Clone(c.Streams)
	for i := range streams {
		if streams[i].Stream.Name == name {
			streams[i].DestinationSyncMode = protocol.Append
		}
	}
	return streams
}

func TestUpdateQueuesARefreshOfChangedStreams(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		destination string
		prepare     func(*testing.T, *deployment, platform.Connection)
		want        []platform.JobType // that are waiting afterwards
		next        platform.JobType   // of the next sync
	}{
		"refresh": {lakeID, func(*testing.T, *deployment, platform.Connection) {}, []platform.JobType{platform.JobRefresh}, ""},
		"reset":   {plainID, func(*testing.T, *deployment, platform.Connection) {}, []platform.JobType{platform.JobReset}, ""},
		"inactive": {lakeID, func(t *testing.T, d *deployment, c platform.Connection) {
			t.Helper()
			if _, err := d.UpdateConnection(t.Context(), c.ID, platform.ConnectionUpdate{Status: new(platform.ConnectionInactive)}); err != nil {
				t.Fatal(err)
			}
		}, nil, platform.JobRefresh},
		"busy": {lakeID, func(t *testing.T, d *deployment, c platform.Connection) {
			t.Helper()
			d.create(t, c.ID, platform.JobSync, platform.JobOptions{})
		}, []platform.JobType{platform.JobSync}, platform.JobRefresh},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := deploy(t)
			made := d.connectTo(t, c.destination, platform.StreamChoice{Name: "customers"}, platform.StreamChoice{Name: "orders"})
			c.prepare(t, d, made)
			u := platform.ConnectionUpdate{Catalog: appending(made, "orders"), Refresh: true}
			if _, err := d.UpdateConnection(t.Context(), made.ID, u); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.want, d.waiting(t, made)); diff != "" {
				t.Fatalf("waiting jobs (-want +got):\n%s", diff)
			}
			if c.next == "" {
				j, _, err := d.ClaimJob(t.Context())
				if err != nil || !slices.Equal(j.Streams, []protocol.StreamDescriptor{{Name: "orders", Namespace: "shop"}}) {
					t.Errorf("the job is for %v, %v", j.Streams, err)
				}
				return
			}
			d.settle(t, made)
			j := d.create(t, made.ID, platform.JobSync, platform.JobOptions{})
			if j.Type != c.next || j.RefreshMode != platform.RefreshMerge || len(j.Streams) != 1 {
				t.Errorf("the next sync is %+v", j)
			}
			d.settle(t, made)
			if j := d.create(t, made.ID, platform.JobSync, platform.JobOptions{}); j.Type != platform.JobSync || len(j.Streams) != 2 {
				t.Errorf("the sync after that is %+v", j)
			}
		})
	}
}

// waiting are the types of the jobs that are not final.
func (d *deployment) waiting(t *testing.T, c platform.Connection) (types []platform.JobType) {
	t.Helper()
	jobs, err := d.Jobs(t.Context(), platform.JobFilter{ConnectionID: c.ID, Statuses: []platform.JobStatus{platform.JobPending, platform.JobRunning}})
	if err != nil {
		t.Fatal(err)
	}
	for _, j := range jobs {
		types = append(types, j.Type)
	}
	return types
}

// settle enables a connection and ends what it is doing.
func (d *deployment) settle(t *testing.T, c platform.Connection) {
	t.Helper()
	if _, err := d.UpdateConnection(t.Context(), c.ID, platform.ConnectionUpdate{Status: new(platform.ConnectionActive)}); err != nil {
		t.Fatal(err)
	}
	for len(d.waiting(t, c)) > 0 {
		d.finish(t, d.next(t), succeeded)
	}
}

func TestUpdateQueuesNothing(t *testing.T) {
	t.Parallel()
	d := deploy(t)
	c := d.connect(t, platform.StreamChoice{Name: "customers"}, platform.StreamChoice{Name: "orders"})
	for _, u := range []platform.ConnectionUpdate{
		{Catalog: c.Streams, Refresh: true}, {Prefix: new("p_"), Refresh: true}, {Catalog: appending(c, "customers")},
		{Catalog: appending(c, "customers")[:1], Refresh: true},
	} {
		if _, err := d.UpdateConnection(t.Context(), c.ID, u); err != nil {
			t.Fatal(err)
		}
		if jobs := d.waiting(t, c); jobs != nil {
			t.Fatalf("%+v queues %v", u, jobs)
		}
	}
}

// What a stream had committed goes with the stream when the update says that it is to be read anew, and stays otherwise.
func TestUpdateDropsTheStateOfDeselectedStreams(t *testing.T) {
	t.Parallel()
	for refresh, want := range map[bool]int{true: 1, false: 2} {
		d := deploy(t)
		c := d.connect(t, platform.StreamChoice{Name: "customers"}, platform.StreamChoice{Name: "orders"})
		var state platform.ConnectionState
		state.Type = protocol.StateTypeStream
		for _, s := range c.Streams {
			state.Streams = append(state.Streams, protocol.StreamState{StreamDescriptor: s.Stream.Descriptor(), StreamState: json.RawMessage("1")})
		}
		if _, err := d.SetState(t.Context(), c.ID, state, false); err != nil {
			t.Fatal(err)
		}
		if _, err := d.UpdateConnection(t.Context(), c.ID, platform.ConnectionUpdate{Catalog: c.Streams[:1], Refresh: refresh}); err != nil {
			t.Fatal(err)
		}
		if after, err := d.State(t.Context(), c.ID); err != nil || len(after.Streams) != want {
			t.Errorf("refresh %v: the state is %+v, %v", refresh, after, err)
		}
	}
}

// Updates of different members that come at once all hold.
func TestConcurrentUpdatesOfAConnection(t *testing.T) {
	t.Parallel()
	d := deploy(t)
	c := d.connect(t, platform.StreamChoice{Name: "customers", SyncMode: "full_refresh_append"}, platform.StreamChoice{Name: "orders"})
	for round := range 20 {
		text := fmt.Sprint(round)
		status := []platform.ConnectionStatus{platform.ConnectionActive, platform.ConnectionInactive}[round%2]
		selected := [][]string{{"id"}, {"at"}}[round%2:]
		updates := []platform.ConnectionUpdate{
			{Name: &text}, {Prefix: &text}, {Status: &status}, {NamespaceFormat: &text},
			{Schedule: &platform.Schedule{Type: platform.ScheduleBasic, Units: int64(round + 1), TimeUnit: "hours"}},
			{Streams: []platform.StreamChoice{{Name: "customers", SelectedFields: selected}, {Name: "orders"}}},
		}
		var group sync.WaitGroup
		for _, u := range updates {
			group.Go(func() {
				if _, err := d.UpdateConnection(t.Context(), c.ID, u); err != nil {
					t.Error(err)
				}
			})
		}
		group.Wait()
		got, err := d.Connection(t.Context(), c.ID)
		if err != nil {
			t.Fatal(err)
		}
		if got.Name != text || got.Prefix != text || got.Status != status || got.NamespaceFormat != text || got.Schedule.Units != int64(round+1) ||
			!cmp.Equal(got.Streams[0].SelectedFields, selected) || got.Streams[0].DestinationSyncMode != protocol.Append {
			t.Fatalf("round %d: an update was lost: %+v", round, got)
		}
	}
}
