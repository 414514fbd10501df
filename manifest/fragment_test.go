package manifest

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/airfielddev/airfield/internal/template"
)

type fragmentOwner struct {
	Part Fragment `manifest:"part,required"`
}

type fragmentPart struct {
	Name string           `manifest:"name,required"`
	Tags []string         `manifest:"tags"`
	Deep map[string][]int `manifest:"deep"`
}

func fragment(t *testing.T, text string) Fragment {
	t.Helper()
	doc, err := Parse("m.yaml", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	var owner fragmentOwner
	if err := Decode(doc, "Owner", &owner, NewRegistry(), Options{}).Err(); err != nil {
		t.Fatal(err)
	}
	return owner.Part
}

func TestFragmentSet(t *testing.T) {
	t.Parallel()
	original := fragment(t, "part: {name: old, tags: [a, b], deep: {x: [1, 2]}}")
	list := []any{int64(7)}
	cases := []struct {
		name   string
		path   []string
		value  any
		create bool
		want   string // ""; nothing changes
	}{
		{"a key", []string{"name"}, "new", false, `{"name":"new","tags":["a","b"],"deep":{"x":[1,2]}}`},
		{"an element", []string{"tags", "1"}, "c", false, `{"name":"old","tags":["a","c"],"deep":{"x":[1,2]}}`},
		{"the last element", []string{"tags", "-1"}, "c", false, `{"name":"old","tags":["a","c"],"deep":{"x":[1,2]}}`},
		{"one more element", []string{"tags", "2"}, "c", true, `{"name":"old","tags":["a","b","c"],"deep":{"x":[1,2]}}`},
		{"an object", []string{"deep"}, fromPairs("y", list), false, `{"name":"old","tags":["a","b"],"deep":{"y":[7]}}`},
		{"a new key", []string{"deep", "y"}, template.Tuple{int64(7)}, true, `{"name":"old","tags":["a","b"],"deep":{"x":[1,2],"y":[7]}}`},
		{"a new list", []string{"deep", "y", "0"}, int64(7), true, `{"name":"old","tags":["a","b"],"deep":{"x":[1,2],"y":[7]}}`},
		{"no key", []string{"deep", "y"}, list, false, ""},
		{"no element", []string{"tags", "2"}, "c", false, ""},
		{"far beyond the end", []string{"tags", "9"}, "c", true, ""},
		{"no number", []string{"tags", "x"}, "c", true, ""},
		{"inside of a text", []string{"name", "x"}, "c", true, ""},
	}
	before, err := template.AppendJSON(nil, original.Value())
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range cases {
		changed := original
		ok := changed.Set(c.path, c.value, c.create)
		got, err := template.AppendJSON(nil, changed.Value())
		if err != nil {
			t.Fatal(err)
		}
		want := c.want
		if want == "" {
			want = string(before)
		}
		if diff := cmp.Diff(want, string(got)); diff != "" || ok != (c.want != "") {
			t.Errorf("%s: found a place: %t; (-want +got):\n%s", c.name, ok, diff)
		}
		if problems := changed.Decode(new(fragmentPart), false); len(problems) > 0 {
			t.Errorf("%s: %v", c.name, problems)
		}
	}
	if after, _ := template.AppendJSON(nil, original.Value()); string(after) != string(before) {
		t.Errorf("a copy changed its original to %s", after)
	}
}

func fromPairs(key string, value any) *template.Dict {
	d := template.NewDict(1)
	d.Set(key, value)
	return d
}

func TestFragmentProblems(t *testing.T) {
	t.Parallel()
	f := fragment(t, "version: 1\npart: {name: old}")
	f.Set([]string{"tags"}, "no list", true)
	problems := f.Decode(new(fragmentPart), false)
	if len(problems) != 1 || problems[0].Path != "part.tags" || problems[0].Line != 2 || problems[0].Code != CodeWrongType {
		t.Errorf("got %v, want one about part.tags in line 2", problems)
	}
}

func TestReadYAML(t *testing.T) {
	t.Parallel()
	cases := map[string]string{
		"":                    `null`,
		" ":                   `null`,
		"yes":                 `true`,
		"017":                 `15`,
		"[a, {b: 1}]":         `["a",{"b":1}]`,
		"type: [\"null\", x]": `{"type":["null","x"]}`,
		"plain text":          `"plain text"`,
	}
	for text, want := range cases {
		v, ok := ReadYAML(text)
		got, err := template.AppendJSON(nil, v)
		if !ok || err != nil || string(got) != want {
			t.Errorf("%q gives %s, %t, %v, want %s", text, got, ok, err, want)
		}
	}
	for _, text := range []string{"{{ record[0] in ['a'] }}", "%Y-%m-%d", "{", "*"} {
		if v, ok := ReadYAML(text); ok {
			t.Errorf("%q gives %v, want no YAML", text, v)
		}
	}
}
