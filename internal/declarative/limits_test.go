package declarative

import (
	"errors"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/airfielddev/airfield/connector"
	"github.com/airfielddev/airfield/protocol"
)

// TestLargeDownloads refuses to fill the disk, and leaves nothing there.
func TestLargeDownloads(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("TMPDIR", dir)
	for _, more := range []string{"download_extractor: {type: ResponseToFileExtractor}", "download_decoder: {type: ZipfileDecoder, decoder: {type: CsvDecoder}}"} {
		a := newAPI(t, (&reports{files: map[string]string{"j1": strings.Repeat("id\n", 10000)}}).ServeHTTP)
		f := load(t, a, asking(oneDownload+"    "+more+"\n"))
		f.options.MaxResponseBytes = 256
		if err := f.read(t, "items"); err == nil || !strings.Contains(err.Error(), errTooLarge.Error()) {
			t.Errorf("%s: got %v", more, err)
		}
	}
	left, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil || len(left) > 0 {
		t.Errorf("left %v, %v", left, err)
	}
}

// TestSpool gives everything back from the beginning, of a file that a killed process cannot leave behind.
func TestSpool(t *testing.T) {
	t.Parallel()
	file, err := spool(strings.NewReader("abc"), 3)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(file.Name()); !errors.Is(err, os.ErrNotExist) && runtime.GOOS != "windows" {
		t.Errorf("the file has its name still: %v", err)
	}
	text, err := io.ReadAll(file)
	if err != nil || string(text) != "abc" || file.Size != 3 {
		t.Errorf("got %q of %d bytes, %v", text, file.Size, err)
	}
	file.discard()
	if _, err := os.Stat(file.Name()); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the file is still there: %v", err)
	}
	if _, err := spool(strings.NewReader("abcd"), 3); !errors.Is(err, errTooLarge) {
		t.Errorf("got %v", err)
	}
}

// again is a text that comes again and again.
type again string

func (a again) Read(p []byte) (int, error) { return copy(p, a), nil }

// TestQuotedFieldWithoutEnd gives up on a quote that is never closed.
func TestQuotedFieldWithoutEnd(t *testing.T) {
	t.Parallel()
	rows := newCSVRows(io.MultiReader(strings.NewReader(`1,"`), again(strings.Repeat("line\n", 5000))), ',')
	if row, err := rows.Read(); !errors.Is(err, errLongField) {
		t.Errorf("got %d fields, %v", len(row), err)
	}
}

// TestDownloadsAreRedirected follows a job's download to another host, as storage services want it, and takes no credentials there.
func TestDownloadsAreRedirected(t *testing.T) {
	t.Parallel()
	storage := newAPI(t, func(w http.ResponseWriter, _ *http.Request, _ int) { io.WriteString(w, `[{"id": 1}]`) })
	api := &reports{}
	a := newAPI(t, func(w http.ResponseWriter, r *http.Request, n int) {
		if strings.HasPrefix(r.URL.Path, "/file/") {
			http.Redirect(w, r, strings.Replace(storage.URL, "127.0.0.1", "localhost", 1)+"/signed", http.StatusFound)
			return
		}
		api.ServeHTTP(w, r, n)
	})
	f := load(t, a, asking(`    download_requester: {type: HttpRequester, url: "API/file/{{ creation_response.id }}", authenticator: {type: BearerAuthenticator, api_token: s3cr3t}}
`))
	if err := f.read(t, "items"); err != nil {
		t.Fatal(err)
	}
	equal(t, "records", f.records("items"), []string{`{"id":1}`})
	if sent := storage.calls[0].Header.Get("Authorization"); sent != "" {
		t.Errorf("the storage was sent %q", sent)
	}
}

// TestTokenEndpointIsHeldToLimits refuses endless answers about credentials, and redirects that would take a secret along.
func TestTokenEndpointIsHeldToLimits(t *testing.T) {
	t.Parallel()
	other := newAPI(t, ok)
	for name, answer := range map[string]http.HandlerFunc{
		"large": func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, strings.Repeat(" ", maxTokenAnswer+1)) },
		"elsewhere": func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, other.URL, http.StatusTemporaryRedirect)
		},
	} {
		a := newAPI(t, func(w http.ResponseWriter, r *http.Request, _ int) { answer(w, r) })
		f := load(t, a, requesting(refreshing))
		f.config["refresh"] = "r"
		if err := f.read(t, "items"); err == nil || strings.Contains(strings.Join(a.urls(), " "), "/items") {
			t.Errorf("%s: got %v", name, err)
		}
	}
	equal(t, "requests elsewhere", len(other.urls()), 0)
}

// TestRefusedRefreshes tells failures that a person must mend from those that pass.
func TestRefusedRefreshes(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		more    string
		status  int
		body    string
		failure protocol.FailureType
		text    string
	}{
		"the usual":        {"", 400, `{"error":"invalid_grant"}`, protocol.FailureConfig, errInvalidRefreshToken.Error()},
		"another status":   {"        refresh_token_error_status_codes: [403]\n        refresh_token_error_key: code\n        refresh_token_error_values: [gone]\n", 403, `{"code":"gone"}`, protocol.FailureConfig, errInvalidRefreshToken.Error()},
		"another value":    {"        refresh_token_error_status_codes: [403]\n        refresh_token_error_key: code\n        refresh_token_error_values: [gone]\n", 403, `{"code":"else"}`, protocol.FailureConfig, "status 403 (else)"},
		"of the updater":   {"        refresh_token_updater: {refresh_token_config_path: [refresh], refresh_token_error_status_codes: [401], refresh_token_error_key: e, refresh_token_error_values: [x]}\n", 401, `{"e":"x"}`, protocol.FailureConfig, errInvalidRefreshToken.Error()},
		"for a long while": {"", 503, ``, protocol.FailureTransient, "503"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := newAPI(t, func(w http.ResponseWriter, _ *http.Request, _ int) {
				w.WriteHeader(test.status)
				io.WriteString(w, test.body)
			})
			f := load(t, a, requesting(refreshing+test.more))
			f.config["refresh"] = "r"
			err := f.read(t, "items")
			if connector.FailureOf(err) != test.failure || err == nil || !strings.Contains(err.Error(), test.text) {
				t.Errorf("got %v (%s)", err, connector.FailureOf(err))
			}
		})
	}
}

// TestEveryTokenIsTold refreshes twice in a read: each time the whole configuration is given back, with the latest of both tokens.
func TestEveryTokenIsTold(t *testing.T) {
	t.Parallel()
	issued := 0
	a := oauthAPI(t, func(form url.Values, n int) string {
		issued = n
		return `{"access_token":"t` + string(rune('0'+n)) + `","refresh_token":"r` + string(rune('0'+n)) + `","expires_in":1}`
	})
	f := load(t, a, requesting(`
      authenticator:
        type: OAuthAuthenticator
        token_refresh_endpoint: API/token
        client_id: me
        client_secret: s
        refresh_token: unused
        refresh_token_updater: {access_token_config_path: [a], refresh_token_config_path: [r], token_expiry_date_config_path: [e]}
`)+`
    partition_router: {type: ListPartitionRouter, cursor_field: n, values: [1, 2]}
`)
	f.config["r"] = "r0"
	err := f.Read(t.Context(), connector.ReadRequest{Config: f.json(t), Catalog: selected("items")}, func(m protocol.Message) error {
		if m.Type == protocol.TypeRecord {
			f.Sleep(t.Context(), 5e9) // the token expires between two records
		}
		return f.emit(m)
	})
	if err != nil {
		t.Fatal(err)
	}
	var told []string
	for _, m := range f.messages {
		if m.Type == protocol.TypeControl {
			told = append(told, string(m.Control.ConnectorConfig.Config))
		}
	}
	equal(t, "tokens", issued, 2)
	equal(t, "configurations", told, []string{
		`{"r":"r1","a":"t1","e":"2024-05-01T12:00:01+00:00"}`, `{"r":"r2","a":"t2","e":"2024-05-01T12:00:06+00:00"}`,
	})
	equal(t, "refresh tokens", []bool{strings.Contains(a.calls[0].Body, "refresh_token=r0"), strings.Contains(a.calls[2].Body, "refresh_token=r1")}, []bool{true, true})
}
