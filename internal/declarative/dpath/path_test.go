package dpath

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/airfielddev/airfield/internal/template"
)

func parse(t *testing.T, text []byte) any {
	t.Helper()
	v, err := template.DecodeJSON(text)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func text(t *testing.T, v any) string {
	t.Helper()
	b, err := template.AppendJSON(nil, v)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// vector is what the reference implementation does with an object.
type vector struct {
	Op             string
	Obj, Path, Out json.RawMessage
	Value          json.RawMessage
	Error          string
}

func TestGolden(t *testing.T) {
	t.Parallel()
	file, err := os.ReadFile("testdata/golden.json")
	if err != nil {
		t.Fatal(err)
	}
	var vectors []vector
	if err := json.Unmarshal(file, &vectors); err != nil || len(vectors) == 0 {
		t.Fatal("no vectors", err)
	}
	for _, v := range vectors {
		name := fmt.Sprintf("%s %s of %s", v.Op, v.Path, v.Obj)
		var path []string
		if json.Unmarshal(v.Path, &path) != nil {
			continue // a path in one text is split by whoever has one
		}
		got, err := onPath(t, v, path)
		switch {
		case v.Error == "PathNotFound" && v.Op == "delete":
			if got := text(t, got); got != text(t, parse(t, v.Obj)) {
				t.Errorf("%s changed it to %s", name, got)
			}
		case v.Error != "":
			if err == nil {
				t.Errorf("%s: got %s, want %s", name, text(t, got), v.Error)
			}
		case err != nil:
			t.Errorf("%s: %v", name, err)
		case text(t, got) != text(t, parse(t, v.Out)):
			t.Errorf("%s: got %s, want %s", name, text(t, got), v.Out)
		}
	}
}

func onPath(t *testing.T, v vector, path []string) (any, error) {
	t.Helper()
	of, p := parse(t, v.Obj), Parse(path)
	switch v.Op {
	case "get":
		found, ok, err := p.Get(of)
		if err == nil && !ok {
			err = fmt.Errorf("nothing at %q", path)
		}
		return found, err
	case "values":
		list := []any{}
		err := p.Walk(of, func(v any) error {
			list = append(list, v)
			return nil
		})
		return list, err
	case "new":
		return Set(of, path, parse(t, v.Value))
	case "delete":
		return p.Delete(of), nil
	case "delete_with_condition":
		return DeleteLeaves(of, func(v any) bool { return v == "v" }), nil
	}
	t.Fatalf("unknown operation %s", v.Op)
	return nil, nil
}

const object = `{"a":{"x":[1,{"k":2}],"y":3},"b":[{"x":[4]},{"x":5}],"c":"d"}`

func TestPlaces(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		path []string
		want [][]string
	}{
		{[]string{"a", "y"}, [][]string{{"a", "y"}}},
		{[]string{"b", "*", "x"}, [][]string{{"b", "0", "x"}, {"b", "1", "x"}}},
		{[]string{"**", "k"}, [][]string{{"a", "x", "1", "k"}}},
		{[]string{"b", "-1", "x"}, [][]string{{"b", "1", "x"}}},
		{[]string{"[ab]", "x"}, [][]string{{"a", "x"}}},
		{[]string{"a", "z"}, nil},
	} {
		if diff := cmp.Diff(c.want, Parse(c.path).Places(parse(t, []byte(object)))); diff != "" {
			t.Errorf("%q (-want +got)\n%s", c.path, diff)
		}
	}
}

// TestManyWays follows a path that leads to each of its ends in more ways than there is time for.
func TestManyWays(t *testing.T) {
	t.Parallel()
	const depth, steps = 500, 40
	path := make([]string, steps)
	for i := range path {
		path[i] = []string{"**", "a"}[i%2]
	}
	v := parse(t, []byte(strings.Repeat(`{"a":`, depth)+"1"+strings.Repeat("}", depth)))
	visits := 0
	if err := Parse(path).Walk(v, func(any) error { visits++; return nil }); err != nil || visits != depth-steps/2+1 {
		t.Errorf("%d visits, %v", visits, err)
	}
	if places := Parse(path).Places(v); len(places) != visits {
		t.Errorf("%d places, %d visits", len(places), visits)
	}
	Parse(path).Delete(v)
	if left := text(t, v); strings.Count(left, "a") != steps/2-1 {
		t.Errorf("left %s", left)
	}
}

func TestFirstAndTheOnlyOne(t *testing.T) {
	t.Parallel()
	v := parse(t, []byte(object))
	p := Parse([]string{"b", "*", "x"})
	if first, ok := p.First(v); !ok || text(t, first) != "[4]" {
		t.Errorf("the first is %v, %t", first, ok)
	}
	if _, _, err := p.Get(v); !errors.Is(err, ErrAmbiguous) {
		t.Errorf("one of two: %v", err)
	}
	if _, ok := Parse([]string{"c", "d"}).First(v); ok {
		t.Error("something was found inside a text")
	}
}

func TestWithoutLists(t *testing.T) {
	t.Parallel()
	for path, want := range map[[2]string]string{
		{"b", ""}:   `{"a":{"x":[1,{"k":2}],"y":3},"c":"d"}`,
		{"*", "x"}:  `{"a":{"y":3},"b":[{"x":[4]},{"x":5}],"c":"d"}`,
		{"**", "x"}: `{"a":{"y":3},"b":[{},{"x":5}],"c":"d"}`,
		{"**", ""}:  `{"a":{"y":3},"c":"d"}`,
	} {
		steps := path[:]
		if steps[1] == "" {
			steps = steps[:1]
		}
		v := parse(t, []byte(object))
		if got := text(t, Parse(steps).WithoutLists(v)); got != want {
			t.Errorf("%q: got %s, want %s", steps, got, want)
		}
		if text(t, v) != object {
			t.Errorf("%q changed the value itself", steps)
		}
	}
}

func TestSteps(t *testing.T) {
	t.Parallel()
	if step, many := Parse([]string{"a", "b?", "**"}).Wildcard(); !many || step != "b?" {
		t.Errorf("the wildcard is %q, %t", step, many)
	}
	if _, many := Parse([]string{"a", "0"}).Wildcard(); many {
		t.Error("an index counts as a wildcard")
	}
	p := Parse([]string{"a", "b"})
	if diff := cmp.Diff([]string{"a", "total"}, p.Beside("total").Keys()); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"a", "b"}, p.Keys()); diff != "" {
		t.Error("the path itself was changed:", diff)
	}
}

func TestSetGoesThroughContainersAlone(t *testing.T) {
	t.Parallel()
	if _, err := Set(parse(t, []byte(object)), []string{"c", "d"}, 1); !errors.Is(err, ErrNotContainer) {
		t.Errorf("got %v", err)
	}
}
