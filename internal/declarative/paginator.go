package declarative

import (
	"errors"

	"github.com/airfielddev/airfield/internal/template"
	"github.com/airfielddev/airfield/manifest"
)

// NoPagination reads one page.
type NoPagination struct{}

// Build makes the paginator.
func (c *NoPagination) Build(*Env) (Paginator, error) { return c, nil }

// First is no token.
func (*NoPagination) First() any { return nil }

// BodyMembers are none.
func (*NoPagination) BodyMembers() ([]string, bool) { return nil, true }

// Next is no token.
func (*NoPagination) Next(Page) (any, error) { return nil, nil }

// Options are none.
func (*NoPagination) Options(any, int64) (Options, string, error) { return Options{}, "", nil }

// DefaultPaginator asks for pages, by a strategy that says which is the next.
type DefaultPaginator struct {
	Strategy    Of[PageStrategy] `manifest:"pagination_strategy,required"`
	SizeOption  *RequestOption   `manifest:"page_size_option,default=RequestOption"`
	TokenOption *TokenOption     `manifest:"page_token_option"`
}

// PageStrategy finds the token of the next page.
type PageStrategy interface {
	First() any
	Next(page Page) (any, error)
	// Size is the size of pages to ask for; nil when there is none.
	Size() (any, error)
	// BodyMembers are the members of a page's body that Next looks at, if the body is an object; false: it may be any.
	BodyMembers() (members []string, known bool)
}

// TokenOption says how a page is asked for: by a request option, or by the path of the request.
type TokenOption struct {
	RequestOption
	path bool
}

// UnmarshalManifest reads a RequestOption or a RequestPath.
func (o *TokenOption) UnmarshalManifest(d *manifest.Decoder, n *manifest.Node) {
	if n.Kind() == manifest.Mapping && n.Get("type") != nil && n.Get("type").Text() == "RequestPath" {
		o.path = true
		return
	}
	d.Decode(n, &o.RequestOption)
}

var errNoPageSize = errors.New("page_size_option goes with a pagination strategy that has a page_size")

// Build makes the paginator.
func (c *DefaultPaginator) Build(env *Env) (Paginator, error) {
	strategy, err := c.Strategy.Build(env)
	if err != nil {
		return nil, err
	}
	if c.SizeOption != nil {
		if size, err := strategy.Size(); err != nil || size == nil {
			return nil, errors.Join(err, errNoPageSize)
		}
	}
	return &paginator{PageStrategy: strategy, size: c.SizeOption, token: c.TokenOption, env: env}, nil
}

type paginator struct {
	PageStrategy
	size  *RequestOption
	token *TokenOption
	env   *Env
}

func (p *paginator) Options(token any, size int64) (o Options, path string, err error) {
	if o, err = p.sizeOptions(size); err != nil {
		return o, "", err
	}
	if p.token == nil || token == nil {
		return o, "", nil
	}
	if p.token.path {
		if truthy(token) {
			path = template.Str(token)
		}
		return o, path, nil
	}
	t, err := p.token.In(token, p.env.Vars())
	if err != nil {
		return o, "", err
	}
	o, err = t.Plus(o)
	return o, "", err
}

func (p *paginator) sizeOptions(reduced int64) (Options, error) {
	if p.size == nil {
		return Options{}, nil
	}
	size, err := p.Size()
	if err != nil {
		return Options{}, err
	}
	if reduced > 0 {
		size = reduced
	}
	return p.size.In(size, p.env.Vars())
}
