package declarative

import (
	"context"

	"github.com/airfielddev/airfield/internal/template"
)

// propertiesKey is where a slice carries the properties that a request asks for.
const propertiesKey = "query_properties"

// asking is a slice whose requests ask for some properties.
func (s Slice) asking(properties []string) Slice {
	extra := template.NewDict(1)
	for key, value := range orEmpty(s.Extra).All() {
		extra.Set(template.Str(key), value)
	}
	extra.Set(propertiesKey, template.Texts(properties))
	s.Extra = extra
	return s
}

// chunkedPage reads a page with a request for each chunk of properties. Records of several requests that are one are given to yield
// after all others. For paging, the page is the last response.
func (r *simpleRetriever) chunkedPage(ctx context.Context, q Query, number int, page *Page, yield func(*template.Dict) error) (more bool, err error) {
	chunks, err := r.properties.chunks(ctx)
	if err != nil {
		return false, err
	}
	emitted, last := 0, (*template.Dict)(nil)
	emit := func(record *template.Dict) error {
		emitted, last = emitted+1, record
		if q.Old != nil && q.Admit != nil && !q.Admit(record) {
			return nil
		}
		return yield(record)
	}
	part := q
	if q.Old != nil {
		part.Admit = nil // it is asked of whole records
	}
	merge := new(mergedRecords)
	for _, chunk := range chunks {
		part.Slice = q.Slice.asking(chunk)
		*page = Page{Token: page.Token}
		more, err = r.requestPage(ctx, part, number, page, func(record *template.Dict) error {
			if key := r.properties.mergeKey(record); key != "" {
				merge.add(key, record)
				return nil
			}
			return emit(record)
		})
		if err != nil {
			return false, err
		}
	}
	for _, record := range merge.list {
		if err := emit(record); err != nil {
			return false, err
		}
	}
	page.Emitted, page.Last = emitted, last
	return more, nil
}

// mergedRecords puts the parts of records together, in the order in which the first parts came.
type mergedRecords struct {
	list  []*template.Dict
	byKey map[string]*template.Dict
}

func (m *mergedRecords) add(key string, part *template.Dict) {
	whole := m.byKey[key]
	if whole == nil {
		if m.byKey == nil {
			m.byKey = map[string]*template.Dict{}
		}
		whole = template.NewDict(part.Len())
		m.byKey[key] = whole
		m.list = append(m.list, whole)
	}
	mergeInto(whole, part)
}

// mergeInto puts the fields of one object into another: objects are merged, of other values the later counts.
func mergeInto(into, from *template.Dict) {
	for key, value := range from.All() {
		name := template.Str(key)
		old, _ := into.Get(name)
		outer, both := old.(*template.Dict)
		if inner, ok := value.(*template.Dict); ok && both {
			mergeInto(outer, inner)
			continue
		}
		into.Set(name, value)
	}
}
