package manifest

import (
	"fmt"
	"math"
	"reflect"
	"strconv"
	"strings"
	"time"

	"github.com/airfielddev/airfield/internal/template"
)

// Options change how a manifest is decoded. The zero value is ready to use.
type Options struct {
	Strict bool             // warnings, such as unknown fields, are errors
	Now    func() time.Time // the clock of templates; nil: the system's
}

// Decode fills target, a pointer to a struct with `manifest` tags, from a manifest, as the component of the given type. It
// returns everything that is wrong or doubtful. Target holds what could be read in any case; use [Problems.Err] to tell whether
// that is all of it.
func Decode(doc *Document, name string, target any, registry *Registry, options Options) Problems {
	d := &Decoder{
		registry: registry,
		env:      template.Env{Now: options.Now},
		problems: &problemList{file: doc.file, list: append(Problems(nil), doc.problems.list...), seen: map[Problem]bool{}},
	}
	d.Decode(doc.filled(name, target, registry), target)
	problems := d.problems.sorted()
	if options.Strict {
		problems.strict()
	}
	return problems
}

// filled is a manifest with the types and parameters of its components written into them.
func (doc *Document) filled(name string, target any, registry *Registry) *Node {
	root := doc.root
	if root.entry(typeKey) == nil {
		root = root.with(entry{key: typeKey, node: &Node{scalar: name, text: name, line: 1, column: 1}, implied: true})
	}
	pass := &parameterPass{registry: registry.with(name, reflect.TypeOf(target))}
	return pass.component(root, "", "", nil)
}

// Resolve writes a manifest as JSON in which nothing has to be looked up: references are followed, components have their types,
// and `$parameters` stand in every component that they are for. Target is as for [Decode], and is not filled.
func Resolve(doc *Document, name string, target any, registry *Registry) ([]byte, error) {
	b, err := template.AppendJSON(nil, doc.filled(name, target, registry).value(true))
	if err != nil {
		return nil, fmt.Errorf("encoding manifest: %w", err)
	}
	return b, nil
}

// Unmarshaler is a field that reads its own part of a manifest. Problems are reported to the decoder.
type Unmarshaler interface {
	UnmarshalManifest(d *Decoder, n *Node)
}

// Decoder is at one place of a manifest, and collects problems.
type Decoder struct {
	registry   *Registry
	env        template.Env
	problems   *problemList
	path       string
	parameters *template.Dict // of the component around
}

// Place is where a node stands, and how the decoder came to it.
func (d *Decoder) Place(n *Node) Place {
	p := n.place(d.path)
	p.File = d.problems.file
	return p
}

// Problem reports an error about a node.
func (d *Decoder) Problem(n *Node, code Code, format string, args ...any) {
	d.problems.at(n, d.path, code, format, args...)
}

// ProblemOf reports an error about a field of an object, at the object itself when it has no such field.
func (d *Decoder) ProblemOf(object *Node, field string, code Code, format string, args ...any) {
	n := object.Get(field)
	if n == nil {
		n = object
	}
	d.In(field, func() { d.Problem(n, code, format, args...) })
}

// Warn reports what may be a mistake about a node.
func (d *Decoder) Warn(n *Node, code Code, format string, args ...any) {
	d.problems.add(Problem{Place: n.place(d.path), Severity: Warning, Code: code, Message: fmt.Sprintf(format, args...)})
}

// WarnOf reports what may be a mistake about a field of an object.
func (d *Decoder) WarnOf(object *Node, field string, code Code, format string, args ...any) {
	d.In(field, func() {
		d.Warn(object.Get(field), code, format, args...)
	})
}

// In goes into a field or an element of the current place, and reads it with f.
func (d *Decoder) In(step string, f func()) {
	outer := d.path
	if outer != "" && !strings.HasPrefix(step, "[") {
		step = "." + step
	}
	d.path = outer + step
	f()
	d.path = outer
}

// Decode reads a node into a pointer. An absent or null node leaves the target as it is.
func (d *Decoder) Decode(n *Node, target any) {
	v := reflect.ValueOf(target)
	if v.Kind() != reflect.Pointer || v.IsNil() {
		panic(fmt.Sprintf("decoding a manifest into %T, which is no pointer", target))
	}
	d.into(n, v.Elem())
}

func (d *Decoder) into(n *Node, v reflect.Value) {
	if u, ok := v.Addr().Interface().(Unmarshaler); ok {
		u.UnmarshalManifest(d, n)
		return
	}
	if v.Kind() == reflect.Interface && v.NumMethod() == 0 {
		if n != nil {
			v.Set(reflect.ValueOf(&[]any{n.Value()}[0]).Elem())
		}
		return
	}
	if n.Null() {
		return
	}
	switch v.Kind() {
	case reflect.Pointer:
		p := reflect.New(v.Type().Elem())
		d.into(n, p.Elem())
		v.Set(p)
	case reflect.Struct:
		d.object(n, v)
	case reflect.Slice:
		d.slice(n, v)
	case reflect.Map:
		d.mapping(n, v)
	default:
		d.scalar(n, v)
	}
}

func (d *Decoder) scalar(n *Node, v reflect.Value) {
	if n.kind != Scalar {
		d.Problem(n, CodeWrongType, "want %s, found %s", goKind(v.Kind()), n.Describe())
		return
	}
	ok := false
	switch v.Kind() {
	case reflect.String:
		v.SetString(n.asText())
		ok = true
	case reflect.Bool:
		var b bool
		if b, ok = n.scalar.(bool); ok {
			v.SetBool(b)
		}
	case reflect.Int, reflect.Int64:
		var i int64
		if i, ok = n.asInt(); ok {
			v.SetInt(i)
		}
	case reflect.Float64:
		var f float64
		if f, ok = n.asFloat(); ok {
			v.SetFloat(f)
		}
	default:
		panic("decoding a manifest into a field of type " + v.Type().String())
	}
	if !ok {
		d.Problem(n, CodeWrongType, "want %s, found %s", goKind(v.Kind()), n.Describe())
	}
}

// asText is a scalar where a text is wanted: dates as they were written, other values as Python prints them.
func (n *Node) asText() string {
	switch s := n.scalar.(type) {
	case string:
		return s
	case nil, bool, int64, float64:
		return template.Str(s)
	}
	return n.text
}

func (n *Node) asInt() (int64, bool) {
	switch v := n.scalar.(type) {
	case int64:
		return v, true
	case float64:
		return int64(v), v == math.Trunc(v) && math.Abs(v) < 1<<53
	case string:
		i, err := strconv.ParseInt(strings.TrimSpace(v), 10, 64)
		return i, err == nil
	}
	return 0, false
}

func (n *Node) asFloat() (float64, bool) {
	switch v := n.scalar.(type) {
	case int64:
		return float64(v), true
	case float64:
		return v, true
	case string:
		f, err := strconv.ParseFloat(strings.TrimSpace(v), 64)
		return f, err == nil
	}
	return 0, false
}

func goKind(k reflect.Kind) string {
	switch k {
	case reflect.Bool:
		return "a boolean"
	case reflect.Int, reflect.Int64:
		return "a whole number"
	case reflect.Float64:
		return "a number"
	case reflect.String:
		return "a text"
	case reflect.Slice:
		return "a list"
	}
	return "an object"
}

func (d *Decoder) slice(n *Node, v reflect.Value) {
	items := n.items
	if n.kind != Sequence {
		d.Problem(n, CodeWrongType, "want a list, found %s", n.Describe())
		return
	}
	list := reflect.MakeSlice(v.Type(), len(items), len(items))
	for i, item := range items {
		d.In("["+strconv.Itoa(i)+"]", func() { d.into(item, list.Index(i)) })
	}
	v.Set(list)
}

// mapping reads an object whose keys are free. What parameters put into it is left out.
func (d *Decoder) mapping(n *Node, v reflect.Value) {
	if n.kind != Mapping {
		d.Problem(n, CodeWrongType, "want an object, found %s", n.Describe())
		return
	}
	m := reflect.MakeMapWithSize(v.Type(), len(n.entries))
	for key, node := range n.Fields() {
		value := reflect.New(v.Type().Elem()).Elem()
		d.In(key, func() { d.into(node, value) })
		m.SetMapIndex(reflect.ValueOf(key), value)
	}
	v.Set(m)
}

// object reads the fields of a struct.
func (d *Decoder) object(n *Node, v reflect.Value) {
	if n.kind != Mapping {
		d.Problem(n, CodeWrongType, "want an object, found %s", n.Describe())
		return
	}
	outer := d.parameters
	if own, ok := n.Get(parametersKey).value(true).(*template.Dict); ok {
		d.parameters = own
	}
	fields := fieldsOf(v.Type())
	for i := range fields.list {
		d.field(n, &fields.list[i], v)
	}
	for _, e := range n.entries {
		if fields.byName[e.key] == nil && !e.implied && !annotation(e.key) {
			d.unknown(e, fields)
		}
	}
	d.parameters = outer
}

func (d *Decoder) field(n *Node, f *field, v reflect.Value) {
	node := n.Get(f.name)
	d.In(f.name, func() {
		if node.Null() && f.required {
			d.Problem(n, CodeMissingField, "required field is missing")
		}
		if node == nil {
			return
		}
		if e := n.entry(f.name); f.deprecated != "" && !e.implied {
			d.problems.add(Problem{
				Place: e.place(d.path), Severity: Note, Code: CodeDeprecated,
				Message: "an older spelling", Hint: "use " + f.deprecated,
			})
		}
		d.into(node, v.FieldByIndex(f.index))
		if l, ok := literals[f.holds]; ok {
			d.literal(node, l)
		}
	})
}

// annotation tells keys that any object may carry.
func annotation(key string) bool {
	switch key {
	case typeKey, parametersKey, "description", "title", "$schema":
		return true
	}
	return strings.HasPrefix(key, "x-")
}

func (e *entry) place(path string) Place { return Place{Line: e.line, Column: e.column, Path: path} }

func (d *Decoder) unknown(e entry, fields *fieldSet) {
	d.In(e.key, func() {
		d.problems.add(Problem{
			Place: e.place(d.path), Severity: Warning, Code: CodeUnknownField,
			Message: "unknown field", Hint: DidYouMean(e.key, append(fields.names(), typeKey)),
		})
	})
}
