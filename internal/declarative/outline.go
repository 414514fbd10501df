package declarative

import (
	"context"

	"github.com/airfielddev/airfield/internal/template"
)

// outline reads pages that are JSON objects without holding more of them than one record, and what paging looks at.
type outline struct {
	path     []string // of the records, not empty
	expander *recordExpander
	members  []string // of the page that paging looks at
	selector *selector
}

// newOutline gives nil where pages have to be decoded as a whole.
func newOutline(d Decoder, s RecordSelector, p Paginator) *outline {
	all, ok := s.(*selector)
	if _, isJSON := d.(jsonDecoder); !isJSON || !ok {
		return nil
	}
	extractor, ok := all.extractor.(*dpathExtractor)
	if !ok || len(extractor.path) == 0 {
		return nil
	}
	if _, many := extractor.path.Wildcard(); many {
		return nil
	}
	members, ok := p.BodyMembers()
	if !ok {
		return nil
	}
	return &outline{expander: extractor.expander, members: members, selector: all, path: extractor.path.Keys()}
}

// read gives the records of a page to yield. It reports false for a page that it cannot read.
func (o *outline) read(ctx context.Context, q Query, page *Page, yield func(*template.Dict) error) (done bool, err error) {
	if o == nil || page.Response.Stream != nil {
		return false, nil
	}
	found, body, ok := o.open(page.Response.Body)
	if !ok {
		return false, nil
	}
	page.Body = body
	if found == nil {
		return true, nil
	}
	take := func(v any) error {
		page.Raw++
		return o.selector.take(v, q, yield)
	}
	if o.expander != nil {
		one := take
		take = func(v any) error { return o.expander.expand(ctx, v, one) }
	}
	isList := found[0] == '['
	return true, decodeAhead(found, func(v any) error {
		if !isList && !truthy(v) {
			return nil
		}
		if err := take(v); err != nil {
			return err
		}
		return ctx.Err()
	})
}

// open finds the text of the records, nil if there are none, and what paging looks at.
func (o *outline) open(page []byte) (records []byte, body *template.Dict, ok bool) {
	values, ok := template.JSONMembers(page, append([]string{o.path[0]}, o.members...)...)
	if !ok {
		return nil, nil, false
	}
	records = values[0]
	for _, key := range o.path[1:] {
		if records == nil {
			break
		}
		inner, ok := template.JSONMembers(records, key)
		if !ok {
			return nil, nil, false
		}
		records = inner[0]
	}
	body = template.NewDict(len(o.members))
	for i, name := range o.members {
		if text := values[i+1]; text != nil {
			v, err := template.DecodeLooseJSON(text)
			if err != nil {
				return nil, nil, false
			}
			body.Set(name, v)
		}
	}
	return records, body, true
}
