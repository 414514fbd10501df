package cloud_test

import (
	"errors"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/airfielddev/airfield/cloud"
	"github.com/airfielddev/airfield/protocol"
)

func TestDeploySource(t *testing.T) {
	t.Parallel()
	f := serve(t, map[string]handler{
		"GET /sources":  always(ok(pageJSON())),
		"POST /sources": always(ok(sourceJSON(sourceID, "mine"))),
	})
	config := cloud.Configuration{"sourceType": "faker", "count": 100, "html": "<&>"}
	s, err := f.workspace().DeploySource(t.Context(), "mine", config)
	if err != nil || s.ID() != sourceID {
		t.Fatalf("%v, %v", s, err)
	}
	f.wants("GET /sources", "POST /sources")
	f.body("POST /sources", `{"name":"mine","workspaceId":"`+workspaceID+`","configuration":{"sourceType":"faker","count":100,"html":"<&>"}}`)
	if strings.Contains(f.last("POST /sources").Body, `\u003c`) {
		t.Error("the configuration is escaped for web pages")
	}
	info, err := s.Info(t.Context())
	want := &cloud.SourceInfo{
		ID: sourceID, Name: "mine", Type: "faker", DefinitionID: "d1", WorkspaceID: workspaceID,
		Configuration: []byte(`{"count":100,"token":"**********"}`), CreatedAt: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC),
	}
	if diff := cmp.Diff(want, info, cmp.FilterPath(func(p cmp.Path) bool { return p.Last().String() == ".resources" }, cmp.Ignore())); err != nil || diff != "" {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
	if got, want := s.URL(), f.url+"/workspaces/"+workspaceID+"/source/"+sourceID; got != want {
		t.Errorf("URL = %s, want %s", got, want)
	}
	if config["sourceType"] != "faker" || len(config) != 3 {
		t.Errorf("the caller's configuration was changed: %v", config)
	}
	if len(f.asked()) != 2 {
		t.Errorf("what was deployed was asked for again: %v", f.asked())
	}
}

func TestDeployNames(t *testing.T) {
	t.Parallel()
	f := serve(t, map[string]handler{
		"GET /sources":  manySources(250),
		"POST /sources": always(ok(sourceJSON(sourceID, "x"))),
	})
	w := f.workspace()
	faker := cloud.Configuration{"sourceType": "faker"}
	if _, err := w.DeploySource(t.Context(), "name-3", faker); !errors.Is(err, cloud.ErrDuplicateName) || !strings.Contains(err.Error(), "name-3") {
		t.Errorf("a name that is taken: %v", err)
	}
	if _, err := w.DeploySource(t.Context(), "name-3", faker, cloud.AllowDuplicateName()); err != nil {
		t.Errorf("a duplicate that is allowed: %v", err)
	}
	if _, err := w.DeploySource(t.Context(), "name-3", faker, cloud.RandomNameSuffix()); err != nil {
		t.Errorf("with a suffix: %v", err)
	}
	if body := f.last("POST /sources").Body; !regexp.MustCompile(`"name":"name-3 \(ID: [a-z2-7]{9}\)"`).MatchString(body) {
		t.Errorf("suffix: %s", body)
	}
	for _, refused := range []func() (*cloud.Source, error){
		func() (*cloud.Source, error) { return w.DeploySource(t.Context(), "", faker) },
		func() (*cloud.Source, error) { return w.DeploySource(t.Context(), "n", nil) },
		func() (*cloud.Source, error) {
			return w.DeploySource(t.Context(), "n", cloud.Configuration{"count": 1})
		},
		func() (*cloud.Source, error) {
			return w.DeploySource(t.Context(), "n", cloud.Configuration{"destinationType": "x"})
		},
		func() (*cloud.Source, error) {
			return w.DeploySource(t.Context(), "n", cloud.Configuration{"sourceType": "x", "f": func() {}})
		},
		func() (*cloud.Source, error) { return f.client().Workspace("").DeploySource(t.Context(), "n", faker) },
	} {
		if s, err := refused(); s != nil || !errors.Is(err, cloud.ErrInvalidInput) {
			t.Errorf("%v, %v", s, err)
		}
	}
}

// local stands for a connector of package airfield.
type local struct {
	name   string
	config map[string]any
	err    error
}

func (l local) ConnectorName() string                    { return l.name }
func (l local) ConnectorConfig() (map[string]any, error) { return l.config, l.err }

func TestDeployDestination(t *testing.T) {
	t.Parallel()
	f := serve(t, map[string]handler{
		"GET /destinations":  always(ok(pageJSON())),
		"POST /destinations": always(ok(destinationJSON(destinationID, "out", "sqlite", `{}`))),
	})
	w := f.workspace()
	deploy := func(want string, dst cloud.Deployable, opts ...cloud.DeployOption) {
		t.Helper()
		d, err := w.DeployDestination(t.Context(), "out", dst, opts...)
		if err != nil || d.ID() != destinationID {
			t.Fatalf("%v, %v", d, err)
		}
		f.body("POST /destinations", `{"name":"out","workspaceId":"`+workspaceID+`",`+want+`}`)
	}
	deploy(`"configuration":{"destination_path":"x.db","destinationType":"sqlite"}`, local{"destination-sqlite", map[string]any{"destination_path": "x.db"}, nil})
	deploy(`"configuration":{},"definitionId":"a7bcc9d8-13b3-4e49-b80d-d020b90045e3"`, cloud.Configuration{"destinationType": "dev-null"})
	deploy(`"configuration":{"a":1},"definitionId":"mine"`, cloud.Configuration{"a": 1}, cloud.WithDefinitionID("mine"))
	deploy(`"configuration":{},"definitionId":"mine"`, local{"", nil, nil}, cloud.WithDefinitionID("mine"))
	broken := errors.New("no such file")
	if _, err := w.DeployDestination(t.Context(), "out", local{"destination-x", nil, broken}); !errors.Is(err, broken) {
		t.Errorf("a configuration that cannot be read: %v", err)
	}
	d := w.Destination(destinationID)
	if got, want := d.URL(), f.url+"/workspaces/"+workspaceID+"/destination/"+destinationID; got != want {
		t.Errorf("URL = %s, want %s", got, want)
	}
}

func TestEnsure(t *testing.T) {
	t.Parallel()
	f := serve(t, map[string]handler{
		"GET /sources":               inTurn(ok(pageJSON()), ok(pageJSON(sourceJSON(sourceID, "mine"))), ok(pageJSON()), ok(pageJSON(sourceJSON("a", "mine"), sourceJSON("b", "mine")))),
		"POST /sources":              always(ok(sourceJSON(sourceID, "mine"))),
		"PATCH /sources/" + sourceID: always(ok(sourceJSON(sourceID, "mine"))),
	})
	w := f.workspace()
	for range 2 {
		s, err := w.EnsureSource(t.Context(), "mine", cloud.Configuration{"sourceType": "faker", "count": 7})
		if err != nil || s.ID() != sourceID {
			t.Fatalf("%v, %v", s, err)
		}
	}
	f.wants("GET /sources", "POST /sources", "GET /sources", "GET /sources", "PATCH /sources/"+sourceID)
	f.body("PATCH /sources/"+sourceID, `{"configuration":{"count":7}}`)
	if _, err := w.SourceByName(t.Context(), "mine"); !errors.Is(err, cloud.ErrMultipleFound) {
		t.Errorf("two of a name: %v", err)
	}
}

func TestEditSource(t *testing.T) {
	t.Parallel()
	const path = "/sources/" + sourceID
	withResources := strings.Replace(sourceJSON(sourceID, "old"), `"createdAt"`, `"resourceAllocation":{"default":{"cpu_limit":"1"}},"createdAt"`, 1)
	f := serve(t, map[string]handler{
		"GET " + path: always(ok(withResources)), "PATCH " + path: always(ok(withResources)), "PUT " + path: always(ok(withResources)),
	})
	s := f.workspace().Source(sourceID)
	if err := s.Rename(t.Context(), "new"); err != nil {
		t.Fatal(err)
	}
	f.body("PATCH "+path, `{"name":"new","resourceAllocation":{"default":{"cpu_limit":"1"}}}`)
	err := s.UpdateConfig(t.Context(), cloud.Configuration{
		"count": 5, "password": "**********", "nested": map[string]any{"secret": "**********", "host": "h"}, "none": nil,
	})
	if err != nil {
		t.Fatal(err)
	}
	f.body("PATCH "+path, `{"configuration":{"count":5,"nested":{"host":"h"},"none":null},"resourceAllocation":{"default":{"cpu_limit":"1"}}}`)
	if err := s.ReplaceConfig(t.Context(), cloud.Configuration{"count": 5, "password": "**********"}); err != nil {
		t.Fatal(err)
	}
	f.body("PUT "+path, `{"name":"old","configuration":{"count":5,"password":"**********"},"resourceAllocation":{"default":{"cpu_limit":"1"}}}`)
	f.wants("GET "+path, "PATCH "+path, "PATCH "+path, "PUT "+path)
	if err := s.UpdateConfig(t.Context(), nil); !errors.Is(err, cloud.ErrInvalidInput) {
		t.Errorf("an empty update: %v", err)
	}
	if err := s.Rename(t.Context(), ""); !errors.Is(err, cloud.ErrInvalidInput) {
		t.Errorf("an empty name: %v", err)
	}
}

func TestBelongsToAnotherWorkspace(t *testing.T) {
	t.Parallel()
	f := serve(t, map[string]handler{
		"GET /sources/s":     always(ok(strings.ReplaceAll(sourceJSON("s", "n"), workspaceID, "other"))),
		"GET /connections/c": always(ok(strings.ReplaceAll(connectionJSON("c", "n", "[]"), workspaceID, "other"))),
	})
	if _, err := f.workspace().Source("s").Info(t.Context()); !errors.Is(err, cloud.ErrWorkspaceMismatch) || !strings.Contains(err.Error(), "other") {
		t.Errorf("source: %v", err)
	}
	if err := f.workspace().Connection("c").CheckValid(t.Context()); !errors.Is(err, cloud.ErrWorkspaceMismatch) {
		t.Errorf("connection: %v", err)
	}
}

func TestCheck(t *testing.T) {
	t.Parallel()
	const path = "POST config/sources/check_connection"
	f := func(answer string, want cloud.CheckResult, text string, isErr error) {
		t.Helper()
		f := serve(t, map[string]handler{path: always(ok(answer))})
		r, err := f.workspace().Source(sourceID).Check(t.Context())
		if err != nil || r.Succeeded != want.Succeeded || r.Message != want.Message || r.Broken != want.Broken || r.String() != text {
			t.Errorf("%s: %+v (%s), %v", answer, r, r, err)
		}
		if (r.Err() == nil) != want.Succeeded || errors.Is(r.Err(), cloud.ErrInvalidInput) != (isErr != nil) {
			t.Errorf("%s: Err = %v", answer, r.Err())
		}
		f.body(path, `{"sourceId":"`+sourceID+`"}`)
	}
	f(`{"status":"succeeded","jobInfo":{"succeeded":true}}`, cloud.CheckResult{Succeeded: true}, "Success", nil)
	f(`{"status":"failed","message":"no route","jobInfo":{"succeeded":true}}`, cloud.CheckResult{Message: "no route"}, "Failed: no route", cloud.ErrInvalidInput)
	f(`{"jobInfo":{"succeeded":false,"failureReason":{"externalMessage":"image is missing","timestamp":1}}}`,
		cloud.CheckResult{Broken: true, Message: "image is missing"}, "Broken: image is missing", nil)
	f(`{"jobInfo":{"succeeded":false}}`, cloud.CheckResult{Broken: true, Message: "the server did not say why"}, "Broken: the server did not say why", nil)
}

func TestDiscover(t *testing.T) {
	t.Parallel()
	const path = "POST config/sources/discover_schema"
	f := serve(t, map[string]handler{path: inTurn(
		ok(`{"catalog":{"streams":[{"stream":{"name":"users","namespace":"public","jsonSchema":{"type":"object","z":1,"a":2},
			"supportedSyncModes":["full_refresh","incremental"],"sourceDefinedCursor":true,"defaultCursorField":["at"],
			"sourceDefinedPrimaryKey":[["id"]],"isResumable":true},"config":{"syncMode":"full_refresh","destinationSyncMode":"overwrite"}}]},
			"jobInfo":{"succeeded":true}}`),
		ok(`{"jobInfo":{"succeeded":false,"failureReason":{"internalMessage":"timed out","timestamp":1}}}`),
	)})
	s := f.workspace().Source(sourceID)
	got, err := s.Discover(t.Context())
	want := &protocol.Catalog{Streams: []protocol.Stream{{
		Name: "users", Namespace: "public", JSONSchema: []byte(`{"type":"object","z":1,"a":2}`),
		SupportedSyncModes:  []protocol.SyncMode{protocol.FullRefresh, protocol.Incremental},
		SourceDefinedCursor: true, DefaultCursorField: []string{"at"}, SourceDefinedPrimaryKey: [][]string{{"id"}}, IsResumable: true,
	}}}
	if diff := cmp.Diff(want, got); err != nil || diff != "" {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
	f.body(path, `{"sourceId":"`+sourceID+`"}`)
	if _, err := s.Discover(t.Context(), cloud.WithoutCache()); err == nil || !strings.Contains(err.Error(), "timed out") {
		t.Errorf("a discovery that failed: %v", err)
	}
	f.body(path, `{"sourceId":"`+sourceID+`","disable_cache":true}`)
}
