// Package template is the {{ ... }} language of connector manifests: Jinja with Python's values, as the reference
// implementation of [low-code connectors] evaluates it. A template is parsed once and evaluated many times, by any
// number of goroutines.
//
// What a template prints is read back as a Python literal where it is one, so "{{ record.zip }}" gives the number
// 12345 for the text "12345", and "1,2" gives a tuple. [Template.Value] does that; [Template.Text] does not.
//
// Evaluation reaches nothing outside the values it is given and the clock, takes a bounded number of steps and makes
// a bounded amount of text.
//
// [low-code connectors]: https://docs.airbyte.com/platform/connector-development/config-based/advanced-topics/references/understanding-the-yaml-file/string-interpolation
package template

import (
	"errors"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// Env is what templates see of the world. The zero Env is ready to use.
type Env struct {
	// Now is the clock of now_utc() and its like; nil is time.Now.
	Now func() time.Time
}

// Template is a parsed template.
type Template struct {
	env     Env
	text    string // as written
	source  string // with normal line ends
	body    []statement
	names   []string
	mutates bool // calls methods that change values
	single  node // the expression of a template that is nothing else

	regexes    sync.Map // compiled patterns by text
	regexCount atomic.Int32
}

// Vars are the values a template can name. Elements may be nil, bool, string, numbers, [*Dict], []any, [Tuple],
// [Date], [time.Time], [NaiveTime] and maps with string keys, whose keys are then taken in sorted order. They are
// never changed.
type Vars map[string]any

// aliases are older names of variables.
var aliases = map[string]string{"stream_interval": "stream_slice", "stream_partition": "stream_slice"}

func (v Vars) find(name string) (any, bool) {
	x, ok := v[name]
	if !ok && strings.HasPrefix(name, "stream_") {
		x, ok = v[aliases[name]]
	}
	return x, ok
}

// Types is a set of Python types a value may be wanted as; the zero Types accepts any.
type Types uint8

// The types a caller can ask for.
const (
	String  Types = 1 << iota
	Integer       // booleans are integers too, as in Python
	Float         // not integers
	Boolean
	List // not tuples
	Mapping
)

// Parse reads a template in the zero Env. Its error is an [*Error] of kind [ErrSyntax] with line and column.
func Parse(text string) (*Template, error) { return Env{}.Parse(text) }

// Parse reads a template. Its error is an [*Error] of kind [ErrSyntax] with line and column.
func (e Env) Parse(text string) (*Template, error) {
	if len(text) > maxLength {
		return nil, &Error{Kind: ErrSyntax, Line: 1, Column: 1, Message: "the template is too long"}
	}
	t := &Template{env: e, text: text, source: normalise(text)}
	if nextTag(t.source, 0) < 0 {
		return t, nil
	}
	l := lexer{src: t.source}
	if err := l.run(); err != nil {
		return nil, err
	}
	p := parser{src: t.source, tokens: l.tokens}
	var err error
	if t.body, err = p.body(); err != nil {
		return nil, err
	}
	if t.body == nil { // nothing but comments, which is not the same as text
		t.body = []statement{}
	}
	t.names = freeNames(t.body)
	t.mutates = slices.ContainsFunc(l.tokens, func(t token) bool {
		return (t.kind == tName || t.kind == tString) && mutators[t.text]
	})
	if len(t.body) == 1 {
		if out, ok := t.body[0].(*outputStatement); ok {
			t.single = out.x
		}
	}
	return t, nil
}

// maxLength is the length of the longest template, in bytes.
const maxLength = 1 << 18

// mutators are the methods that change the value they are called on.
var mutators = map[string]bool{
	"append": true, "clear": true, "extend": true, "insert": true, "pop": true, "popitem": true, "remove": true,
	"reverse": true, "setdefault": true, "sort": true, "update": true,
}

// String gives the template as it was written.
func (t *Template) String() string { return t.text }

// Constant tells whether the template is plain text: no expressions, statements or comments.
func (t *Template) Constant() bool { return t.body == nil }

// Names are the variables the template needs, sorted, without those it sets itself. Evaluating it without one of
// them fails.
func (t *Template) Names() []string { return slices.Clone(t.names) }

// Text evaluates the template to what it prints. Errors are of kind [ErrUndefined], [ErrValue] or [ErrLimit]. As in
// the reference, a template that applies an operation to a value of the wrong type gives its own source text.
func (t *Template) Text(vars Vars) (string, error) {
	if strings.Contains(t.text, "stream_state") {
		return "", valueErr("stream_state is no longer available to templates; use stream_interval")
	}
	if t.body == nil {
		return t.source, nil
	}
	if err := t.check(vars); err != nil {
		return "", err
	}
	text, err := t.render(vars)
	if isType(err) {
		return t.text, nil
	}
	return text, err
}

// check fails when a variable is missing.
func (t *Template) check(vars Vars) error {
	for _, name := range t.names {
		if _, ok := vars.find(name); !ok {
			return valueErr("there is no variable '%s' here", name)
		}
	}
	return nil
}

func (t *Template) render(vars Vars) (string, error) {
	ev := evaluation{tmpl: t, vars: vars, lib: builtins}
	if t.single != nil {
		v, err := t.single.eval(&ev)
		if err != nil {
			return "", err
		}
		if s, ok := v.(string); ok {
			return s, nil
		}
		b, err := ev.appendStr(nil, v)
		return string(b), err
	}
	if err := ev.run(t.body); err != nil {
		return "", err
	}
	return string(ev.out), nil
}

func isType(err error) bool { return err != nil && errors.Is(err, ErrType) }

// Value evaluates the template to a native value: what it prints, read as a Python literal where it is one. If types
// are given and the literal is of none of them, or the text is no literal, the value is the text; so is the empty
// text. Lists come as []any, mappings as [*Dict], integers as int64 or [*big.Int]. Errors are those of [Template.Text].
func (t *Template) Value(vars Vars, types Types) (any, error) {
	text, err := t.Text(vars)
	if err != nil {
		return nil, err
	}
	return native(text, types), nil
}

// Entry is Value for the entries of a mapping, such as request parameters: an empty text, or the use of an undefined
// value, gives nil, which leaves the entry out.
func (t *Template) Entry(vars Vars, types Types) (any, error) {
	text, err := t.Text(vars)
	if errors.Is(err, ErrUndefined) || err == nil && text == "" {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return native(text, types), nil
}

// Bool evaluates a condition. It is false for an empty text, the use of an undefined value, None, False, zero, empty
// containers, and the latter three as text in lower or Python's case. All else is true, also "FALSE", "null" and "no".
func (t *Template) Bool(vars Vars) (bool, error) {
	text, err := t.Text(vars)
	if errors.Is(err, ErrUndefined) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	switch v := native(text, 0).(type) {
	case nil:
		return false, nil
	case string:
		return !slices.Contains(falseTexts, v), nil
	case []any:
		return len(v) > 0, nil
	case Bytes, Ellipsis:
		return true, nil
	default:
		return truth(v), nil
	}
}

var falseTexts = []string{"", "False", "false", "{}", "[]", "()", "0", "0.0"}

// native reads text as a literal of one of the types.
func native(text string, types Types) any {
	v, ok := Literal(text)
	if !ok || types != 0 && typesOf(v)&types == 0 {
		return text
	}
	return v
}

func typesOf(v any) Types {
	switch typeName(v) {
	case "str":
		return String
	case "int":
		return Integer
	case "bool":
		return Boolean | Integer
	case "float":
		return Float
	case "list":
		return List
	case "dict":
		return Mapping
	}
	return 0
}
