package declarative

import (
	"math"
	"strings"

	"github.com/airfielddev/airfield/internal/template"
	"github.com/airfielddev/airfield/manifest"
)

// Normalization says whether values are converted to the types of the stream's schema.
type Normalization string

const (
	normalizeNone    Normalization = "None"
	normalizeDefault Normalization = "Default"
)

// UnmarshalManifest reads the name of a normalization; anything but these names is Python code.
func (c *Normalization) UnmarshalManifest(d *manifest.Decoder, n *manifest.Node) {
	if n.Kind() == manifest.Mapping {
		d.Problem(n, manifest.CodeCustomComponent, "it needs the Python class %s, which cannot run here", n.Get("class_name").Text())
		return
	}
	*c = Normalization(n.Text())
	if *c != normalizeNone && *c != normalizeDefault {
		d.Problem(n, manifest.CodeInvalidValue, "want None or Default, found %q", n.Text())
	}
}

// normalizeObject converts the fields of a record in place. What cannot be converted stays.
func normalizeObject(record, schema, root *template.Dict) {
	schema = resolved(schema, root)
	properties, ok := dictAt(schema, "properties")
	if !ok {
		return
	}
	for key, sub := range properties.All() {
		name := template.Str(key)
		value, present := record.Get(name)
		if sub, ok := sub.(*template.Dict); ok && present {
			record.Set(name, normalized(value, sub, root))
		}
	}
}

func dictAt(d *template.Dict, key string) (*template.Dict, bool) {
	v, _ := d.Get(key)
	inner, ok := v.(*template.Dict)
	return inner, ok
}

// resolved follows references inside the schema.
func resolved(schema, root *template.Dict) *template.Dict {
	for range 20 {
		ref, _ := schema.Get("$ref")
		text, ok := ref.(string)
		if !ok || !strings.HasPrefix(text, "#/") {
			return schema
		}
		v, ok := valueAt(root, strings.Split(text[2:], "/"))
		next, isDict := v.(*template.Dict)
		if !ok || !isDict {
			return schema
		}
		schema = next
	}
	return schema
}

func normalized(v any, schema, root *template.Dict) any {
	schema = resolved(schema, root)
	kinds, _ := schema.Get("type")
	kind, nullable, single := oneType(kinds)
	if v == nil && nullable {
		return nil
	}
	if single {
		v = converted(v, kind, schema)
	}
	switch inner := v.(type) {
	case *template.Dict:
		normalizeObject(inner, schema, root)
	case []any:
		if items, ok := dictAt(schema, "items"); ok {
			for i := range inner {
				inner[i] = normalized(inner[i], items, root)
			}
		}
	}
	return v
}

// oneType is the type that values are to have, when there is only one.
func oneType(v any) (kind string, nullable, single bool) {
	if text, ok := v.(string); ok {
		return text, text == "null", text != "null"
	}
	list, _ := v.([]any)
	n := 0
	for _, item := range list {
		if item == "null" {
			nullable = true
			continue
		}
		kind, _ = item.(string)
		n++
	}
	return kind, nullable, n == 1
}

// wrapped makes a list of a scalar, unless the schema's items are of one plainly written type.
func wrapped(v any, schema *template.Dict) any {
	switch v.(type) {
	case []any, *template.Dict:
		return v
	}
	items, ok := dictAt(schema, "items")
	if !ok {
		return []any{v}
	}
	kinds, _ := items.Get("type")
	list, ok := kinds.([]any)
	if kinds != nil && !ok {
		return v
	}
	for _, kind := range list {
		if kind == "object" || kind == "array" {
			return v
		}
	}
	return []any{v}
}

func converted(v any, kind string, schema *template.Dict) any {
	switch kind {
	case "array":
		return wrapped(v, schema)
	case "string":
		return template.Str(v)
	case "number":
		return asFloat(v)
	case "integer":
		return asInteger(v)
	case "boolean":
		return asBoolean(v)
	}
	return v
}

func asFloat(v any) any {
	if f, err := template.ParseFloat(v); err == nil && !math.IsInf(f, 0) && !math.IsNaN(f) {
		return f
	}
	return v
}

func asInteger(v any) any {
	if i, err := template.ParseInt(v, 10); err == nil {
		return i
	}
	return v
}

func asBoolean(v any) any {
	text, ok := v.(string)
	if !ok {
		return truthy(v)
	}
	switch strings.TrimSpace(strings.ToLower(text)) {
	case "y", "yes", "t", "true", "on", "1":
		return true
	case "n", "no", "f", "false", "off", "0":
		return false
	}
	return v
}
