// Package version is the noun for what this program is.
package version

import (
	"context"
	"fmt"
	"runtime/debug"

	"github.com/spf13/cobra"

	"github.com/airfielddev/airfield/internal/cli/output"
	"github.com/airfielddev/airfield/internal/cli/session"
)

type build struct {
	Version string `json:"version"`
	Commit  string `json:"commit,omitempty"`
	Go      string `json:"go"`
}

// New is the command.
func New(s *session.Session) *cobra.Command {
	return &cobra.Command{
		Use:   "version",
		Short: "Tell which version this is",
		Args:  session.Words(),
		RunE:  s.Run(func(context.Context, []string) error { return show(s) }),
	}
}

func show(s *session.Session) error {
	p, err := s.Printer()
	if err != nil {
		return err
	}
	view := output.View[build]{
		Name: func(b build) string { return b.Version },
		Columns: []output.Column[build]{
			{Title: "version", Text: func(b build) string { return b.Version }},
			{Title: "commit", Text: func(b build) string { return b.Commit }},
			{Title: "go", Text: func(b build) string { return b.Go }},
		},
	}
	return view.One(p, current())
}

// Text is the version on one line.
func Text() string {
	b := current()
	if b.Commit == "" {
		return "airfield " + b.Version
	}
	return fmt.Sprintf("airfield %s (%s)", b.Version, b.Commit)
}

// Number is the version alone.
func Number() string { return current().Version }

func current() build {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return build{Version: "unknown"}
	}
	b := build{Version: info.Main.Version, Go: info.GoVersion}
	if b.Version == "" {
		b.Version = "(devel)"
	}
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" && len(s.Value) >= 12 {
			b.Commit = s.Value[:12]
		}
	}
	return b
}
