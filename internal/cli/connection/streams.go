package connection

import (
	"context"
	"strings"

	"github.com/spf13/cobra"

	"github.com/airfielddev/airfield/cloud"
	"github.com/airfielddev/airfield/internal/cli/output"
	"github.com/airfielddev/airfield/internal/cli/session"
)

func newStreams(s *session.Session) *cobra.Command {
	return &cobra.Command{
		Use:   "streams ID|NAME",
		Short: "List the streams that a connection syncs, and how",
		Long: `List the streams that a connection syncs, and how. The JSON or YAML that this prints is what --streams of update and deploy takes:

  airfield connection streams people-to-files -o yaml > streams.yaml
  airfield connection update people-to-files --streams @streams.yaml`,
		Args: session.Words("ID|NAME"),
		RunE: on(s, func(ctx context.Context, c *cloud.Connection, _ []string) error {
			streams, err := c.Streams(ctx)
			if err != nil {
				return err
			}
			return session.PrintList(s, streamView(), session.Items(streamRows(streams)))
		}),
		ValidArgsFunction: complete(s),
	}
}

func streamView() output.View[streamRow] {
	return output.View[streamRow]{
		Name: func(r streamRow) string { return r.Name },
		Columns: []output.Column[streamRow]{
			{Title: "stream", Text: func(r streamRow) string { return r.Name }},
			{Title: "namespace", Text: func(r streamRow) string { return r.Namespace }},
			{Title: "sync mode", Text: func(r streamRow) string { return r.SyncMode }},
			{Title: "cursor", Text: func(r streamRow) string { return strings.Join(r.CursorField, ".") }},
			{Title: "primary key", Text: primaryKey},
			{Title: "fields", Text: func(r streamRow) string { return strings.Join(r.SelectedFields, ", ") }},
		},
	}
}

func primaryKey(r streamRow) string {
	paths := make([]string, len(r.PrimaryKey))
	for i, path := range r.PrimaryKey {
		paths[i] = strings.Join(path, ".")
	}
	return strings.Join(paths, ", ")
}
