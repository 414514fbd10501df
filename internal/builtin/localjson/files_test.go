package localjson

import (
	"encoding/json"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/airfielddev/airfield/connector"
	"github.com/airfielddev/airfield/internal/rawjson"
	"github.com/airfielddev/airfield/protocol"
)

// letters is a stream whose records have files.
func letters() protocol.ConfiguredStream {
	s := stream(protocol.Append)
	s.Stream.IsFileBased, s.IncludeFiles = true, true
	return s
}

// stage puts a file into a folder, and makes a record about it.
func stage(t *testing.T, staging, place, content, relative string) protocol.Message {
	t.Helper()
	full := filepath.Join(staging, place)
	if err := os.MkdirAll(filepath.Dir(full), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(full, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return about(full, relative, len(content))
}

func about(url, relative string, size int) protocol.Message {
	return protocol.RecordMessage(protocol.Record{
		Stream: "things", Namespace: "ns", Data: []byte(`{"id":1 } `),
		File: &protocol.FileReference{StagingFileURL: url, SourceFileRelativePath: relative, FileSizeBytes: int64(size)},
	})
}

func writeFiles(t *testing.T, dir, staging string, s protocol.ConfiguredStream, emit connector.Emit, messages ...protocol.Message) error {
	t.Helper()
	in := func(yield func(*protocol.Message, error) bool) {
		for i := range messages {
			if !yield(&messages[i], nil) {
				return
			}
		}
	}
	catalog := protocol.ConfiguredCatalog{Streams: []protocol.ConfiguredStream{s}}
	return New("").Write(t.Context(), connector.WriteRequest{Config: configOf(t, dir), Catalog: catalog, Staging: staging}, in, emit)
}

// tree is the files below a folder with what is in them.
func tree(t *testing.T, dir string) map[string]string {
	t.Helper()
	found := map[string]string{}
	err := fs.WalkDir(os.DirFS(dir), ".", func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		text, err := os.ReadFile(filepath.Join(dir, path))
		found[path] = string(text)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// dataOf are the records of the lines.
func dataOf(text string) []string {
	var list []string
	for line := range strings.Lines(text) {
		list = append(list, string(rawjson.Get([]byte(line), "_airbyte_data")))
	}
	return list
}

const linesFile = "_airbyte_raw_ns_things.jsonl"

// TestFiles takes the files of records before it echoes the state that covers them, and tells in the lines where they are.
func TestFiles(t *testing.T) {
	t.Parallel()
	dir, staging := t.TempDir(), t.TempDir()
	left := filepath.Join(dir, "files", ".partial", "ns_things-of-a-crash")
	if err := os.MkdirAll(filepath.Dir(left), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(left, []byte("half"), 0o600); err != nil {
		t.Fatal(err)
	}
	bare := about("", "", 0)
	bare.Record.File = nil
	empty := stage(t, staging, "things/empty", "", "/empty")
	empty.Record.Data = []byte("{}")
	state := protocol.StateMessage(protocol.NewStreamState(protocol.StreamDescriptor{Name: "things", Namespace: "ns"}, json.RawMessage(`{}`)))
	want := map[string]string{
		"files/ns_things/things/1/ä b.txt": "again", "files/ns_things/empty": "",
	}
	echoed := false
	emit := func(m protocol.Message) error {
		if m.Type == protocol.TypeState {
			echoed = true
			found := tree(t, dir)
			delete(found, linesFile)
			if diff := cmp.Diff(want, found); diff != "" {
				t.Errorf("files when the state was echoed (-want +got):\n%s", diff)
			}
		}
		return nil
	}
	err := writeFiles(t, dir, staging, letters(), emit,
		stage(t, staging, "things/1/ä b.txt", "dear", "things/1/ä b.txt"), bare,
		stage(t, staging, "other/things/1/x", "again", "things/1/ä b.txt"), empty, state)
	if err != nil || !echoed {
		t.Fatalf("%v, echoed %t", err, echoed)
	}
	if left := tree(t, staging); len(left) > 0 {
		t.Errorf("left in the staging folder: %v", left)
	}
	diff := cmp.Diff([]string{
		`{"id":1,"_airbyte_file_path":"files/ns_things/things/1/ä b.txt"}`, `{"id":1 }`,
		`{"id":1,"_airbyte_file_path":"files/ns_things/things/1/ä b.txt"}`, `{"_airbyte_file_path":"files/ns_things/empty"}`,
	}, dataOf(tree(t, dir)[linesFile]))
	if diff != "" {
		t.Errorf("data (-want +got):\n%s", diff)
	}
}

// TestFileOfTwoRecords takes a file once that two records name, as those of sources do that write it twice to the same place.
func TestFileOfTwoRecords(t *testing.T) {
	t.Parallel()
	dir, staging := t.TempDir(), t.TempDir()
	m := stage(t, staging, "x", "dear", "x")
	if err := writeFiles(t, dir, staging, letters(), connector.Discard, m, m); err != nil {
		t.Fatal(err)
	}
	if got := tree(t, dir)["files/ns_things/x"]; got != "dear" {
		t.Errorf("got %q", got)
	}
	m.Record.File.FileSizeBytes++
	if err := writeFiles(t, dir, staging, letters(), connector.Discard, m); err == nil {
		t.Error("a file that is not there was taken")
	}
}

// TestFilesThatAreNotAskedFor stay where they are.
func TestFilesThatAreNotAskedFor(t *testing.T) {
	t.Parallel()
	staging := t.TempDir()
	m := stage(t, staging, "x", "dear", "x")
	for name, c := range map[string]struct {
		staging string
		stream  protocol.ConfiguredStream
	}{"no folder": {"", letters()}, "another stream": {staging, stream(protocol.Append)}} {
		dir := t.TempDir()
		if err := writeFiles(t, dir, c.staging, c.stream, connector.Discard, m); err != nil {
			t.Fatal(err)
		}
		got := tree(t, dir)
		if diff := cmp.Diff([]string{`{"id":1 }`}, dataOf(got[linesFile])); diff != "" || len(got) != 1 {
			t.Errorf("%s: %v, data (-want +got):\n%s", name, got, diff)
		}
	}
	if diff := cmp.Diff(map[string]string{"x": "dear"}, tree(t, staging)); diff != "" {
		t.Errorf("staging (-want +got):\n%s", diff)
	}
}

// TestFilesStayInside takes no file from elsewhere, and puts none elsewhere.
func TestFilesStayInside(t *testing.T) {
	t.Parallel()
	staging, outside := t.TempDir(), t.TempDir()
	secret := filepath.Join(outside, "secret")
	if err := os.WriteFile(secret, []byte("hunter2"), 0o600); err != nil {
		t.Fatal(err)
	}
	for link, to := range map[string]string{"link": secret, "folder": outside} {
		if err := os.Symlink(to, filepath.Join(staging, link)); err != nil {
			t.Fatal(err)
		}
	}
	good := stage(t, staging, "x", "dear", "x").Record.File.StagingFileURL
	for name, m := range map[string]protocol.Message{
		"elsewhere":           about(secret, "x", 7),
		"elsewhere, by dots":  about(staging+"/../"+filepath.Base(outside)+"/secret", "x", 7),
		"a link":              about(filepath.Join(staging, "link"), "x", 7),
		"a link on the way":   about(filepath.Join(staging, "folder", "secret"), "x", 7),
		"a folder":            about(filepath.Join(staging, "folder"), "x", 7),
		"relative":            about("x", "x", 4),
		"nothing":             about("", "x", 4),
		"to elsewhere":        about(good, "../../../out", 4),
		"to elsewhere, later": about(good, "a/../../out", 4),
		"to nothing":          about(good, "", 4),
		"to the folder":       about(good, "/", 4),
	} {
		parent := t.TempDir()
		dir := filepath.Join(parent, "lines")
		err := writeFiles(t, dir, staging, letters(), connector.Discard, m)
		if err == nil || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%s: got %v", name, err)
		}
		for path, text := range tree(t, parent) {
			if path != filepath.Join("lines", linesFile) || text != "" {
				t.Errorf("%s: %s holds %q", name, path, text)
			}
		}
	}
	if diff := cmp.Diff(map[string]string{"secret": "hunter2"}, tree(t, outside)); diff != "" {
		t.Errorf("outside (-want +got):\n%s", diff)
	}
}
