package airfield_test

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/airfielddev/airfield"
	"github.com/airfielddev/airfield/connector"
)

const pokemonManifest = `
version: 6.0.0
type: DeclarativeSource
check: {type: CheckStream, stream_names: [pokemon]}
streams:
  - type: DeclarativeStream
    name: pokemon
    retriever:
      type: SimpleRetriever
      requester: {type: HttpRequester, url: "{{ config['base'] }}/pokemon"}
      record_selector: {type: RecordSelector, extractor: {type: DpathExtractor, field_path: []}}
spec:
  type: Spec
  connection_specification: {type: object, required: [base], properties: {base: {type: string}}}
`

// published is a registry that has the manifest of source-pokeapi. It counts what it is asked.
func published(t *testing.T, manifest string) (base string, asked *atomic.Int64) {
	t.Helper()
	asked = new(atomic.Int64)
	mux := http.NewServeMux()
	mux.HandleFunc("GET /metadata/airbyte/source-pokeapi/latest/manifest.yaml", func(w http.ResponseWriter, _ *http.Request) {
		asked.Add(1)
		_, _ = w.Write([]byte(manifest))
	})
	mux.HandleFunc("GET /pokemon", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write([]byte(`[{"id": 25, "name": "pikachu"}]`))
	})
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	return server.URL, asked
}

func TestSourceOfTheRegistry(t *testing.T) {
	t.Setenv("XDG_CACHE_HOME", t.TempDir())
	base, asked := published(t, pokemonManifest)
	source, err := airfield.GetSource("source-pokeapi", airfield.Config{"base": base}, airfield.WithRegistry(base))
	if err != nil {
		t.Fatal(err)
	}
	if asked.Load() != 0 {
		t.Error("asking for a source fetched its manifest")
	}
	var got []string
	for record, err := range source.Read(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, string(record.Data))
	}
	if len(got) != 1 || got[0] != `{"id":25,"name":"pikachu"}` {
		t.Errorf("got %v", got)
	}

	again := airfield.NewConnectors(airfield.ConnectorOptions{Registry: "http://127.0.0.1:1", AllowPrivateAddresses: true})
	found, err := again.Source(t.Context(), connector.Ref{Name: "source-pokeapi"})
	if err != nil {
		t.Fatal(err)
	}
	catalog, err := found.Discover(t.Context(), json.RawMessage(`{"base":"`+base+`"}`), connector.Discard)
	if err != nil || len(catalog.Streams) != 1 || catalog.Streams[0].Name != "pokemon" {
		t.Errorf("from the copy: %+v, %v", catalog, err)
	}
	if n := asked.Load(); n != 1 {
		t.Errorf("the registry was asked %d times", n)
	}
}

func TestSourceThatTheRegistryHasNot(t *testing.T) {
	t.Setenv("XDG_CACHE_HOME", t.TempDir())
	base, _ := published(t, pokemonManifest)
	source, err := airfield.GetSource("source-github", nil, airfield.WithRegistry(base))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := source.Spec(t.Context()); !errors.Is(err, airfield.ErrUnknownConnector) || !strings.Contains(err.Error(), `WithImage("airbyte/source-github:latest")`) {
		t.Errorf("got %v", err)
	}
}

// What a server says depends on what stands in the way.
func TestSourceThatCannotBeFetched(t *testing.T) {
	broken, _ := published(t, "version: [")
	for name, c := range map[string]struct{ registry, connector, want string }{
		"no registry":  {"http://127.0.0.1:1", "source-pokeapi", "fetching the manifest of source-pokeapi"},
		"no manifest":  {broken, "source-github", "--allow-exec"},
		"bad manifest": {broken, "source-pokeapi", "reading what the registry has for source-pokeapi"},
	} {
		t.Setenv("XDG_CACHE_HOME", t.TempDir())
		connectors := airfield.NewConnectors(airfield.ConnectorOptions{Registry: c.registry})
		source, err := connectors.Source(t.Context(), connector.Ref{Name: c.connector})
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		status, err := source.Check(t.Context(), json.RawMessage(`{}`), connector.Discard)
		if err != nil || !strings.Contains(status.Message, c.want) || !strings.Contains(status.Message, "--allow-exec") {
			t.Errorf("%s: got %q, %v", name, status.Message, err)
		}
	}
}

func TestSourceOfTheRegistryStopsWithContext(t *testing.T) {
	t.Setenv("XDG_CACHE_HOME", t.TempDir())
	base, _ := published(t, pokemonManifest)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	connectors := airfield.NewConnectors(airfield.ConnectorOptions{Registry: base})
	if _, err := connectors.Source(ctx, connector.Ref{Name: "source-pokeapi"}); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}
