package definition

import (
	"context"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/airfielddev/airfield/internal/cli/exit"
	"github.com/airfielddev/airfield/internal/cli/output"
	"github.com/airfielddev/airfield/internal/cli/session"
	"github.com/airfielddev/airfield/internal/cli/suggest"
	"github.com/airfielddev/airfield/internal/declarative/reference"
)

func newExplain(s *session.Session) *cobra.Command {
	return &cobra.Command{
		Use:   "explain [COMPONENT]",
		Short: "Tell what the components of low-code manifests do, and what their fields mean",
		Long: `Tell what the components of low-code manifests do; with the name of one, what its fields mean, with a star at those that are required.

The component called DeclarativeSource is a whole manifest.`,
		Example: `  airfield definition explain
  airfield definition explain DatetimeBasedCursor`,
		Args:              session.Words("[COMPONENT]"),
		ValidArgsFunction: cobra.FixedCompletions(componentNames(), cobra.ShellCompDirectiveNoFileComp),
		RunE: s.Run(func(_ context.Context, args []string) error {
			if len(args) == 0 {
				return explainAll(s)
			}
			return explain(s, args[0])
		}),
	}
}

func componentNames() []string {
	var names []string
	for _, c := range reference.Components() {
		names = append(names, c.Name)
	}
	return names
}

func explainAll(s *session.Session) error {
	p, err := s.Printer()
	if err != nil {
		return err
	}
	view := output.View[reference.Component]{
		Name: func(c reference.Component) string { return c.Name },
		Columns: []output.Column[reference.Component]{
			{Title: "component", Text: func(c reference.Component) string { return c.Name }},
			{Title: "does", Text: func(c reference.Component) string { return c.Does }},
		},
	}
	return view.List(p, output.Slice(reference.Components()))
}

func explain(s *session.Session, name string) error {
	c, ok := reference.Find(name)
	if !ok {
		return unknownComponent(name)
	}
	p, err := s.Printer()
	if err != nil {
		return err
	}
	if p.Format() != output.Table {
		return output.View[reference.Component]{Name: func(c reference.Component) string { return c.Name }}.One(p, c)
	}
	s.Note("%s", c.Sentence())
	view := output.View[reference.Field]{
		Name: func(f reference.Field) string { return f.Name },
		Columns: []output.Column[reference.Field]{
			{Title: "field", Text: required},
			{Title: "type", Text: stands},
			{Title: "means", Text: reference.Field.Says},
		},
	}
	return view.List(p, output.Slice(c.Fields))
}

func unknownComponent(name string) error {
	err := exit.Usagef("no component is called %s", name)
	if near := suggest.Nearest(name, componentNames()); near != "" {
		return exit.Hint(err, "did you mean %s?", near)
	}
	return exit.Hint(err, "airfield definition explain lists them all")
}

func required(f reference.Field) string {
	if f.Required {
		return f.Name + "*"
	}
	return f.Name
}

// stands is what can stand in a field.
func stands(f reference.Field) string {
	if len(f.Components) == 0 || slices.Equal(f.Components, []string{f.Type}) {
		return f.Type
	}
	return strings.Join(f.Components, "|")
}
