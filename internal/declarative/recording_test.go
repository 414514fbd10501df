package declarative

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// recordedSource logs in with OAuth, sends a key that is encoded, and follows a redirect, page by page.
func recordedSource(t *testing.T, base string) *Source {
	t.Helper()
	source, err := NewSource([]byte(`{"version": "6.0.0", "type": "DeclarativeSource", "check": {"type": "CheckStream", "stream_names": ["items"]},
		"streams": [{"type": "DeclarativeStream", "name": "items", "retriever": {"type": "SimpleRetriever",
			"requester": {"type": "HttpRequester", "url": "`+base+`/moved", "http_method": "GET",
				"request_headers": {"X-Sign": "{{ ('me:' + config['secret']) | base64encode }}"},
				"authenticator": {"type": "OAuthAuthenticator", "token_refresh_endpoint": "`+base+`/token", "grant_type": "client_credentials",
					"client_id": "{{ config['id'] }}", "client_secret": "{{ config['secret'] }}"}},
			"paginator": {"type": "DefaultPaginator", "page_token_option": {"type": "RequestOption", "inject_into": "request_parameter", "field_name": "page"},
				"pagination_strategy": {"type": "PageIncrement", "start_from_page": 1, "page_size": 1}},
			"record_selector": {"type": "RecordSelector", "extractor": {"type": "DpathExtractor", "field_path": []}}}}],
		"spec": {"type": "Spec", "connection_specification": {"type": "object", "required": ["secret"], "properties": {"id": {"type": "string"},
			"secret": {"type": "string", "airbyte_secret": true, "minLength": 10}}}}}`), SourceOptions{})
	if err != nil {
		t.Fatal(err)
	}
	return source
}

func TestReplayNeedsNoAPIAndNoSecrets(t *testing.T) {
	t.Parallel()
	const key = "client-secret-canary"
	a := newAPI(t, func(w http.ResponseWriter, r *http.Request, _ int) {
		switch r.URL.Path {
		case "/token":
			io.WriteString(w, `{"access_token": "access-canary-token", "expires_in": 3600}`)
		case "/moved":
			http.Redirect(w, r, "/items?"+r.URL.RawQuery, http.StatusFound)
		default:
			if r.Header.Get("Authorization") != "Bearer access-canary-token" {
				w.WriteHeader(http.StatusUnauthorized)
				return
			}
			if r.URL.Query().Get("page") == "3" {
				io.WriteString(w, `[]`)
				return
			}
			fmt.Fprintf(w, `[{"id": %q, "said": %q, "signed": %q}]`, r.URL.Query().Get("page"), r.Header.Get("Authorization"), r.Header.Get("X-Sign"))
		}
	})
	source := recordedSource(t, a.URL)
	trial := Trial{Config: json.RawMessage(`{"id": "me", "secret": "` + key + `"}`), Stream: "items"}
	recorded, err := source.Record(t.Context(), trial)
	if err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(recorded)
	if err != nil {
		t.Fatal(err)
	}
	for _, hidden := range []string{"canary", "Y2FuYXJ5", "bWU6Y2xpZW50", "jbGllbnQtc2Vjcm"} {
		if strings.Contains(string(text), hidden) {
			t.Errorf("the recording has %q: %s", hidden, text)
		}
	}
	if len(recorded.Exchanges) != 7 { // the token, and three pages with a redirect each
		t.Fatalf("%d exchanges were recorded, want 7", len(recorded.Exchanges))
	}
	asked := len(a.urls())
	masked, err := source.Masked(trial.Config)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(`{"id":"me","secret":"****"}`, string(masked)); diff != "" {
		t.Errorf("configuration (-want +got):\n%s", diff)
	}
	trial.Config = masked
	replayed, err := source.Replay(t.Context(), trial, recorded.Exchanges)
	if err != nil {
		t.Fatal(err)
	}
	passing := cmp.FilterPath(func(p cmp.Path) bool { return strings.HasSuffix(p.String(), "Response.Headers") }, cmp.Ignore())
	if diff := cmp.Diff(recorded.Exchanges, replayed.Exchanges); diff != "" {
		t.Errorf("exchanges (-recorded +replayed):\n%s", diff)
	}
	if diff := cmp.Diff(recorded.Read, replayed.Read, passing); diff != "" {
		t.Errorf("(-recorded +replayed):\n%s", diff)
	}
	if n := len(a.urls()); n != asked {
		t.Errorf("the replay sent %d requests", n-asked)
	}
	short, err := source.Replay(t.Context(), trial, recorded.Exchanges[:3])
	if err != nil {
		t.Fatal(err)
	}
	last := short.Read.Logs[len(short.Read.Logs)-1]
	if want := "no answer was recorded to GET " + a.URL + "/moved?page=2"; !strings.Contains(last.Message, want) {
		t.Errorf("a request that was not recorded gives %q, want %q", last.Message, want)
	}
}
