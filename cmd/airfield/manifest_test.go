package main_test

import (
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/airfielddev/airfield/cloud"
)

const peopleManifest = `
version: 6.0.0
type: DeclarativeSource
check: {type: CheckStream, stream_names: [people]}
streams:
  - type: DeclarativeStream
    name: people
    primary_key: [id]
    retriever:
      type: SimpleRetriever
      requester:
        type: HttpRequester
        url_base: "{{ config['base'] }}"
        path: /people
        authenticator: {type: BearerAuthenticator, api_token: "{{ config['key'] }}"}
      paginator:
        type: DefaultPaginator
        page_token_option: {type: RequestOption, inject_into: request_parameter, field_name: offset}
        page_size_option: {type: RequestOption, inject_into: request_parameter, field_name: limit}
        pagination_strategy: {type: OffsetIncrement, page_size: 100}
      record_selector:
        type: RecordSelector
        extractor: {type: DpathExtractor, field_path: [data]}
    schema_loader:
      type: InlineSchemaLoader
      schema: {type: object, properties: {id: {type: integer}, name: {type: string}}}
spec:
  type: Spec
  connection_specification:
    type: object
    required: [base, key]
    properties:
      base: {type: string}
      key: {type: string, airbyte_secret: true}
`

// peopleAPI serves so many people in pages to whoever has the key.
func peopleAPI(t *testing.T, n int) string {
	t.Helper()
	api := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/people" || r.Header.Get("Authorization") != "Bearer canary" {
			http.Error(w, `{"message": "who are you?"}`, http.StatusUnauthorized)
			return
		}
		offset, _ := strconv.Atoi(r.FormValue("offset"))
		limit, _ := strconv.Atoi(r.FormValue("limit"))
		page := struct {
			Data []map[string]any `json:"data"`
		}{Data: []map[string]any{}}
		for id := offset + 1; id <= min(offset+limit, n); id++ {
			page.Data = append(page.Data, map[string]any{"id": id, "name": fmt.Sprintf("person %d", id)})
		}
		_ = json.NewEncoder(w).Encode(page)
	}))
	t.Cleanup(api.Close)
	return api.URL
}

// TestManifest publishes a low-code manifest, deploys a source of it, and syncs what its API has.
func TestManifest(t *testing.T) {
	const n = 1234
	s := startServerWith(t, []string{"--allow-private-addresses"})
	w := s.workspace()
	definition, err := w.PublishCustomSourceDefinition(t.Context(), "people-api", cloud.ManifestYAML(peopleManifest))
	if err != nil {
		t.Fatal(err)
	}
	source, err := definition.DeploySource(t.Context(), "people", cloud.Configuration{"base": peopleAPI(t, n), "key": "canary"})
	if err != nil {
		t.Fatal(err)
	}
	syncPeople(t, w, source, n)
}

// TestManifestOfTheRegistry deploys a source that is not built in by its name alone.
func TestManifestOfTheRegistry(t *testing.T) {
	registry := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/metadata/airbyte/source-pokeapi/latest/manifest.yaml" {
			http.NotFound(w, r)
			return
		}
		_, _ = w.Write([]byte(peopleManifest))
	}))
	defer registry.Close()
	s := startServerWith(t, []string{"--allow-private-addresses", "--registry", registry.URL}, "XDG_CACHE_HOME="+t.TempDir())
	w := s.workspace()
	base := peopleAPI(t, 5)
	_, err := w.DeploySource(t.Context(), "people", cloud.Configuration{"sourceType": "pokeapi", "base": base})
	if !errors.Is(err, cloud.ErrInvalidInput) || !strings.Contains(err.Error(), "key") {
		t.Errorf("without a required field: %v", err)
	}
	source, err := w.DeploySource(t.Context(), "people", cloud.Configuration{"sourceType": "pokeapi", "base": base, "key": "canary"})
	if err != nil {
		t.Fatal(err)
	}
	syncPeople(t, w, source, 5)
}

// syncPeople moves so many people into a database and looks at them there.
func syncPeople(t *testing.T, w *cloud.Workspace, source *cloud.Source, n int) {
	t.Helper()
	check, err := source.Check(t.Context())
	if err != nil || check.Err() != nil {
		t.Fatalf("check: %v, %v", check, err)
	}
	path := filepath.Join(t.TempDir(), "people.db")
	destination, err := w.DeployDestination(t.Context(), "lake", cloud.Configuration{"destinationType": "sqlite", "destination_path": path})
	if err != nil {
		t.Fatal(err)
	}
	connection, err := w.DeployConnection(t.Context(), cloud.ConnectionSpec{Name: "people", Source: source, Destination: destination, AllStreams: true})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := connection.RunSync(t.Context()); err != nil {
		t.Fatal(err)
	}
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	var rows, named int
	if err := db.QueryRowContext(t.Context(), `select count(distinct id), count(*) filter (where name = 'person ' || id) from people`).Scan(&rows, &named); err != nil {
		t.Fatal(err)
	}
	if rows != n || named != n {
		t.Errorf("%d ids, %d of them with their name, want %d", rows, named, n)
	}
}

// TestManifestMayNotReachThisMachine asks the same of a server that was not told to allow it.
func TestManifestMayNotReachThisMachine(t *testing.T) {
	s := startServer(t)
	w := s.workspace()
	definition, err := w.PublishCustomSourceDefinition(t.Context(), "people-api", cloud.ManifestYAML(peopleManifest))
	if err != nil {
		t.Fatal(err)
	}
	source, err := definition.DeploySource(t.Context(), "people", cloud.Configuration{"base": peopleAPI(t, 1), "key": "canary"})
	if err != nil {
		t.Fatal(err)
	}
	check, err := source.Check(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if check.Err() == nil {
		t.Error("a manifest reached this machine")
	}
}
