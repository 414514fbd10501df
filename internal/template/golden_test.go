package template

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// The files in testdata/golden hold inputs and what the reference implementation made of them.

// golden reads a file of vectors.
func golden(t *testing.T, name string) []*Dict {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", "golden", name))
	if err != nil {
		t.Fatal(err)
	}
	v, err := DecodeJSON(data)
	if err != nil {
		t.Fatal(err)
	}
	var list []*Dict
	for _, x := range v.([]any) {
		list = append(list, x.(*Dict))
	}
	return list
}

func get(d *Dict, key string) any {
	v, _ := d.Get(key)
	return v
}

// spell writes a value so that different types look different.
func spell(v any) string {
	if f, ok := v.(float64); ok {
		return "float " + string(appendFloat(nil, f))
	}
	return toRepr(v)
}

// wanted decodes the vectors' spelling of values JSON does not have, to what spell writes.
func wanted(t *testing.T, v any) string {
	t.Helper()
	d, ok := v.(*Dict)
	if !ok || d.Len() != 1 {
		return spell(v)
	}
	for k, x := range d.All() {
		switch k {
		case "$float":
			return "float " + x.(string)
		case "$tuple":
			return spell(Tuple(x.([]any)))
		case "$py":
			return x.(string)
		}
	}
	return spell(v)
}

// context makes the variables of a vector.
func context(d *Dict) Vars {
	vars := Vars{"config": get(d, "config"), "parameters": get(d, "parameters")}
	if ctx, ok := get(d, "ctx").(*Dict); ok {
		for k, v := range ctx.All() {
			vars[k.(string)] = v
		}
	}
	return vars
}

func TestGoldenString(t *testing.T) {
	t.Parallel()
	types := map[any]Types{nil: 0, "string": String, "integer": Integer, "number": Float, "boolean": Boolean}
	for i, d := range golden(t, "interpolated_string.json") {
		text := get(d, "template").(string)
		t.Run(strconv.Itoa(i)+" "+text, func(t *testing.T) {
			t.Parallel()
			tmpl, err := Parse(text)
			if err != nil {
				t.Fatal(err)
			}
			v, err := tmpl.Value(context(d), types[get(d, "value_type")])
			if want, ok := d.Get("error"); ok {
				kind := ErrValue
				if want == "UndefinedError" {
					kind = ErrUndefined
				}
				if !errors.Is(err, kind) {
					t.Fatalf("got %v and %v, want an error like %v", v, err, want)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if _, ok := d.Get("note"); ok {
				if s, _ := v.(string); !strings.HasPrefix(s, "<built-in method ") {
					t.Errorf("got %v, want a bound method", v)
				}
				return
			}
			if got, want := spell(v), wanted(t, get(d, "out")); got != want {
				t.Errorf("got %s, want %s", got, want)
			}
		})
	}
}

func TestGoldenBoolean(t *testing.T) {
	t.Parallel()
	for i, d := range golden(t, "interpolated_boolean.json") {
		text := get(d, "condition").(string)
		t.Run(strconv.Itoa(i)+" "+text, func(t *testing.T) {
			t.Parallel()
			tmpl, err := Parse(text)
			if err != nil {
				t.Fatal(err)
			}
			got, err := tmpl.Bool(context(d))
			if err != nil {
				t.Fatal(err)
			}
			if got != get(d, "out") {
				t.Errorf("got %v", got)
			}
		})
	}
}

func TestGoldenMappings(t *testing.T) {
	t.Parallel()
	for _, d := range golden(t, "interpolated_mappings.json") {
		kind := get(d, "kind").(string)
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			vars := context(d)
			var got *Dict
			switch kind {
			case "request_body_json":
				got = nested(t, get(d, "mapping"), vars).(*Dict)
			case "request_headers":
				got = mapping(t, get(d, "mapping").(*Dict), vars, 0, 0)
			default:
				got = mapping(t, get(d, "mapping").(*Dict), vars, String, String|List)
			}
			if diff := cmp.Diff(toRepr(pairs(get(d, "out").(*Dict))), toRepr(got)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// pairs decodes a mapping spelled as a list of pairs.
func pairs(d *Dict) *Dict {
	list, ok := d.Get("$pairs")
	if !ok {
		return d
	}
	out := NewDict(0)
	for _, p := range list.([]any) {
		out.put(p.([]any)[0], p.([]any)[1])
	}
	return out
}

func mapping(t *testing.T, m *Dict, vars Vars, keys, values Types) *Dict {
	t.Helper()
	out := NewDict(0)
	for k, v := range m.All() {
		key := entryOf(t, k, vars, keys)
		if v = entryOf(t, v, vars, values); v != nil {
			out.put(key, v)
		}
	}
	return out
}

func nested(t *testing.T, v any, vars Vars) any {
	t.Helper()
	switch v := v.(type) {
	case *Dict:
		out := NewDict(0)
		for k, x := range v.All() {
			if x = nested(t, x, vars); x != nil {
				out.put(entryOf(t, k, vars, 0), x)
			}
		}
		return out
	case []any:
		items := []any{}
		for _, x := range v {
			items = append(items, nested(t, x, vars))
		}
		return items
	}
	return entryOf(t, v, vars, 0)
}

func entryOf(t *testing.T, v any, vars Vars, types Types) any {
	t.Helper()
	text, ok := v.(string)
	if !ok {
		return v
	}
	tmpl, err := Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	out, err := tmpl.Entry(vars, types)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestGoldenDatetime(t *testing.T) {
	t.Parallel()
	for i, d := range golden(t, "datetime.json") {
		op, format := get(d, "op").(string), get(d, "format").(string)
		t.Run(strconv.Itoa(i)+" "+op+" "+format, func(t *testing.T) {
			t.Parallel()
			var got string
			var err error
			if op == "parse" {
				var moment time.Time
				moment, err = ParseTime(get(d, "value"), format)
				got = (&datetime{t: moment}).isoformat("T", "auto")
			} else {
				moment, perr := time.Parse(time.RFC3339Nano, get(d, "datetime").(string))
				if perr != nil {
					t.Fatal(perr)
				}
				got, err = FormatTime(moment, format)
			}
			if _, ok := d.Get("error"); ok {
				if !errors.Is(err, ErrValue) {
					t.Errorf("got %s and %v, want an error", got, err)
				}
				return
			}
			want := get(d, "out")
			if w, ok := want.(*Dict); ok {
				want = get(w, "$datetime")
			}
			if err != nil || got != want {
				t.Errorf("got %s and %v, want %v", got, err, want)
			}
		})
	}
}

// corpus gives the templates of a collection of real manifests, which is not part of the repository.
func corpus(t *testing.T) []string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("..", "..", "..", "shared", "manifests", "templates.tsv"))
	if err != nil {
		t.Skip("no collection of manifests beside the repository")
	}
	var list []string
	for _, line := range strings.Split(strings.TrimSpace(string(data)), "\n")[1:] {
		_, encoded, _ := strings.Cut(line, "\t")
		v, err := DecodeJSON([]byte(encoded))
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, v.(string))
	}
	return list
}

func TestCorpus(t *testing.T) {
	t.Parallel()
	list := corpus(t)
	for _, text := range list {
		tmpl, err := Parse(text)
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		if !slices.IsSorted(tmpl.Names()) {
			t.Errorf("%s: names %v", text, tmpl.Names())
		}
	}
	if len(list) != 3624 {
		t.Errorf("read %d templates", len(list))
	}
}
