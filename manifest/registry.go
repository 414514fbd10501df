package manifest

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
)

// Builder is a component: decoded configuration that can be made into what it configures. E is what building needs from
// outside, such as the connector's configuration and its clock.
type Builder[T, E any] interface {
	Build(env E) (T, error)
}

// Registry lists the components manifests can be made of: for each kind T, the names and their structs. Fill it before use;
// it may then be shared.
type Registry struct {
	slots       map[reflect.Type]map[string]func() any
	components  map[string]reflect.Type // by name alone; names are unique but for components that fill several slots
	unsupported map[string]string
}

// NewRegistry makes an empty registry.
func NewRegistry() *Registry {
	return &Registry{
		slots: map[reflect.Type]map[string]func() any{}, components: map[string]reflect.Type{}, unsupported: map[string]string{},
	}
}

// Add lists a component for the slots of kind T. The function gives its configuration with all defaults in place. Listing a name
// twice for one kind is a mistake in the program, and panics.
func Add[T any, C Builder[T, E], E any](r *Registry, name string, defaults func() C) {
	kind := reflect.TypeFor[T]()
	if r.slots[kind] == nil {
		r.slots[kind] = map[string]func() any{}
	}
	if r.slots[kind][name] != nil {
		panic(fmt.Sprintf("component %s is listed twice for %s", name, kind))
	}
	r.slots[kind][name] = func() any { return defaults() }
	r.components[name] = reflect.TypeFor[C]()
}

// AddUnsupported lists a component that the format has and this program has not, so that a manifest that uses it is told so.
func (r *Registry) AddUnsupported(name, instead string) { r.unsupported[name] = instead }

// Names are the names of all components, sorted, also of those that are not supported.
func (r *Registry) Names() []string {
	names := slices.Collect(maps.Keys(r.components))
	names = slices.AppendSeq(names, maps.Keys(r.unsupported))
	slices.Sort(names)
	return slices.Compact(names)
}

// Supported tells whether there is a component of that name.
func (r *Registry) Supported(name string) bool { return r.components[name] != nil }

// defaultType is the component that a field holds when none is named.
func (r *Registry) defaultType(component, field string) string {
	c := r.components[component]
	if c == nil {
		return ""
	}
	if f := fieldsOf(c.Elem()).byName[field]; f != nil {
		return f.fallback
	}
	return ""
}

// with is a registry that also knows the fields of one more struct.
func (r *Registry) with(name string, t reflect.Type) *Registry {
	c := *r
	c.components = maps.Clone(r.components)
	c.components[name] = t
	return &c
}

// of are the components of a kind.
func (r *Registry) of(kind reflect.Type) []string {
	return slices.Sorted(maps.Keys(r.slots[kind]))
}
