package definition

import (
	"context"
	"encoding/json"
	"strings"

	"github.com/spf13/cobra"

	"github.com/airfielddev/airfield"
	"github.com/airfielddev/airfield/internal/cli/exit"
	"github.com/airfielddev/airfield/internal/cli/session"
	"github.com/airfielddev/airfield/protocol"
)

type readOptions struct {
	config  string
	streams string
	limit   int
	tryOptions
}

// line is a record as it is printed.
type line struct {
	Stream string          `json:"stream"`
	Data   json.RawMessage `json:"data"`
}

func newRead(s *session.Session) *cobra.Command {
	var o readOptions
	cmd := &cobra.Command{
		Use:   "read FILE [STREAM] --config CONFIG",
		Short: "Read some records with a low-code manifest, here and now",
		Long: `Read some records with a low-code manifest, here and now. No server is needed and nothing is stored.

Without a stream, the records of all are printed as lines of JSON. With one, its beginning is read and shown as it goes: each slice and page
with its request, its answer and its records, the state after it, and the requests that were sent for other reasons. Secrets are masked.
What fails is not tried again, unless --retry is given. What the connector logs goes to stderr.`,
		Example: `  airfield definition read manifest.yaml --config @config.json --streams users --limit 10
  airfield definition read manifest.yaml users --config @config.json --pages 2 --requests
  airfield definition read manifest.yaml users --config @config.json --schema -o yaml
  airfield definition read manifest.yaml users --config @config.json -o json --jq '.slices[].pages[].request.url'`,
		Args: cobra.RangeArgs(1, 2),
		RunE: s.Run(func(ctx context.Context, args []string) error {
			if len(args) == 2 {
				return try(ctx, s, args[0], args[1], o)
			}
			return read(ctx, s, args[0], o)
		}),
	}
	f := cmd.Flags()
	f.StringVar(&o.config, "config", "{}", "`configuration` of the source: JSON, YAML, @FILE or -")
	f.StringVar(&o.streams, "streams", "", "`names` of streams with commas between them, where no stream is given; all without it")
	f.IntVar(&o.limit, "limit", 100, "stop after so many `records`, where no stream is given; 0 reads to the end")
	o.bind(cmd)
	return cmd
}

func read(ctx context.Context, s *session.Session, file string, o readOptions) error {
	source, err := manifestSource(s, file, o)
	if err != nil {
		return err
	}
	p, err := s.LinesPrinter()
	if err != nil {
		return err
	}
	n := 0
	for record, err := range source.Read(ctx, airfield.OnLog(func(l protocol.Log) { s.Note("%s %s", l.Level, l.Message) })) {
		if err != nil {
			return err
		}
		if err := p.Value(line{record.Stream, record.Data}); err != nil {
			return err
		}
		if n++; n == o.limit {
			break
		}
	}
	return nil
}

// manifestSource is a manifest with its configuration and the streams that were asked for.
func manifestSource(s *session.Session, file string, o readOptions) (*airfield.Source, error) {
	text, err := s.World.ReadFile(file)
	if err != nil {
		return nil, exit.Usagef("reading the manifest: %w", err)
	}
	config, err := s.Object("config", o.config)
	if err != nil {
		return nil, err
	}
	source, err := airfield.GetSource(file, config, airfield.WithManifest(text))
	if err != nil {
		return nil, exit.Hint(exit.With(exit.Usage, err), "see airfield definition validate %s", file)
	}
	if o.streams != "" {
		source.SelectStreams(strings.Split(o.streams, ",")...)
	}
	return source, nil
}
