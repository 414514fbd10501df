package definition

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/spf13/cobra"

	"github.com/airfielddev/airfield/internal/cli/exit"
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
	text, err := s.World.ReadFile(file)
	if err != nil {
		return exit.Usagef("reading the manifest: %w", err)
	}
	problems, unusable := inspect(file, text, o.strict)
	if !o.notes {
		problems = slices.DeleteFunc(problems, func(p manifest.Problem) bool { return p.Severity == manifest.Note })
	}
	if err := printProblems(s, file, problems); err != nil {
		return err
	}
	if unusable != nil {
		return exit.Usagef("%s cannot be used: %s", file, count(problems))
	}
	if len(problems.Errors()) > 0 {
		return exit.Usagef("%s can be used in part: %s", file, count(problems))
	}
	return nil
}

// inspect finds what is wrong with a manifest. The error says that it cannot be used at all.
func inspect(file string, text []byte, strict bool) (manifest.Problems, error) {
	source, err := declarative.NewSource(text, declarative.SourceOptions{File: file, Strict: strict})
	if err == nil {
		return source.Problems(), nil
	}
	var problems manifest.Problems
	if !errors.As(err, &problems) {
		problems = manifest.Problems{{Place: manifest.Place{File: file}, Severity: manifest.Error, Code: manifest.CodeSyntax, Message: err.Error()}}
	}
	return problems, err
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
		for _, problem := range problems {
			if _, err := fmt.Fprintln(s.World.Stdout, problem); err != nil {
				return err
			}
		}
		return nil
	}
	view := output.View[manifest.Problem]{Name: manifest.Problem.String, Columns: []output.Column[manifest.Problem]{{Title: "problem", Text: manifest.Problem.String}}}
	return view.List(p, output.Slice(problems))
}

func count(problems manifest.Problems) string {
	if n := len(problems.Errors()); n != 1 {
		return fmt.Sprintf("%d errors", n)
	}
	return "one error"
}
