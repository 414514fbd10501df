package platform_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/airfielddev/airfield/connector"
	"github.com/airfielddev/airfield/internal/platform"
	"github.com/airfielddev/airfield/protocol"
)

// brief writes what was chosen of each stream in a line.
func brief(streams []platform.ConnectionStream) []string {
	var lines []string
	for _, s := range streams {
		line := s.Stream.Descriptor().String() + " " + platform.SyncModeName(s.SyncMode, s.DestinationSyncMode) + " cursor=" + strings.Join(s.CursorField, ".")
		for _, path := range s.PrimaryKey {
			line += " key=" + strings.Join(path, ".")
		}
		if s.FieldSelectionEnabled {
			line += " fields="
			for _, path := range s.SelectedFields {
				line += strings.Join(path, ".") + ","
			}
		}
		lines = append(lines, line)
	}
	return lines
}

func TestStreamsAtCreation(t *testing.T) {
	t.Parallel()
	d := deploy(t)
	f := func(choices []platform.StreamChoice, want ...string) {
		t.Helper()
		if diff := cmp.Diff(want, brief(d.connect(t, choices...).Streams)); diff != "" {
			t.Errorf("%+v (-want +got):\n%s", choices, diff)
		}
	}
	f(nil, "customers full_refresh_overwrite cursor=", "shop.orders full_refresh_overwrite cursor=at key=id",
		"a.views full_refresh_overwrite cursor=", "b.views full_refresh_overwrite cursor=")
	f([]platform.StreamChoice{{Name: "orders"}}, "shop.orders full_refresh_overwrite cursor=at key=id")
	f([]platform.StreamChoice{{Name: "orders", Namespace: "elsewhere", SyncMode: "incremental_deduped_history"}}, "shop.orders incremental_deduped_history cursor=at key=id")
	f([]platform.StreamChoice{{Name: "views", Namespace: "b", SyncMode: "full_refresh_append"}}, "b.views full_refresh_append cursor=")
	f([]platform.StreamChoice{{Name: "customers", SyncMode: "incremental_append", CursorField: []string{"address", "city"}}}, "customers incremental_append cursor=address.city")
	f([]platform.StreamChoice{{Name: "customers", SyncMode: "incremental_deduped_history", CursorField: []string{"at"}, PrimaryKey: [][]string{{"id"}, {"at"}}}},
		"customers incremental_deduped_history cursor=at key=id key=at")
	f([]platform.StreamChoice{{Name: "customers", SyncMode: "full_refresh_overwrite_deduped", PrimaryKey: [][]string{{"id"}}}}, "customers full_refresh_overwrite_deduped cursor= key=id")
	f([]platform.StreamChoice{{Name: "orders", SyncMode: "incremental_deduped_history", SelectedFields: [][]string{{"id"}, {"at"}}}},
		"shop.orders incremental_deduped_history cursor=at key=id fields=id,at,")
}

func TestStreamsRefused(t *testing.T) {
	t.Parallel()
	d := deploy(t)
	s := d.newSource(t, shopConfig)
	to := d.newActor(t, connector.KindDestination, lakeID, lakeConfig)
	f := func(words string, choices ...platform.StreamChoice) {
		t.Helper()
		_, err := d.CreateConnection(t.Context(), platform.NewConnection{SourceID: s.ID, DestinationID: to.ID, Streams: choices})
		if e := refused(t, err, platform.ErrInvalid, words); e.Problem != "bad-request" {
			t.Errorf("got problem %q", e.Problem)
		}
	}
	f("No streams found with name [nothing]", platform.StreamChoice{Name: "nothing"})
	f("Multiple streams found with name views", platform.StreamChoice{Name: "views"})
	f("No streams found with name [views] and namespace [c]", platform.StreamChoice{Name: "views", Namespace: "c"})
	f("Duplicate stream", platform.StreamChoice{Name: "customers"}, platform.StreamChoice{Name: "customers"})
	f("Duplicate stream", platform.StreamChoice{Name: "orders"}, platform.StreamChoice{Name: "orders", Namespace: "shop"})
	f("Cannot set sync mode to incremental_append for stream views. Valid sync modes are: [full_refresh_overwrite,", platform.StreamChoice{Name: "views", Namespace: "a", SyncMode: "incremental_append"})
	f("Cannot set sync mode to full_refresh_soft_delete", platform.StreamChoice{Name: "customers", SyncMode: "full_refresh_soft_delete"})
	f("Cannot set sync mode to nonsense", platform.StreamChoice{Name: "customers", SyncMode: "nonsense"})
	f("already defined by source", platform.StreamChoice{Name: "orders", SyncMode: "incremental_append", CursorField: []string{"id"}})
	f("No default cursor field", platform.StreamChoice{Name: "customers", SyncMode: "incremental_append"})
	f("Invalid cursor field address.street", platform.StreamChoice{Name: "customers", SyncMode: "incremental_append", CursorField: []string{"address", "street"}})
	f("already pre-defined", platform.StreamChoice{Name: "orders", SyncMode: "incremental_deduped_history", PrimaryKey: [][]string{{"at"}}})
	f("No default primary key", platform.StreamChoice{Name: "customers", SyncMode: "full_refresh_update"})
	f("Invalid primary key nope", platform.StreamChoice{Name: "customers", SyncMode: "full_refresh_update", PrimaryKey: [][]string{{"nope"}}})
	f("Duplicate primary key", platform.StreamChoice{Name: "customers", SyncMode: "full_refresh_update", PrimaryKey: [][]string{{"id"}, {"id"}}})
	f("No fields selected", platform.StreamChoice{Name: "customers", SelectedFields: [][]string{}})
	f("top-level", platform.StreamChoice{Name: "customers", SelectedFields: [][]string{{"address", "city"}}})
	f("selected twice", platform.StreamChoice{Name: "customers", SelectedFields: [][]string{{"id"}, {"id"}}})
	f("Invalid selected field nope", platform.StreamChoice{Name: "customers", SelectedFields: [][]string{{"nope"}}})
	f("must be selected", platform.StreamChoice{Name: "orders", SyncMode: "incremental_deduped_history", SelectedFields: [][]string{{"id"}}})
	f("not a list", platform.StreamChoice{Name: "orders", Mappers: json.RawMessage(`{}`)})
}

func TestUpdateKeepsWhatIsNotMentioned(t *testing.T) {
	t.Parallel()
	d := deploy(t)
	c := d.connect(t,
		platform.StreamChoice{Name: "customers", SyncMode: "incremental_deduped_history", CursorField: []string{"at"}, PrimaryKey: [][]string{{"id"}},
			SelectedFields: [][]string{{"id"}, {"at"}, {"address"}}, Mappers: json.RawMessage(`[` + dropAddress + `]`)},
		platform.StreamChoice{Name: "orders"})
	update := func(u platform.ConnectionUpdate) platform.Connection {
		t.Helper()
		c, err := d.UpdateConnection(t.Context(), c.ID, u)
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	got := update(platform.ConnectionUpdate{Streams: []platform.StreamChoice{{Name: "customers"}, {Name: "views", Namespace: "a"}}})
	want := []string{"customers incremental_deduped_history cursor=at key=id fields=id,at,address,", "a.views full_refresh_overwrite cursor="}
	if diff := cmp.Diff(want, brief(got.Streams)); diff != "" || string(got.Streams[0].Mappers) != `[`+dropAddress+`]` {
		t.Errorf("mappers %s (-want +got):\n%s", got.Streams[0].Mappers, diff)
	}
	before := update(platform.ConnectionUpdate{Prefix: new("p_"), Name: new("named"), Streams: []platform.StreamChoice{}})
	after := update(platform.ConnectionUpdate{Prefix: new("")})
	before.Prefix = ""
	if diff := cmp.Diff(before, after); diff != "" {
		t.Errorf("clearing the prefix changed more (-before +after):\n%s", diff)
	}
	_, err := d.UpdateConnection(t.Context(), c.ID, platform.ConnectionUpdate{Streams: []platform.StreamChoice{{Name: "customers", SelectedFields: [][]string{{"id"}}}}})
	refused(t, err, platform.ErrInvalid, "must be selected")
}

func TestAnotherModeDropsTheState(t *testing.T) {
	t.Parallel()
	d := deploy(t)
	c := d.connect(t, platform.StreamChoice{Name: "customers", SyncMode: "incremental_append", CursorField: []string{"at"}},
		platform.StreamChoice{Name: "orders", SyncMode: "incremental_append"})
	state := platform.ConnectionState{Type: protocol.StateTypeStream, Streams: []protocol.StreamState{
		{StreamDescriptor: protocol.StreamDescriptor{Name: "customers"}, StreamState: json.RawMessage(`{"a":1}`)},
		{StreamDescriptor: protocol.StreamDescriptor{Name: "orders", Namespace: "shop"}, StreamState: json.RawMessage(`{"b":1}`)},
	}}
	if _, err := d.SetState(t.Context(), c.ID, state, true); err != nil {
		t.Fatal(err)
	}
	choices := []platform.StreamChoice{{Name: "customers", SyncMode: "full_refresh_append"}, {Name: "orders", SyncMode: "incremental_deduped_history"}}
	if _, err := d.UpdateConnection(t.Context(), c.ID, platform.ConnectionUpdate{Streams: choices}); err != nil {
		t.Fatal(err)
	}
	got, err := d.State(t.Context(), c.ID)
	if err != nil || len(got.Streams) != 1 || got.Streams[0].StreamDescriptor.Name != "orders" {
		t.Errorf("got %+v, %v; want the state of orders alone", got, err)
	}
	if n, err := d.CountJobs(t.Context(), platform.JobFilter{}); n != 0 || err != nil {
		t.Errorf("the update has made %d jobs, %v", n, err)
	}
}

func TestCatalogForm(t *testing.T) {
	t.Parallel()
	d := deploy(t)
	c := d.connect(t)
	one := platform.ConnectionStream{Stream: protocol.Stream{Name: "cust omers", JSONSchema: json.RawMessage(`{}`)}, SyncMode: protocol.FullRefresh, DestinationSyncMode: protocol.Append}
	update := func(streams ...platform.ConnectionStream) (platform.Connection, error) {
		return d.UpdateConnection(t.Context(), c.ID, platform.ConnectionUpdate{Catalog: append([]platform.ConnectionStream{}, streams...)})
	}
	got, err := update(one)
	if err != nil || len(got.Streams) != 1 || got.Streams[0].AliasName != "cust_omers" {
		t.Errorf("got %+v, %v", got.Streams, err)
	}
	if got, err = update(); err != nil || len(got.Streams) != 0 {
		t.Errorf("nothing selected: got %+v, %v", got.Streams, err)
	}
	_, err = update(one, one)
	refused(t, err, platform.ErrInvalid, "twice")
	one.SyncMode = "sideways"
	_, err = update(one)
	refused(t, err, platform.ErrInvalid, "sideways")
}

func TestAllStreams(t *testing.T) {
	t.Parallel()
	d := deploy(t)
	c := d.connect(t, platform.StreamChoice{Name: "customers", SyncMode: "full_refresh_append"})
	c.Streams = append(c.Streams, platform.ConnectionStream{Stream: protocol.Stream{Name: "lost"}})
	entries, err := d.AllStreams(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, e := range entries {
		selected := " -"
		if e.Selected {
			selected = " selected"
		}
		got = append(got, e.Stream.Descriptor().String()+" "+platform.SyncModeName(e.SyncMode, e.DestinationSyncMode)+selected)
	}
	want := []string{"customers full_refresh_append selected", "shop.orders incremental_deduped_history -", "a.views full_refresh_overwrite -",
		"b.views full_refresh_overwrite -", "lost  selected"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestStreamProperties(t *testing.T) {
	t.Parallel()
	d := deploy(t)
	s := d.newSource(t, shopConfig)
	to := d.newActor(t, connector.KindDestination, lakeID, lakeConfig)
	list, err := d.StreamProperties(t.Context(), s.ID, to.ID, false)
	if err != nil || len(list) != 4 {
		t.Fatalf("got %+v, %v", list, err)
	}
	want := platform.StreamProperty{
		Stream:             protocol.StreamDescriptor{Name: "orders", Namespace: "shop"},
		SyncModes:          []string{"full_refresh_overwrite", "full_refresh_append", "full_refresh_update", "incremental_append", "incremental_deduped_history", "incremental_update"},
		DefaultCursorField: []string{"at"}, SourceDefinedCursor: true, SourceDefinedPrimaryKey: [][]string{{"id"}},
		PropertyFields: [][]string{{"id"}, {"at"}, {"address"}, {"address", "city"}},
	}
	if diff := cmp.Diff(want, list[1]); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if list, err = d.StreamProperties(t.Context(), s.ID, "", false); err != nil || list[0].SyncModes != nil {
		t.Errorf("without a destination: got %+v, %v", list, err)
	}
}

func TestConnectionDefaultsAndEnds(t *testing.T) {
	t.Parallel()
	d := deploy(t)
	c := d.connect(t)
	if c.Name != "my source <> my destination" || c.Status != platform.ConnectionActive || c.Schedule.Type != platform.ScheduleManual ||
		c.NamespaceDefinition != platform.NamespaceDestination || c.NonBreakingChanges != "ignore" || c.WorkspaceID != d.workspace {
		t.Errorf("got %+v", c)
	}
	for range 2 {
		if err := d.DeleteConnection(t.Context(), c.ID); err != nil {
			t.Fatal(err)
		}
	}
	c, err := d.Connection(t.Context(), c.ID)
	if err != nil || c.Status != platform.ConnectionDeprecated {
		t.Errorf("after its deletion: got %s, %v", c.Status, err)
	}
	if list, err := d.Connections(t.Context(), platform.Filter{}); err != nil || len(list) != 0 {
		t.Errorf("a deleted connection is listed: %v, %v", list, err)
	}
	other, err := d.CreateWorkspace(t.Context(), platform.NewWorkspace{Name: "other"})
	if err != nil {
		t.Fatal(err)
	}
	far, err := d.CreateActor(t.Context(), platform.NewActor{Kind: connector.KindDestination, WorkspaceID: other.ID, DefinitionID: lakeID, Name: "far", Config: json.RawMessage(lakeConfig)})
	if err != nil {
		t.Fatal(err)
	}
	_, err = d.CreateConnection(t.Context(), platform.NewConnection{SourceID: c.SourceID, DestinationID: far.ID})
	refused(t, err, platform.ErrInvalid, "different workspaces")
	_, err = d.CreateConnection(t.Context(), platform.NewConnection{SourceID: c.SourceID, DestinationID: "nothing"})
	if e := refused(t, err, platform.ErrNotFound); e.Resource != "destination" {
		t.Errorf("got resource %q", e.Resource)
	}
}

func TestEmptyPathsAreNoFault(t *testing.T) {
	t.Parallel()
	d := deploy(t)
	d.source.discover = func(ctx, json.RawMessage, connector.Emit) (protocol.Catalog, error) {
		catalog := shopCatalog()
		catalog.Streams[1].SourceDefinedPrimaryKey = [][]string{{}}
		return catalog, nil
	}
	c := d.connect(t, platform.StreamChoice{Name: "orders", SyncMode: "incremental_deduped_history", SelectedFields: [][]string{{"at"}}})
	stream := c.Streams[0]
	stream.SelectedFields = [][]string{{}}
	if _, err := d.UpdateConnection(t.Context(), c.ID, platform.ConnectionUpdate{Catalog: []platform.ConnectionStream{stream}}); err != nil {
		t.Fatal(err)
	}
	_, err := d.UpdateConnection(t.Context(), c.ID, platform.ConnectionUpdate{Streams: []platform.StreamChoice{{Name: "orders"}}})
	refused(t, err, platform.ErrInvalid, "must be selected")
}
