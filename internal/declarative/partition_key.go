package declarative

import (
	"slices"
	"strings"

	"github.com/airfielddev/airfield/internal/template"
)

// partitionKey is what a partition is known by: its JSON, with sorted keys.
func partitionKey(partition *template.Dict) (string, error) {
	key, err := template.AppendJSON(nil, sorted(orEmpty(partition)))
	return string(key), err
}

// sorted is a value with the keys of all its mappings in order.
func sorted(v any) any {
	switch v := v.(type) {
	case *template.Dict:
		keys := make([]string, 0, v.Len())
		for key := range v.All() {
			keys = append(keys, template.Str(key))
		}
		slices.SortFunc(keys, strings.Compare)
		d := template.NewDict(len(keys))
		for _, key := range keys {
			value, _ := v.Get(key)
			d.Set(key, sorted(value))
		}
		return d
	case []any:
		list := make([]any, len(v))
		for i, item := range v {
			list[i] = sorted(item)
		}
		return list
	}
	return v
}
