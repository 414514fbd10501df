package output_test

import (
	"errors"
	"iter"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/airfielddev/airfield/internal/cli/output"
)

type fruit struct {
	Name  string  `json:"name"`
	Price float64 `json:"price"`
	Note  string  `json:"note,omitempty"`
}

var fruits = output.View[fruit]{
	Name: func(f fruit) string { return f.Name },
	Columns: []output.Column[fruit]{
		{Title: "name", Text: func(f fruit) string { return f.Name }},
		{Title: "note", Text: func(f fruit) string { return f.Note }, Detail: true},
		{Title: "cost", Text: func(f fruit) string { return strings.Repeat("$", int(f.Price)) }},
	},
}

func sequence(items ...fruit) iter.Seq2[fruit, error] {
	return func(yield func(fruit, error) bool) {
		for _, f := range items {
			if !yield(f, nil) {
				return
			}
		}
	}
}

func TestList(t *testing.T) {
	t.Parallel()
	two := sequence(fruit{"fig", 2, ""}, fruit{"a<b", 1, "no: \"quotes\""})
	f := func(format, jq string, things iter.Seq2[fruit, error], want string) {
		t.Helper()
		var out strings.Builder
		p, err := output.New(&out, format, jq)
		if err != nil {
			t.Fatalf("New(%q, %q): %v", format, jq, err)
		}
		if err := fruits.List(p, things); err != nil {
			t.Fatalf("List as %q %q: %v", format, jq, err)
		}
		if diff := cmp.Diff(want, out.String()); diff != "" {
			t.Errorf("List as %q %q (-want +got):\n%s", format, jq, diff)
		}
	}
	f("", "", two, "NAME  COST\nfig   $$\na<b   $\n")
	f("table", "", sequence(), "NAME  COST\n")
	f("json", "", sequence(), "[]\n")
	f("yaml", "", sequence(), "[]\n")
	f("jsonl", "", sequence(), "")
	f("name", "", sequence(), "")
	f("name", "", two, "fig\na<b\n")
	f("jsonl", "", two, "{\"name\":\"fig\",\"price\":2}\n{\"name\":\"a<b\",\"price\":1,\"note\":\"no: \\\"quotes\\\"\"}\n")
	f("json", "", sequence(fruit{"fig", 2, ""}), "[\n  {\n    \"name\": \"fig\",\n    \"price\": 2\n  }\n]\n")
	f("yaml", "", two, "- name: fig\n  price: 2\n- name: a<b\n  price: 1\n  note: 'no: \"quotes\"'\n")
	f("", ".[].name", two, "fig\na<b\n")
	f("json", "map(.price) | add", two, "3\n")
	f("jsonl", ".[0]", two, "{\"name\":\"fig\",\"price\":2}\n")
	f("", "length", sequence(), "0\n")
}

func TestOne(t *testing.T) {
	t.Parallel()
	f := func(format, want string) {
		t.Helper()
		var out strings.Builder
		p, err := output.New(&out, format, "")
		if err != nil {
			t.Fatal(err)
		}
		if err := fruits.One(p, fruit{"fig\x1b[2J", 2, "sweet\nsoft"}); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, out.String()); diff != "" {
			t.Errorf("One as %q (-want +got):\n%s", format, diff)
		}
	}
	f("table", "NAME  fig [2J\nNOTE  sweet soft\nCOST  $$\n")
	f("name", "fig [2J\n")
	f("yaml", "name: \"fig\\e[2J\"\nprice: 2\nnote: |-\n  sweet\n  soft\n")
}

func TestRawKeepsOrderAndDigits(t *testing.T) {
	t.Parallel()
	const text = `{"z":12345678901234567890,"a":1.50,"n":null,"t":true,"s":"true","e":{},"l":[1,"2"]}`
	f := func(format, want string) {
		t.Helper()
		var out strings.Builder
		p, err := output.New(&out, format, "")
		if err != nil {
			t.Fatal(err)
		}
		if err := p.Raw([]byte(text)); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, out.String()); diff != "" {
			t.Errorf("as %s (-want +got):\n%s", format, diff)
		}
	}
	f("jsonl", text+"\n")
	f("yaml", "z: 12345678901234567890\na: 1.50\nn: null\nt: true\ns: \"true\"\ne: {}\nl:\n  - 1\n  - \"2\"\n")
}

func TestListStopsAtAnError(t *testing.T) {
	t.Parallel()
	broken := errors.New("connection lost")
	things := func(yield func(fruit, error) bool) {
		_ = yield(fruit{Name: "fig"}, nil) && yield(fruit{}, broken)
	}
	for _, format := range []string{"table", "json", "yaml"} {
		var out strings.Builder
		p, err := output.New(&out, format, "")
		if err != nil {
			t.Fatal(err)
		}
		if err := fruits.List(p, things); !errors.Is(err, broken) {
			t.Errorf("as %s: got %v, want %v", format, err, broken)
		}
		if out.Len() != 0 {
			t.Errorf("as %s: half a list was printed: %s", format, out.String())
		}
	}
}

func TestNewRefuses(t *testing.T) {
	t.Parallel()
	f := func(format, jq, want string) {
		t.Helper()
		_, err := output.New(nil, format, jq)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("New(%q, %q) = %v, want an error with %q", format, jq, err, want)
		}
	}
	f("xml", "", `no output format "xml"; choose one of table, json`)
	f("", ".[", "--jq")
	f("", "nothing_there", "--jq")
	f("yaml", ".", "-o yaml")
}
