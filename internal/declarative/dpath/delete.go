package dpath

import (
	"slices"
	"strconv"

	"github.com/airfielddev/airfield/internal/template"
)

// Delete removes the values inside v that the path leads to, and gives back what they were removed from. The last element of a list
// goes; others become null, so that the rest keep their places.
func (p Path) Delete(v any) any {
	if len(p) == 0 {
		return v
	}
	if d, ok := v.(*template.Dict); ok && p[0].pattern == nil {
		p[1:].deleteField(d, p[0].text)
		return v
	}
	return deleteRests(v, []Path{p})
}

// deleteRests removes what the rests of a path lead to.
func deleteRests(v any, rests []Path) any {
	return deleteIf(v, func(key string, n int, inner any) (any, bool) {
		deeper := behind(rests, key, n)
		switch {
		case slices.ContainsFunc(deeper, Path.arrived):
			return nil, true
		case len(deeper) == 1:
			return deeper[0].Delete(inner), false
		case len(deeper) > 1:
			return deleteRests(inner, deeper), false
		}
		return inner, false
	})
}

// deleteField removes what the path leads to from a field of d, which may be the field itself.
func (p Path) deleteField(d *template.Dict, key string) {
	if p.arrived() {
		d.Delete(key)
	} else if inner, ok := d.Get(key); ok {
		d.Set(key, p.Delete(inner))
	}
}

// arrived tells whether the path may end here.
func (p Path) arrived() bool { return len(p) == 0 || len(p) == 1 && p[0].deep }

// DeleteLeaves removes every value inside v that is neither object nor list and for which gone is true.
func DeleteLeaves(v any, gone func(any) bool) any {
	return deleteIf(v, func(_ string, _ int, inner any) (any, bool) {
		switch inner.(type) {
		case *template.Dict, []any:
			return DeleteLeaves(inner, gone), false
		}
		return inner, gone(inner)
	})
}

// deleteIf asks for every child what becomes of it. The number of elements is given for lists only.
func deleteIf(v any, decide func(key string, n int, inner any) (any, bool)) any {
	switch v := v.(type) {
	case *template.Dict:
		var keys []string
		for key := range v.All() {
			keys = append(keys, template.Str(key))
		}
		for _, key := range keys {
			inner, _ := v.Get(key)
			if kept, gone := decide(key, 0, inner); gone {
				v.Delete(key)
			} else {
				v.Set(key, kept)
			}
		}
		return v
	case []any:
		n := len(v)
		for i := range n {
			kept, gone := decide(strconv.Itoa(i), n, v[i])
			switch {
			case !gone:
				v[i] = kept
			case i == len(v)-1:
				v = v[:i]
			default:
				v[i] = nil
			}
		}
		return v
	}
	return v
}

// WithoutLists is a value without the lists that the path leads to. It shares with the value what has none.
func (p Path) WithoutLists(v any) any {
	s, rest := p[0], p[1:]
	if s.deep {
		if len(rest) > 0 {
			v = rest.WithoutLists(v)
		}
		rest = p
	}
	// remain is what remains of a member.
	remain := func(inner any) (any, bool) {
		_, list := inner.([]any)
		switch {
		case list && (len(rest) == 0 || s.deep && len(p) == 1):
			return nil, false
		case len(rest) == 0:
			return inner, true
		}
		return rest.WithoutLists(inner), true
	}
	switch v := v.(type) {
	case *template.Dict:
		c := template.NewDict(v.Len())
		for key, inner := range v.All() {
			name, kept := template.Str(key), true
			if s.matches(name) {
				inner, kept = remain(inner)
			}
			if kept {
				c.Set(name, inner)
			}
		}
		return c
	case []any:
		c := make([]any, 0, len(v))
		only, one := s.index(len(v))
		for i, inner := range v {
			kept := true
			if one && i == only || s.pattern != nil && s.matches(strconv.Itoa(i)) {
				inner, kept = remain(inner)
			}
			if kept {
				c = append(c, inner)
			}
		}
		return c
	}
	return v
}
