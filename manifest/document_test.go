package manifest

import (
	"encoding/json"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/airfielddev/airfield/internal/template"
)

func parse(t *testing.T, text string) *Document {
	t.Helper()
	doc, err := Parse("manifest.yaml", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

func asJSON(t *testing.T, v any) string {
	t.Helper()
	b, err := template.AppendJSON(nil, v)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestYAML(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ name, text, want string }{
		{"quotes keep text", `{a: "1", b: 'yes', c: 1}`, `{"a":"1","b":"yes","c":1}`},
		{"keys", "on: 1\n200: 2\nnull: 3\n1.5: 4\n", `{"true":1,"200":2,"null":3,"1.5":4}`},
		{"the last of equal keys counts", "a: 1\nb: 2\na: 3\n", `{"a":3,"b":2}`},
		{"anchors", "a: &x {k: [1, 2]}\nb: *x\n", `{"a":{"k":[1,2]},"b":{"k":[1,2]}}`},
		{"merge keys", "x: &x {k: 1, m: 2}\ny: &y {k: 3, n: 4}\nz:\n  k: 5\n  <<: [*x, *y]\n", `{"x":{"k":1,"m":2},"y":{"k":3,"n":4},"z":{"k":5,"n":4,"m":2}}`},
		{"dates stay as written", "a: 2024-01-02\n", `{"a":"2024-01-02"}`},
		{"tags", "a: !!str 12\nb: !!int \"12\"\n", `{"a":"12","b":12}`},
		{"block texts", "a: |\n  x\n  y\nb: >-\n  x\n  y\n", `{"a":"x\ny\n","b":"x y"}`},
		{"json", "\t{\"a\": 1.50, \"b\": [1e2, 12345678901234567890], \"c\": \"2024-01-02\"}", `{"a":1.5,"b":[100.0,12345678901234567890],"c":"2024-01-02"}`},
		{"byte order mark", "\ufeffa: 1\n", `{"a":1}`},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			doc := parse(t, test.text)
			got, err := doc.Root().MarshalJSON()
			if err != nil {
				t.Fatal(err)
			}
			var a, b any
			if json.Unmarshal(got, &a) != nil || json.Unmarshal([]byte(test.want), &b) != nil {
				t.Fatalf("got %s", got)
			}
			if !cmp.Equal(a, b) {
				t.Errorf("got %s, want %s", got, test.want)
			}
		})
	}
}

func TestUnreadable(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ name, text, want string }{
		{"empty", "  \n", "manifest.yaml: error: the manifest is empty"},
		{"list", "- a\n", "manifest.yaml:1:1: error: want an object, found a list"},
		{"syntax", "a: [1\nb: 2\n", "manifest.yaml:2:1: error: did not find expected ',' or ']'"},
		{"a list that is not closed", "a: 1\nb: 2\nc: [d\ne: f\ng: h\n", "manifest.yaml:3:1: error: did not find expected ',' or ']'"},
		{"a list that is not closed at the end", "a: [1\n", "manifest.yaml:1:1: error: did not find expected ',' or ']'"},
		{"a text that is not closed", "a: 1\nb: \"c\n", "manifest.yaml:2:1: error: found unexpected end of stream"},
		{"an indent between two", "a:\n  b: c\n d: e\n", "manifest.yaml:3:1: error: did not find expected key"},
		{"a colon on the first line", "a: b: c\n", "manifest.yaml:1:1: error: mapping values are not allowed in this context"},
		{"no such anchor", "a: 1\nb: *none\n", "manifest.yaml:2:4: error: unknown anchor 'none' referenced"},
		{"another encoding", "a: 1\nb: é, caf\xe9\n", "manifest.yaml:2:10: error: the text is not UTF-8 (save the file in that encoding)"},
		{"a control character", "a: 1\nb: \x01\n", "manifest.yaml:2:4: error: the control character U+0001 is not allowed"},
		{"no such reference", "a: {$ref: '#/defs/x'}\ndefs: {y1: 1}\n", "manifest.yaml:1:11: error: the reference #/defs/x leads nowhere"},
		{"misspelt reference", "a: '#/definitions/streem'\ndefinitions: {stream: 1}\n",
			"manifest.yaml:1:4: error: the reference #/definitions/streem leads nowhere (did you mean stream?)"},
		{"circle", "a: '#/b'\nb: '#/a'\n", "leads back to itself"},
		{"a tab", "a:\n  b: 1\n\tc: 2\n", "manifest.yaml:3:1: error: found a tab character that violates indentation (a tab indents the line; YAML wants spaces)"},
		{"a bare template", "a: 1\nb: {{ config['x'] }}\n", `manifest.yaml:2:4: error: did not find expected ',' or '}' (put quotes around a value that begins with a template: "{{ ... }}")`},
		{"a bare name in braces", "b: {{ x }}\n", `manifest.yaml:1:5: error: a key must be a text (put quotes`},
		{"a bare star", "a: 1\nb: [*]\n", "manifest.yaml:2:6: error: did not find expected alphabetic or numeric character (put quotes around a value that begins with a sign)"},
		{"a bare percent sign", "b: %Y-%m\n", "manifest.yaml:1:4: error: found character that cannot start any token (put quotes"},
		{"JSON that ends too early", "{\"a\": 1,\n \"b\": [2,", "manifest.yaml:2:10: error: the JSON text ends too early"},
		{"JSON with an odd word", "{\"a\": [1\n, x}", "manifest.yaml:2:3: error: invalid character 'x' looking for beginning of value"},
		{"alias of itself", "a: &x [*x]\n", "contains itself"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			_, err := Parse("manifest.yaml", []byte(test.text))
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %v, want %s", err, test.want)
			}
		})
	}
}

func TestPlaceWithoutFile(t *testing.T) {
	t.Parallel()
	_, err := Parse("", []byte("a: [1\n"))
	if want := "line 1, column 1: error: did not find expected ',' or ']'"; err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

func TestSecondDocumentIsTold(t *testing.T) {
	t.Parallel()
	doc := parse(t, "a: 1\n---\nb: 2\n")
	got := doc.problems.sorted()
	if len(got) != 1 || got[0].String() != "manifest.yaml:3:1: warning: a second document begins before this line; only the first is read" {
		t.Errorf("got %v", got)
	}
	if got := parse(t, "---\na: 1\n---\n").problems.sorted(); len(got) != 0 {
		t.Errorf("of an empty second document: %v", got)
	}
}

// TestEndlessManifests are small on disk and endless once their references are followed.
func TestEndlessManifests(t *testing.T) {
	t.Parallel()
	var aliases, references strings.Builder
	aliases.WriteString("a0: &a0 [1, 2]\n")
	references.WriteString("a0: [1, 2]\n")
	for i := 1; i < 60; i++ {
		name, last := "a"+string(rune('a'+i%26))+strings.Repeat("x", i/26), ""
		if last = "a0"; i > 1 {
			last = "a" + string(rune('a'+(i-1)%26)) + strings.Repeat("x", (i-1)/26)
		}
		aliases.WriteString(name + ": &" + name + " [*" + last + ", *" + last + "]\n")
		references.WriteString(name + ": ['#/" + last + "', '#/" + last + "']\n")
	}
	for _, text := range []string{aliases.String(), references.String()} {
		_, err := Parse("manifest.yaml", []byte(text))
		if err == nil || !strings.Contains(err.Error(), "too large") {
			t.Errorf("got %v", err)
		}
	}
}

func TestGoldenReferences(t *testing.T) {
	t.Parallel()
	for _, v := range goldenVectors(t, "refs.json") {
		doc, err := Parse("manifest.json", v.Manifest)
		if v.Error != "" {
			if err == nil {
				t.Errorf("%s: no error", v.Manifest)
			}
			continue
		}
		if err != nil {
			t.Errorf("%s: %v", v.Manifest, err)
			continue
		}
		if got := asJSON(t, doc.root.value(true)); !equalJSON(t, got, string(v.Out)) {
			t.Errorf("%s: got %s, want %s", v.Manifest, got, v.Out)
		}
	}
}

type vector struct {
	Manifest, Out json.RawMessage
	Error         string
	UseParent     *bool `json:"use_parent_parameters"`
}

func goldenVectors(t *testing.T, file string) []vector {
	t.Helper()
	text, err := os.ReadFile("testdata/golden/" + file)
	if err != nil {
		t.Fatal(err)
	}
	var vectors []vector
	if err := json.Unmarshal(text, &vectors); err != nil {
		t.Fatal(err)
	}
	return vectors
}

func equalJSON(t *testing.T, a, b string) bool {
	t.Helper()
	var x, y any
	if err := json.Unmarshal([]byte(a), &x); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal([]byte(b), &y); err != nil {
		t.Fatal(err)
	}
	return cmp.Equal(x, y)
}

func TestMarshalKeepsReferences(t *testing.T) {
	t.Parallel()
	doc := parse(t, "b: {$ref: '#/a'}\na: {x: 1}\n")
	got, err := json.Marshal(doc)
	if err != nil || string(got) != `{"b":{"$ref":"#/a"},"a":{"x":1}}` {
		t.Errorf("got %s, %v", got, err)
	}
}

func FuzzParse(f *testing.F) {
	for _, seed := range []string{
		"a: &x {k: 1}\nb:\n  <<: *x\n", "a: '#/b'\nb: {$ref: '#/c', d: 1}\nc: [1, 2024-01-02]\n", `{"a": [1, {"$ref": "#/b"}], "b": null}`,
		"a: &x [*x]", "? [1]\n: 2\n", "a: !!int x\n", "<<: 1\n", "a: 99999999999999999999:59\n",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		doc, err := Parse("manifest", text)
		if err != nil {
			return
		}
		// Whatever could be read can be written, unless it holds a number that JSON has not.
		if _, err := doc.Root().MarshalJSON(); err != nil && !strings.Contains(strings.ToLower(string(text)), "nan") &&
			!strings.Contains(strings.ToLower(string(text)), "inf") && !strings.Contains(string(text), "e") {
			t.Errorf("%q: %v", text, err)
		}
	})
}
