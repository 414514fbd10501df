package cloud_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/airfielddev/airfield/airfieldtest"
	"github.com/airfielddev/airfield/cloud"
)

// TestAgainstTheServer walks through everything that a workspace is used for, against the server of this repository.
func TestAgainstTheServer(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	w := airfieldtest.New(t).Workspace
	if err := w.Connect(ctx); err != nil {
		t.Fatal(err)
	}
	source, err := w.DeploySource(ctx, "faker-deleteme", cloud.Configuration{"sourceType": "faker", "count": 100})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.DeploySource(ctx, "faker-deleteme", cloud.Configuration{"sourceType": "faker"}); !errors.Is(err, cloud.ErrDuplicateName) {
		t.Errorf("a name that is taken: %v", err)
	}
	path := t.TempDir() + "/out.db"
	destination, err := w.DeployDestination(ctx, "sqlite-deleteme", cloud.Configuration{"destinationType": "sqlite", "destination_path": path})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []interface {
		Check(context.Context) (cloud.CheckResult, error)
	}{source, destination} {
		check, err := c.Check(ctx)
		if err != nil || check.Err() != nil {
			t.Fatalf("%v, %v", check, err)
		}
	}
	catalog, err := source.Discover(ctx)
	if err != nil || len(catalog.Streams) == 0 {
		t.Fatalf("%+v, %v", catalog, err)
	}
	connection, err := w.DeployConnection(ctx, cloud.ConnectionSpec{
		Name: "c-deleteme", Source: source, Destination: destination, TablePrefix: "p_",
		Streams: []cloud.Stream{{Name: "users", SyncMode: cloud.FullRefreshOverwrite}, {Name: "products"}},
	})
	if err != nil {
		t.Fatal(err)
	}
	result, err := connection.RunSync(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if n, err := result.RecordsSynced(ctx); err != nil || n < 100 {
		t.Errorf("%d records, %v", n, err)
	}
	rows, err := cloud.Collect(result.Rows(ctx, "users"))
	if err != nil || len(rows) != 100 {
		t.Errorf("%d rows, %v", len(rows), err)
	}
	attempts, err := result.Attempts(ctx)
	if err != nil || len(attempts) != 1 || attempts[0].Status != cloud.AttemptSucceeded || len(attempts[0].Log()) == 0 {
		t.Errorf("%+v, %v", attempts, err)
	}
	editLive(t, connection)
	state, err := connection.State(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if err := connection.SetState(ctx, state); err != nil {
		t.Errorf("writing state of type %s back: %v", state.Type(), err)
	}
	if err := connection.PermanentlyDelete(ctx, cloud.CascadeSource(), cloud.CascadeDestination()); err != nil {
		t.Error(err)
	}
	if _, err := source.Refresh(ctx); !errors.Is(err, cloud.ErrNotFound) {
		t.Errorf("a source that was deleted: %v", err)
	}
}

func editLive(t *testing.T, c *cloud.Connection) {
	t.Helper()
	ctx := t.Context()
	if err := c.SetStreams(ctx, []cloud.Stream{{Name: "users", SyncMode: cloud.IncrementalAppend, CursorField: []string{"updated_at"}}, {Name: "products"}}); err != nil {
		t.Fatal(err)
	}
	if err := c.SetStreams(ctx, cloud.Streams("users")); err != nil {
		t.Fatal(err)
	}
	streams, err := c.Streams(ctx)
	if err != nil || len(streams) != 1 || streams[0].SyncMode != cloud.IncrementalAppend {
		t.Errorf("a name alone changed the mode: %+v, %v", streams, err)
	}
	if err := c.SetSchedule(ctx, cloud.CronIn("0 0 4 * * ?", "Europe/Berlin")); err != nil {
		t.Fatal(err)
	}
	if s, err := c.Schedule(ctx); err != nil || s != cloud.CronIn("0 0 4 * * ?", "Europe/Berlin") {
		t.Errorf("schedule %v, %v", s, err)
	}
	if err := c.SetSchedule(ctx, cloud.Manual()); err != nil {
		t.Fatal(err)
	}
	catalog, err := c.Catalog(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if err := c.SetCatalog(ctx, catalog); err != nil {
		t.Errorf("writing the catalog back: %v", err)
	}
}

const liveManifest = `
version: 6.0.0
type: DeclarativeSource
check: {type: CheckStream, stream_names: [things]}
streams:
  - type: DeclarativeStream
    name: things
    retriever:
      type: SimpleRetriever
      requester: {type: HttpRequester, url_base: "https://example.invalid", path: /things, http_method: GET}
      record_selector: {type: RecordSelector, extractor: {type: DpathExtractor, field_path: []}}
    schema_loader: {type: InlineSchemaLoader, schema: {type: object, properties: {id: {type: integer}}}}
spec:
  type: Spec
  connection_specification: {type: object, properties: {api_key: {type: string, airbyte_secret: true}}}
`

func TestDefinitionsAgainstTheServer(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	w := airfieldtest.New(t).Workspace
	d, err := w.PublishCustomSourceDefinition(ctx, "mine", cloud.ManifestYAML(liveManifest), cloud.WithTestingValues(map[string]any{"api_key": "k"}))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.PublishCustomSourceDefinition(ctx, "mine", cloud.ManifestYAML(liveManifest)); !errors.Is(err, cloud.ErrDuplicateName) {
		t.Errorf("a name that is taken: %v", err)
	}
	if err := d.Rename(ctx, "mine-deleteme"); err != nil {
		t.Fatal(err)
	}
	if err := d.Update(ctx, cloud.ManifestYAML(liveManifest)); err != nil {
		t.Fatal(err)
	}
	name, err := d.Name(ctx)
	version, versionErr := d.Version(ctx)
	draft, draftErr := d.HasDraft(ctx)
	project, projectErr := d.BuilderProjectID(ctx)
	if err := errors.Join(err, versionErr, draftErr, projectErr); err != nil || name != "mine-deleteme" || version != "2" || draft || project == "" {
		t.Errorf("%s, version %s, draft %v, project %s, %v", name, version, draft, project, err)
	}
	source, err := d.DeploySource(ctx, "custom", cloud.Configuration{"api_key": "k"})
	if err != nil {
		t.Fatal(err)
	}
	if id, err := source.DefinitionID(ctx); err != nil || id != d.ID() {
		t.Errorf("definition %s, %v", id, err)
	}
	if err := source.PermanentlyDelete(ctx, cloud.WithoutSafeMode()); err != nil {
		t.Error(err)
	}
	if err := d.PermanentlyDelete(ctx); err != nil {
		t.Error(err)
	}
	left, err := cloud.Collect(w.CustomSourceDefinitions(ctx, cloud.DefinitionYAML))
	if err != nil || len(left) != 0 {
		t.Errorf("%d definitions are left, %v", len(left), err)
	}
}

func TestWorkspacesAgainstTheServer(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	s := airfieldtest.New(t)
	home, err := s.Workspace.Organization(ctx)
	if err != nil {
		t.Fatal(err)
	}
	w, err := s.Client.CreateWorkspace(ctx, "second", cloud.InOrganization(home.ID))
	if err != nil {
		t.Fatal(err)
	}
	for _, opts := range [][]cloud.ListOption{nil, {cloud.InOrganization(home.ID)}} {
		all, err := cloud.Collect(s.Client.Workspaces(ctx, opts...))
		if err != nil || len(all) != 2 {
			t.Errorf("%d workspaces, %v", len(all), err)
		}
	}
	if err := w.Rename(ctx, "second-delete-me"); err != nil {
		t.Fatal(err)
	}
	if err := w.PermanentlyDelete(ctx); err != nil {
		t.Error(err)
	}
	if err := w.Connect(ctx); !errors.Is(err, cloud.ErrNotFound) {
		t.Errorf("a workspace that was deleted: %v", err)
	}
	wrong := s.Config
	wrong.ClientSecret = "wrong"
	client, err := cloud.NewClient(wrong)
	if err != nil {
		t.Fatal(err)
	}
	if err := client.Workspace(s.Workspace.ID()).Connect(ctx); !errors.Is(err, cloud.ErrUnauthorized) {
		t.Errorf("wrong credentials: %v", err)
	}
}

// TestDeferredCredentials deploys a source without what it needs, completes it, and makes it usable with a check.
func TestDeferredCredentials(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	w := airfieldtest.New(t).Workspace
	if _, err := w.DeploySource(ctx, "people", cloud.Configuration{"sourceType": "faker"}, cloud.DeferCredentials()); !errors.Is(err, cloud.ErrInvalidInput) {
		t.Errorf("a draft without a definition: %v", err)
	}
	const file = "778daa7c-feaf-4db6-96f3-70fd645acc77"
	source, err := w.DeploySource(ctx, "people", cloud.Configuration{"dataset_name": "people"}, cloud.DeferCredentials(), cloud.WithDefinitionID(file))
	if err != nil {
		t.Fatal(err)
	}
	check, err := source.Check(ctx)
	if err != nil || check.Succeeded || !strings.Contains(check.Message, "draft") || !strings.Contains(check.Message, "url") {
		t.Errorf("%+v, %v", check, err)
	}
	path := filepath.Join(t.TempDir(), "people.csv")
	if err := os.WriteFile(path, []byte("id,name\n1,Ada\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	rest := cloud.Configuration{"url": path, "format": "csv", "provider": map[string]any{"storage": "local"}}
	if err := source.UpdateConfig(ctx, rest); err != nil {
		t.Fatal(err)
	}
	destination, err := w.DeployDestination(ctx, "nowhere", cloud.Configuration{}, cloud.DeferCredentials(), cloud.WithDefinitionID("a7bcc9d8-13b3-4e49-b80d-d020b90045e3"))
	if err != nil {
		t.Fatal(err)
	}
	if err := destination.UpdateConfig(ctx, cloud.Configuration{"test_destination": map[string]any{"test_destination_type": "SILENT"}}); err != nil {
		t.Fatal(err)
	}
	connect := func() error {
		_, err := w.DeployConnection(ctx, cloud.ConnectionSpec{Name: "c", Source: source, Destination: destination, AllStreams: true})
		return err
	}
	if err := connect(); !errors.Is(err, cloud.ErrConflict) {
		t.Errorf("connecting drafts: %v", err)
	}
	for _, c := range []interface {
		Check(context.Context) (cloud.CheckResult, error)
	}{source, destination} {
		if check, err := c.Check(ctx); err != nil || check.Err() != nil {
			t.Fatalf("%+v, %v", check, err)
		}
	}
	if err := connect(); err != nil {
		t.Error(err)
	}
}

// TestFollowLogs reads the log of a job while it runs, and finds all that is there in the end.
func TestFollowLogs(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	w := airfieldtest.New(t).Workspace
	source, err := w.DeploySource(ctx, "people", cloud.Configuration{"sourceType": "faker", "count": 1000})
	if err != nil {
		t.Fatal(err)
	}
	destination, err := w.DeployDestination(ctx, "nowhere", cloud.Configuration{"destinationType": "dev-null", "test_destination": map[string]any{"test_destination_type": "SILENT"}})
	if err != nil {
		t.Fatal(err)
	}
	connection, err := w.DeployConnection(ctx, cloud.ConnectionSpec{Name: "c", Source: source, Destination: destination, AllStreams: true})
	if err != nil {
		t.Fatal(err)
	}
	result, err := connection.RunSync(ctx, cloud.NoWait())
	if err != nil {
		t.Fatal(err)
	}
	followed, err := cloud.Collect(result.FollowLogs(ctx))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := result.Refresh(ctx); err != nil {
		t.Fatal(err)
	}
	there, err := cloud.Collect(result.Logs(ctx))
	if err != nil || len(there) == 0 {
		t.Fatalf("%d lines, %v", len(there), err)
	}
	if len(followed) != len(there) {
		t.Fatalf("%d lines were followed, %d are there", len(followed), len(there))
	}
	for i, line := range followed {
		if line.Level != "info" || line.Time.IsZero() || line.Source != "platform" || !strings.HasSuffix(there[i].Message, line.Message) {
			t.Errorf("followed %+v, there is %+v", line, there[i])
		}
	}
}

// TestReadStreamAgainstTheServer reads from a real API with a manifest that is not published, and with one that cannot read it.
func TestReadStreamAgainstTheServer(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	api := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/things" {
			http.NotFound(w, r)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, `[{"id":1},{"id":2},{"id":3}]`)
	}))
	t.Cleanup(api.Close)
	w := airfieldtest.New(t).Workspace
	d, err := w.PublishCustomSourceDefinition(ctx, "mine", cloud.ManifestYAML(liveManifest), cloud.WithTestingValues(map[string]any{"api_key": "k"}))
	if err != nil {
		t.Fatal(err)
	}
	reachable := strings.Replace(liveManifest, "https://example.invalid", api.URL, 1)
	got, err := d.ReadStream(ctx, "things", cloud.StreamTrial{Manifest: cloud.ManifestYAML(reachable), Records: 2})
	if err != nil {
		t.Fatal(err)
	}
	var ids []string
	for record := range got.Records() {
		ids = append(ids, string(record))
	}
	if diff := cmp.Diff([]string{`{"id":1}`, `{"id":2}`}, ids); diff != "" || !got.LimitReached || got.Failure() != "" {
		t.Errorf("limit reached: %v, failure: %q, records (-want +got):\n%s", got.LimitReached, got.Failure(), diff)
	}
	if page := got.Slices[0].Pages[0]; page.Request == nil || page.Request.URL != api.URL+"/things" || page.Response == nil || page.Response.Status != 200 {
		t.Errorf("the page tells of %+v and %+v", page.Request, page.Response)
	}
	if len(got.Schema) == 0 {
		t.Error("no schema was inferred")
	}
	missing := strings.Replace(reachable, "path: /things", "path: /nothing", 1)
	got, err = d.ReadStream(ctx, "things", cloud.StreamTrial{Manifest: cloud.ManifestYAML(missing)})
	if err != nil || got.Failure() == "" {
		t.Errorf("a path that is not there: %+v, %v", got, err)
	}
	if _, err := d.ReadStream(ctx, "things", cloud.StreamTrial{Manifest: cloud.DockerImage("a/b", "1")}); !errors.Is(err, cloud.ErrInvalidInput) {
		t.Errorf("an image: %v", err)
	}
	if _, err := d.ReadStream(ctx, "others", cloud.StreamTrial{Records: -1}); !errors.Is(err, cloud.ErrInvalidInput) {
		t.Errorf("a limit below 0: %v", err)
	}
}
