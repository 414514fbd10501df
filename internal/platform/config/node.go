package config

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	"github.com/airfielddev/airfield/internal/misfit"
)

// node is one place of a specification, with the whole of it at hand for references.
type node struct {
	schema map[string]any
	root   any
	open   bool // nothing is said about what is inside, so that names decide what is secret
}

func nodeOf(schema, root any) node {
	m, _ := schema.(map[string]any)
	n := node{schema: m, root: root}
	for range 16 { // a chain of references that is longer is a ring
		ref, ok := n.schema["$ref"].(string)
		if !ok {
			return n
		}
		target, _ := resolve(root, ref).(map[string]any)
		n.schema = target
	}
	return node{root: root}
}

// resolve follows a reference inside the document.
func resolve(root any, ref string) any {
	path, ok := strings.CutPrefix(ref, "#")
	if !ok {
		return nil
	}
	at := root
	for name := range strings.SplitSeq(strings.TrimPrefix(path, "/"), "/") {
		if name == "" {
			continue
		}
		name = strings.NewReplacer("~1", "/", "~0", "~").Replace(name)
		switch v := at.(type) {
		case map[string]any:
			at = v[name]
		case []any:
			i, err := strconv.Atoi(name)
			if err != nil || i < 0 || i >= len(v) {
				return nil
			}
			at = v[i]
		default:
			return nil
		}
	}
	return at
}

// secret tells whether the value at this place is one. The mark's presence decides, as it does for Airbyte.
func (n node) secret() bool {
	_, marked := n.schema["airbyte_secret"]
	return marked
}

// field is the place of a named field, as far as this node alone says.
func (n node) field(name string) (node, bool) {
	if n.open {
		return node{schema: guess(name), open: true}, true
	}
	if properties, ok := n.schema["properties"].(map[string]any); ok {
		if s, ok := properties[name]; ok {
			return nodeOf(s, n.root), true
		}
	}
	if patterns, ok := n.schema["patternProperties"].(map[string]any); ok {
		for pattern, s := range patterns {
			if r, err := misfit.Pattern(pattern); err == nil && r.MatchString(name) {
				return nodeOf(s, n.root), true
			}
		}
	}
	s, ok := n.schema["additionalProperties"].(map[string]any)
	return nodeOf(s, n.root), ok
}

// item is the place of an array's i-th item.
func (n node) item(i int) (node, bool) {
	if n.open {
		return n, true
	}
	switch items := n.schema["items"].(type) {
	case map[string]any:
		return nodeOf(items, n.root), true
	case []any:
		if i < len(items) {
			return nodeOf(items[i], n.root), true
		}
	}
	s, ok := n.schema["additionalItems"].(map[string]any)
	return nodeOf(s, n.root), ok
}

// opaque tells whether a specification says nothing about the fields of a configuration, as one that is not known does.
func opaque(schema any) bool {
	m, ok := schema.(map[string]any)
	if !ok {
		return true
	}
	for _, name := range []string{"properties", "patternProperties", "oneOf", "anyOf", "allOf", "$ref"} {
		if _, ok := m[name]; ok {
			return false
		}
	}
	return true
}

// guess marks a field by its name alone.
func guess(name string) map[string]any {
	plain := strings.NewReplacer("_", "", "-", "", " ", "").Replace(strings.ToLower(name))
	for _, part := range []string{"password", "passphrase", "secret", "token", "apikey", "privatekey", "accesskey", "credential"} {
		if strings.HasSuffix(plain, part) || strings.HasSuffix(plain, part+"json") {
			return map[string]any{"airbyte_secret": true}
		}
	}
	return nil
}

// always are the nodes that hold beside this one whatever the value is.
func (n node) always() []node {
	var all []node
	for _, s := range list(n.schema["allOf"]) {
		all = append(all, nodeOf(s, n.root))
	}
	for _, name := range []string{"if", "then", "else"} {
		if s, ok := n.schema[name].(map[string]any); ok {
			all = append(all, nodeOf(s, n.root))
		}
	}
	for _, name := range []string{"dependencies", "dependentSchemas"} {
		dependencies, _ := n.schema[name].(map[string]any)
		for _, s := range dependencies {
			if _, ok := s.(map[string]any); ok {
				all = append(all, nodeOf(s, n.root))
			}
		}
	}
	return all
}

// choices are the groups of branches of which the value takes one.
func (n node) choices() [][]node {
	var groups [][]node
	for _, name := range []string{"oneOf", "anyOf"} {
		var branches []node
		for _, s := range list(n.schema[name]) {
			branches = append(branches, nodeOf(s, n.root))
		}
		if len(branches) > 0 {
			groups = append(groups, branches)
		}
	}
	return groups
}

func list(v any) []any {
	l, _ := v.([]any)
	return l
}

// choose is the index of the first branch that a value takes, by its constants and required fields; -1 when it takes none.
func choose(v *value, branches []node) int {
	return slices.IndexFunc(branches, func(b node) bool { return b.takes(v) })
}

func (n node) takes(v *value) bool {
	if v == nil || v.kind != '{' {
		return v != nil && n.schema["type"] != "object"
	}
	properties, _ := n.schema["properties"].(map[string]any)
	for name, s := range properties {
		if want, ok := constant(s); ok && !same(v.get(name), want) {
			return false
		}
	}
	for _, name := range list(n.schema["required"]) {
		if name, ok := name.(string); ok && v.get(name) == nil {
			return false
		}
	}
	return true
}

// constant is the only value that a schema allows.
func constant(schema any) (any, bool) {
	m, _ := schema.(map[string]any)
	if c, ok := m["const"]; ok {
		return c, true
	}
	if e := list(m["enum"]); len(e) == 1 {
		return e[0], true
	}
	return nil, false
}

func same(v *value, want any) bool {
	text, err := json.Marshal(want)
	if err != nil || v == nil {
		return false
	}
	w, err := parseAny(text)
	return err == nil && v.equal(w)
}
