package cloud_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/airfielddev/airfield/cloud"
)

func TestDeployConnection(t *testing.T) {
	t.Parallel()
	f := serve(t, map[string]handler{"POST /connections": always(ok(connectionJSON(connectionID, "c", `[{"name":"users","syncMode":"full_refresh_overwrite"}]`)))})
	w := f.workspace()
	deploy := func(spec cloud.ConnectionSpec, want string) {
		t.Helper()
		c, err := w.DeployConnection(t.Context(), spec)
		if err != nil || c.ID() != connectionID {
			t.Fatalf("%v, %v", c, err)
		}
		f.body("POST /connections", want)
	}
	deploy(cloud.ConnectionSpec{
		Name: "c", Source: w.Source(sourceID), Destination: cloud.DestinationID(destinationID), Streams: cloud.Streams("users", "products"),
	}, `{"name":"c","sourceId":"`+sourceID+`","destinationId":"`+destinationID+`","prefix":"","schedule":{"scheduleType":"manual"},
		"configurations":{"streams":[{"name":"users"},{"name":"products"}]}}`)
	deploy(cloud.ConnectionSpec{
		Name: "c", Source: cloud.SourceID(sourceID), Destination: w.Destination(destinationID), TablePrefix: "p_",
		Schedule: cloud.Cron("0 0 12 * * ?"), NamespaceDefinition: cloud.NamespaceCustomFormat, NamespaceFormat: "${SOURCE_NAMESPACE}_x",
		SchemaChanges: cloud.PropagateColumns, Inactive: true, Tags: []cloud.Tag{{ID: "t", Name: "red", Color: "ff0000", WorkspaceID: "w"}},
		Streams: []cloud.Stream{{
			Name: "users", Namespace: "public", SyncMode: cloud.IncrementalDedupedHistory, CursorField: []string{"updated_at"},
			PrimaryKey: [][]string{{"id"}}, SelectedFields: []string{"id", "updated_at"}, IncludeFiles: new(true), DestinationObjectName: "o",
			Mappers: []cloud.Mapper{{Type: cloud.MapperHashing, Config: []byte(`{"targetField":"email","method":"MD5"}`)}},
		}},
	}, `{"name":"c","sourceId":"`+sourceID+`","destinationId":"`+destinationID+`","prefix":"p_","status":"inactive",
		"schedule":{"scheduleType":"cron","cronExpression":"0 0 12 * * ?"},"namespaceDefinition":"custom_format",
		"namespaceFormat":"${SOURCE_NAMESPACE}_x","nonBreakingSchemaUpdatesBehavior":"propagate_columns",
		"tags":[{"tagId":"t","workspaceId":"w","name":"red","color":"ff0000"}],
		"configurations":{"streams":[{"name":"users","namespace":"public","syncMode":"incremental_deduped_history",
			"cursorField":["updated_at"],"primaryKey":[["id"]],"includeFiles":true,"destinationObjectName":"o",
			"selectedFields":[{"fieldPath":["id"]},{"fieldPath":["updated_at"]}],
			"mappers":[{"type":"hashing","mapperConfiguration":{"targetField":"email","method":"MD5"}}]}]}}`)
	deploy(cloud.ConnectionSpec{Source: cloud.SourceID(sourceID), Destination: cloud.DestinationID(destinationID), AllStreams: true},
		`{"sourceId":"`+sourceID+`","destinationId":"`+destinationID+`","prefix":"","schedule":{"scheduleType":"manual"}}`)
}

func TestDeployConnectionOnAnInterval(t *testing.T) {
	t.Parallel()
	const update = "POST config/web_backend/connections/update"
	f := serve(t, map[string]handler{
		"POST /connections": always(ok(connectionJSON(connectionID, "c", `[]`))), update: always(ok(`{}`)),
	})
	_, err := f.workspace().DeployConnection(t.Context(), cloud.ConnectionSpec{
		Source: cloud.SourceID(sourceID), Destination: cloud.DestinationID(destinationID), AllStreams: true, Schedule: cloud.Every(36 * time.Hour),
	})
	if err != nil {
		t.Fatal(err)
	}
	f.body("POST /connections", `{"sourceId":"`+sourceID+`","destinationId":"`+destinationID+`","prefix":""}`)
	f.body(update, `{"connectionId":"`+connectionID+`","scheduleType":"basic","scheduleData":{"basicSchedule":{"timeUnit":"hours","units":36}},"skipReset":true}`)
}

func TestConnectionSpecsThatAreRefused(t *testing.T) {
	t.Parallel()
	w := serve(t, nil).workspace()
	good := cloud.ConnectionSpec{Source: cloud.SourceID("s"), Destination: cloud.DestinationID("d"), Streams: cloud.Streams("a")}
	f := func(change func(*cloud.ConnectionSpec)) {
		t.Helper()
		spec := good
		change(&spec)
		if c, err := w.DeployConnection(t.Context(), spec); c != nil || !errors.Is(err, cloud.ErrInvalidInput) {
			t.Errorf("%+v: %v, %v", spec, c, err)
		}
	}
	f(func(s *cloud.ConnectionSpec) { s.Source = nil })
	f(func(s *cloud.ConnectionSpec) { s.Source = cloud.SourceID("") })
	f(func(s *cloud.ConnectionSpec) { s.Destination = nil })
	f(func(s *cloud.ConnectionSpec) { s.Streams = nil })
	f(func(s *cloud.ConnectionSpec) { s.AllStreams = true })
	f(func(s *cloud.ConnectionSpec) { s.Streams = cloud.Streams("a", "a") })
	f(func(s *cloud.ConnectionSpec) { s.Streams = cloud.Streams("") })
	f(func(s *cloud.ConnectionSpec) { s.Schedule = cloud.Cron(" ") })
	f(func(s *cloud.ConnectionSpec) { s.Schedule = cloud.Every(90 * time.Second) })
	f(func(s *cloud.ConnectionSpec) { s.Schedule = cloud.Schedule{Type: "lunar"} })
}

func TestConnectionInfo(t *testing.T) {
	t.Parallel()
	const path = "GET /connections/" + connectionID
	f := serve(t, map[string]handler{path: always(ok(connectionJSON(connectionID, "c",
		`[{"name":"users","namespace":"public","syncMode":"incremental_deduped_history","cursorField":["at"],"primaryKey":[["id"]],
		"selectedFields":[{"fieldPath":["id"]},{"fieldPath":["at"]}],"mappers":[{"id":"m1","type":"hashing","mapperConfiguration":{"b":1,"a":2}}]}]`)))})
	c := f.connection()
	info, err := c.Info(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	want := &cloud.ConnectionInfo{
		ID: connectionID, Name: "c", SourceID: sourceID, DestinationID: destinationID, WorkspaceID: workspaceID,
		Status: cloud.ConnectionActive, Schedule: cloud.CronIn("0 30 4 * * ?", "UTC"), TablePrefix: "p_",
		NamespaceDefinition: cloud.NamespaceDestination, SchemaChanges: cloud.IgnoreSchemaChanges,
		Tags: []cloud.Tag{{ID: "t1", Name: "red", Color: "ff0000", WorkspaceID: "w"}}, CreatedAt: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC),
		Streams: []cloud.Stream{{
			Name: "users", Namespace: "public", SyncMode: cloud.IncrementalDedupedHistory, CursorField: []string{"at"}, PrimaryKey: [][]string{{"id"}},
			SelectedFields: []string{"id", "at"}, Mappers: []cloud.Mapper{{ID: "m1", Type: cloud.MapperHashing, Config: []byte(`{"b":1,"a":2}`)}},
		}},
	}
	if diff := cmp.Diff(want, info, cmp.FilterPath(func(p cmp.Path) bool { return p.Last().String() == ".configurations" }, cmp.Ignore())); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	names, err := c.StreamNames(t.Context())
	source, sourceErr := c.Source(t.Context())
	destination, destinationErr := c.Destination(t.Context())
	prefix, prefixErr := c.TablePrefix(t.Context())
	if err := errors.Join(err, sourceErr, destinationErr, prefixErr); err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(names, ",") + source.ID() + destination.ID() + prefix; got != "users"+sourceID+destinationID+"p_" {
		t.Errorf("fields: %s", got)
	}
	f.wants(path)
	if got, want := c.JobHistoryURL(), f.url+"/workspaces/"+workspaceID+"/connections/"+connectionID+"/timeline"; got != want {
		t.Errorf("JobHistoryURL = %s, want %s", got, want)
	}
}

const (
	getConnection   = "GET /connections/" + connectionID
	patchConnection = "PATCH /connections/" + connectionID
	getCatalog      = "POST config/web_backend/connections/get"
	updateCatalog   = "POST config/web_backend/connections/update"
)

// current is the streams of a connection with settings that an edit must not lose, among them some of the future.
const current = `[
	{"name":"users","namespace":"public","syncMode":"incremental_deduped_history","cursorField":["updated_at"],"primaryKey":[["id"]],
	 "selectedFields":[{"fieldPath":["id"]}],"mappers":[{"id":"m1","type":"hashing","mapperConfiguration":{"targetField":"e"}}],"future":{"x":1}},
	{"name":"defined","syncMode":"incremental_append","cursorField":["at"],"primaryKey":[["key"]],"selectedFields":[]},
	{"name":"gone","syncMode":"full_refresh_append"},
	{"name":"twin","namespace":"a","syncMode":"full_refresh_append"},
	{"name":"twin","namespace":"b","syncMode":"full_refresh_overwrite"}]`

const currentCatalog = `{"syncCatalog":{"streams":[
	{"stream":{"name":"users","namespace":"public","sourceDefinedCursor":false,"sourceDefinedPrimaryKey":[]},"config":{"selected":true}},
	{"stream":{"name":"defined","sourceDefinedCursor":true,"sourceDefinedPrimaryKey":[["key"]]},"config":{"selected":true}}]}}`

func editable(t *testing.T) *fake {
	t.Helper()
	return serve(t, map[string]handler{
		getConnection:   always(ok(connectionJSON(connectionID, "c", current))),
		patchConnection: always(ok(connectionJSON(connectionID, "c", current))),
		getCatalog:      always(ok(currentCatalog)),
	})
}

func TestSetStreamsMerges(t *testing.T) {
	t.Parallel()
	f := editable(t)
	f1 := func(want string, streams ...cloud.Stream) {
		t.Helper()
		if err := f.connection().SetStreams(t.Context(), streams); err != nil {
			t.Fatal(err)
		}
		f.body(patchConnection, `{"configurations":{"streams":`+want+`}}`)
	}
	const users = `"name":"users","namespace":"public","primaryKey":[["id"]],"future":{"x":1}`
	const kept = `"syncMode":"incremental_deduped_history","cursorField":["updated_at"],`
	const mappers = `"mappers":[{"id":"m1","type":"hashing","mapperConfiguration":{"targetField":"e"}}],`
	const fields = `"selectedFields":[{"fieldPath":["id"]}],`
	// A name alone keeps everything; what is new begins bare; what the source defines is not echoed.
	f1(`[{`+kept+mappers+fields+users+`},{"name":"fresh"},{"name":"defined","syncMode":"incremental_append"}]`,
		cloud.Streams("users", "fresh", "defined")...)
	f1(`[{"syncMode":"full_refresh_append","cursorField":["updated_at"],`+mappers+fields+users+`}]`,
		cloud.Stream{Name: "users", SyncMode: cloud.FullRefreshAppend})
	// Empty values that are not nil remove what was there.
	f1(`[{`+kept+`"mappers":[],`+users+`}]`, cloud.Stream{Name: "users", Mappers: []cloud.Mapper{}, SelectedFields: []string{}})
	f1(`[{`+kept+mappers+`"selectedFields":[{"fieldPath":["a"]},{"fieldPath":["b"]}],`+users+`}]`,
		cloud.Stream{Name: "users", Namespace: "public", SelectedFields: []string{"a", "b"}})
	// A cursor that the caller insists on is sent, even where the source defines one.
	f1(`[{"name":"defined","syncMode":"incremental_append","cursorField":["mine"]}]`, cloud.Stream{Name: "defined", CursorField: []string{"mine"}})
	// A name that occurs in several namespaces needs one.
	f1(`[{"name":"twin"}]`, cloud.Stream{Name: "twin"})
	f1(`[{"name":"twin","namespace":"b","syncMode":"full_refresh_overwrite"}]`, cloud.Stream{Name: "twin", Namespace: "b"})
}

func TestUpdateStream(t *testing.T) {
	t.Parallel()
	f := editable(t)
	if err := f.connection().UpdateStream(t.Context(), cloud.Stream{Name: "gone", SyncMode: cloud.FullRefreshOverwrite}); err != nil {
		t.Fatal(err)
	}
	body := f.last(patchConnection).Body
	for _, part := range []string{
		`"name":"gone","syncMode":"full_refresh_overwrite"`, `"future":{"x":1}`, `"name":"twin","namespace":"a","syncMode":"full_refresh_append"`,
	} {
		if !strings.Contains(body, part) {
			t.Errorf("the update lacks %s: %s", part, body)
		}
	}
	if err := f.connection().UpdateStream(t.Context(), cloud.Stream{Name: "nobody"}); !errors.Is(err, cloud.ErrNotFound) {
		t.Errorf("a stream that is not synced: %v", err)
	}
}

func TestSetStreamsWithoutConfigAPI(t *testing.T) {
	t.Parallel()
	f := editable(t)
	f.routes[getCatalog] = always(reply{status: 403, body: `{"message":"forbidden"}`})
	if err := f.connection().SetStreams(t.Context(), cloud.Streams("defined")); err != nil {
		t.Fatal(err)
	}
	f.body(patchConnection, `{"configurations":{"streams":[{"name":"defined","syncMode":"incremental_append","cursorField":["at"],"primaryKey":[["key"]]}]}}`)
	f.routes[getCatalog] = always(reply{status: 500, body: `{}`})
	if err := f.connection().SetStreams(t.Context(), cloud.Streams("defined")); err == nil {
		t.Error("a broken server was taken for one without the Config API")
	}
	if err := f.connection().SetStreams(t.Context(), nil); !errors.Is(err, cloud.ErrInvalidInput) {
		t.Errorf("no streams: %v", err)
	}
}

func TestEditConnection(t *testing.T) {
	t.Parallel()
	f := editable(t)
	f.routes[updateCatalog] = always(ok(`{}`))
	c := f.connection()
	f1 := func(err error, want string) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		f.body(patchConnection, want)
	}
	ctx := t.Context()
	f1(c.Rename(ctx, "new"), `{"name":"new"}`)
	f1(c.SetTablePrefix(ctx, ""), `{"prefix":""}`)
	f1(c.SetTablePrefix(ctx, "x_"), `{"prefix":"x_"}`)
	f1(c.SetNamespace(ctx, cloud.NamespaceSource, ""), `{"namespaceDefinition":"source"}`)
	f1(c.SetNamespace(ctx, cloud.NamespaceCustomFormat, "a"), `{"namespaceDefinition":"custom_format","namespaceFormat":"a"}`)
	f1(c.SetSchemaChanges(ctx, cloud.DisableOnSchemaChanges), `{"nonBreakingSchemaUpdatesBehavior":"disable_connection"}`)
	f1(c.SetTags(ctx), `{"tags":[]}`)
	f1(c.SetSchedule(ctx, cloud.Cron("0 0 1 * * ?")), `{"schedule":{"scheduleType":"cron","cronExpression":"0 0 1 * * ?"}}`)
	f1(c.SetSchedule(ctx, cloud.Schedule{}), `{"schedule":{"scheduleType":"manual"}}`)
	f1(c.SetSchedule(ctx, cloud.Manual()), `{"schedule":{"scheduleType":"manual"}}`)
	f1(c.SetEnabled(ctx, false), `{"status":"inactive"}`)

	before := len(f.asked())
	if err := c.SetEnabled(ctx, true); err != nil || len(f.asked()) != before+1 {
		t.Errorf("enabling what is enabled: %v, %v", err, f.asked()[before:])
	}
	if err := c.SetSchedule(ctx, cloud.CronIn("0 0 1 * * ?", "Europe/Berlin")); err != nil {
		t.Fatal(err)
	}
	f.body(updateCatalog, `{"connectionId":"`+connectionID+`","scheduleType":"cron",
		"scheduleData":{"cron":{"cronExpression":"0 0 1 * * ?","cronTimeZone":"Europe/Berlin"}},"skipReset":true}`)
	f.routes[getConnection] = always(ok(strings.Replace(connectionJSON(connectionID, "c", "[]"), `"active"`, `"locked"`, 1)))
	if err := c.SetEnabled(ctx, true); !errors.Is(err, cloud.ErrConflict) {
		t.Errorf("enabling what is locked: %v", err)
	}
	if enabled, err := c.Enabled(ctx); err != nil || enabled {
		t.Errorf("locked and enabled: %v, %v", enabled, err)
	}
}

func TestSchedulesAreRead(t *testing.T) {
	t.Parallel()
	f := func(wire string, want cloud.Schedule, text string) {
		t.Helper()
		body := strings.Replace(connectionJSON(connectionID, "c", "[]"), `{"scheduleType":"cron","cronExpression":"0 30 4 * * ? UTC"}`, wire, 1)
		f := serve(t, map[string]handler{getConnection: always(ok(body))})
		got, err := f.connection().Schedule(t.Context())
		if err != nil || got != want || got.String() != text {
			t.Errorf("%s: %+v (%s), %v", wire, got, got, err)
		}
	}
	f(`{"scheduleType":"manual"}`, cloud.Manual(), "manual")
	f(`{"scheduleType":"cron","cronExpression":"0 0 12 * * ? UTC"}`, cloud.CronIn("0 0 12 * * ?", "UTC"), "0 0 12 * * ? UTC")
	f(`{"scheduleType":"cron","cronExpression":"0 0/5 12 ? * MON America/New_York"}`, cloud.CronIn("0 0/5 12 ? * MON", "America/New_York"), "0 0/5 12 ? * MON America/New_York")
	f(`{"scheduleType":"cron","cronExpression":"0 0 12 * * ? 2026/2"}`, cloud.CronIn("0 0 12 * * ? 2026/2", "UTC"), "0 0 12 * * ? 2026/2 UTC")
	f(`{"scheduleType":"cron","cronExpression":"0 0 12 ? * */2"}`, cloud.CronIn("0 0 12 ? * */2", "UTC"), "0 0 12 ? * */2 UTC")
	f(`{"scheduleType":"basic","basicTiming":"Every 24 HOURS"}`, cloud.Every(24*time.Hour), "every 24h0m0s")
	f(`{"scheduleType":"basic","basicTiming":"Every 1 WEEKS"}`, cloud.Every(7*24*time.Hour), "every 168h0m0s")
	f(`{"scheduleType":"basic","basicTiming":"whenever"}`, cloud.Every(0), "every 0s")
}
