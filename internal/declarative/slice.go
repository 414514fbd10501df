package declarative

import "github.com/airfielddev/airfield/internal/template"

// Slice is a part of a stream that is read by itself: a partition, an interval of the cursor, or both. The zero Slice is a whole
// stream. It is not changed once made.
type Slice struct {
	Partition *template.Dict // which partition; part of its identity in states. nil: none
	Interval  *template.Dict // the cursor's bounds; nil: none
	Extra     *template.Dict // what comes along with a partition without being part of its identity; nil: none
}

// Dict is the slice as templates see it: the keys of partition and interval, with both, and the extra fields, as attributes.
func (s Slice) Dict() *template.Dict {
	d := template.NewDict(4)
	for _, part := range []*template.Dict{s.Partition, s.Interval} {
		if part == nil {
			continue
		}
		for key, value := range part.All() {
			if key, ok := key.(string); ok {
				d.Set(key, value)
			}
		}
	}
	return d.WithAttributes(map[string]any{
		"partition": orEmpty(s.Partition), "cursor_slice": orEmpty(s.Interval), "extra_fields": orEmpty(s.Extra),
	})
}

func orEmpty(d *template.Dict) *template.Dict {
	if d == nil {
		return template.NewDict(0)
	}
	return d
}

// Vars adds the variables that a slice brings to templates: the slice under its three names.
func (s Slice) Vars(vars map[string]any) map[string]any {
	d := s.Dict()
	vars["stream_slice"], vars["stream_partition"], vars["stream_interval"] = d, d, d
	return vars
}

// ExtraVars adds the extra fields of a slice as variables of their own, as the templates of requests see them.
func (s Slice) ExtraVars(vars map[string]any) map[string]any {
	if s.Extra == nil {
		return vars
	}
	for key, value := range s.Extra.All() {
		if key, ok := key.(string); ok && vars[key] == nil {
			vars[key] = value
		}
	}
	return vars
}
