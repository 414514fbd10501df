package definition

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/airfielddev/airfield/internal/cli/output"
	"github.com/airfielddev/airfield/internal/cli/session"
	"github.com/airfielddev/airfield/internal/declarative"
	"github.com/airfielddev/airfield/manifest"
)

func newValidate(s *session.Session) *cobra.Command {
	var o validateOptions
	cmd := &cobra.Command{
		Use:     "validate FILE",
		Aliases: []string{"lint"},
		Short:   "Tell everything that is wrong with a low-code manifest",
		Long: `Tell everything that is wrong with a low-code manifest, with line, column and path. Nothing is sent anywhere.

The exit code is 2 when anything in it cannot be used. Warnings, such as unknown fields, are told and forgiven, unless --strict is given.`,
		Example: `  airfield definition validate manifest.yaml
  airfield definition validate manifest.yaml --strict -o json`,
		Args: session.Words("FILE"),
		RunE: s.Run(func(_ context.Context, args []string) error { return validate(s, args[0], o) }),
	}
	cmd.Flags().BoolVar(&o.strict, "strict", false, "take warnings for errors")
	cmd.Flags().BoolVar(&o.notes, "notes", false, "also tell of older spellings, which work as well as ever")
	return cmd
}

type validateOptions struct{ strict, notes bool }

func validate(s *session.Session, file string, o validateOptions) error {
	m, err := readManifest(s, file)
	if err != nil {
		return err
	}
	problems, err := inspect(m, o.strict)
	if !o.notes {
		problems = withoutNotes(problems)
	}
	if err := printProblems(s, m.name, problems); err != nil {
		return err
	}
	if err == nil && len(problems.Errors()) > 0 {
		return m.verdict("%s can be used in part: %s", problems)
	}
	return err
}

// inspect finds what is wrong with a manifest. The error says that it cannot be used at all.
func inspect(m manifestFile, strict bool) (manifest.Problems, error) {
	source, err := declarative.NewSource(m.text, declarative.SourceOptions{File: m.name, Strict: strict})
	if err == nil {
		return source.Problems(), nil
	}
	problems, ok := errors.AsType[manifest.Problems](err)
	if !ok {
		problems = manifest.Problems{{Place: manifest.Place{File: m.name}, Severity: manifest.Error, Code: manifest.CodeSyntax, Message: err.Error()}}
	}
	return problems, m.verdict("%s cannot be used: %s", problems)
}

func printProblems(s *session.Session, file string, problems manifest.Problems) error {
	p, err := s.Printer()
	if err != nil {
		return err
	}
	if p.Format() == output.Table {
		if len(problems) == 0 {
			s.Note("%s is fine", file)
		}
		for _, line := range told(problems) {
			if _, err := fmt.Fprintln(s.World.Stdout, line); err != nil {
				return err
			}
		}
		return nil
	}
	view := output.View[manifest.Problem]{Name: manifest.Problem.String, Columns: []output.Column[manifest.Problem]{{Title: "problem", Text: manifest.Problem.String}}}
	return view.List(p, output.Slice(problems))
}
