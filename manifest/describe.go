package manifest

import (
	"encoding/json"
	"reflect"
	"slices"
	"strings"
)

// Component tells how a component is written.
type Component struct {
	Name   string
	Kinds  []string // of slots that it can stand in; none for an object that has one meaning
	Fields []FieldDescription
}

// FieldDescription tells how a field of a component is written.
type FieldDescription struct {
	Name       string
	Type       string   // "text", "template", "list of Backoff", ...
	Choices    []string // components that can stand here
	Required   bool
	Default    string // JSON; "": none
	Deprecated string // the field to use in its place
}

// Speller is a field that reads its own part of a manifest and tells how it may be spelled: by what the values of these types read.
type Speller interface {
	Spellings() []any
}

// Describe lists the components that can be reached from target, a pointer to a struct with `manifest` tags that is the component
// of the given name, sorted by name but for itself, which comes first.
func Describe(name string, target any, r *Registry) []Component {
	d := &describer{registry: r, seen: map[string]bool{}}
	d.add(name, reflect.ValueOf(target).Elem())
	for len(d.waiting) > 0 {
		next := d.waiting[0]
		d.waiting = d.waiting[1:]
		d.add(next.name, next.value)
	}
	slices.SortFunc(d.found[1:], func(a, b Component) int { return strings.Compare(a.Name, b.Name) })
	return d.found
}

type describer struct {
	registry *Registry
	seen     map[string]bool
	found    []Component
	waiting  []described
}

// described is a component with all defaults in place.
type described struct {
	name  string
	value reflect.Value
}

func (d *describer) add(name string, v reflect.Value) {
	if d.seen[name] {
		return
	}
	d.seen[name] = true
	c := Component{Name: name, Kinds: d.registry.kindsOf(name)}
	for _, f := range fieldsOf(v.Type()).list {
		if described := d.field(&f, v.FieldByIndex(f.index)); described.Type != "" {
			c.Fields = append(c.Fields, described)
		}
	}
	d.found = append(d.found, c)
}

func (d *describer) field(f *field, v reflect.Value) FieldDescription {
	out := FieldDescription{Name: f.name, Required: f.required, Deprecated: f.deprecated}
	out.Type, out.Choices = d.shape(v.Type(), f.fallback)
	if f.fallback != "" && len(out.Choices) > 1 {
		out.Default = f.fallback
	}
	if text, err := json.Marshal(v.Interface()); err == nil && !v.IsZero() && out.Default == "" {
		out.Default = string(text)
	}
	return out
}

// shape names a type for people, and queues the components that it leads to. The name of what cannot be used is empty.
func (d *describer) shape(t reflect.Type, fallback string) (text string, choices []string) {
	switch field := reflect.New(t).Interface().(type) {
	case interface{ kind() reflect.Type }:
		return d.slot(field.kind())
	case Speller:
		return d.spellings(field.Spellings(), fallback)
	}
	switch t.Kind() {
	case reflect.Pointer:
		return d.shape(t.Elem(), fallback)
	case reflect.Slice:
		text, choices = d.shape(t.Elem(), fallback)
		return "list of " + text, choices
	case reflect.Map:
		text, choices = d.shape(t.Elem(), fallback)
		return "object of " + text, choices
	case reflect.Interface:
		return "anything", nil
	case reflect.Struct:
		return d.object(t, fallback)
	}
	_, text, _ = strings.Cut(goKind(t.Kind()), " ")
	return text, nil
}

// slot is a field for one of the components of a kind.
func (d *describer) slot(kind reflect.Type) (text string, choices []string) {
	choices = d.registry.of(kind)
	for _, name := range choices {
		d.waiting = append(d.waiting, described{name, reflect.ValueOf(d.registry.slots[kind][name]()).Elem()})
	}
	return kindName(kind), choices
}

func (d *describer) spellings(samples []any, fallback string) (text string, choices []string) {
	var texts []string
	for _, sample := range samples {
		text, more := d.shape(reflect.TypeOf(sample), fallback)
		texts = append(texts, text)
		choices = append(choices, more...)
	}
	slices.Sort(choices)
	return strings.Join(texts, ", or "), slices.Compact(choices)
}

// object is a struct: one of this package's own, or a component that needs no type.
func (d *describer) object(t reflect.Type, fallback string) (text string, choices []string) {
	switch t {
	case reflect.TypeFor[Template]():
		return "template", nil
	case reflect.TypeFor[Tree]():
		return "object of templates", nil
	case reflect.TypeFor[Fragment]():
		return fallback, []string{fallback}
	}
	name := d.registry.nameOf(t)
	if name == "" {
		name = t.Name()
	}
	if fallback != "" && d.registry.components[fallback] == nil {
		name = fallback
	}
	d.waiting = append(d.waiting, described{name, reflect.New(t).Elem()})
	return name, []string{name}
}

// nameOf is the name of the component whose struct this is; "" when there is none.
func (r *Registry) nameOf(t reflect.Type) string {
	for name, c := range r.components {
		if c.Elem() == t {
			return name
		}
	}
	return ""
}

// kindsOf are the kinds of slots that a component can stand in.
func (r *Registry) kindsOf(name string) []string {
	var kinds []string
	for kind, components := range r.slots {
		if components[name] != nil {
			kinds = append(kinds, kindName(kind))
		}
	}
	slices.Sort(kinds)
	return kinds
}
