package declarative

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"

	"github.com/airfielddev/airfield/internal/template"
	"github.com/airfielddev/airfield/manifest"
)

// SimpleRetriever reads a slice by sending requests, a page each.
type SimpleRetriever struct {
	Requester       Of[Requester]           `manifest:"requester,required,default=HttpRequester"`
	Decoder         Of[Decoder]             `manifest:"decoder"`
	Selector        Of[RecordSelector]      `manifest:"record_selector,required,default=RecordSelector"`
	Paginator       Of[Paginator]           `manifest:"paginator,default=NoPagination"`
	PaginationReset *PaginationReset        `manifest:"pagination_reset"`
	Reduction       *PageSizeReduction      `manifest:"page_size_reduction"`
	Splitting       *RequestWindowSplitting `manifest:"request_window_splitting"`
	FirstPageOnly   bool                    `manifest:"ignore_stream_slicer_parameters_on_paginated_requests"`
	Routers         Routers                 `manifest:"partition_router"`
}

// UnmarshalManifest checks what the fields say together.
func (c *SimpleRetriever) UnmarshalManifest(d *manifest.Decoder, n *manifest.Node) {
	type plain SimpleRetriever
	d.Decode(n, (*plain)(c))
	selector, ok := c.Selector.Component().(*Selector)
	if ok && c.skipsOffsets(selector) {
		d.ProblemOf(n, "record_selector", manifest.CodeInvalidValue, "a union of records does not go with an OffsetIncrement, which would skip as many as it counts")
	}
	if ok && selector.Filter.Present() && c.PaginationReset != nil && c.PaginationReset.Limits.Records > 0 {
		d.ProblemOf(n, "pagination_reset", manifest.CodeInvalidValue, "limits do not go with a record_filter, which hides how many records there are")
	}
	c.checkReduction(d, n)
	c.checkSplitting(d, n)
	c.checkLazy(d, n)
}

// skipsOffsets tells whether pages are counted by more records than the API sent, of several lists.
func (c *SimpleRetriever) skipsOffsets(selector *Selector) bool {
	extractor, ok := selector.Extractor.Component().(*CombinedExtractor)
	if !ok || !extractor.inflates() {
		return false
	}
	paginator, ok := c.Paginator.Component().(*DefaultPaginator)
	if !ok {
		return false
	}
	_, offsets := paginator.Strategy.Component().(*OffsetIncrement)
	return offsets
}

// Build makes the retriever.
func (c *SimpleRetriever) Build(env *Env) (Retriever, error) {
	r := &simpleRetriever{env: env, firstPageOnly: c.FirstPageOnly, reset: c.PaginationReset, reduction: c.Reduction, splitting: c.Splitting}
	var err error
	if r.requester, err = c.Requester.Build(env); err != nil {
		return nil, err
	}
	if r.decoder, err = c.Decoder.Build(env); err != nil {
		return nil, err
	}
	if r.decoder == nil {
		r.decoder = newJSONDecoder(env)
	}
	if r.selector, err = c.Selector.Build(env); err != nil {
		return nil, err
	}
	if r.paginator, err = c.Paginator.Build(env); err != nil {
		return nil, err
	}
	if r.paginator == nil {
		r.paginator = new(NoPagination)
	}
	r.share = mayShare(env, r.paginator)
	r.outline = newOutline(r.decoder, r.selector, r.paginator)
	if requester, ok := c.Requester.Component().(*HTTPRequester); ok {
		if r.properties, err = requester.buildProperties(env); err != nil {
			return nil, err
		}
	}
	r.router, err = c.Routers.Build(env)
	return r, err
}

// mayShare tells whether records may be changed in place: paging does not look at them, or nothing changes them.
func mayShare(env *Env, p Paginator) bool {
	members, known := p.BodyMembers()
	changes := env.records != nil && len(env.records.transformations) > 0
	return !changes || known && len(members) == 0
}

type simpleRetriever struct {
	requester     Requester
	decoder       Decoder
	selector      RecordSelector
	paginator     Paginator
	router        PartitionRouter
	env           *Env
	reset         *PaginationReset        // nil: the same slice again, once
	reduction     *PageSizeReduction      // nil: pages stay as large as they are
	splitting     *RequestWindowSplitting // nil: slices stay as long as they are
	firstPageOnly bool                    // the cursor's and the router's options go with the first page alone
	share         bool                    // records may be changed in place
	outline       *outline                // nil: pages are decoded as a whole
	properties    *properties             // that requests ask for; nil: they do not
}

func (r *simpleRetriever) Router() PartitionRouter { return r.router }

func (r *simpleRetriever) Read(ctx context.Context, q Query, yield func(*template.Dict) error) error {
	return r.window(ctx, q, 0, yield)
}

// slice reads the pages of a slice, from the first again whenever the API asks for that.
func (r *simpleRetriever) slice(ctx context.Context, q Query, yield func(*template.Dict) error) error {
	t := r.reset.track(q)
	var err error
	if t.sizes, err = newPageSizes(r.reduction, r.paginator, r.env); err != nil {
		return err
	}
	for {
		err := r.pages(ctx, t, yield)
		if !errors.Is(err, errResetPagination) {
			return err
		}
		if err := t.reset(); err != nil {
			return err
		}
	}
}

// pages reads the pages of a slice, or of what is left of it.
func (r *simpleRetriever) pages(ctx context.Context, t *pageTracker, yield func(*template.Dict) error) error {
	token := r.paginator.First()
	for number := 0; ; number++ {
		page := Page{Token: token}
		more, err := r.smallerPage(ctx, t, number, &page, func(record *template.Dict) error {
			t.observe(record)
			return yield(record)
		})
		if err != nil || !more || r.env.bounds.lastPage(number) {
			return err
		}
		if t.full() {
			return errResetPagination
		}
		if old := t.query.Old; old != nil && page.Last != nil && old(page.Last) {
			return nil
		}
		if token, err = r.paginator.Next(page); err != nil || token == nil {
			return err
		}
	}
}

// smallerPage reads one page, made smaller and smaller as long as the API finds it too large.
func (r *simpleRetriever) smallerPage(ctx context.Context, t *pageTracker, number int, page *Page, yield func(*template.Dict) error) (more bool, err error) {
	for {
		page.Size = t.sizes.asked()
		more, err = r.page(ctx, t.query, number, page, yield)
		if err == nil {
			t.sizes.succeeded()
		}
		less, ok := errors.AsType[*lessWanted](err)
		if !ok || less.action != ReducePageSize || t.sizes == nil {
			return more, err
		}
		if err := t.sizes.reduce(ctx, less); err != nil {
			return false, err
		}
	}
}

// page reads one page. It reports false when there can be no other, because the response was an error that is ignored.
func (r *simpleRetriever) page(ctx context.Context, q Query, number int, page *Page, yield func(*template.Dict) error) (more bool, err error) {
	if r.properties != nil {
		return r.chunkedPage(ctx, q, number, page, yield)
	}
	return r.requestPage(ctx, q, number, page, yield)
}

// requestPage reads one page, or the part of it that one request gives.
func (r *simpleRetriever) requestPage(ctx context.Context, q Query, number int, page *Page, yield func(*template.Dict) error) (more bool, err error) {
	page.Slice = q.Slice
	options, path, err := r.paginator.Options(page.Token, page.Size)
	if err != nil {
		return false, err
	}
	if number == 0 || !r.firstPageOnly {
		if options, err = options.Plus(q.Options); err != nil {
			return false, err
		}
	}
	call := Call{Slice: q.Slice, Token: page.Token, Path: path, Options: options, Stream: r.decoder.Streams()}
	if number == 0 && q.Slice.carriesPage() {
		page.Response, err = q.Slice.firstPage()
	} else {
		page.Response, err = r.requester.Send(ctx, call)
	}
	if err != nil {
		return false, err
	}
	defer page.Response.Release()
	if page.Response.Status >= http.StatusBadRequest {
		return false, nil
	}
	err = r.records(ctx, q, page, yield)
	return true, err
}

// records gives the records of a page to yield.
func (r *simpleRetriever) records(ctx context.Context, q Query, page *Page, yield func(*template.Dict) error) error {
	keep := func(record *template.Dict) error {
		page.Emitted++
		page.Last = record
		if q.Old != nil && q.Admit != nil && !q.Admit(record) {
			return nil
		}
		return yield(record)
	}
	if q.whole != nil {
		q.Slice = *q.whole
	}
	if outlined, err := r.outline.read(ctx, q, page, keep); outlined {
		return err
	}
	var body io.Reader = page.Response.Stream
	if page.Response.Stream == nil {
		body = bytes.NewBuffer(page.Response.Body)
	}
	first := true
	err := r.decoder.Decode(body, func(v any) error {
		if first {
			r.remember(page, v)
			first = false
		}
		raw, err := r.selector.Select(ctx, v, q, keep)
		page.Raw += raw
		if err == nil {
			err = ctx.Err()
		}
		return err
	})
	if page.Body == nil {
		page.Body = template.NewDict(0)
	}
	return err
}

// remember keeps the first value of a response for paging. Paging sees nothing of a response that is read as a stream.
func (r *simpleRetriever) remember(page *Page, v any) {
	switch {
	case page.Response.Stream != nil:
	case r.share:
		page.Body = v
	default:
		page.Body = deepCopy(v)
	}
}

// deepCopy is a copy that shares nothing that can change.
func deepCopy(v any) any {
	switch v := v.(type) {
	case *template.Dict:
		c := template.NewDict(v.Len())
		for key, inner := range v.All() {
			c.Set(template.Str(key), deepCopy(inner))
		}
		return c
	case []any:
		c := make([]any, len(v))
		for i, inner := range v {
			c[i] = deepCopy(inner)
		}
		return c
	}
	return v
}
