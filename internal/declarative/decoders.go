package declarative

import (
	"archive/zip"
	"bufio"
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"unicode/utf8"

	"github.com/airfielddev/airfield/internal/template"
	"github.com/airfielddev/airfield/protocol"
)

// JSONDecoder reads one JSON value; the elements of a list come one by one.
type JSONDecoder struct{}

// Build makes the decoder.
func (c *JSONDecoder) Build(env *Env) (Decoder, error) { return newJSONDecoder(env), nil }

func newJSONDecoder(env *Env) Decoder {
	return jsonDecoder{limit: env.limit, warn: func(data []byte) {
		env.Log(protocol.LevelWarn, "stream %s: a response is not JSON%s; it has no records", env.stream, instead(data))
	}}
}

type jsonDecoder struct {
	limit  int64             // of bytes; zero: none
	warn   func(data []byte) // nil: nobody wants to know
	packed bool              // in an archive, where there is no page of an error
}

func (jsonDecoder) Streams() bool { return false }

func (j jsonDecoder) Decode(body io.Reader, yield func(any) error) error {
	data, err := readBody(body, j.limit)
	if err != nil {
		return err
	}
	if !template.ValidLooseJSON(data) {
		if j.packed {
			return errPackedNoJSON
		}
		if j.warn != nil && len(bytes.TrimSpace(data)) > 0 {
			j.warn(data)
		}
		return yield(template.NewDict(0))
	}
	return decodeAhead(data, yield)
}

var errPackedNoJSON = errors.New("what was packed is not JSON")

// unpacked makes what decodes the content of archives. A response that is no JSON is one without records, but a file is broken.
func unpacked(decoder *Of[Decoder], env *Env) (Decoder, error) {
	inner, err := decoder.Build(env)
	if j, ok := inner.(jsonDecoder); ok {
		j.packed = true
		inner = j
	}
	return inner, err
}

// instead tells what a text that is no JSON looks like, when that can be seen.
func instead(data []byte) string {
	if bytes.HasPrefix(bytes.TrimSpace(data), []byte("<")) {
		return " but a page of HTML or XML"
	}
	return ""
}

// readBody reads everything, without copying what is in memory already.
func readBody(body io.Reader, limit int64) ([]byte, error) {
	if b, ok := body.(*bytes.Buffer); ok {
		return b.Bytes(), nil
	}
	if limit > 0 {
		body = io.LimitReader(body, limit+1)
	}
	data, err := io.ReadAll(body)
	if err != nil {
		return nil, fmt.Errorf("reading response: %w", err)
	}
	if limit > 0 && int64(len(data)) > limit {
		return nil, fmt.Errorf("%w: more than %d bytes", errTooLarge, limit)
	}
	return data, nil
}

// maxLine bounds a line of a response, in bytes.
const maxLine = 64 << 20

func eachLine(body io.Reader, yield func(line []byte) error) error {
	lines := bufio.NewScanner(body)
	lines.Buffer(make([]byte, 0, 64<<10), maxLine)
	for lines.Scan() {
		if err := yield(lines.Bytes()); err != nil {
			return err
		}
	}
	if err := lines.Err(); err != nil {
		return fmt.Errorf("reading response: %w", err)
	}
	return nil
}

// JSONLDecoder reads a JSON value from each line. Lines that hold none are skipped.
type JSONLDecoder struct{}

// Build makes the decoder.
func (c *JSONLDecoder) Build(env *Env) (Decoder, error) { return jsonlDecoder{env}, nil }

type jsonlDecoder struct{ env *Env }

func (jsonlDecoder) Streams() bool { return true }

func (j jsonlDecoder) Decode(body io.Reader, yield func(any) error) error {
	return eachLine(body, func(line []byte) error {
		if len(bytes.TrimSpace(line)) == 0 {
			return nil
		}
		if !utf8.Valid(line) {
			return errNoUTF8
		}
		v, err := template.DecodeLooseJSON(line)
		if err == nil {
			return yield(v)
		}
		j.env.Log(protocol.LevelWarn, "stream %s: skipping a line of the response that is not JSON", j.env.stream)
		return nil
	})
}

var errNoUTF8 = errors.New("a line of the response is not UTF-8")

// IterableDecoder makes an object of each line, with the line as its field "record".
type IterableDecoder struct{}

// Build makes the decoder.
func (c *IterableDecoder) Build(*Env) (Decoder, error) { return iterableDecoder{}, nil }

type iterableDecoder struct{}

func (iterableDecoder) Streams() bool { return true }

func (iterableDecoder) Decode(body io.Reader, yield func(any) error) error {
	return eachLine(body, func(line []byte) error {
		d := template.NewDict(1)
		d.Set("record", string(line))
		return yield(d)
	})
}

// GzipDecoder decompresses a body, if it is compressed, for another decoder.
type GzipDecoder struct {
	Decoder Of[Decoder] `manifest:"decoder,required"`
}

// Build makes the decoder.
func (c *GzipDecoder) Build(env *Env) (Decoder, error) {
	inner, err := unpacked(&c.Decoder, env)
	return gzipDecoder{inner}, err
}

type gzipDecoder struct{ inner Decoder }

func (gzipDecoder) Streams() bool { return true }

func (g gzipDecoder) Decode(body io.Reader, yield func(any) error) error {
	buffered := bufio.NewReader(body)
	magic, err := buffered.Peek(2)
	if err != nil && !errors.Is(err, io.EOF) {
		return fmt.Errorf("reading response: %w", err)
	}
	if !bytes.Equal(magic, []byte{0x1f, 0x8b}) {
		return g.inner.Decode(buffered, yield)
	}
	z, err := gzip.NewReader(buffered)
	if err != nil {
		return fmt.Errorf("decompressing response: %w", err)
	}
	return g.inner.Decode(z, yield)
}

// ZipfileDecoder gives every file of a zip archive to another decoder.
type ZipfileDecoder struct {
	Decoder Of[Decoder] `manifest:"decoder,required"`
}

// Build makes the decoder.
func (c *ZipfileDecoder) Build(env *Env) (Decoder, error) {
	inner, err := unpacked(&c.Decoder, env)
	return zipDecoder{inner: inner, limit: env.diskLimit()}, err
}

type zipDecoder struct {
	inner Decoder
	limit int64
}

func (zipDecoder) Streams() bool { return true }

func (z zipDecoder) Decode(body io.Reader, yield func(any) error) error {
	if data := inMemory(body); data != nil {
		return z.archive(data, data.Size(), yield)
	}
	file, err := spool(body, z.limit)
	if err != nil {
		return err
	}
	defer file.discard()
	return z.archive(file, file.Size, yield)
}

func (z zipDecoder) archive(r io.ReaderAt, size int64, yield func(any) error) error {
	archive, err := zip.NewReader(r, size)
	if err != nil {
		return fmt.Errorf("opening zip archive: %w", err)
	}
	for _, file := range archive.File {
		if file.FileInfo().IsDir() {
			continue
		}
		if err := z.file(file, yield); err != nil {
			return fmt.Errorf("reading %q of zip archive: %w", file.Name, err)
		}
	}
	return nil
}

func (z zipDecoder) file(file *zip.File, yield func(any) error) error {
	r, err := file.Open()
	if err != nil {
		return err
	}
	defer r.Close()
	return z.inner.Decode(r, yield)
}
