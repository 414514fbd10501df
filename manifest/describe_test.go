package manifest_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/airfielddev/airfield/manifest"
)

type (
	garden struct {
		Name   string                        `manifest:"name,required"`
		Plants []manifest.Of[plant, *season] `manifest:"plants,required,default=Tree"`
		Fence  *fence                        `manifest:"fence,default=Fence"`
		Old    manifest.Template             `manifest:"title,deprecated=name"`
		Gate   spelled                       `manifest:"gate"`
		Secret hidden                        `manifest:"secret"`
	}
	plant  interface{ grow() }
	season struct{}
	tree   struct {
		Height int64 `manifest:"height"`
	}
	fence struct {
		Color map[string]manifest.Tree `manifest:"color"`
	}
	spelled struct{}
	hidden  struct{}
)

func (*tree) Build(*season) (plant, error) { return nil, nil }
func (spelled) Spellings() []any           { return []any{"", []float64{}} }
func (hidden) Spellings() []any            { return nil }

func TestDescribe(t *testing.T) {
	t.Parallel()
	r := manifest.NewRegistry()
	manifest.Add[plant](r, "Tree", func() *tree { return &tree{Height: 3} })
	manifest.Add[plant](r, "Bush", func() *tree { return &tree{} })
	got := manifest.Describe("Garden", &garden{}, r)
	want := []manifest.Component{
		{Name: "Garden", Fields: []manifest.FieldDescription{
			{Name: "name", Type: "text", Required: true},
			{Name: "plants", Type: "list of plant", Choices: []string{"Bush", "Tree"}, Required: true, Default: "Tree"},
			{Name: "fence", Type: "Fence", Choices: []string{"Fence"}},
			{Name: "title", Type: "template", Deprecated: "name"},
			{Name: "gate", Type: "text, or list of number"},
		}},
		{Name: "Bush", Kinds: []string{"plant"}, Fields: []manifest.FieldDescription{{Name: "height", Type: "whole number"}}},
		{Name: "Fence", Fields: []manifest.FieldDescription{{Name: "color", Type: "object of object of templates"}}},
		{Name: "Tree", Kinds: []string{"plant"}, Fields: []manifest.FieldDescription{{Name: "height", Type: "whole number", Default: "3"}}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}
