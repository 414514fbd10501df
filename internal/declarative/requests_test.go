package declarative

import (
	"encoding/base64"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/airfielddev/airfield/connector"
	"github.com/airfielddev/airfield/protocol"
)

// requesting is a stream that reads one page with a requester.
func requesting(requester string) string {
	return `
- type: DeclarativeStream
  name: items
  retriever:
    record_selector: {extractor: {field_path: []}}
    requester:
      url: API/items
` + requester
}

func ok(w http.ResponseWriter, _ *http.Request, _ int) { io.WriteString(w, `{"id":1}`) }

func TestRequest(t *testing.T) {
	t.Parallel()
	config := map[string]any{"key": "k&y", "n": 5, "user": "ada", "list": []any{"a", 2}, "nested": map[string]any{}}
	for name, test := range map[string]struct {
		requester string
		url, body string
		header    map[string]string
		kind      string
	}{
		"query": {
			`      request_parameters: {a: "{{ config.n }}", b: x y, gone: "{{ config.none }}", deep: "{{ config.nested.a.b }}", list: "{{ config.list }}", e: ""}`,
			"/items?a=5&b=x+y&list=a&list=2", "", nil, "",
		},
		"what looks like a value in a query": {
			`      request_parameters: {a: "{{ [config.none, none] | last }}", b: "'[1]'", c: "{{ config.n | string }}", d: "1,2", e: "007", f: "1e5", g: "{{ {'x': 1} | string }}"}`,
			"/items?a=None&b=%5B1%5D&c=5&d=1%2C2&e=007&f=1e5&g=%7B%22x%22%3A+1%7D", "", nil, "",
		},
		"headers": {
			`      request_headers: {X-One: "{{ config.n }}", Accept: text/csv}`,
			"/items", "", map[string]string{"X-One": "5", "Accept": "text/csv", "User-Agent": "airfield"}, "",
		},
		"json": {
			"      http_method: POST\n      request_body_json: {limit: '10', cursor: '', name: x, deep: {more: true, list: ['{{ config.n }}', '007']}}",
			"/items", `{"limit":10,"name":"x","deep":{"more":true,"list":[5,"007"]}}`, nil, "application/json",
		},
		"form": {
			"      http_method: POST\n      request_body_data: {a: '{{ config.n }}', b: x&y, gone: '{{ config.none }}'}",
			"/items", "a=5&b=x%26y", nil, "application/x-www-form-urlencoded",
		},
		"text":       {"      http_method: POST\n      request_body_data: 'n={{ config.n }}'", "/items", "n=5", nil, ""},
		"body":       {"      http_method: POST\n      request_body: {type: RequestBodyJsonObject, value: {a: 1}}", "/items", `{"a":1}`, nil, "application/json"},
		"plain body": {"      http_method: POST\n      request_body: {type: RequestBodyPlainText, value: 'q {{ config.n }}'}", "/items", "q 5", nil, ""},
		"bearer": {
			`      authenticator: {type: BearerAuthenticator, api_token: "{{ config.key }}"}`,
			"/items", "", map[string]string{"Authorization": "Bearer k&y"}, "",
		},
		"basic": {
			`      authenticator: {type: BasicHttpAuthenticator, username: "{{ config.user }}", password: "0123"}`,
			"/items", "", map[string]string{"Authorization": "Basic " + base64.StdEncoding.EncodeToString([]byte("ada:0123"))}, "",
		},
		"key in header": {
			`      authenticator: {type: ApiKeyAuthenticator, header: X-Key, api_token: "{{ config.key }}"}`,
			"/items", "", map[string]string{"X-Key": "k&y"}, "",
		},
		"key in query": {
			`      authenticator: {type: ApiKeyAuthenticator, api_token: "{{ config.key }}", inject_into: {type: RequestOption, inject_into: request_parameter, field_name: key}}`,
			"/items?key=k%26y", "", nil, "",
		},
		"key in body": {
			"      http_method: POST\n      request_body_json: {auth: {user: u}}\n" +
				`      authenticator: {type: ApiKeyAuthenticator, api_token: s, inject_into: {type: RequestOption, inject_into: body_json, field_path: [auth, key]}}`,
			"/items", `{"auth":{"user":"u","key":"s"}}`, nil, "application/json",
		},
		"selected": {
			`      authenticator: {type: SelectiveAuthenticator, authenticator_selection_path: [user], authenticators: {ada: {type: BearerAuthenticator, api_token: t}, bob: {type: NoAuth}}}`,
			"/items", "", map[string]string{"Authorization": "Bearer t"}, "",
		},
		"no auth": {`      authenticator: {type: NoAuth}`, "/items", "", nil, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := newAPI(t, ok)
			f := load(t, a, requesting(test.requester))
			f.config = config
			if err := f.read(t, "items"); err != nil {
				t.Fatal(err)
			}
			got := a.calls[0]
			equal(t, "URL", got.URL, test.url)
			equal(t, "body", got.Body, test.body)
			equal(t, "content type", got.Header.Get("Content-Type"), test.kind)
			for name, want := range test.header {
				equal(t, name, got.Header.Get(name), want)
			}
			equal(t, "records", f.records("items"), []string{`{"id":1}`})
		})
	}
}

// TestCollisions has two parts of a request set the same thing, which is an error before anything is sent.
func TestCollisions(t *testing.T) {
	t.Parallel()
	for _, requester := range []string{
		"      request_headers: {Authorization: x}\n      authenticator: {type: BearerAuthenticator, api_token: t}",
		"      request_parameters: {key: x}\n      authenticator: {type: ApiKeyAuthenticator, api_token: t, inject_into: {type: RequestOption, inject_into: request_parameter, field_name: key}}",
		"      request_body_json: {a: 1}\n      authenticator: {type: ApiKeyAuthenticator, api_token: t, inject_into: {type: RequestOption, inject_into: body_data, field_name: key}}",
	} {
		a := newAPI(t, ok)
		f := load(t, a, requesting(requester))
		if err := f.read(t, "items"); err == nil || len(a.urls()) != 0 {
			t.Errorf("%s: got %v after %d requests", requester, err, len(a.urls()))
		}
	}
}

// TestHeadersThatCannotBeSent are told of at once. No repetition would mend them.
func TestHeadersThatCannotBeSent(t *testing.T) {
	t.Parallel()
	for _, header := range []string{`"a[]": x`, `"": x`, `"a b": x`, `é: x`, `a: "x\ny"`, `a: "x\u0001"`, `"{{ 'a:b' }}": x`} {
		a := newAPI(t, ok)
		f := load(t, a, requesting("      request_headers: {"+header+"}"))
		err := f.read(t, "items")
		if connector.FailureOf(err) != protocol.FailureConfig || len(a.urls()) != 0 {
			t.Errorf("%s: got %v after %d requests", header, err, len(a.urls()))
		}
	}
}

func TestRedirectsTakeNoCredentialsAlong(t *testing.T) {
	t.Parallel()
	other := newAPI(t, ok)
	a := newAPI(t, func(w http.ResponseWriter, r *http.Request, _ int) {
		// The same machine by another name is another host.
		http.Redirect(w, r, strings.Replace(other.URL, "127.0.0.1", "localhost", 1)+"/moved", http.StatusFound)
	})
	f := load(t, a, requesting(`
      request_headers: {X-Api-Key: secret, Accept: text/plain}
      authenticator: {type: BearerAuthenticator, api_token: secret}
`))
	if err := f.read(t, "items"); err != nil {
		t.Fatal(err)
	}
	h := other.calls[0].Header
	if h.Get("X-Api-Key") != "" || h.Get("Authorization") != "" || h.Get("Accept") != "text/plain" {
		t.Errorf("the other host was sent %v", h)
	}
}

// TestRedirectsKeepCredentialsHere writes the host in capitals, which makes it no other host.
func TestRedirectsKeepCredentialsHere(t *testing.T) {
	t.Parallel()
	a := newAPI(t, func(w http.ResponseWriter, r *http.Request, n int) {
		if r.URL.Path == "/items" {
			http.Redirect(w, r, "http://"+strings.ToLower(r.Host)+"/moved", http.StatusFound)
			return
		}
		ok(w, r, n)
	})
	a.URL = strings.Replace(a.URL, "127.0.0.1", "LocalHost", 1)
	f := load(t, a, requesting("      authenticator: {type: BearerAuthenticator, api_token: secret}\n"))
	if err := f.read(t, "items"); err != nil {
		t.Fatal(err)
	}
	moved := a.calls[1]
	equal(t, "credentials", moved.Header.Get("Authorization"), "Bearer secret")
	equal(t, "records", f.records("items"), []string{`{"id":1}`})
}

func TestRedirectsKeepBodiesHere(t *testing.T) {
	t.Parallel()
	other := newAPI(t, ok)
	a := newAPI(t, func(w http.ResponseWriter, r *http.Request, _ int) {
		http.Redirect(w, r, other.URL, http.StatusTemporaryRedirect)
	})
	f := load(t, a, requesting("      http_method: POST\n      request_body_json: {key: secret}\n"))
	err := f.read(t, "items")
	if connector.FailureOf(err) != protocol.FailureConfig || len(a.urls()) != 1 || len(other.urls()) != 0 {
		t.Errorf("got %v after %d and %d requests", err, len(a.urls()), len(other.urls()))
	}
}

func TestHostsCanBeRefused(t *testing.T) {
	t.Parallel()
	away := newAPI(t, ok)
	elsewhere := strings.Replace(away.URL, "127.0.0.1", "localhost", 1)
	a := newAPI(t, func(w http.ResponseWriter, r *http.Request, n int) {
		if r.URL.Path == "/moved" {
			http.Redirect(w, r, elsewhere, http.StatusFound)
			return
		}
		ok(w, r, n)
	})
	manifest := strings.ReplaceAll("version: 1\ncheck: {stream_names: [items]}\nstreams:"+requesting(""), "API", a.URL)
	for name, c := range map[string]struct {
		hosts  []string
		text   string
		passes bool
	}{
		"the host":        {[]string{"127.0.0.1"}, manifest, true},
		"another":         {[]string{"api.example.com"}, manifest, false},
		"none":            {[]string{}, manifest, false},
		"a redirect away": {[]string{"127.0.0.1"}, strings.Replace(manifest, "/items", "/moved", 1), false},
	} {
		s, err := NewSource([]byte(c.text), SourceOptions{AllowedHosts: c.hosts, Sleep: newClock().Sleep})
		if err != nil {
			t.Fatal(err)
		}
		status, err := s.Check(t.Context(), []byte("{}"), connector.Discard)
		if passed := status.Status == protocol.StatusSucceeded; err != nil || passed != c.passes || !passed && !strings.Contains(status.Message, errHost.Error()) {
			t.Errorf("%s: got %+v, %v", name, status, err)
		}
	}
	if n := len(away.urls()); n != 0 {
		t.Errorf("%d requests went elsewhere", n)
	}
}

func TestHostFits(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		pattern, host string
		want          bool
	}{
		{"api.example.com", "api.example.com", true}, {"API.example.com", "api.example.com", true}, {"example.com", "api.example.com", false},
		{"*.example.com", "api.example.com", true}, {"*.example.com", "a.b.example.com", true}, {"*.example.com", "example.com", false},
		{"*.example.com", "badexample.com", false}, {"*", "example.com", false},
	} {
		if got := hostFits(c.pattern, c.host); got != c.want {
			t.Errorf("%s, %s: got %t", c.pattern, c.host, got)
		}
	}
}

func TestPrivateAddressesCanBeRefused(t *testing.T) {
	t.Parallel()
	a := newAPI(t, ok)
	s, err := NewSource([]byte(strings.ReplaceAll("version: 1\ncheck: {stream_names: [items]}\nstreams:"+requesting(""), "API", a.URL)),
		SourceOptions{RefusePrivateAddresses: true, Sleep: newClock().Sleep})
	if err != nil {
		t.Fatal(err)
	}
	status, err := s.Check(t.Context(), []byte("{}"), connector.Discard)
	if err != nil || status.Status != protocol.StatusFailed || !strings.Contains(status.Message, errPrivateAddress.Error()) || len(a.urls()) != 0 {
		t.Errorf("got %+v, %v after %d requests", status, err, len(a.urls()))
	}
	if status.Message == "" || connector.FailureOf(networkError(errPrivateAddress)) != protocol.FailureConfig {
		t.Error("it would be tried again")
	}
	for address, want := range map[string]error{
		"127.0.0.1:80": errPrivateAddress, "10.1.2.3:80": errPrivateAddress, "[::1]:80": errPrivateAddress, "169.254.169.254:80": errPrivateAddress,
		"[fd00::1]:80": errPrivateAddress, "100.64.0.1:80": errPrivateAddress, "0.0.0.0:80": errPrivateAddress, "[::ffff:192.168.0.1]:80": errPrivateAddress, "[64:ff9b::7f00:1]:80": errPrivateAddress,
		"8.8.8.8:443": nil, "[2606:4700::1111]:443": nil,
	} {
		if got := checkPublic(address); !errors.Is(got, want) {
			t.Errorf("%s: got %v, want %v", address, got, want)
		}
	}
}

func TestLargeResponses(t *testing.T) {
	t.Parallel()
	a := newAPI(t, func(w http.ResponseWriter, _ *http.Request, _ int) {
		io.WriteString(w, `{"id":"`+strings.Repeat("x", 5000)+`"}`)
	})
	f := load(t, a, requesting(""))
	f.options.MaxResponseBytes = 4096
	err := f.read(t, "items")
	if err == nil || !strings.Contains(err.Error(), "too large") || len(a.urls()) != 1 {
		t.Errorf("got %v after %d requests", err, len(a.urls()))
	}
}

func TestConnectionsAndCookiesAreKept(t *testing.T) {
	t.Parallel()
	remotes := map[string]bool{}
	a := newAPI(t, func(w http.ResponseWriter, r *http.Request, n int) {
		remotes[r.RemoteAddr] = true
		http.SetCookie(w, &http.Cookie{Name: "session", Value: "s"})
		io.WriteString(w, []string{"", `[{"id":1}]`, `[{"id":2}]`, `[]`}[n])
	})
	f := load(t, a, requesting("")+`
    paginator:
      type: DefaultPaginator
      pagination_strategy: {type: PageIncrement}
      page_token_option: {type: RequestOption, inject_into: header, field_name: Page}
`)
	if err := f.read(t, "items"); err != nil {
		t.Fatal(err)
	}
	if len(remotes) != 1 || len(a.calls) != 3 || a.calls[2].Header.Get("Cookie") != "session=s" || a.calls[2].Header.Get("Page") != "2" {
		t.Errorf("%d connections for %d requests; the last had %v", len(remotes), len(a.calls), a.calls[len(a.calls)-1].Header)
	}
}

func TestSecretsStayOutOfErrors(t *testing.T) {
	t.Parallel()
	a := newAPI(t, func(w http.ResponseWriter, _ *http.Request, _ int) {
		w.WriteHeader(http.StatusConflict)
		io.WriteString(w, `{"message": "the key topsecretkey is not good"}`)
	})
	f := loadManifest(t, a, `
version: 1.0.0
check: {stream_names: [items]}
spec: {connection_specification: {type: object, properties: {auth: {oneOf: [{properties: {key: {type: string, airbyte_secret: true}}}]}}}}
streams:`+requesting(`
      request_parameters: {k: "{{ config.auth.key }}"}
      error_handler: {max_retries: 1}
`))
	f.config["auth"] = map[string]any{"key": "topsecretkey"}
	err := f.read(t, "items")
	if err == nil || strings.Contains(err.Error(), "topsecretkey") || strings.Contains(f.logs(), "topsecretkey") || !strings.Contains(err.Error(), "409") {
		t.Errorf("got %v\nand %s", err, f.logs())
	}
}

// TestOrderOfParameters sends parameters in the order of the reference, which signatures and caches of an API may depend on.
func TestOrderOfParameters(t *testing.T) {
	t.Parallel()
	a := pages(t, map[string]string{"/items": `[{"at":"2024-01-02"}]`})
	f := load(t, a, `
- type: DeclarativeStream
  name: items
  incremental_sync:
    type: DatetimeBasedCursor
    cursor_field: at
    datetime_format: "%Y-%m-%d"
    start_datetime: "2024-01-01"
    end_datetime: "2024-01-31"
    start_time_option: {inject_into: request_parameter, field_name: since}
    end_time_option: {inject_into: request_parameter, field_name: until}
  retriever:
    requester:
      url: API/items
      request_parameters: {own: "1"}
      authenticator: {type: ApiKeyAuthenticator, api_token: k, inject_into: {type: RequestOption, inject_into: request_parameter, field_name: key}}
    record_selector: {extractor: {field_path: []}}
    paginator:
      type: DefaultPaginator
      page_size_option: {inject_into: request_parameter, field_name: limit}
      page_token_option: {type: RequestOption, inject_into: request_parameter, field_name: page}
      pagination_strategy: {type: PageIncrement, page_size: 2, inject_on_first_request: true}
    partition_router: {type: ListPartitionRouter, values: [a], cursor_field: part, request_option: {inject_into: request_parameter, field_name: part}}
`)
	if err := f.read(t, "items"); err != nil {
		t.Fatal(err)
	}
	equal(t, "requests", a.urls(), []string{"/items?own=1&key=k&page=0&limit=2&part=a&since=2024-01-01&until=2024-01-31"})
}

// TestQuoteURL writes URLs as the reference's HTTP client does.
func TestQuoteURL(t *testing.T) {
	t.Parallel()
	cases := map[string]string{
		"http://h/a[b]/c d?x=[1]&y={z}|é":          "http://h/a%5Bb%5D/c%20d?x=%5B1%5D&y=%7Bz%7D%7C%C3%A9",
		"http://h/a^b`c\"<>\\?q=^`\"<>\\|{}":       "http://h/a%5Eb%60c%22%3C%3E%5C?q=%5E%60%22%3C%3E%5C%7C%7B%7D",
		"http://h/a!$&'()*+,;=:@~-._/?q=!$&'()*+,": "http://h/a!$&'()*+,;=:@~-._/?q=!$&'()*+,",
		"http://[::1]:80/[a]":                      "http://[::1]:80/%5Ba%5D",
		"http://[::1]":                             "http://[::1]",
		"http://h/a%20b/100%":                      "http://h/a%20b/100%25",
		"http://h/a/./b//../c/%2e%2E/e/..?q=/../x": "http://h/a/b/c/../?q=/../x",
		"http://h/../..":                           "http://h/",
		"http://h/.#/./":                           "http://h/#/./",
		" \n http://h/%7ea/%2f%2B?q=%5f%c3%a9":     "http://h/~a/%2F%2B?q=_%C3%A9",
	}
	for text, want := range cases {
		if got := quoteURL(text); got != want {
			t.Errorf("%s becomes %s, want %s", text, got, want)
		}
	}
}
