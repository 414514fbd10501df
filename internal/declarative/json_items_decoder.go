package declarative

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
	"golang.org/x/text/encoding"

	"github.com/airfielddev/airfield/internal/template"
	"github.com/airfielddev/airfield/manifest"
)

// JSONItemsDecoder reads the elements of one list in a JSON document of any size, one by one.
type JSONItemsDecoder struct {
	Path     string `manifest:"items_path,required"` // keys, divided by dots; "item" is every element of a list on the way
	Encoding string `manifest:"encoding"`
}

// UnmarshalManifest checks path and encoding.
func (c *JSONItemsDecoder) UnmarshalManifest(d *manifest.Decoder, n *manifest.Node) {
	type plain JSONItemsDecoder
	d.Decode(n, (*plain)(c))
	if path := n.Get("items_path"); c.Path == "" && !path.Null() {
		d.Problem(path, manifest.CodeInvalidValue, "want the path of a list")
	}
	if _, err := textEncoding(c.Encoding); err != nil {
		d.ProblemOf(n, "encoding", manifest.CodeInvalidValue, "the encoding %q is not known", c.Encoding)
	}
}

// Build makes the decoder.
func (c *JSONItemsDecoder) Build(*Env) (Decoder, error) {
	e, err := textEncoding(c.Encoding)
	return &jsonItems{path: c.Path, encoding: e}, err
}

type jsonItems struct {
	path     string
	encoding encoding.Encoding
}

func (*jsonItems) Streams() bool { return true }

func (j *jsonItems) Decode(body io.Reader, yield func(any) error) error {
	d := jsontext.NewDecoder(j.encoding.NewDecoder().Reader(body), jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true))
	if d.PeekKind() == 0 {
		if _, err := d.ReadToken(); errors.Is(err, io.EOF) {
			return nil
		}
	}
	w := jsonWalk{d, yield}
	if err := w.value(j.path); err != nil {
		return err
	}
	return w.end()
}

// jsonWalk goes through a document without keeping it.
type jsonWalk struct {
	*jsontext.Decoder

	yield func(any) error
}

// anyItem is the step of a path for every element of a list.
const anyItem = "item"

// value reads the next value; what lies at the path in it is the list. An empty path is the value itself.
func (w *jsonWalk) value(path string) error {
	switch kind := w.PeekKind(); {
	case kind == '[' && path == "":
		return w.elements(w.item)
	case kind == '[' && path == anyItem:
		return w.elements(func() error { return w.value("") })
	case kind == '[' && strings.HasPrefix(path, anyItem+"."):
		return w.elements(func() error { return w.value(path[len(anyItem)+1:]) })
	case kind == '{' && path != "":
		return w.members(path)
	}
	return unreadable(w.SkipValue())
}

// members reads an object. Names may have dots in them, as paths have between names.
func (w *jsonWalk) members(path string) error {
	if _, err := w.ReadToken(); err != nil {
		return unreadable(err)
	}
	for w.PeekKind() != '}' {
		token, err := w.ReadToken()
		if err != nil {
			return unreadable(err)
		}
		name := token.String()
		switch rest, below := strings.CutPrefix(path, name+"."); {
		case below:
			err = w.value(rest)
		case name == path:
			err = w.value("")
		default:
			err = unreadable(w.SkipValue())
		}
		if err != nil {
			return err
		}
	}
	_, err := w.ReadToken()
	return unreadable(err)
}

func (w *jsonWalk) elements(read func() error) error {
	if _, err := w.ReadToken(); err != nil {
		return unreadable(err)
	}
	for w.PeekKind() != ']' {
		if err := read(); err != nil {
			return err
		}
	}
	_, err := w.ReadToken()
	return unreadable(err)
}

func (w *jsonWalk) item() error {
	raw, err := w.ReadValue()
	if err != nil {
		return unreadable(err)
	}
	v, err := template.DecodeJSON(raw)
	if err != nil {
		return unreadable(err)
	}
	return w.yield(v)
}

// end makes sure that nothing follows.
func (w *jsonWalk) end() error {
	_, err := w.ReadToken()
	if errors.Is(err, io.EOF) {
		return nil
	}
	if err == nil {
		err = errors.New("there is more than one value")
	}
	return unreadable(err)
}

func unreadable(err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("reading JSON of response: %w", err)
}
