package definition

import (
	"context"
	"encoding/json"
	"strings"

	"github.com/spf13/cobra"

	"github.com/airfielddev/airfield"
	"github.com/airfielddev/airfield/internal/cli/exit"
	"github.com/airfielddev/airfield/internal/cli/session"
	"github.com/airfielddev/airfield/internal/declarative"
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

// check refuses flags that would do nothing, and numbers that mean nothing.
func (o *readOptions) check(cmd *cobra.Command, ofOne bool) error {
	for _, name := range []string{"streams", "limit"} {
		if ofOne && cmd.Flags().Changed(name) {
			return exit.Usagef("--%s does not go with the name of a stream", name)
		}
	}
	for _, name := range tryFlags {
		if !ofOne && cmd.Flags().Changed(name) {
			return exit.Usagef("--%s wants the name of a stream after the file", name)
		}
	}
	if o.limit < 0 {
		return exit.Usagef("--limit is %d; want a number of records, or 0 for all", o.limit)
	}
	return atLeastOne(cmd)
}

func newRead(s *session.Session) *cobra.Command {
	var o readOptions
	cmd := &cobra.Command{
		Use:   "read FILE [STREAM] --config CONFIG",
		Short: "Read some records with a low-code manifest, here and now",
		Long: `Read some records with a low-code manifest, here and now. No server is needed and nothing is stored.

Without a stream, the records of all are printed as lines of JSON. With one, its beginning is read and shown as it goes: each slice and page
with its request, its answer and its records, the state after it, and the requests that were sent for other reasons. Secrets are masked, and
what fails is shown rather than tried again, unless --retry is given. What the connector logs goes to stderr.`,
		Example: `  airfield definition read manifest.yaml --config @config.json --streams users --limit 10
  airfield definition read manifest.yaml users --config @config.json --pages 2 --requests
  airfield definition read manifest.yaml users --config @config.json --schema -o yaml
  airfield definition read manifest.yaml users --config @config.json -o json --jq '.slices[].pages[].request.url'`,
		Args:    session.Words("FILE", "[STREAM]"),
		PreRunE: func(cmd *cobra.Command, args []string) error { return o.check(cmd, len(args) == 2) },
		RunE: s.Run(func(ctx context.Context, args []string) error {
			if len(args) == 2 {
				return try(ctx, s, args[0], args[1], o)
			}
			return read(ctx, s, args[0], o)
		}),
	}
	f := cmd.Flags()
	f.StringVar(&o.config, "config", noConfig, "`configuration` of the source: JSON, YAML, @FILE or -")
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
	m, err := readManifest(s, file)
	if err != nil {
		return nil, err
	}
	if _, err := m.source(s, declarative.SourceOptions{}); err != nil {
		return nil, err
	}
	config, err := s.Object("config", o.config)
	if err != nil {
		return nil, err
	}
	source, err := airfield.GetSource(m.name, config, airfield.WithManifest(m.text))
	if err != nil {
		return nil, err
	}
	if o.streams != "" {
		source.SelectStreams(strings.Split(o.streams, ",")...)
	}
	return source, nil
}
