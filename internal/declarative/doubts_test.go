package declarative

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/airfielddev/airfield/manifest"
)

// doubtful has a place for each thing that can be doubted.
const doubtful = `version: VERSION
type: DeclarativeSource
check: {type: CheckStream, stream_names: [CHECKED]}
definitions:
  unused: {name: "{{ config['nothing'] }}"}
streams:
- type: DeclarativeStream
  name: users
  retriever:
    requester: {url: "https://api.example.com/users", authenticator: {type: BearerAuthenticator, api_token: "TOKEN"}}
    record_selector: {extractor: {field_path: []}}
- type: DeclarativeStream
  name: SECOND
  retriever:
    requester: {url: "https://api.example.com/teams"}
    record_selector: {extractor: {field_path: []}}
spec:
  type: Spec
  connection_specification:
    type: object
    properties: {api_key: {type: string}}
    oneOf: [{properties: {region: {type: string}}}]
`

func TestDoubts(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ mark, with, want string }{
		"nothing":                   {"", "", ""},
		"an unknown stream":         {"CHECKED", "user", `m.yaml:3:43: warning: check.stream_names[0]: there is no stream "user" (did you mean users?)`},
		"a stream that is there":    {"CHECKED", "teams", ""},
		"two streams of one name":   {"SECOND", "users", `m.yaml:12:3: warning: streams[1].name: another stream is called "users" as well; this one is read`},
		"a stream without name":     {"SECOND", "", `m.yaml:12:3: warning: streams[1].name: the stream has no name`},
		"a misspelt setting":        {"TOKEN", "{{ config['api_kye'] }}", `m.yaml:10:109: warning: streams[0].retriever.requester.authenticator.api_token: the specification has no api_kye (did you mean api_key?)`},
		"another spelling of it":    {"TOKEN", "{{ config.nothing }}", `the specification has no nothing`},
		"a setting of a choice":     {"TOKEN", "{{ config['region'] }}", ""},
		"a method of settings":      {"TOKEN", "{{ config.keys() }}", ""},
		"a setting of the platform": {"TOKEN", "{{ config['__injected'] }}", ""},
		"a setting with care":       {"TOKEN", "{{ config['old_key'] if 'old_key' in config else config['api_key'] }}", ""},
		"a version that is none":    {"VERSION", "latest", `m.yaml:1:10: warning: version: want a version such as 6.0.0, found "latest"`},
		"a version of the future":   {"VERSION", "99.1.0", `m.yaml:1:10: warning: version: version 99.1.0 is newer than the newest that is known here, 7; what it has changed is not`},
		"a version before its time": {"VERSION", "7.1.0.dev3", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if test.mark == "" {
				test.mark = "none"
			}
			usual := strings.NewReplacer(test.mark, test.with, "CHECKED", "users", "SECOND", "teams", "TOKEN", "{{ config['api_key'] }}", "VERSION", "7.0.0")
			s, err := NewSource([]byte(usual.Replace(doubtful)), SourceOptions{File: "m.yaml"})
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, p := range s.Problems() {
				got = append(got, p.String())
			}
			if test.want == "" && got != nil || test.want != "" && (len(got) != 1 || !strings.Contains(got[0], test.want)) {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

// TestDoubtsWithoutSpecification tells once of settings that nobody asks for.
func TestDoubtsWithoutSpecification(t *testing.T) {
	t.Parallel()
	plain, _, _ := strings.Cut(doubtful, "spec:")
	for token, want := range map[string]int{"{{ config['api_key'] }}": 1, "{{ config.get('api_key', '') or config['key'] }}": 1, "constant": 0} {
		text := strings.NewReplacer("CHECKED", "users", "SECOND", "teams", "TOKEN", token, "VERSION", "7.0.0").Replace(plain)
		s, err := NewSource([]byte(text), SourceOptions{File: "m.yaml"})
		if err != nil {
			t.Fatal(err)
		}
		problems := s.Problems()
		if len(problems) != want || want > 0 && !strings.Contains(problems[0].String(), "m.yaml:1:1: warning: spec: nobody is asked for the configuration") {
			t.Errorf("%s: got %v", token, problems)
		}
	}
}

// TestDoubtsOfSchemaFiles tells once of schemas that are elsewhere.
func TestDoubtsOfSchemaFiles(t *testing.T) {
	t.Parallel()
	text := strings.NewReplacer("CHECKED", "users", "SECOND", "teams", "TOKEN", "", "VERSION", "7.0.0",
		"  retriever:\n", "  schema_loader: {file_path: \"./users.json\"}\n  retriever:\n").Replace(doubtful)
	s, err := NewSource([]byte(text), SourceOptions{File: "m.yaml"})
	if err != nil {
		t.Fatal(err)
	}
	const want = "m.yaml:9:18: warning: streams[0].schema_loader: 2 of 2 streams have their schema in a file of a Python package"
	if problems := s.Problems(); len(problems) != 1 || !strings.HasPrefix(problems[0].String(), want) {
		t.Errorf("got %v", problems)
	}
}

// TestStrictDoubts takes doubts for errors, which keep the manifest from being used.
func TestStrictDoubts(t *testing.T) {
	t.Parallel()
	text := strings.NewReplacer("CHECKED", "user", "SECOND", "teams", "TOKEN", "", "VERSION", "7.0.0").Replace(doubtful)
	_, err := NewSource([]byte(text), SourceOptions{Strict: true})
	problems, ok := err.(manifest.Problems) //nolint:errorlint // it is of that type
	if !ok || len(problems) != 1 {
		t.Fatalf("got %v", err)
	}
	if diff := cmp.Diff(manifest.Error, problems[0].Severity); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestFieldsAreNamed tells the field that a fault is in, not only its component.
func TestFieldsAreNamed(t *testing.T) {
	t.Parallel()
	text := strings.NewReplacer("CHECKED", "users", "SECOND", "teams", "TOKEN", "", "VERSION", "7.0.0", `{url: "https://api.example.com/teams"}`, `{url: "https://api.example.com/teams", http_method: FETCH}`).Replace(doubtful)
	_, err := NewSource([]byte(text), SourceOptions{File: "m.yaml"})
	if want := `m.yaml:15:68: error: streams[1].retriever.requester.http_method: want GET or POST, found "FETCH"`; err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

// TestPathBesideName warns of a path that does not count, and reads by the name.
func TestPathBesideName(t *testing.T) {
	t.Parallel()
	text := strings.NewReplacer("CHECKED", "users", "SECOND", "teams", "TOKEN", "", "VERSION", "7.0.0", `{url: "https://api.example.com/teams"}`,
		`{url: "https://api.example.com/teams", authenticator: {type: ApiKeyAuthenticator, api_token: k, inject_into: {type: RequestOption, inject_into: header, field_name: X-Key, field_path: [data]}}}`).Replace(doubtful)
	s, err := NewSource([]byte(text), SourceOptions{File: "m.yaml"})
	if err != nil {
		t.Fatal(err)
	}
	const want = "streams[1].retriever.requester.authenticator.inject_into.field_path: only field_name counts; Airbyte refuses a manifest that has both"
	if problems := s.Problems(); len(problems) != 1 || !strings.Contains(problems[0].String(), want) {
		t.Errorf("got %v, want %s", problems, want)
	}
}
