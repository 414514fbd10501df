package reference_test

import (
	"flag"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/airfielddev/airfield/internal/declarative"
	"github.com/airfielddev/airfield/internal/declarative/reference"
)

var update = flag.Bool("update", false, "rewrite the page")

func TestEverythingIsTold(t *testing.T) {
	t.Parallel()
	for _, c := range reference.Components() {
		if c.Does == "" {
			t.Errorf("texts.yaml does not say what %s does", c.Name)
		}
		for _, f := range c.Fields {
			if f.Means == "" {
				t.Errorf("texts.yaml does not say what %s.%s means", c.Name, f.Name)
			}
		}
	}
	for _, name := range declarative.Registry().Names() {
		if _, ok := reference.Find(name); !ok && declarative.Registry().Supported(name) {
			t.Errorf("%s cannot be reached from a manifest", name)
		}
	}
	for _, told := range reference.Untold() {
		t.Errorf("texts.yaml tells of %s, which is not there", told)
	}
}

func TestPage(t *testing.T) {
	t.Parallel()
	page := filepath.Join("..", "..", "..", "docs", "components.md")
	if *update {
		if err := os.WriteFile(page, []byte(reference.Markdown()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(reference.Markdown(), string(got)); diff != "" {
		t.Errorf("docs/components.md is old; run go test ./internal/declarative/reference -update\n%s", diff)
	}
}

func TestFind(t *testing.T) {
	t.Parallel()
	c, ok := reference.Find("pageincrement")
	if !ok || c.Name != "PageIncrement" || c.Kinds[0] != "PageStrategy" {
		t.Errorf("got %+v", c)
	}
	if _, ok := reference.Find("PageDecrement"); ok {
		t.Error("found what is not there")
	}
}
