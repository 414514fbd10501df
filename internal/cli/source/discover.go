package source

import (
	"context"
	"strings"

	"github.com/spf13/cobra"

	"github.com/airfielddev/airfield/cloud"
	"github.com/airfielddev/airfield/internal/cli/output"
	"github.com/airfielddev/airfield/internal/cli/session"
	"github.com/airfielddev/airfield/protocol"
)

func newDiscover(s *session.Session) *cobra.Command {
	var fresh bool
	cmd := &cobra.Command{
		Use:   "discover ID|NAME",
		Short: "List the streams that a source can be read for",
		Args:  session.Words("ID|NAME"),
		RunE: s.Run(func(ctx context.Context, args []string) error {
			return discover(ctx, s, args[0], fresh)
		}),
		ValidArgsFunction: Kind().Complete(s),
	}
	cmd.Flags().BoolVar(&fresh, "no-cache", false, "ask the source anew, whatever the server remembers")
	return cmd
}

func discover(ctx context.Context, s *session.Session, ref string, fresh bool) error {
	w, err := s.Workspace(ctx)
	if err != nil {
		return err
	}
	src, err := Kind().Find(ctx, w, ref)
	if err != nil {
		return err
	}
	var opts []cloud.DiscoverOption
	if fresh {
		opts = append(opts, cloud.WithoutCache())
	}
	catalog, err := src.Discover(ctx, opts...)
	if err != nil {
		return err
	}
	p, err := s.Printer()
	if err != nil {
		return err
	}
	if p.Structured() {
		return p.Value(catalog)
	}
	return view().List(p, session.Items(catalog.Streams))
}

func view() output.View[protocol.Stream] {
	return output.View[protocol.Stream]{
		Name: func(s protocol.Stream) string { return s.Name },
		Columns: []output.Column[protocol.Stream]{
			{Title: "stream", Text: func(s protocol.Stream) string { return s.Name }},
			{Title: "namespace", Text: func(s protocol.Stream) string { return s.Namespace }},
			{Title: "sync modes", Text: modes},
			{Title: "cursor", Text: func(s protocol.Stream) string { return strings.Join(s.DefaultCursorField, ".") }},
			{Title: "primary key", Text: primaryKey},
		},
	}
}

func modes(s protocol.Stream) string {
	names := make([]string, len(s.SupportedSyncModes))
	for i, m := range s.SupportedSyncModes {
		names[i] = string(m)
	}
	return strings.Join(names, ", ")
}

func primaryKey(s protocol.Stream) string {
	paths := make([]string, len(s.SourceDefinedPrimaryKey))
	for i, path := range s.SourceDefinedPrimaryKey {
		paths[i] = strings.Join(path, ".")
	}
	return strings.Join(paths, ", ")
}
