package declarative

import (
	"errors"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/htmlindex"
	"golang.org/x/text/encoding/ianaindex"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/encoding/unicode/utf32"

	"github.com/airfielddev/airfield/internal/template"
	"github.com/airfielddev/airfield/manifest"
)

// CSVDecoder makes an object of each row, named by the first.
type CSVDecoder struct {
	Encoding  string   `manifest:"encoding"`
	Delimiter string   `manifest:"delimiter"`
	Nulls     []string `manifest:"set_values_to_none"`
}

// UnmarshalManifest checks encoding and delimiter.
func (c *CSVDecoder) UnmarshalManifest(d *manifest.Decoder, n *manifest.Node) {
	type plain CSVDecoder
	d.Decode(n, (*plain)(c))
	c.Delimiter = strings.ReplaceAll(c.Delimiter, `\t`, "\t")
	if utf8.RuneCountInString(c.Delimiter) != 1 || strings.ContainsAny(c.Delimiter, "\"\r\n\uFFFD") {
		d.ProblemOf(n, "delimiter", manifest.CodeInvalidValue, "want one character, found %q", c.Delimiter)
	}
	if _, err := textEncoding(c.Encoding); err != nil {
		d.ProblemOf(n, "encoding", manifest.CodeUnsupported, "the encoding %q is not known", c.Encoding)
	}
}

// textEncoding finds an encoding by the name Python gives it.
func textEncoding(name string) (encoding.Encoding, error) {
	switch name = strings.ReplaceAll(strings.ToLower(name), "_", "-"); name {
	case "utf-8", "utf8", "utf-8-sig":
		return unicode.UTF8BOM, nil
	case "latin-1", "latin1", "iso8859-1":
		name = "iso-8859-1"
	case "cp1252":
		name = "windows-1252"
	case "utf-16", "utf16":
		return unicode.UTF16(unicode.LittleEndian, unicode.UseBOM), nil
	case "utf-32", "utf32":
		return utf32.UTF32(utf32.LittleEndian, utf32.UseBOM), nil
	case "utf-16-le", "utf-16-be":
		name = "utf-16" + name[len("utf-16-"):]
	case "mac-roman":
		name = "macintosh"
	}
	if e, err := htmlindex.Get(name); err == nil {
		return e, nil
	}
	e, err := ianaindex.IANA.Encoding(name)
	if e == nil && err == nil {
		err = errNoEncoding
	}
	return e, err
}

var errNoEncoding = errors.New("the encoding is not supported")

// Build makes the decoder.
func (c *CSVDecoder) Build(*Env) (Decoder, error) {
	e, err := textEncoding(c.Encoding)
	if err != nil {
		return nil, err
	}
	delimiter, _ := utf8.DecodeRuneInString(c.Delimiter)
	return &csvDecoder{encoding: e, delimiter: delimiter, nulls: c.Nulls}, nil
}

type csvDecoder struct {
	encoding  encoding.Encoding
	delimiter rune
	nulls     []string
}

func (*csvDecoder) Streams() bool { return true }

func (c *csvDecoder) Decode(body io.Reader, yield func(any) error) error {
	rows := newCSVRows(c.encoding.NewDecoder().Reader(body), c.delimiter)
	names, err := rows.Read()
	for err == nil {
		var row []string
		if row, err = rows.Read(); len(row) > 0 {
			err = yield(c.record(names, row))
		}
	}
	if errors.Is(err, io.EOF) {
		return nil
	}
	return err
}

// unnamed is where the fields beyond the names are kept, as a list.
const unnamed = "null"

// record gives a row its names. Missing fields are null.
func (c *csvDecoder) record(names, row []string) *template.Dict {
	d := template.NewDict(len(names) + 1)
	for i, name := range names {
		switch {
		case i >= len(row) || slices.Contains(c.nulls, row[i]):
			d.Set(name, nil)
		default:
			d.Set(name, row[i])
		}
	}
	if len(row) > len(names) {
		var rest []any
		for _, field := range row[len(names):] {
			rest = append(rest, field)
		}
		d.Set(unnamed, rest)
	}
	return d
}
