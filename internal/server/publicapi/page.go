package publicapi

import (
	"net/url"
	"strconv"
	"strings"

	"github.com/airfielddev/airfield/internal/platform"
	"github.com/airfielddev/airfield/internal/server/endpoint"
	"github.com/airfielddev/airfield/internal/wire/public"
)

// window is the part of a list that is asked for.
type window struct {
	Limit  int
	Offset int
}

func windowOf(q *endpoint.Query) window {
	return window{
		Limit:  q.Int("limit", 1, public.MaxPageSize, public.DefaultPageSize),
		Offset: q.Int("offset", 0, 1<<31-1, 0),
	}
}

// listing is a list request that every resource of a workspace understands.
type listing struct {
	window
	WorkspaceIDs   []string
	IncludeDeleted bool
	TagIDs         []string
}

func listingOf(p endpoint.Params) (listing, error) {
	q, err := p.Query()
	if err != nil {
		return listing{}, err
	}
	l := listing{
		window:         windowOf(&q),
		WorkspaceIDs:   workspaceIDs(&q),
		IncludeDeleted: q.Bool("includeDeleted"),
		TagIDs:         q.IDs("tagIds"),
	}
	return l, q.Err()
}

// workspaceIDs also reads the singular, which the API does not have: ignoring it would answer with everything there is.
func workspaceIDs(q *endpoint.Query) []string {
	return append(q.IDs("workspaceIds"), q.IDs("workspaceId")...)
}

// filter asks for one row more than the page has, which tells whether there is a next page.
func (l listing) filter() platform.Filter {
	return platform.Filter{
		WorkspaceIDs:   l.WorkspaceIDs,
		IncludeDeleted: l.IncludeDeleted,
		TagIDs:         l.TagIDs,
		Offset:         l.Offset,
		Limit:          l.Limit + 1,
	}
}

// query is the part of the links that repeats the request.
func (l listing) query() url.Values {
	q := url.Values{"includeDeleted": {strconv.FormatBool(l.IncludeDeleted)}}
	if len(l.WorkspaceIDs) > 0 {
		q.Set("workspaceIds", strings.Join(l.WorkspaceIDs, ","))
	}
	if len(l.TagIDs) > 0 {
		q.Set("tagIds", strings.Join(l.TagIDs, ","))
	}
	return q
}

// cut drops the row that was read beyond the page, and tells whether there was one.
func cut[T any](rows []T, w window) (page []T, more bool) {
	if len(rows) > w.Limit {
		return rows[:w.Limit], true
	}
	return rows, false
}

// page is one page of a list with links to its neighbours, below /v1 wherever it was asked for.
func page[T any](base, resource string, query url.Values, w window, more bool, data []T) public.Page[T] {
	link := func(offset int) string {
		q := url.Values{"limit": {strconv.Itoa(w.Limit)}, "offset": {strconv.Itoa(offset)}}
		for name, values := range query {
			q[name] = values
		}
		return base + "/v1/" + resource + "?" + q.Encode()
	}
	out := public.Page[T]{Data: data}
	if more {
		out.Next = link(w.Offset + w.Limit)
	}
	if w.Offset > 0 {
		out.Previous = link(max(w.Offset-w.Limit, 0))
	}
	return out
}
