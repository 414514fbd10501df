package declarative

import (
	"encoding/json"
	"io"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/airfielddev/airfield/connector"
	"github.com/airfielddev/airfield/protocol"
)

const withFiles = `
  file_uploader:
    type: FileUploader
    requester: {type: HttpRequester, url: "{{ download_target }}"}
    download_target_extractor: {type: DpathExtractor, field_path: [url]}
    filename_extractor: "{{ config.prefix }}{{ record.name }}"
`

// readFiles reads the stream items with its files into a new folder.
func (f *fixture) readFiles(t *testing.T) (staging string, err error) {
	t.Helper()
	staging = t.TempDir()
	req := connector.ReadRequest{Config: f.json(t), Catalog: selected("items"), Staging: staging}
	req.Catalog.Streams[0].IncludeFiles = true
	return staging, f.Read(t.Context(), req, f.emit)
}

// references are those that the records came with.
func (h *heard) references() []protocol.FileReference {
	var list []protocol.FileReference
	for _, m := range h.messages {
		if m.Record.File != nil {
			list = append(list, *m.Record.File)
		}
	}
	return list
}

// filesBelow lists the files in a folder.
func filesBelow(t *testing.T, folder string) []string {
	t.Helper()
	list := []string{}
	err := fs.WalkDir(os.DirFS(folder), ".", func(path string, e fs.DirEntry, err error) error {
		if err == nil && !e.IsDir() {
			list = append(list, path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// TestFilesThatNobodyWants reads the records of a stream with files, says so, and refuses to read the files where nobody takes them.
func TestFilesThatNobodyWants(t *testing.T) {
	t.Parallel()
	a := newAPI(t, ok)
	f := load(t, a, requesting("")+withFiles+"spec: {type: Spec, connection_specification: {type: object}}\n")
	if len(f.Problems()) > 0 {
		t.Errorf("got %v", f.Problems())
	}
	if err := f.read(t, "items"); err != nil {
		t.Fatal(err)
	}
	equal(t, "requests", a.urls(), []string{"/items"})
	equal(t, "records", f.records("items"), []string{`{"id":1}`})
	if !strings.Contains(f.logs(), "but not the files") {
		t.Errorf("it was not said: %s", f.logs())
	}
	req := connector.ReadRequest{Config: f.json(t), Catalog: selected("items")}
	req.Catalog.Streams[0].IncludeFiles = true
	if err := f.Read(t.Context(), req, f.emit); connector.FailureOf(err) != protocol.FailureConfig || len(a.urls()) != 1 {
		t.Errorf("got %v after %d requests", err, len(a.urls()))
	}
}

// fileAPI lists files of some names, and serves each.
func fileAPI(t *testing.T, names ...string) *api {
	t.Helper()
	var a *api
	a = newAPI(t, func(w http.ResponseWriter, r *http.Request, _ int) {
		if r.URL.Path != "/items" {
			io.WriteString(w, "content of "+r.URL.RawQuery)
			return
		}
		type row struct {
			Name string `json:"name"`
			URL  string `json:"url"`
		}
		var rows []row
		for i, name := range names {
			rows = append(rows, row{name, a.URL + "/file?" + string(rune('a'+i))})
		}
		_ = json.NewEncoder(w).Encode(rows)
	})
	return a
}

// TestFilesOfOneName keeps each file, under the name that all of them have.
func TestFilesOfOneName(t *testing.T) {
	t.Parallel()
	f := load(t, fileAPI(t, "x.txt", "x.txt", "y.txt", "x.txt"), requesting("")+withFiles)
	if _, err := f.readFiles(t); err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, r := range f.references() {
		text, err := os.ReadFile(r.StagingFileURL)
		if err != nil || int64(len(text)) != r.FileSizeBytes {
			t.Fatalf("%+v: %q, %v", r, text, err)
		}
		got = append(got, r.SourceFileRelativePath+": "+string(text))
	}
	equal(t, "files", got, []string{
		"items/x.txt: content of a", "items/x.txt: content of b", "items/y.txt: content of c", "items/x.txt: content of d",
	})
}

// TestFilesStayInside refuses names that lead out of the folder of the stream, before anything is downloaded.
func TestFilesStayInside(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"../../out", "..", "a/../../../out", "a/..", ".", "", "/", "//", "./", "a\x00b"} {
		a := fileAPI(t, name)
		f := load(t, a, requesting("")+withFiles)
		staging, err := f.readFiles(t)
		if err == nil || !strings.Contains(err.Error(), errFileName.Error()) && !strings.ContainsRune(name, 0) {
			t.Errorf("%q: got %v", name, err)
		}
		if left := filesBelow(t, filepath.Dir(staging)); len(left) > 0 || len(f.references()) > 0 {
			t.Errorf("%q: there are files: %v", name, left)
		}
	}
}

// TestFilesPassNoLink stays in the folder where a link leads out of it.
func TestFilesPassNoLink(t *testing.T) {
	t.Parallel()
	outside, staging := t.TempDir(), t.TempDir()
	if err := os.Symlink(outside, filepath.Join(staging, "items")); err != nil {
		t.Fatal(err)
	}
	f := load(t, fileAPI(t, "x.txt"), requesting("")+withFiles)
	req := connector.ReadRequest{Config: f.json(t), Catalog: selected("items"), Staging: staging}
	req.Catalog.Streams[0].IncludeFiles = true
	if err := f.Read(t.Context(), req, f.emit); err == nil {
		t.Error("it was read")
	}
	equal(t, "files", filesBelow(t, outside), []string{})
}

// TestFilesOfAnySize writes files that responses in memory may not be as large as, up to a limit, and leaves nothing of a larger one.
func TestFilesOfAnySize(t *testing.T) {
	t.Parallel()
	for size, fits := range map[int]bool{64 << 10: true, 64<<10 + 1: false} {
		var a *api
		a = newAPI(t, func(w http.ResponseWriter, r *http.Request, _ int) {
			if r.URL.Path == "/items" {
				io.WriteString(w, `{"name":"x","url":"`+a.URL+`/file"}`)
				return
			}
			_, _ = w.Write(make([]byte, size))
		})
		f := load(t, a, requesting("")+withFiles)
		f.options.MaxResponseBytes = 1 << 10
		staging, err := f.readFiles(t)
		left := filesBelow(t, staging)
		if fits && (err != nil || !slices.Equal(left, []string{"items/x"}) || f.references()[0].FileSizeBytes != int64(size)) {
			t.Errorf("%d bytes: got %v, %v", size, left, err)
		}
		if !fits && (err == nil || !strings.Contains(err.Error(), errTooLarge.Error()) || len(left) > 0 || len(a.urls()) != 2) {
			t.Errorf("%d bytes: got %v, %v after %d requests", size, left, err, len(a.urls()))
		}
	}
}

// TestFilesThatBreakOff leaves nothing of a file that never comes whole.
func TestFilesThatBreakOff(t *testing.T) {
	t.Parallel()
	var a *api
	a = newAPI(t, func(w http.ResponseWriter, r *http.Request, _ int) {
		if r.URL.Path == "/items" {
			io.WriteString(w, `{"name":"x","url":"`+a.URL+`/file"}`)
			return
		}
		w.Header().Set("Content-Length", "100")
		io.WriteString(w, "half")
	})
	f := load(t, a, requesting("")+withFiles)
	staging, err := f.readFiles(t)
	if err == nil || len(a.urls()) < 3 {
		t.Errorf("got %v after %d requests", err, len(a.urls()))
	}
	equal(t, "files", filesBelow(t, staging), []string{})
	equal(t, "statuses", f.statuses("items"), []protocol.StreamRunStatus{protocol.StreamStarted, protocol.StreamIncomplete})
}

// TestFilesOfOtherHosts sends requests for files where other requests may go, and nowhere else.
func TestFilesOfOtherHosts(t *testing.T) {
	t.Parallel()
	var a *api
	a = newAPI(t, func(w http.ResponseWriter, _ *http.Request, _ int) {
		io.WriteString(w, `{"name":"x","url":"`+strings.Replace(a.URL, "127.0.0.1", "localhost", 1)+`/file"}`)
	})
	text := strings.ReplaceAll("version: 1\ncheck: {stream_names: [items]}\nstreams:"+requesting("")+withFiles, "API", a.URL)
	s, err := NewSource([]byte(text), SourceOptions{AllowedHosts: []string{"127.0.0.1"}, Sleep: newClock().Sleep})
	if err != nil {
		t.Fatal(err)
	}
	f := &fixture{Source: s, config: map[string]any{}}
	if _, err := f.readFiles(t); connector.FailureOf(err) != protocol.FailureConfig || !strings.Contains(err.Error(), errHost.Error()) {
		t.Errorf("got %v", err)
	}
	equal(t, "requests", a.urls(), []string{"/items"})
}
