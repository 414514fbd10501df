package manifest_test

import (
	"fmt"

	"github.com/airfielddev/airfield/manifest"
)

// A Greeting is what the components of this example build.
type Greeting interface{ Greet() string }

// Hello is a component.
type Hello struct {
	Name  manifest.Template `manifest:"name,required"`
	Times int               `manifest:"times"`
}

// Build makes the greeting; the environment of this example is the configuration alone.
func (h *Hello) Build(config map[string]any) (Greeting, error) {
	name, err := h.Name.Text(map[string]any{"config": config})
	return greeting(fmt.Sprintf("hello %s x%d", name, h.Times)), err
}

type greeting string

func (g greeting) Greet() string { return string(g) }

// Card has a slot for a greeting.
type Card struct {
	Greeting manifest.Of[Greeting, map[string]any] `manifest:"greeting,required,default=Hello"`
}

func registry() *manifest.Registry {
	r := manifest.NewRegistry()
	manifest.Add[Greeting](r, "Hello", func() *Hello { return &Hello{Times: 1} })
	return r
}

func ExampleDecode() {
	doc, err := manifest.Parse("card.yaml", []byte("greeting:\n  name: \"{{ config.user }}\"\n"))
	if err != nil {
		panic(err)
	}
	var card Card
	if err := manifest.Decode(doc, "Card", &card, registry(), manifest.Options{}).Err(); err != nil {
		panic(err)
	}
	g, err := card.Greeting.Build(map[string]any{"user": "Ada"})
	if err != nil {
		panic(err)
	}
	fmt.Println(g.Greet())
	// Output: hello Ada x1
}

func ExampleProblems() {
	doc, err := manifest.Parse("card.yaml", []byte("greeting:\n  type: Hallo\n  name: x\ngreting: {}\n"))
	if err != nil {
		panic(err)
	}
	var card Card
	for _, problem := range manifest.Decode(doc, "Card", &card, registry(), manifest.Options{}) {
		fmt.Println(problem)
	}
	// Output:
	// card.yaml:2:9: error: greeting.type: no Greeting is called "Hallo" (did you mean Hello?)
	// card.yaml:4:1: warning: greting: unknown field (did you mean greeting?)
}
