package manifest

import "slices"

const (
	parametersKey = "$parameters"
	typeKey       = "type"
	classKey      = "class_name"
)

// customType stands for the type of a component that names a Python class and no type.
const customType = "CustomComponent"

// parameterPass writes default types and `$parameters` into the components of a manifest. What it writes is marked as implied:
// parameters go to every component underneath, whether it has such a field or not.
type parameterPass struct {
	registry   *Registry
	outerFirst bool // of two parameters of one name, that of the component outside counts
}

// parameters are the effective `$parameters` of a component, in order.
type parameters []entry

func (ps parameters) without(key string) parameters {
	if !slices.ContainsFunc(ps, func(e entry) bool { return e.key == key }) {
		return ps
	}
	return slices.DeleteFunc(slices.Clone(ps), func(e entry) bool { return e.key == key })
}

// over lays one set of parameters over another.
func (ps parameters) over(under parameters) parameters {
	if len(under) == 0 {
		return ps
	}
	n := Node{kind: Mapping, entries: slices.Clone(under)}
	for _, e := range ps {
		n.put(e)
	}
	return n.entries
}

// component gives a mapping its type, its parameters and what they fill, and does the same to what is inside.
func (p *parameterPass) component(n *Node, of, field string, inherited parameters) *Node {
	n = p.typed(n, of, field)
	own := ownParameters(n)
	effective := own.over(inherited)
	if p.outerFirst {
		effective = inherited.over(own)
	}
	kind := n.Get(typeKey)
	if own != nil && (isSchemaType(kind) || !kind.truthy()) {
		n = n.Without(parametersKey)
	}
	switch {
	case isSchemaType(kind):
		return n
	case !kind.truthy():
		return p.object(n, effective)
	}
	c := fill(n, effective)
	for i := range c.entries {
		p.field(&c.entries[i], c, effective)
	}
	if len(effective) > 0 {
		c.put(entry{key: parametersKey, node: &Node{kind: Mapping, entries: effective, line: n.line, column: n.column}, implied: true})
	}
	return c
}

// ownParameters are those that stand in a mapping itself.
func ownParameters(n *Node) parameters {
	node := n.Get(parametersKey)
	if node == nil || node.kind != Mapping {
		return nil
	}
	own := make(parameters, len(node.entries))
	for i, e := range node.entries {
		e.implied = true
		own[i] = e
	}
	return own
}

func (p *parameterPass) typed(n *Node, of, field string) *Node {
	if n.entry(typeKey) != nil {
		return n
	}
	name := p.registry.defaultType(of, field)
	if n.entry(classKey) != nil {
		name = customType
	}
	if name == "" {
		return n
	}
	return n.with(entry{key: typeKey, node: &Node{scalar: name, text: name, line: n.line, column: n.column}, implied: true})
}

// fill is a copy of a component without `$parameters`, in which parameters stand for what is missing, empty, zero or false.
func fill(n *Node, with parameters) *Node {
	c := *n
	c.entries = make([]entry, 0, len(n.entries)+len(with)+1)
	for _, e := range n.entries {
		if e.key != parametersKey {
			c.entries = append(c.entries, e)
		}
	}
	for _, e := range with {
		if old := c.entry(e.key); old == nil || !old.node.truthy() {
			c.put(e)
		}
	}
	return &c
}

// field goes into a field of a component. The parameter of the same name stays outside, or it would nest without end.
func (p *parameterPass) field(e *entry, of *Node, inherited parameters) {
	name, _ := of.Get(typeKey).str()
	switch e.node.kind {
	case Mapping:
		e.node = p.component(e.node, name, e.key, inherited.without(e.key))
	case Sequence:
		if !slices.ContainsFunc(e.node.items, func(item *Node) bool { return item.kind == Mapping }) {
			return
		}
		c := *e.node
		c.items = make([]*Node, len(e.node.items))
		for i, item := range e.node.items {
			if item.kind == Mapping {
				item = p.component(item, name, e.key, inherited.without(e.key))
			}
			c.items[i] = item
		}
		e.node = &c
	}
}

// object looks for components directly inside a mapping that is none itself.
func (p *parameterPass) object(n *Node, inherited parameters) *Node {
	changed := n
	for _, e := range n.entries {
		if e.node.kind != Mapping || !e.node.Get(typeKey).truthy() {
			continue
		}
		if changed == n {
			c := *n
			c.entries = slices.Clone(n.entries)
			changed = &c
		}
		e.node = p.component(e.node, "", e.key, inherited.without(e.key))
		changed.put(e)
	}
	return changed
}

// isSchemaType tells by its type a JSON schema, or the properties of one, from a component.
func isSchemaType(kind *Node) bool {
	if s, ok := kind.str(); ok {
		return s == "object"
	}
	return kind != nil && kind.kind != Scalar
}
