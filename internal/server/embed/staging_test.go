package embed_test

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/airfielddev/airfield"
	"github.com/airfielddev/airfield/cloud"
	"github.com/airfielddev/airfield/internal/server/embed"
	"github.com/airfielddev/airfield/protocol"
)

// playFiler is a source whose one record has a file, or a destination that writes what is in the files it gets into another.
func playFiler(verb, config string) int {
	switch verb {
	case "spec":
		fmt.Println(`{"type":"SPEC","spec":{"supported_destination_sync_modes":["append","overwrite"],"supports_file_transfer":true,` +
			`"connectionSpecification":{"type":"object"}}}`)
	case "discover":
		fmt.Println(`{"type":"CATALOG","catalog":{"streams":[{"name":"letters","json_schema":{"type":"object"},` +
			`"supported_sync_modes":["full_refresh"],"is_file_based":true}]}}`)
	case "read":
		at := filepath.Join(os.Getenv("AIRBYTE_STAGING_DIRECTORY"), "a.txt")
		if err := os.WriteFile(at, []byte("dear"), 0o600); err != nil {
			return 3
		}
		file := protocol.FileReference{StagingFileURL: at, SourceFileRelativePath: "letters/a.txt", FileSizeBytes: 4}
		tell(protocol.RecordMessage(protocol.Record{Stream: "letters", Data: []byte(`{"id":1}`), File: &file}))
		fmt.Println(`{"type":"TRACE","trace":{"type":"STREAM_STATUS","emitted_at":1,"stream_status":{"stream_descriptor":{"name":"letters"},"status":"COMPLETE"}}}`)
	case "write":
		return takeFiles(config)
	}
	return 0
}

func takeFiles(config string) int {
	text, _ := os.ReadFile(config)
	var c struct{ Out string }
	if err := json.Unmarshal(text, &c); err != nil {
		return 2
	}
	lines := bufio.NewScanner(os.Stdin)
	for lines.Scan() {
		var m protocol.Message
		if err := m.Parse(lines.Bytes()); err != nil {
			return 4
		}
		switch m.Type {
		case protocol.TypeRecord:
			content, err := os.ReadFile(m.Record.File.StagingFileURL)
			if err != nil || filepath.Dir(m.Record.File.StagingFileURL) != os.Getenv("AIRBYTE_STAGING_DIRECTORY") {
				return 5
			}
			told := fmt.Sprintf("%s of %d bytes: %s", m.Record.File.SourceFileRelativePath, m.Record.File.FileSizeBytes, content)
			if err := os.WriteFile(c.Out, []byte(told), 0o600); err != nil {
				return 6
			}
		case protocol.TypeState:
			fmt.Println(lines.Text())
		}
	}
	return 0
}

func tell(m protocol.Message) {
	line, _ := m.Append(nil)
	fmt.Println(string(line))
}

// TestFilesOfPrograms moves a file from one program to another, through a folder that is gone afterwards, as is what a server that was
// killed has left.
func TestFilesOfPrograms(t *testing.T) {
	t.Parallel()
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	dir, out := t.TempDir(), filepath.Join(t.TempDir(), "out")
	left := filepath.Join(embed.Temporary(dir), "files-1", "letters")
	if err := os.MkdirAll(left, 0o700); err != nil {
		t.Fatal(err)
	}
	allowed := config(dir)
	allowed.Connectors = airfield.NewConnectors(airfield.ConnectorOptions{AllowExec: true, Temp: embed.Temporary(dir)})
	s, stop := serve(t, allowed)
	defer stop()
	if _, err := os.Stat(left); err == nil {
		t.Error("what was left is still there")
	}
	w := workspaceOf(t, s)
	command := cloud.Executable(program, "as-connector", "filer", "a", "b")
	from, err := w.PublishCustomSourceDefinition(t.Context(), "letters", command)
	if err != nil {
		t.Fatal(err)
	}
	source, err := from.DeploySource(t.Context(), "letters", cloud.Configuration{})
	if err != nil {
		t.Fatal(err)
	}
	to, err := w.PublishCustomDestinationDefinition(t.Context(), "drawer", command)
	if err != nil {
		t.Fatal(err)
	}
	destination, err := w.DeployDestination(t.Context(), "drawer", cloud.Configuration{"destinationType": "drawer", "out": out}, cloud.WithDefinitionID(to.ID))
	if err != nil {
		t.Fatal(err)
	}
	streams := []cloud.Stream{{Name: "letters", IncludeFiles: new(true)}}
	connection, err := w.DeployConnection(t.Context(), cloud.ConnectionSpec{Name: "c", Source: source, Destination: destination, Streams: streams})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := connection.RunSync(t.Context()); err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile(out)
	if diff := cmp.Diff("letters/a.txt of 4 bytes: dear", string(got)); diff != "" || err != nil {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
	if entries, err := os.ReadDir(embed.Temporary(dir)); err != nil || len(entries) > 0 {
		t.Errorf("still there: %v, %v", entries, err)
	}
}

const lettersManifest = `
version: 6.0.0
type: DeclarativeSource
check: {type: CheckStream, stream_names: [letters]}
spec: {type: Spec, connection_specification: {type: object, properties: {}}}
definitions:
  letters: &letters
    type: DeclarativeStream
    name: letters
    retriever:
      type: SimpleRetriever
      requester: {type: HttpRequester, url: API/letters}
      record_selector: {type: RecordSelector, extractor: {type: DpathExtractor, field_path: []}}
    schema_loader: {type: InlineSchemaLoader, schema: {type: object, properties: {id: {type: integer}}}}
streams:
  - <<: *letters
    file_uploader:
      type: FileUploader
      requester: {type: HttpRequester, url: "API/{{ download_target }}"}
      download_target_extractor: {type: DpathExtractor, field_path: [path]}
      filename_extractor: "{{ record.id }}/{{ record.name }}"
  - <<: *letters
    name: envelopes
`

// lettersAPI serves two letters.
func lettersAPI(t *testing.T) *httptest.Server {
	t.Helper()
	api := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/letters" {
			_, _ = io.WriteString(w, `[{"id":1,"name":"a.txt","path":"of/a"},{"id":2,"name":"b.txt","path":"of/b"}]`)
			return
		}
		_, _ = io.WriteString(w, "content "+r.URL.Path)
	}))
	t.Cleanup(api.Close)
	return api
}

// TestFilesOfManifests moves files from an API to this machine, and is told where they cannot be moved.
func TestFilesOfManifests(t *testing.T) {
	t.Parallel()
	dir, out := t.TempDir(), t.TempDir()
	cfg := config(dir)
	cfg.Connectors = airfield.NewConnectors(airfield.ConnectorOptions{AllowPrivateAddresses: true})
	s, stop := serve(t, cfg)
	defer stop()
	w := workspaceOf(t, s)
	manifest := cloud.ManifestYAML(strings.ReplaceAll(lettersManifest, "API", lettersAPI(t).URL))
	definition, err := w.PublishCustomSourceDefinition(t.Context(), "letters", manifest)
	if err != nil {
		t.Fatal(err)
	}
	source, err := definition.DeploySource(t.Context(), "letters", cloud.Configuration{})
	if err != nil {
		t.Fatal(err)
	}
	connect := func(stream string, to cloud.Configuration) (*cloud.Connection, error) {
		t.Helper()
		destination, err := w.DeployDestination(t.Context(), stream+" to "+fmt.Sprint(to["destinationType"]), to)
		if err != nil {
			t.Fatal(err)
		}
		streams := []cloud.Stream{{Name: stream, IncludeFiles: new(true)}}
		return w.DeployConnection(t.Context(), cloud.ConnectionSpec{Name: stream, Source: source, Destination: destination, Streams: streams})
	}
	lines := cloud.Configuration{"destinationType": "local-json", "destination_path": out}
	const problem = "error:connection-validation/file-transfer/"
	_, err = connect("letters", cloud.Configuration{"destinationType": "sqlite", "destination_path": filepath.Join(out, "db")})
	if e, ok := errors.AsType[*cloud.Error](err); !ok || e.Type != problem+"connection-unsupported" {
		t.Errorf("to a destination that takes no files: %v", err)
	}
	_, err = connect("envelopes", lines)
	if e, ok := errors.AsType[*cloud.Error](err); !ok || e.Type != problem+"stream-unsupported" {
		t.Errorf("of a stream without files: %v", err)
	}
	connection, err := connect("letters", lines)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := connection.RunSync(t.Context()); err != nil {
		t.Fatal(err)
	}
	for place, want := range map[string]string{"1/a.txt": "content /of/a", "2/b.txt": "content /of/b"} {
		if got, err := os.ReadFile(filepath.Join(out, "files", "letters", "letters", place)); err != nil || string(got) != want {
			t.Errorf("%s: %q, %v", place, got, err)
		}
	}
	text, err := os.ReadFile(filepath.Join(out, "_airbyte_raw_letters.jsonl"))
	if err != nil || !strings.Contains(string(text), `{"id":2,"name":"b.txt","path":"of/b","_airbyte_file_path":"files/letters/letters/2/b.txt"}`) {
		t.Errorf("%s, %v", text, err)
	}
	if entries, err := os.ReadDir(embed.Temporary(dir)); err != nil || len(entries) > 0 {
		t.Errorf("still there: %v, %v", entries, err)
	}
}
