package declarative

import "github.com/airfielddev/airfield/internal/template"

// truthy is Python's idea of truth.
func truthy(v any) bool {
	switch v := v.(type) {
	case nil:
		return false
	case bool:
		return v
	case string:
		return v != ""
	case int64:
		return v != 0
	case float64:
		return v != 0
	case []any:
		return len(v) > 0
	case template.Tuple:
		return len(v) > 0
	case *template.Dict:
		return v.Len() > 0
	}
	return true
}
