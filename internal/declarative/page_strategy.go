package declarative

import (
	"errors"
	"regexp"
	"slices"
	"strings"

	"github.com/airfielddev/airfield/internal/template"
	"github.com/airfielddev/airfield/manifest"
)

// PageIncrement counts pages.
type PageIncrement struct {
	PageSize manifest.Template `manifest:"page_size,holds=whole"`
	Start    int64             `manifest:"start_from_page"`
	Inject   bool              `manifest:"inject_on_first_request"`
}

// Build makes the strategy.
func (c *PageIncrement) Build(env *Env) (PageStrategy, error) {
	return &pageIncrement{PageIncrement: c, size: pageSize{&c.PageSize, env}}, nil
}

type pageIncrement struct {
	*PageIncrement
	size pageSize
}

func (p *pageIncrement) First() any {
	if p.Inject {
		return p.Start
	}
	return nil
}

func (p *pageIncrement) Size() (any, error) { return p.size.get(nil) }

func (p *pageIncrement) BodyMembers() ([]string, bool) { return p.size.BodyMembers() }

func (p *pageIncrement) Next(page Page) (any, error) {
	last, err := p.size.lastPage(page)
	if err != nil || last {
		return nil, err
	}
	if page.Token == nil {
		return p.Start + 1, nil
	}
	n, ok := page.Token.(int64)
	if !ok {
		return nil, errTokenNotNumber
	}
	return n + 1, nil
}

var errTokenNotNumber = errors.New("the page token is not a whole number")

// OffsetIncrement counts records.
type OffsetIncrement struct {
	PageSize manifest.Template `manifest:"page_size,holds=whole"`
	Inject   bool              `manifest:"inject_on_first_request"`
}

// Build makes the strategy.
func (c *OffsetIncrement) Build(env *Env) (PageStrategy, error) {
	return &offsetIncrement{OffsetIncrement: c, size: pageSize{&c.PageSize, env}}, nil
}

type offsetIncrement struct {
	*OffsetIncrement
	size pageSize
}

func (p *offsetIncrement) First() any {
	if p.Inject {
		return int64(0)
	}
	return nil
}

func (p *offsetIncrement) Size() (any, error) { return p.size.get(nil) }

func (p *offsetIncrement) BodyMembers() ([]string, bool) { return p.size.BodyMembers() }

func (p *offsetIncrement) Next(page Page) (any, error) {
	last, err := p.size.lastPage(page)
	if err != nil || last {
		return nil, err
	}
	if page.Token == nil {
		return int64(page.Raw), nil
	}
	n, ok := page.Token.(int64)
	if !ok {
		return nil, errTokenNotNumber
	}
	return n + int64(page.Raw), nil
}

// pageSize is how many records a full page has.
type pageSize struct {
	size *manifest.Template
	env  *Env
}

// get evaluates the size; nil when there is none.
func (s pageSize) get(response any) (any, error) {
	if !s.size.Present() {
		return nil, nil
	}
	vars := s.env.Vars()
	vars["response"] = response
	if response == nil {
		vars["response"] = template.NewDict(0)
	}
	n, given, err := s.size.Int(vars)
	if err != nil || !given {
		return nil, err
	}
	return n, nil
}

// BodyMembers are the members of a page that the size may depend on.
func (s pageSize) BodyMembers() ([]string, bool) { return s.size.Members("response") }

// lastPage tells a page after which there is nothing: an empty one, or one that is not full.
func (s pageSize) lastPage(page Page) (bool, error) {
	if page.Raw == 0 {
		return true, nil
	}
	if page.Size > 0 {
		return int64(page.Raw) < page.Size, nil
	}
	size, err := s.get(page.Body)
	if err != nil {
		return false, err
	}
	n, ok := size.(int64)
	return ok && n > 0 && int64(page.Raw) < n, nil
}

// CursorPagination takes the next token from the page that was read.
type CursorPagination struct {
	Value    manifest.Template `manifest:"cursor_value,required"`
	PageSize manifest.Template `manifest:"page_size,holds=whole"`
	Stop     manifest.Template `manifest:"stop_condition"`
}

// UnmarshalManifest checks that a size that is asked for is there.
func (c *CursorPagination) UnmarshalManifest(d *manifest.Decoder, n *manifest.Node) {
	type plain CursorPagination
	d.Decode(n, (*plain)(c))
	if c.PageSize.Present() {
		return
	}
	for _, t := range []*manifest.Template{&c.Value, &c.Stop} {
		if slices.Contains(t.Names(), "page_size") {
			d.Problem(n, manifest.CodeTemplate, "%s needs the field page_size, which is not there", t.Source())
		}
	}
}

// Build makes the strategy.
func (c *CursorPagination) Build(env *Env) (PageStrategy, error) {
	return &cursorPagination{CursorPagination: c, size: pageSize{&c.PageSize, env}, env: env}, nil
}

type cursorPagination struct {
	*CursorPagination
	size pageSize
	env  *Env
}

func (p *cursorPagination) First() any { return nil }

func (p *cursorPagination) Size() (any, error) { return p.size.get(nil) }

func (p *cursorPagination) BodyMembers() (members []string, known bool) {
	for _, t := range []*manifest.Template{&p.Value, &p.Stop, &p.PageSize} {
		some, known := t.Members("response")
		if !known {
			return nil, false
		}
		members = append(members, some...)
	}
	return members, true
}

func (p *cursorPagination) Next(page Page) (any, error) {
	vars, err := p.vars(page)
	if err != nil {
		return nil, err
	}
	if p.Stop.Present() {
		if stop, err := p.Stop.Bool(vars); err != nil || stop {
			return nil, err
		}
	}
	token, err := p.Value.Value(vars)
	if err != nil || !truthy(token) {
		return nil, err
	}
	return token, nil
}

func (p *cursorPagination) vars(page Page) (map[string]any, error) {
	size, err := p.size.get(nil)
	if err != nil {
		return nil, err
	}
	if page.Size > 0 {
		size = page.Size
	}
	headers := headerDict(page.Response.Header, p.Value.Source(), p.Stop.Source())
	headers.Set("link", parseLinks(page.Response.Header.Values("Link")))
	vars := page.Slice.Vars(p.env.Vars())
	vars["response"], vars["headers"] = page.Body, headers
	vars["last_record"], vars["last_page_size"], vars["page_size"] = nil, page.Emitted, size
	if page.Last != nil {
		vars["last_record"] = page.Last
	}
	return vars, nil
}

var linkValue = regexp.MustCompile(`<([^>]*)>([^<]*)`)

// parseLinks reads the Link header (RFC 8288): by relation, the URL and the parameters.
func parseLinks(values []string) *template.Dict {
	links := template.NewDict(2)
	for _, m := range linkValue.FindAllStringSubmatch(strings.Join(values, ", "), -1) {
		link := template.NewDict(2)
		link.Set("url", m[1])
		for param := range strings.SplitSeq(m[2], ";") {
			name, value, ok := strings.Cut(strings.Trim(param, " ,"), "=")
			if ok {
				link.Set(strings.TrimSpace(name), strings.Trim(value, ` "'`))
			}
		}
		relation, ok := link.Get("rel")
		if !ok {
			relation = m[1]
		}
		links.Set(template.Str(relation), link)
	}
	return links
}
