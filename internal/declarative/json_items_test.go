package declarative

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/airfielddev/airfield/connector"
	"github.com/airfielddev/airfield/internal/template"
	"github.com/airfielddev/airfield/protocol"
)

// itemsOf decodes a text, and gives the elements as JSON.
func itemsOf(path, encoding, text string) ([]string, error) {
	d, err := (&JSONItemsDecoder{Path: path, Encoding: encoding}).Build(nil)
	if err != nil {
		return nil, err
	}
	list := []string{}
	err = d.Decode(strings.NewReader(text), func(v any) error {
		item, err := template.AppendJSON(nil, v)
		list = append(list, string(item))
		return err
	})
	return list, err
}

func TestJSONItems(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		path, encoding, text string
		want                 []string
	}{
		"list":             {"data", "utf-8", `{"a": [9], "data": [{"b": 1, "a": 1.0}, 2, "x", null], "z": {"data": [7]}}`, []string{`{"b":1,"a":1.0}`, "2", `"x"`, "null"}},
		"deep":             {"data.users", "utf-8", `{"data": {"users": [1], "other": [2]}, "users": [3]}`, []string{"1"}},
		"dots in names":    {"a.b.c", "utf-8", `{"a.b": {"c": [1]}, "a": {"b.c": [2], "b": {"c": [3]}}}`, []string{"1", "2", "3"}},
		"lists on the way": {"data.item.rows", "utf-8", `{"data": [{"rows": [1]}, {"rows": [2, 3]}, 4]}`, []string{"1", "2", "3"}},
		"lists of lists":   {"data.item", "utf-8", `{"data": [[1], [2], 3]}`, []string{"1", "2"}},
		"no list":          {"data", "utf-8", `{"data": {"a": 1}}`, []string{}},
		"nothing there":    {"data", "utf-8", `{"other": []}`, []string{}},
		"twice":            {"data", "utf-8", `{"data": [1], "data": [2]}`, []string{"1", "2"}},
		"latin":            {"data", "iso-8859-1", "{\"data\": [\"\xe9\"]}", []string{`"é"`}},
		"nothing":          {"data", "utf-8", " \n", []string{}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := itemsOf(test.path, test.encoding, test.text)
			if err != nil {
				t.Fatal(err)
			}
			equal(t, "items", got, test.want)
		})
	}
	for text, want := range map[string][]string{`{"data": [1, 2`: {"1", "2"}, `{"data": [1]} x`: {"1"}, `{"data": [1]`: {"1"}, `nonsense`: {}} {
		got, err := itemsOf("data", "utf-8", text)
		if err == nil {
			t.Errorf("%s: no error", text)
		}
		equal(t, text, got, want)
	}
}

// endless is a document that is larger than memory.
type endless struct{ n int }

func (e *endless) Read(p []byte) (int, error) {
	const item = `{"id": 1, "text": "0123456789"},`
	if e.n == 0 {
		e.n++
		return copy(p, `{"skipped": [1, 2], "data": [`), nil
	}
	e.n++
	return copy(p, item[:min(len(item), len(p))]), nil
}

// TestJSONItemsAreNotCollected stops after some elements of a document without an end.
func TestJSONItemsAreNotCollected(t *testing.T) {
	t.Parallel()
	d, err := (&JSONItemsDecoder{Path: "data", Encoding: "utf-8"}).Build(nil)
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	err = d.Decode(&endless{}, func(any) error {
		if n++; n == 10000 {
			return io.ErrClosedPipe
		}
		return nil
	})
	if !errors.Is(err, io.ErrClosedPipe) {
		t.Errorf("got %v", err)
	}
}

func FuzzJSONItems(f *testing.F) {
	f.Add("data", `{"data": [1, {"a": [2]}]}`)
	f.Add("a.item.b", `{"a": [{"b": [1]}, [], {}]}`)
	f.Fuzz(func(t *testing.T, path, text string) {
		_, err := itemsOf(path, "utf-8", text)
		if empty := strings.TrimSpace(text) == ""; json.Valid([]byte(text)) && err != nil || !empty && !json.Valid([]byte(text)) && err == nil && utf8.ValidString(text) {
			t.Errorf("path %q of %q: %v", path, text, err)
		}
	})
}

const legacy = `
      authenticator:
        type: LegacySessionTokenAuthenticator
        header: X-Session
        session_token: "{{ config['token'] }}"
        session_token_response_key: id
        login_url: session
        validate_session_url: user/current
        username: "{{ config['name'] }}"
        password: "{{ config['password'] }}"
`

func legacyStream() string {
	return strings.Replace(requesting(legacy), "url: API/items", "url_base: API/\n      path: items", 1)
}

func TestLegacySession(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		config  map[string]any
		current int // the status of the question about the token
		urls    []string
		sent    string
		failure protocol.FailureType
	}{
		"good token":         {map[string]any{"token": "given"}, 200, []string{"/user/current", "/items", "/others"}, "given", ""},
		"expired token":      {map[string]any{"token": "old", "name": "ann", "password": "p"}, 401, []string{"/user/current", "/session", "/items", "/others"}, "fresh", ""},
		"no token":           {map[string]any{"name": "ann", "password": "p"}, 0, []string{"/session", "/items", "/others"}, "fresh", ""},
		"neither":            {map[string]any{"token": "old"}, 401, []string{"/user/current", "/user/current"}, "", protocol.FailureConfig},
		"forbidden":          {map[string]any{"token": "old"}, 403, []string{"/user/current", "/user/current"}, "", protocol.FailureConfig},
		"out of order":       {map[string]any{"token": "old"}, 503, []string{"/user/current", "/user/current"}, "", protocol.FailureTransient},
		"wrong for the name": {map[string]any{"name": "bob", "password": "p"}, 0, []string{"/session", "/session"}, "", protocol.FailureConfig},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := newAPI(t, func(w http.ResponseWriter, r *http.Request, _ int) {
				switch r.URL.Path {
				case "/user/current":
					w.WriteHeader(test.current)
				case "/session":
					body, _ := io.ReadAll(r.Body)
					if string(body) != `{"username":"ann","password":"p"}` {
						w.WriteHeader(http.StatusBadRequest)
						return
					}
					io.WriteString(w, `{"id": "fresh"}`)
				default:
					fmt.Fprintf(w, `{"sent": %q}`, r.Header.Get("X-Session"))
				}
			})
			stream := legacyStream()
			f := load(t, a, stream+strings.NewReplacer("name: items", "name: others", "path: items", "path: others").Replace(stream))
			f.config = test.config
			err := f.read(t, "items", "others")
			if (err == nil) != (test.failure == "") || err != nil && connector.FailureOf(err) != test.failure {
				t.Errorf("got %v", err)
			}
			equal(t, "requests", a.urls(), test.urls)
			if err == nil {
				equal(t, "records", f.records("others"), []string{fmt.Sprintf(`{"sent":%q}`, test.sent)})
			}
		})
	}
}
