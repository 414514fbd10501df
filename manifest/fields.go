package manifest

import (
	"reflect"
	"strings"
	"sync"
)

// field is a field of a component's struct, as its tag tells it:
//
//	manifest:"name,required,default=Component,deprecated=other_name,holds=whole"
type field struct {
	name       string
	index      []int
	required   bool
	fallback   string // the component a slot without a type holds
	deprecated string // the newer name
	holds      string // one of literals; "": anything
}

// fieldSet is the fields of one struct.
type fieldSet struct {
	list   []field
	byName map[string]*field
}

var fieldSets sync.Map // reflect.Type -> *fieldSet

func fieldsOf(t reflect.Type) *fieldSet {
	if s, ok := fieldSets.Load(t); ok {
		return s.(*fieldSet)
	}
	s := &fieldSet{byName: map[string]*field{}}
	for _, f := range reflect.VisibleFields(t) {
		if tag, ok := f.Tag.Lookup("manifest"); ok {
			s.list = append(s.list, parseTag(tag, f.Index))
		}
	}
	for i := range s.list {
		s.byName[s.list[i].name] = &s.list[i]
	}
	kept, _ := fieldSets.LoadOrStore(t, s)
	return kept.(*fieldSet)
}

func parseTag(tag string, index []int) field {
	name, options, _ := strings.Cut(tag, ",")
	f := field{name: name, index: index}
	for option := range strings.SplitSeq(options, ",") {
		key, value, _ := strings.Cut(option, "=")
		switch key {
		case "required":
			f.required = true
		case "default":
			f.fallback = value
		case "deprecated":
			f.deprecated = value
		case "holds":
			f.holds = value
		}
	}
	return f
}

func (s *fieldSet) names() []string {
	names := make([]string, len(s.list))
	for i, f := range s.list {
		names[i] = f.name
	}
	return names
}
