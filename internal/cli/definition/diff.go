package definition

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"

	"github.com/spf13/cobra"

	"github.com/airfielddev/airfield/internal/cli/exit"
	"github.com/airfielddev/airfield/internal/cli/output"
	"github.com/airfielddev/airfield/internal/cli/session"
	"github.com/airfielddev/airfield/internal/declarative"
	"github.com/airfielddev/airfield/internal/declarative/changes"
)

func newDiff(s *session.Session) *cobra.Command {
	var breaking bool
	cmd := &cobra.Command{
		Use:   "diff OLD NEW",
		Short: "Tell what changes for the users of a connector from one manifest to another",
		Long: `Tell what changes for the users of a connector from one manifest to another: streams, fields, primary keys, cursors, settings and the check.
Each manifest is a file, or the id or name of a definition of the workspace. What a user would have to act upon is marked as breaking.

The exit code is 9 when anything changes; with --breaking, when anything breaks.`,
		Example: `  airfield definition diff my-api manifest.yaml
  airfield definition diff old.yaml new.yaml --breaking`,
		Args: session.Words("OLD", "NEW"),
		RunE: s.Run(func(ctx context.Context, args []string) error { return diff(ctx, s, args[0], args[1], breaking) }),
	}
	cmd.Flags().BoolVar(&breaking, "breaking", false, "tell of breaking changes alone")
	return cmd
}

// errChanges is returned for manifests that differ.
var errChanges = errors.New("the manifests differ")

func diff(ctx context.Context, s *session.Session, before, after string, breaking bool) error {
	p, err := s.Printer()
	if err != nil {
		return err
	}
	var resolved [2][]byte
	for i, ref := range []string{before, after} {
		source, err := manifestOf(ctx, s, ref)
		if err != nil {
			return err
		}
		if resolved[i], err = source.Resolved(); err != nil {
			return err
		}
	}
	all, err := changes.Between(resolved[0], resolved[1])
	if err != nil {
		return err
	}
	list := []changes.Change{}
	for _, c := range all {
		if c.Breaking || !breaking {
			list = append(list, c)
		}
	}
	if err := printChanges(s, p, list); err != nil || len(list) == 0 {
		return err
	}
	return exit.With(exit.PlanChanges, fmt.Errorf("%w: %s", errChanges, summed(list)))
}

// manifestOf is the manifest in a file, or that of a definition.
func manifestOf(ctx context.Context, s *session.Session, ref string) (*declarative.Source, error) {
	source, err := openManifest(s, ref, declarative.SourceOptions{})
	if errors.Is(err, fs.ErrNotExist) && !namesFile(ref) {
		return publishedManifest(ctx, s, ref)
	}
	return source, err
}

// namesFile tells what is a file, or nothing, from what may be a definition.
func namesFile(ref string) bool {
	return slices.Contains([]string{".yaml", ".yml", ".json"}, filepath.Ext(ref))
}

func publishedManifest(ctx context.Context, s *session.Session, ref string) (*declarative.Source, error) {
	w, err := s.Workspace(ctx)
	if err != nil {
		return nil, exit.Hint(err, "%s is no file here; a definition of that name needs a server", ref)
	}
	d, err := find(ctx, w, ref)
	if err != nil {
		return nil, err
	}
	text, err := d.Manifest(ctx)
	if err != nil {
		return nil, err
	}
	if text == nil {
		return nil, exit.Usagef("definition %s is not made of a manifest", ref)
	}
	return manifestFile{ref, text}.source(s, declarative.SourceOptions{})
}

func printChanges(s *session.Session, p *output.Printer, list []changes.Change) error {
	if len(list) == 0 && p.Format() == output.Table {
		s.Note("nothing changes for users")
		return nil
	}
	view := output.View[changes.Change]{
		Name: func(c changes.Change) string { return c.Path },
		Columns: []output.Column[changes.Change]{
			{Title: "breaking", Text: func(c changes.Change) string {
				if c.Breaking {
					return "BREAKING"
				}
				return ""
			}},
			{Title: "change", Text: func(c changes.Change) string { return string(c.Kind) }},
			{Title: "what", Text: func(c changes.Change) string { return c.Path }},
			{Title: "old", Text: func(c changes.Change) string { return c.Old }},
			{Title: "new", Text: func(c changes.Change) string { return c.New }},
			{Title: "why", Text: func(c changes.Change) string { return c.Why }},
		},
	}
	return view.List(p, output.Slice(list))
}

func summed(list []changes.Change) string {
	broken := 0
	for _, c := range list {
		if c.Breaking {
			broken++
		}
	}
	return fmt.Sprintf("%s, %d breaking", counted(len(list), "change"), broken)
}
