package postgres

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/airfielddev/airfield/internal/builtin/table"
	"github.com/airfielddev/airfield/protocol"
)

// naming is PostgreSQL's limit of identifiers. Quoted names keep their case.
var naming = table.Naming{MaxBytes: 63}

// ident is the name of a table.
type ident struct{ schema, table string }

func (i ident) quoted() string { return quote(i.schema) + "." + quote(i.table) }

func (i ident) String() string { return i.schema + "." + i.table }

func quote(name string) string { return `"` + strings.ReplaceAll(name, `"`, `""`) + `"` }

func literal(text string) string { return "'" + strings.ReplaceAll(text, "'", "''") + "'" }

// stream is where the records of one stream go.
type stream struct {
	configured *protocol.ConfiguredStream
	columns    []table.Column
	raw        bool       // the one column holds whole records
	key        *table.Key // nil: rows are appended
	truncates  bool

	final   ident
	waiting ident // where a new generation waits until the stream is complete
	target  ident // final or waiting: where rows go now
	stage   string
}

// asidePrefix is what the names of all generations of a table begin with while they wait.
func asidePrefix(final ident) string {
	return fmt.Sprintf("%s_%s_gen_", table.Truncate(final.table, 30), table.Hash(final.schema+"\x00"+final.table))
}

func plan(cfg *config, catalog *protocol.ConfiguredCatalog) ([]*stream, error) {
	finals := finalTables(cfg, catalog)
	var streams []*stream
	for i := range catalog.Streams {
		s, err := planStream(cfg, &catalog.Streams[i], finals[i])
		if err != nil {
			return nil, err
		}
		s.stage = "airfield_stage_" + strconv.Itoa(i)
		streams = append(streams, s)
	}
	return streams, nil
}

func planStream(cfg *config, c *protocol.ConfiguredStream, final ident) (*stream, error) {
	s := &stream{configured: c, final: final, target: final, raw: cfg.RawOnly}
	s.truncates = c.Truncates() || replaces(c.DestinationSyncMode)
	generation := strconv.FormatInt(c.GenerationID, 10)
	s.waiting = ident{naming.Name(cfg.InternalSchema), asidePrefix(final) + generation}
	if cfg.RawOnly {
		s.columns = []table.Column{{Name: table.Data, Type: table.JSON}}
		return s, nil
	}
	s.columns = table.Columns(c.Stream.JSONSchema, naming)
	if c.DestinationSyncMode != protocol.AppendDedup && c.DestinationSyncMode != protocol.OverwriteDedup {
		return s, nil
	}
	key, err := table.KeyOf(c, s.columns)
	s.key = key
	return s, err
}

// replaces tells whether a mode by itself asks for truncation, as platforms without generations do.
func replaces(mode protocol.DestinationSyncMode) bool {
	return mode == protocol.Overwrite || mode == protocol.OverwriteDedup
}

// finalTables names the table of each stream. Streams of one schema get names that differ.
func finalTables(cfg *config, catalog *protocol.ConfiguredCatalog) []ident {
	finals := make([]ident, len(catalog.Streams))
	names := map[string][]string{}
	places := map[string][]int{}
	for i := range catalog.Streams {
		schema, name := location(cfg, &catalog.Streams[i].Stream)
		finals[i].schema = schema
		names[schema] = append(names[schema], name)
		places[schema] = append(places[schema], i)
	}
	for schema, texts := range names {
		for j, name := range naming.Distinct(texts) {
			finals[places[schema][j]].table = name
		}
	}
	return finals
}

func location(cfg *config, s *protocol.Stream) (schema, name string) {
	schema = s.Namespace
	if schema == "" {
		schema = cfg.Schema
	}
	if cfg.RawOnly {
		return naming.Name(cfg.InternalSchema), strings.ToLower(schema + "_raw__stream_" + s.Name)
	}
	return naming.Name(schema), s.Name
}

// columnNames are the quoted columns of a table in the order in which rows are sent.
func (s *stream) columnNames() []string {
	names := []string{quote(table.RawID), quote(table.ExtractedAt), quote(table.GenerationID)}
	for _, c := range s.columns {
		names = append(names, quote(c.Name))
	}
	return append(names, quote(table.Meta))
}

func (s *stream) columnList() string { return strings.Join(s.columnNames(), ", ") }
