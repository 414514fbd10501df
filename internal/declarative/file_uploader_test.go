package declarative

import (
	"strings"
	"testing"

	"github.com/airfielddev/airfield/connector"
	"github.com/airfielddev/airfield/protocol"
)

// TestFiles reads the records of a stream with files, says so, and refuses to read the files.
func TestFiles(t *testing.T) {
	t.Parallel()
	a := newAPI(t, ok)
	f := load(t, a, requesting("")+`
  file_uploader:
    type: FileUploader
    requester: {type: HttpRequester, url: "{{ download_target }}"}
    download_target_extractor: {type: DpathExtractor, field_path: [url]}
    filename_extractor: "{{ record.id }}/{{ record.name }}"
`)
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
