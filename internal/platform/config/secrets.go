package config

import (
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// Mask stands for a secret.
const Mask = "**********"

// ErrNoSecret is returned for a mask that stands for no stored secret.
var ErrNoSecret = errors.New("a masked secret has no stored value")

// Masked replaces every secret by [Mask]. A secret that is null stays null.
func (s *Schema) Masked(text json.RawMessage) (json.RawMessage, error) {
	v, err := parse(text)
	if err != nil {
		return nil, err
	}
	return mask(v, []node{s.root}).json(), nil
}

func masked() *value { return &value{kind: '"', text: json.RawMessage(`"` + Mask + `"`)} }

// mask looks at a value through all schemas that may hold for it: what one branch calls secret is masked in all of them.
func mask(v *value, nodes []node) *value {
	nodes = expand(nodes, 0)
	if secret(nodes) {
		if v.kind == 'n' {
			return v
		}
		return masked()
	}
	switch v.kind {
	case '{':
		out := &value{kind: '{'}
		for _, f := range v.fields {
			out.fields = append(out.fields, field{f.name, mask(f.value, fieldsOf(nodes, f.name))})
		}
		return out
	case '[':
		out := &value{kind: '['}
		for i, item := range v.items {
			out.items = append(out.items, mask(item, itemsOf(nodes, i)))
		}
		return out
	}
	return v
}

func secret(nodes []node) bool {
	for _, n := range nodes {
		if n.secret() {
			return true
		}
	}
	return false
}

// deepest bounds schemas that contain themselves.
const deepest = 8

// expand adds the branches and parts of each node.
func expand(nodes []node, depth int) []node {
	if depth == deepest {
		return nodes
	}
	var all []node
	for _, n := range nodes {
		all = append(all, n)
		parts := n.always()
		for _, branches := range n.choices() {
			parts = append(parts, branches...)
		}
		if len(parts) > 0 {
			all = append(all, expand(parts, depth+1)...)
		}
	}
	return all
}

func fieldsOf(nodes []node, name string) []node {
	var out []node
	for _, n := range nodes {
		if f, ok := n.field(name); ok {
			out = append(out, f)
		}
	}
	return out
}

func itemsOf(nodes []node, i int) []node {
	var out []node
	for _, n := range nodes {
		if f, ok := n.item(i); ok {
			out = append(out, f)
		}
	}
	return out
}

// Restored puts the stored secrets in the place of masks. A mask where the stored configuration has no secret, or has taken
// another branch of a choice, is [ErrNoSecret]: stored, it would take the place of a real one. Masks outside of secrets are text.
func (s *Schema) Restored(text, stored json.RawMessage) (json.RawMessage, error) {
	v, err := parse(text)
	if err != nil {
		return nil, err
	}
	var old *value
	if stored != nil {
		if old, err = parse(stored); err != nil {
			return nil, err
		}
	}
	var r restoring
	out := r.restore(v, old, []node{s.root}, nil)
	if len(r.lost) > 0 {
		return nil, fmt.Errorf("%w: %s", ErrNoSecret, strings.Join(r.lost, ", "))
	}
	return out.json(), nil
}

// restoring gathers the places of masks that could not be replaced.
type restoring struct{ lost []string }

func (r *restoring) restore(v, old *value, nodes []node, path []string) *value {
	all := expand(nodes, 0)
	if s, ok := v.string(); ok && s == Mask && secret(all) {
		return r.secret(v, old, path)
	}
	if sameBranch(v, old, nodes) {
		nodes = all
	} else {
		nodes, old = all, withoutSecrets(old, all)
	}
	switch v.kind {
	case '{':
		return r.object(v, old, nodes, path)
	case '[':
		return r.array(v, old, nodes, path)
	}
	return v
}

func (r *restoring) secret(v, old *value, path []string) *value {
	if s, isText := old.string(); old == nil || (isText && s == Mask) {
		r.lost = append(r.lost, pointer(path))
		return v
	}
	return old
}

func (r *restoring) object(v, old *value, nodes []node, path []string) *value {
	out := &value{kind: '{'}
	for _, f := range v.fields {
		inner := r.restore(f.value, old.get(f.name), fieldsOf(nodes, f.name), append(path, f.name))
		out.fields = append(out.fields, field{f.name, inner})
	}
	return out
}

func (r *restoring) array(v, old *value, nodes []node, path []string) *value {
	out := &value{kind: '['}
	for i, item := range v.items {
		places := itemsOf(nodes, i)
		inner := r.restore(item, counterpart(item, i, v, old, places), places, append(path, strconv.Itoa(i)))
		out.items = append(out.items, inner)
	}
	return out
}

// counterpart is the stored item that an item came from: the one that looks the same with its secrets masked, first of all at
// the same index; else the one at the same index if the array has kept its length.
func counterpart(item *value, i int, v, old *value, places []node) *value {
	if old == nil || old.kind != '[' {
		return nil
	}
	want := mask(item, places)
	if i < len(old.items) && mask(old.items[i], places).equal(want) {
		return old.items[i]
	}
	for _, candidate := range old.items {
		if item.kind == '{' && mask(candidate, places).equal(want) {
			return candidate
		}
	}
	if i < len(old.items) && len(old.items) == len(v.items) {
		return old.items[i]
	}
	return nil
}

// sameBranch tells whether two values take the same branch of every choice that these nodes give.
func sameBranch(v, old *value, nodes []node) bool {
	if old == nil || v.kind != '{' {
		return true
	}
	for _, n := range nodes {
		for _, branches := range n.choices() {
			if choose(v, branches) != choose(old, branches) {
				return false
			}
		}
		if !sameBranch(v, old, n.always()) {
			return false
		}
	}
	return true
}

// withoutSecrets is what is left of a value of another branch: masks in the place of secrets, which restore nothing.
func withoutSecrets(old *value, nodes []node) *value {
	if old == nil {
		return nil
	}
	return mask(old, nodes)
}
