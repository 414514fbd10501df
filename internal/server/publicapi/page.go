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

// windowed declares what asks for a part of a list, beside what else a request asks with.
func windowed(others ...endpoint.Parameter) []endpoint.Parameter {
	return append(others,
		endpoint.Parameter{Name: "limit", Meaning: "How many there are on a page.", Type: endpoint.Number, Low: 1, High: public.MaxPageSize, Otherwise: public.DefaultPageSize},
		endpoint.Parameter{Name: "offset", Meaning: "How many to leave out before the page.", Type: endpoint.Number, High: 1<<31 - 1},
	)
}

func windowOf(q endpoint.Query) window {
	return window{Limit: q.Number("limit"), Offset: q.Number("offset")}
}

// listing is a list request that every resource of a workspace understands.
type listing struct {
	window
	WorkspaceIDs   []string
	IncludeDeleted bool
	TagIDs         []string
}

// listed declares what every listing asks with, beside what else one does.
func listed(others ...endpoint.Parameter) []endpoint.Parameter {
	deleted := endpoint.Parameter{Name: "includeDeleted", Meaning: "Whether to list what has been deleted, too.", Type: endpoint.Flag}
	return windowed(ofWorkspaces(append(others, deleted)...)...)
}

func listingOf(q endpoint.Query) listing {
	return listing{window: windowOf(q), WorkspaceIDs: workspaceIDs(q), IncludeDeleted: q.Flag("includeDeleted")}
}

// ofWorkspaces declares what narrows a list to workspaces. The API does not have the singular; ignoring it would answer with
// everything there is.
func ofWorkspaces(others ...endpoint.Parameter) []endpoint.Parameter {
	return append([]endpoint.Parameter{
		{Name: "workspaceIds", Meaning: "Lists what is in these workspaces. Without it, what is in all that the caller can see.", Type: endpoint.Names},
		{Name: "workspaceId", Meaning: "The same as workspaceIds.", Type: endpoint.Names},
	}, others...)
}

func workspaceIDs(q endpoint.Query) []string {
	return append(q.Texts("workspaceIds"), q.Texts("workspaceId")...)
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
