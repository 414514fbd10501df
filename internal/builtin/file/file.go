// Package file reads one file, from the local disk or over HTTP, as one stream.
//
// Its options and definition id are those of Airbyte's source-file: https://docs.airbyte.com/integrations/sources/file. The
// formats are CSV, JSON, JSON lines and Parquet, as they are or compressed with gzip or bzip2.
package file

import (
	"context"
	_ "embed" // the specification is a file
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"github.com/airfielddev/airfield/connector"
	"github.com/airfielddev/airfield/internal/builtin/reading"
	"github.com/airfielddev/airfield/protocol"
)

//go:embed spec.json
var specJSON []byte

// Options bounds what the source may reach.
type Options struct {
	// Root is the directory that local paths must stay within, also through symbolic links. "": no limit.
	Root string
}

// Definition is what is known of the connector before it runs.
func Definition() connector.Definition {
	return connector.Definition{
		ID:               "778daa7c-feaf-4db6-96f3-70fd645acc77",
		Kind:             connector.KindSource,
		Name:             "source-file",
		Title:            "File (CSV, JSON, Parquet)",
		DockerRepository: "airbyte/source-file",
		DockerImageTag:   "0.6.0",
		DocumentationURL: "https://docs.airbyte.com/integrations/sources/file",
	}
}

// New makes the source.
func New(o Options) connector.Source { return source{options: o, every: 20_000} }

type source struct {
	options Options
	every   int64 // records between two states
}

// Spec describes the configuration.
func (source) Spec(context.Context) (protocol.Spec, error) {
	var spec protocol.Spec
	if err := json.Unmarshal(specJSON, &spec); err != nil {
		return spec, fmt.Errorf("reading specification of source-file: %w", err)
	}
	return spec, nil
}

// Check opens the file and looks at its beginning.
func (src source) Check(ctx context.Context, text json.RawMessage, _ connector.Emit) (protocol.ConnectionStatus, error) {
	const enough = 64 << 10
	_, err := src.discover(ctx, text, func(*input) int64 { return enough })
	if ctx.Err() != nil {
		return protocol.ConnectionStatus{}, ctx.Err()
	}
	if err != nil {
		return connector.Failed(err), nil
	}
	return connector.Succeeded(), nil
}

// Discover tells the columns of the file. What their values have in common decides their types.
func (src source) Discover(ctx context.Context, text json.RawMessage, _ connector.Emit) (protocol.Catalog, error) {
	stream, err := src.discover(ctx, text, (*input).sample)
	if err != nil {
		return protocol.Catalog{}, err
	}
	return protocol.Catalog{Streams: []protocol.Stream{stream}}, nil
}

func (src source) discover(ctx context.Context, text json.RawMessage, bytes func(*input) int64) (protocol.Stream, error) {
	c, err := parseConfig(text)
	if err != nil {
		return protocol.Stream{}, err
	}
	in, err := src.open(ctx, c)
	if err != nil {
		return protocol.Stream{}, err
	}
	defer func() { _ = in.Close() }()
	columns, err := c.format.infer(in, c.options, bytes(in))
	if err != nil {
		return protocol.Stream{}, c.explain(ctx, err)
	}
	return protocol.Stream{
		Name:               c.Dataset,
		JSONSchema:         schemaOf(columns),
		SupportedSyncModes: []protocol.SyncMode{protocol.FullRefresh},
		IsResumable:        in.fingerprint != "",
	}, nil
}

// Read emits the rows of the file.
func (src source) Read(ctx context.Context, req connector.ReadRequest, emit connector.Emit) error {
	c, err := parseConfig(req.Config)
	if err != nil {
		return err
	}
	available := protocol.Catalog{Streams: []protocol.Stream{{Name: c.Dataset, SupportedSyncModes: []protocol.SyncMode{protocol.FullRefresh}}}}
	return reading.Each(ctx, req, available, emit, func(ctx context.Context, s *reading.Stream) error {
		return c.explain(ctx, src.read(ctx, c, s))
	})
}

// progress is the state of the stream.
type progress struct {
	Rows        int64  `json:"rows"`                  // read so far
	Fingerprint string `json:"fingerprint,omitempty"` // of the file's version; "": cannot be told
	Complete    bool   `json:"complete,omitempty"`
}

func (src source) read(ctx context.Context, c config, s *reading.Stream) error {
	var last progress
	if err := s.DecodeState(&last); err != nil {
		return err
	}
	if last.Complete {
		return s.Checkpoint(last)
	}
	in, err := src.open(ctx, c)
	if err != nil {
		return err
	}
	defer func() { _ = in.Close() }()
	if last.Rows > 0 && last.Fingerprint != in.fingerprint {
		return connector.ConfigError("the file has changed since it was read half; the next sync reads it from the start")
	}
	last.Fingerprint = in.fingerprint
	rows, err := c.rows(in, s.Stream.JSONSchema)
	if err != nil {
		return err
	}
	if err := skip(ctx, rows, last.Rows); err != nil {
		return err
	}
	return src.emit(ctx, rows, s, last, c.options.limit())
}

func (src source) emit(ctx context.Context, rows rows, s *reading.Stream, last progress, limit int64) error {
	for last.Rows < limit {
		data, err := rows.next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return err
		}
		if err := s.Record(ctx, data); err != nil {
			return err
		}
		last.Rows++
		if last.Fingerprint != "" && s.Since() >= src.every {
			if err := s.Checkpoint(last); err != nil {
				return err
			}
		}
	}
	last.Complete = true
	return s.Checkpoint(last)
}

// skip reads past the rows that an earlier attempt has emitted.
func skip(ctx context.Context, rows rows, n int64) error {
	for i := range n {
		if i%1024 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		if _, err := rows.next(); err != nil {
			return fmt.Errorf("going on behind row %d: %w", n, err)
		}
	}
	return nil
}
