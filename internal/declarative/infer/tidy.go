package infer

import (
	"slices"

	"github.com/airfielddev/airfield/internal/template"
)

// tidy makes a schema one that people write: everything may be null, a choice between null and something else is that
// something, and fields that were never anything but null are left out. Alternatives of several kinds stay as they are.
func tidy(schema *template.Dict) {
	if alternatives, ok := listAt(schema, "anyOf"); ok {
		something := besideNull(alternatives)
		if something == nil {
			return
		}
		schema.Delete("anyOf")
		for key, value := range something.All() {
			schema.Set(template.Str(key), value)
		}
	}
	if properties, ok := dictAt(schema, "properties"); ok {
		tidyFields(properties)
	}
	if items, ok := dictAt(schema, "items"); ok {
		tidy(items)
	}
	kinds := slices.DeleteFunc(kindsOf(schema), func(kind string) bool { return kind == nullType })
	schema.Set("type", template.OneOrTexts(append(kinds, nullType)))
}

// besideNull is the one alternative to null; nil when there are others.
func besideNull(alternatives []any) *template.Dict {
	if len(alternatives) != 2 {
		return nil
	}
	first, _ := alternatives[0].(*template.Dict)
	if !slices.Equal(kindsOf(first), []string{nullType}) {
		return nil
	}
	second, _ := alternatives[1].(*template.Dict)
	return second
}

func tidyFields(properties *template.Dict) {
	var empty []string
	for key, value := range properties.All() {
		field, _ := value.(*template.Dict)
		if slices.Equal(kindsOf(field), []string{nullType}) {
			empty = append(empty, template.Str(key))
			continue
		}
		tidy(field)
	}
	for _, name := range empty {
		properties.Delete(name)
	}
}

// require says of the fields on a path that they are there and not null. It reports false when one is not there.
func require(schema *template.Dict, path []string) bool {
	if _, mixed := schema.Get("anyOf"); mixed {
		return len(path) == 0
	}
	kinds := slices.DeleteFunc(kindsOf(schema), func(kind string) bool { return kind == nullType })
	schema.Set("type", template.OneOrTexts(kinds))
	if len(path) == 0 {
		return true
	}
	properties, ok := dictAt(schema, "properties")
	if !ok {
		return false
	}
	field, ok := dictAt(properties, path[0])
	if !ok {
		return false
	}
	if names, _ := listAt(schema, "required"); !slices.Contains(names, any(path[0])) {
		schema.Set("required", append(names, path[0]))
	}
	return require(field, path[1:])
}

func kindsOf(schema *template.Dict) []string {
	if schema == nil {
		return nil
	}
	value, _ := schema.Get("type")
	switch v := value.(type) {
	case string:
		return []string{v}
	case []any:
		kinds := make([]string, len(v))
		for i, kind := range v {
			kinds[i] = template.Str(kind)
		}
		return kinds
	}
	return nil
}

func dictAt(d *template.Dict, key string) (*template.Dict, bool) {
	v, _ := d.Get(key)
	inner, ok := v.(*template.Dict)
	return inner, ok
}

func listAt(d *template.Dict, key string) ([]any, bool) {
	v, _ := d.Get(key)
	list, ok := v.([]any)
	return list, ok
}
