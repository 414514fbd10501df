package session

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/airfielddev/airfield/internal/cli/exit"
	"github.com/airfielddev/airfield/internal/cli/world"
)

func TestObject(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "config.yaml")
	if err := os.WriteFile(file, []byte("count: 5\nnested:\n  on: true\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	f := func(value string, want map[string]any) {
		t.Helper()
		s := New(world.World{Stdin: strings.NewReader(`{"from": "stdin"}`)})
		got, err := s.Object("config", value)
		if err != nil {
			t.Errorf("%s: %v", value, err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", value, diff)
		}
	}
	f("", nil)
	f(`{"big": 12345678901234567890, "exact": 1.10}`, map[string]any{"big": json.Number("12345678901234567890"), "exact": json.Number("1.10")})
	f("{count: 5}", map[string]any{"count": 5})
	f("count: 5", map[string]any{"count": 5})
	f("{}", map[string]any{})
	f("@"+file, map[string]any{"count": 5, "nested": map[string]any{"on": true}})
	f("-", map[string]any{"from": "stdin"})
}

func TestObjectRefuses(t *testing.T) {
	t.Parallel()
	const canary = "hunter2"
	for _, value := range []string{canary, "[1]", `{"password": "` + canary + `"`, "@/does/not/exist", "null", `{"a":1} {"b":2}`} {
		s := New(world.World{Stdin: strings.NewReader("")})
		_, err := s.Object("config", value)
		if exit.Of(err) != exit.Usage {
			t.Errorf("%s: got %v with code %d, want code %d", value, err, exit.Of(err), exit.Usage)
		}
		if err != nil && strings.Contains(err.Error(), canary) {
			t.Errorf("%s: the error tells the secret: %v", value, err)
		}
		if err != nil && strings.Contains(err.Error(), "interface") {
			t.Errorf("%s: the error speaks of the program: %v", value, err)
		}
	}
}

func FuzzParseObject(f *testing.F) {
	f.Add(`{"a": 1}`)
	f.Add("a: [1, 2]")
	f.Add("*x")
	f.Fuzz(func(t *testing.T, text string) {
		object, err := parseObject([]byte(text))
		if (object == nil) == (err == nil) {
			t.Errorf("parseObject(%q) = %v, %v: want one of them", text, object, err)
		}
	})
}
