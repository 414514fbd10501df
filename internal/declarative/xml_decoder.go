package declarative

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/airfielddev/airfield/internal/template"
)

// XMLDecoder makes an object of an XML document: attributes are fields named with an @, text beside them is #text, elements that
// repeat are lists, and empty ones are null.
type XMLDecoder struct{}

// Build makes the decoder.
func (c *XMLDecoder) Build(*Env) (Decoder, error) { return xmlDecoder{}, nil }

type xmlDecoder struct{}

func (xmlDecoder) Streams() bool { return false }

// maxXMLDepth bounds how deep elements nest.
const maxXMLDepth = 1000

// Decode gives one object. A body that is no XML is an empty one.
func (xmlDecoder) Decode(body io.Reader, yield func(any) error) error {
	d := xml.NewDecoder(body)
	d.CharsetReader = func(label string, input io.Reader) (io.Reader, error) {
		e, err := textEncoding(label)
		if err != nil {
			return nil, err
		}
		return e.NewDecoder().Reader(input), nil
	}
	root, err := xmlDocument(d)
	if err != nil {
		var syntax *xml.SyntaxError
		if !errors.As(err, &syntax) && !errors.Is(err, io.EOF) {
			return fmt.Errorf("reading xml: %w", err)
		}
		root = template.NewDict(0)
	}
	return yield(root)
}

func xmlDocument(d *xml.Decoder) (*template.Dict, error) {
	for {
		token, err := d.RawToken() // which keeps prefixes
		if err != nil {
			return nil, err
		}
		if start, ok := token.(xml.StartElement); ok {
			v, err := xmlElement(d, start, 0)
			root := template.NewDict(1)
			root.Set(xmlName(start.Name), v)
			return root, err
		}
	}
}

// xmlName is the name as written, with its prefix.
func xmlName(n xml.Name) string {
	if n.Space != "" {
		return n.Space + ":" + n.Local
	}
	return n.Local
}

func xmlElement(d *xml.Decoder, start xml.StartElement, depth int) (any, error) {
	if depth > maxXMLDepth {
		return nil, errors.New("elements nest too deep")
	}
	object := template.NewDict(len(start.Attr))
	for _, a := range start.Attr {
		object.Set("@"+xmlName(a.Name), a.Value)
	}
	var text strings.Builder
	for {
		token, err := d.RawToken()
		if err != nil {
			return nil, err
		}
		switch t := token.(type) {
		case xml.CharData:
			text.Write(t)
		case xml.StartElement:
			v, err := xmlElement(d, t, depth+1)
			if err != nil {
				return nil, err
			}
			addElement(object, xmlName(t.Name), v)
		case xml.EndElement:
			if t.Name != start.Name {
				return nil, &xml.SyntaxError{Msg: "an element is not closed"}
			}
			return xmlValue(object, strings.TrimSpace(text.String())), nil
		}
	}
}

func addElement(object *template.Dict, name string, v any) {
	switch old, taken := object.Get(name); list := old.(type) {
	case []any:
		object.Set(name, append(list, v))
	default:
		if taken {
			v = []any{old, v}
		}
		object.Set(name, v)
	}
}

func xmlValue(object *template.Dict, text string) any {
	if object.Len() == 0 {
		if text == "" {
			return nil
		}
		return text
	}
	if text != "" {
		object.Set("#text", text)
	}
	return object
}
