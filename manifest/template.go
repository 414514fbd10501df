package manifest

import (
	"errors"
	"fmt"
	"maps"
	"math/big"
	"slices"
	"strings"

	"github.com/airfielddev/airfield/internal/template"
)

// Template is a value that may be computed: a text with {{ ... }} in it, or any plain value. It knows the `$parameters` of the
// component it belongs to, so evaluating it takes only the other variables. The zero value is an absent field.
type Template struct {
	parsed     *template.Template // nil: a plain value
	plain      any
	present    bool
	parameters *template.Dict // nil: the template does not ask for them
	place      Place
}

// NewTemplate is the template of a default value.
func NewTemplate(text string) Template {
	var d Decoder
	t := Template{present: true}
	t.parse(&d, &Node{}, text)
	return t
}

// Present tells whether the field was given.
func (t *Template) Present() bool { return t.present }

// Place is where the template stands.
func (t *Template) Place() Place { return t.place }

// Source is the template as it was written.
func (t *Template) Source() string {
	if t.parsed != nil {
		return t.parsed.String()
	}
	return template.Str(t.plain)
}

// Constant tells whether the value needs no evaluation.
func (t *Template) Constant() bool { return t.parsed == nil || t.parsed.Constant() }

// Names are the variables the template needs, sorted, without those it sets itself.
func (t *Template) Names() []string {
	if t.parsed == nil {
		return nil
	}
	return t.parsed.Names()
}

// Comparisons lists the comparisons that the template makes.
func (t *Template) Comparisons() []template.Comparison {
	if t.parsed == nil {
		return nil
	}
	return t.parsed.Comparisons()
}

// UnmarshalManifest reads a scalar or, as a plain value, anything else.
func (t *Template) UnmarshalManifest(d *Decoder, n *Node) {
	if n.Null() {
		return
	}
	t.present, t.place = true, d.Place(n)
	if text, ok := n.str(); ok {
		t.parse(d, n, text)
		return
	}
	t.plain = n.Value()
}

func (t *Template) parse(d *Decoder, n *Node, text string) {
	if strings.Contains(text, "stream_state") && strings.Contains(text, "{") {
		d.Warn(n, CodeTemplate, "stream_state is no longer available in templates: evaluating this one fails")
	}
	parsed, err := d.env.Parse(text)
	if err != nil {
		d.Problem(n, CodeTemplate, "%s", templateMessage(err))
		return
	}
	t.parsed = parsed
	if slices.Contains(parsed.Names(), "parameters") {
		t.parameters = d.parameters
		if t.parameters == nil {
			t.parameters = template.NewDict(0)
		}
	}
}

func templateMessage(err error) string {
	var e *template.Error
	if errors.As(err, &e) && e.Line > 0 {
		return fmt.Sprintf("the template cannot be read, at its line %d, column %d: %s", e.Line, e.Column, e.Message)
	}
	return "the template cannot be read: " + err.Error()
}

func (t *Template) vars(vars map[string]any) template.Vars {
	if t.parameters == nil {
		return vars
	}
	all := make(template.Vars, len(vars)+1)
	maps.Copy(all, vars)
	all["parameters"] = t.parameters
	return all
}

func (t *Template) failed(err error) error {
	if err == nil {
		return nil
	}
	return &PlaceError{Place: t.place, Err: err}
}

// Value evaluates to a native value: numbers, booleans, lists and mappings where the text reads as one. When types are given,
// a value of none of them is its text.
func (t *Template) Value(vars map[string]any, types ...template.Types) (any, error) {
	if t.parsed == nil {
		return t.plain, nil
	}
	v, err := t.parsed.Value(t.vars(vars), anyOf(types))
	return v, t.failed(err)
}

// Entry is Value for the entries of a mapping, such as request parameters: nil leaves the entry out.
func (t *Template) Entry(vars map[string]any, types ...template.Types) (any, error) {
	if t.parsed == nil {
		return t.plain, nil
	}
	v, err := t.parsed.Entry(t.vars(vars), anyOf(types))
	return v, t.failed(err)
}

func anyOf(types []template.Types) template.Types {
	var all template.Types
	for _, one := range types {
		all |= one
	}
	return all
}

// Text evaluates to what the template prints. What reads as a quoted text is the text inside; nothing else is taken for a value.
func (t *Template) Text(vars map[string]any) (string, error) {
	if t.parsed == nil {
		if !t.present {
			return "", nil
		}
		return template.Str(t.plain), nil
	}
	v, err := t.parsed.Value(t.vars(vars), template.String)
	if err != nil {
		return "", t.failed(err)
	}
	return template.Str(v), nil
}

// Bool evaluates a condition. An absent one is false.
func (t *Template) Bool(vars map[string]any) (bool, error) {
	if t.parsed == nil {
		n := Node{scalar: t.plain}
		return n.truthy(), nil
	}
	b, err := t.parsed.Bool(t.vars(vars))
	return b, t.failed(err)
}

// Int evaluates to a whole number. The second result is false when the template is absent or evaluates to nothing.
func (t *Template) Int(vars map[string]any) (int64, bool, error) {
	return number(t, vars, (*Node).asInt, "a whole number")
}

// Number evaluates to a number. The second result is false when the template is absent or evaluates to nothing.
func (t *Template) Number(vars map[string]any) (float64, bool, error) {
	return number(t, vars, (*Node).asFloat, "a number")
}

func number[T int64 | float64](t *Template, vars map[string]any, as func(*Node) (T, bool), what string) (T, bool, error) {
	v, err := t.Value(vars)
	if err != nil || v == nil || v == "" {
		return 0, false, err
	}
	n, ok := as(&Node{scalar: v})
	if !ok {
		return 0, false, t.failed(fmt.Errorf("want %s, found %s", what, kindOf(v)))
	}
	return n, true, nil
}

// kindOf names the type of a value without showing the value, which may be a secret.
func kindOf(v any) string {
	switch v.(type) {
	case string:
		return "a text"
	case bool:
		return "a boolean"
	case []any, template.Tuple:
		return "a list"
	case *template.Dict:
		return "an object"
	case int64, *big.Int, float64:
		return "another number"
	}
	return "something else"
}

// Members tells which members of a variable the template may look at, if that variable holds a mapping. It is false for a template that
// may look at all of them.
func (t *Template) Members(name string) (members []string, known bool) {
	if t.parsed == nil {
		return nil, true
	}
	return t.parsed.Members(name)
}
