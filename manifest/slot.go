package manifest

import (
	"errors"
	"reflect"
	"strings"
)

// Of is a slot of a component: a field that holds another component, one that builds a T. The zero value is an empty slot.
type Of[T, E any] struct {
	builder Builder[T, E]
	name    string
	place   Place
	broken  bool
}

// Present tells whether the slot holds a component.
func (o *Of[T, E]) Present() bool { return o.builder != nil || o.broken }

// Name is the type of the component, such as "HttpRequester"; "" for an empty slot.
func (o *Of[T, E]) Name() string { return o.name }

// Place is where the component stands.
func (o *Of[T, E]) Place() Place { return o.place }

// Component is the decoded component, to look into; nil for an empty slot.
func (o *Of[T, E]) Component() Builder[T, E] { return o.builder }

// ErrUnusable is returned for a component that could not be decoded.
var ErrUnusable = errors.New("the component has errors")

// Build makes what the component configures; an empty slot gives the zero T. An error carries the place of the innermost
// component that failed, as a [*PlaceError].
func (o *Of[T, E]) Build(env E) (T, error) {
	var none T
	if o.broken {
		return none, &PlaceError{Place: o.place, Err: ErrUnusable}
	}
	if o.builder == nil {
		return none, nil
	}
	built, err := o.builder.Build(env)
	if err == nil {
		return built, nil
	}
	var placed *PlaceError
	if errors.As(err, &placed) {
		return none, err
	}
	return none, &PlaceError{Place: o.place, Err: err}
}

func (o *Of[T, E]) kind() reflect.Type { return reflect.TypeFor[T]() }

// UnmarshalManifest reads the component that the node names.
func (o *Of[T, E]) UnmarshalManifest(d *Decoder, n *Node) {
	if n.Null() {
		return
	}
	o.place = d.Place(n)
	c, name := d.component(n, reflect.TypeFor[T]())
	o.name = name
	if c == nil {
		o.broken = true
		return
	}
	before := d.problems.errs
	d.Decode(n, c)
	o.broken = d.problems.errs > before
	o.builder, _ = c.(Builder[T, E])
}

// component finds the component that a node names among those of a kind.
func (d *Decoder) component(n *Node, kind reflect.Type) (c any, name string) {
	if n.kind != Mapping {
		d.Problem(n, CodeWrongType, "want a %s component, found %s", kindName(kind), n.Describe())
		return nil, ""
	}
	node := n.Get(typeKey)
	name, ok := node.str()
	switch {
	case node == nil:
		d.In(typeKey, func() {
			d.problems.add(Problem{
				Place: n.place(d.path), Severity: Error, Code: CodeMissingField, Message: "required field is missing",
				Hint: "one of " + strings.Join(d.registry.of(kind), ", "),
			})
		})
	case !ok:
		d.In(typeKey, func() { d.Problem(node, CodeWrongType, "want a text, found %s", node.Describe()) })
	case d.registry.slots[kind][name] != nil:
		return d.registry.slots[kind][name](), name
	default:
		d.unknownComponent(n, kind, name)
	}
	return nil, name
}

func (d *Decoder) unknownComponent(n *Node, kind reflect.Type, name string) {
	class, custom := n.Get(classKey).str()
	node := n.Get(typeKey)
	switch instead, unsupported := d.registry.unsupported[name]; {
	case custom:
		d.Problem(n, CodeCustomComponent, "it needs the Python class %s, which cannot run here", class)
	case unsupported:
		message := name + " is not supported"
		if instead != "" {
			message += "; " + instead
		}
		d.In(typeKey, func() { d.Problem(node, CodeUnsupported, "%s", message) })
	default:
		d.In(typeKey, func() {
			d.problems.add(Problem{
				Place: node.place(d.path), Severity: Error, Code: CodeUnknownComponent,
				Message: "no " + kindName(kind) + " is called \"" + shorten(name) + "\"", Hint: DidYouMean(name, d.registry.of(kind)),
			})
		})
	}
}

// kindName is what messages call a kind of component.
func kindName(kind reflect.Type) string {
	if kind.Kind() == reflect.Pointer {
		kind = kind.Elem()
	}
	return kind.Name()
}
