package cloud

import (
	"context"
	"iter"
	"net/http"
	"net/url"
	"strconv"

	"github.com/airfielddev/airfield/internal/wire/public"
)

// A ListOption narrows a list.
type ListOption interface{ list(*listOptions) }

type listFunc func(*listOptions)

func (f listFunc) list(o *listOptions) { f(o) }

type listOptions struct {
	name           *string
	where          func(string) bool
	limit          *int
	pageSize       int
	includeDeleted bool
	organization   string
	jobType        JobType
	oldestFirst    bool
}

// ByName keeps what has exactly this name. Names are compared here, since the API cannot, and with regard to case. It excludes
// [Where].
func ByName(name string) ListOption { return listFunc(func(o *listOptions) { o.name = &name }) }

// Where keeps what has a name that the function likes. It excludes [ByName].
func Where(keep func(name string) bool) ListOption {
	return listFunc(func(o *listOptions) { o.where = keep })
}

// Limit ends the list after n of what it keeps. n must be positive.
func Limit(n int) ListOption { return listFunc(func(o *listOptions) { o.limit = &n }) }

// PageSize asks for pages of n, from 1 to 100. Without it pages are as large as the API allows.
func PageSize(n int) ListOption { return listFunc(func(o *listOptions) { o.pageSize = n }) }

// IncludeDeleted lists what has been deleted too, as far as the deployment remembers it.
func IncludeDeleted() ListOption { return listFunc(func(o *listOptions) { o.includeDeleted = true }) }

// OfType keeps jobs of one type. Without it jobs of all types are listed.
func OfType(t JobType) ListOption { return listFunc(func(o *listOptions) { o.jobType = t }) }

// OldestFirst lists jobs in the order they were created in. Without it the newest job comes first.
func OldestFirst() ListOption { return listFunc(func(o *listOptions) { o.oldestFirst = true }) }

func listOptionsOf(op string, opts []ListOption) (listOptions, error) {
	var o listOptions
	for _, opt := range opts {
		opt.list(&o)
	}
	switch {
	case o.name != nil && o.where != nil:
		return o, refuse(ErrInvalidInput, op, "", "", "ByName and Where exclude each other")
	case o.limit != nil && *o.limit <= 0:
		return o, refuse(ErrInvalidInput, op, "", "", "Limit must be greater than 0, it is %d", *o.limit)
	case o.pageSize < 0 || o.pageSize > public.MaxPageSize:
		return o, refuse(ErrInvalidInput, op, "", "", "PageSize must be from 1 to %d, it is %d", public.MaxPageSize, o.pageSize)
	}
	if o.pageSize == 0 {
		o.pageSize = o.bestPageSize()
	}
	return o, nil
}

// bestPageSize asks for no more rows than will be kept.
func (o listOptions) bestPageSize() int {
	if o.limit != nil && o.name == nil && o.where == nil {
		return min(*o.limit, public.MaxPageSize)
	}
	return public.MaxPageSize
}

func (o listOptions) keeps(name string) bool {
	if o.name != nil {
		return name == *o.name
	}
	return o.where == nil || o.where(name)
}

// Collect reads a list to its end. On an error it returns what came before.
func Collect[T any](seq iter.Seq2[T, error]) ([]T, error) {
	var items []T
	for item, err := range seq {
		if err != nil {
			return items, err
		}
		items = append(items, item)
	}
	return items, nil
}

// fails is the list whose first step is an error.
func fails[T any](err error) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		var none T
		yield(none, err)
	}
}

// page is a part of a list. more tells that there may be another part.
type page[T any] struct {
	items []T
	more  bool
}

// pages joins parts to a list. The place in the list is kept inside, so that ranging again starts again.
func pages[T any](ctx context.Context, fetch func(ctx context.Context, offset int) (page[T], error)) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		for offset := 0; ; {
			p, err := fetch(ctx, offset)
			if err != nil {
				var none T
				yield(none, err)
				return
			}
			for _, item := range p.items {
				if !yield(item, nil) {
					return
				}
			}
			if !p.more || len(p.items) == 0 {
				return
			}
			offset += len(p.items)
		}
	}
}

// kept turns the rows of a list into objects, those that the options keep and no more than they allow.
func kept[R, T any](rows iter.Seq2[R, error], o listOptions, name func(*R) string, object func(*R) T) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		left := -1
		if o.limit != nil {
			left = *o.limit
		}
		for row, err := range rows {
			if err != nil {
				var none T
				yield(none, err)
				return
			}
			if !o.keeps(name(&row)) {
				continue
			}
			if !yield(object(&row), nil) {
				return
			}
			if left--; left == 0 {
				return
			}
		}
	}
}

// listPublic reads a list of the Public API, page by page.
func listPublic[R any](ctx context.Context, c *Client, op, resource string, query url.Values, o listOptions) iter.Seq2[R, error] {
	return pages(ctx, func(ctx context.Context, offset int) (page[R], error) {
		q := url.Values{}
		for name, values := range query {
			q[name] = values
		}
		q.Set("limit", strconv.Itoa(o.pageSize))
		q.Set("offset", strconv.Itoa(offset))
		req := c.public(op, http.MethodGet, nil, resource)
		req.Query = q
		answer, err := ask[public.Page[R]](ctx, c, req, resource, "")
		if err != nil {
			return page[R]{}, err
		}
		return page[R]{answer.Data, answer.Next != ""}, nil
	})
}
