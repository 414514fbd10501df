package template

import (
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
)

// documented finds the rows of a table that have a template, and what it gives.
var documented = regexp.MustCompile("(?m)^\\| `(\\{\\{.*)` \\| `(.*)` \\|$")

// TestDocumentedTemplates evaluates the examples of docs/templates.md, and looks for functions that have none.
func TestDocumentedTemplates(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile(filepath.Join("..", "..", "docs", "templates.md"))
	if err != nil {
		t.Fatal(err)
	}
	rows := documented.FindAllStringSubmatch(string(page), -1)
	env := Env{Now: func() time.Time { return time.Date(2026, 3, 1, 12, 30, 0, 0, time.UTC) }}
	for _, row := range rows {
		text := strings.NewReplacer("` and `", " and ", `\|`, "|").Replace(row[1])
		tmpl, err := env.Parse(text)
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		got, err := tmpl.Text(nil)
		if want := strings.ReplaceAll(row[2], "` and `", " and "); err != nil || got != want {
			t.Errorf("%s gives %q, %v; want %q", text, got, err, want)
		}
	}
	// Jinja's own functions and filters are told by its documentation.
	names := slices.Collect(maps.Keys(timeMacros()))
	names = append(names, "sanitize_url", "camel_case_to_snake_case", "generate_uuid", "hash", "hmac", "base64encode", "base64decode")
	names = slices.AppendSeq(names, maps.Keys(regexFilters()))
	for _, name := range names {
		if !regexp.MustCompile(`\b` + name + `\b`).Match(page) {
			t.Errorf("the page does not tell of %s", name)
		}
	}
}
