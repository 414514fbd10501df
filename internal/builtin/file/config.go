package file

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"math"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/airfielddev/airfield/connector"
	"github.com/airfielddev/airfield/internal/builtin/reading"
)

// config is the user's configuration.
type config struct {
	Dataset       string          `json:"dataset_name"`
	Format        string          `json:"format"`
	ReaderOptions json.RawMessage `json:"reader_options"`
	URL           string          `json:"url"`
	Provider      struct {
		Storage   string `json:"storage"`
		UserAgent bool   `json:"user_agent"`
	} `json:"provider"`

	format  format
	options readerOptions
}

// format is a way in which rows are written in a file.
type format interface {
	// infer tells the columns from the first bytes of the file, or from what the file says of itself.
	infer(in *input, o readerOptions, bytes int64) ([]column, error)
	// rows reads from the start. The columns tell how text without types is to be written.
	rows(in *input, o readerOptions, columns []column) (rows, error)
}

// rows gives out a file's rows.
type rows interface {
	// next is the next row as a JSON object on one line, valid until the next call. It is io.EOF after the last one.
	next() ([]byte, error)
}

func parseConfig(text json.RawMessage) (config, error) {
	c := config{Format: "csv"}
	if err := reading.DecodeConfig(text, &c); err != nil {
		return c, err
	}
	if c.Dataset == "" || c.URL == "" {
		return c, connector.ConfigError("dataset_name and url must both be given")
	}
	switch c.Format {
	case "csv":
		c.format = csvFormat{}
	case "json":
		c.format = jsonFormat{}
	case "jsonl":
		c.format = jsonFormat{lines: true}
	case "parquet":
		c.format = parquetFormat{}
	default:
		return c, connector.ConfigError("format %s is not supported; csv, json, jsonl and parquet are", c.Format)
	}
	if storage := c.Provider.Storage; storage != "local" && storage != "HTTPS" {
		return c, connector.ConfigError("storage %q is not supported; local and HTTPS are", storage)
	}
	var err error
	c.options, err = parseOptions(c.ReaderOptions)
	return c, err
}

// rows begins to read with the types of the catalog that the user selected from, so that they stay the same from sync to
// sync. A catalog without columns is filled from the file.
func (c *config) rows(in *input, schema json.RawMessage) (rows, error) {
	columns, err := columnsOf(schema)
	if err != nil {
		return nil, err
	}
	return c.format.rows(in, c.options, columns)
}

// explain makes problems of the file's content problems of the configuration: to read it again changes nothing.
func (c *config) explain(ctx context.Context, err error) error {
	if err == nil {
		return nil
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	var content *contentError
	if errors.As(err, &content) {
		return connector.ConfigError("reading %s as %s: %w", c.where(), c.Format, err)
	}
	return err
}

// contentError says that the file is not what its format asks for.
type contentError struct{ cause error }

func (e *contentError) Error() string { return e.cause.Error() }
func (e *contentError) Unwrap() error { return e.cause }

// readerOptions are the options of pandas that are understood: https://pandas.pydata.org/docs/reference/api/pandas.read_csv.html.
type readerOptions struct {
	Sep              string          `json:"sep"`
	Delimiter        string          `json:"delimiter"`
	Encoding         string          `json:"encoding"`
	Header           json.RawMessage `json:"header"`
	Names            []string        `json:"names"`
	NRows            *int64          `json:"nrows"`
	SkipRows         int64           `json:"skiprows"`
	Comment          string          `json:"comment"`
	SkipInitialSpace bool            `json:"skipinitialspace"`
	NAValues         naValues        `json:"na_values"`
	DType            json.RawMessage `json:"dtype"`
	BadLines         string          `json:"on_bad_lines"`
	LazyQuotes       bool            `json:"lazy_quotes"`

	// How pandas goes about its work has no meaning here.
	Engine    json.RawMessage `json:"engine"`
	LowMemory json.RawMessage `json:"low_memory"`
	ChunkSize json.RawMessage `json:"chunksize"`
	MemoryMap json.RawMessage `json:"memory_map"`
}

// naValues is one text or a list of texts that stand for no value.
type naValues []string

// UnmarshalJSON reads "NA" as ["NA"].
func (v *naValues) UnmarshalJSON(b []byte) error {
	var one string
	if json.Unmarshal(b, &one) == nil {
		*v = naValues{one}
		return nil
	}
	return json.Unmarshal(b, (*[]string)(v))
}

// parseOptions reads reader_options, which is a string that holds JSON, or the JSON itself.
func parseOptions(text json.RawMessage) (readerOptions, error) {
	var o readerOptions
	var inner string
	if json.Unmarshal(text, &inner) == nil {
		text = json.RawMessage(inner)
	}
	if text = bytes.TrimSpace(text); len(text) == 0 || string(text) == "null" {
		return o, nil
	}
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&o); err != nil {
		return o, connector.ConfigError("reader_options: %w; understood are sep, encoding, header, names, nrows, skiprows, comment, skipinitialspace, na_values, dtype, on_bad_lines and lazy_quotes, as a JSON object", err)
	}
	return o, o.check()
}

func (o *readerOptions) check() error {
	switch strings.ToLower(o.Encoding) {
	case "", "utf-8", "utf8", "utf-8-sig", "utf_8", "ascii", "us-ascii":
	default:
		return connector.ConfigError("encoding %s is not supported: convert the file to utf-8", o.Encoding)
	}
	if sep := o.separator(); utf8.RuneCountInString(sep) != 1 || strings.ContainsAny(sep, "\"\r\n\uFFFD") {
		return connector.ConfigError("sep %q is not one character", sep)
	}
	if o.Comment != "" && (utf8.RuneCountInString(o.Comment) != 1 || o.Comment == o.separator()) {
		return connector.ConfigError("comment %q is not one character other than sep", o.Comment)
	}
	if o.SkipRows < 0 || o.NRows != nil && *o.NRows < 0 {
		return connector.ConfigError("skiprows and nrows must not be negative")
	}
	if h := string(o.Header); !slices.Contains([]string{"", "0", "null", `"infer"`}, h) {
		return connector.ConfigError("header %s is not supported: 0 takes the first row, null none; use skiprows to start further down", h)
	}
	switch o.BadLines {
	case "", "error", "skip", "warn":
		return nil
	}
	return connector.ConfigError("on_bad_lines %q is neither error nor skip", o.BadLines)
}

// separator is the character between cells. A backslash and a t are taken for a tab.
func (o *readerOptions) separator() string {
	for _, sep := range []string{o.Sep, o.Delimiter} {
		if sep != "" {
			return strings.ReplaceAll(sep, `\t`, "\t")
		}
	}
	return ","
}

// headed tells whether the first row names the columns. As in pandas, it does unless names are given.
func (o *readerOptions) headed() bool {
	switch string(o.Header) {
	case "0":
		return true
	case "null":
		return false
	}
	return len(o.Names) == 0
}

// limit is the number of rows to read.
func (o *readerOptions) limit() int64 {
	if o.NRows == nil {
		return math.MaxInt64
	}
	return *o.NRows
}

// text tells whether the user wants a column to stay text: dtype is one type for all, or one for some columns.
func (o *readerOptions) text(column string) bool {
	var all string
	if json.Unmarshal(o.DType, &all) == nil {
		return isText(all)
	}
	var some map[string]string
	return json.Unmarshal(o.DType, &some) == nil && isText(some[column])
}

func isText(dtype string) bool { return dtype == "str" || dtype == "string" || dtype == "object" }
