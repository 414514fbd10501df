package declarative

import (
	"strconv"

	"github.com/airfielddev/airfield/manifest"
)

// PageSizeReduction says how a page is asked for again with fewer records, where the API finds it too large.
type PageSizeReduction struct {
	Factor      float64 `manifest:"reduction_factor"` // what the size is divided by
	Minimum     int64   `manifest:"minimum_page_size"`
	Attempts    int     `manifest:"max_attempts"`                 // reductions in a row without a page
	Pause       float64 `manifest:"backoff_seconds"`              // before the first reduction; each further one waits that much longer
	AtMinimum   int     `manifest:"retries_at_minimum_page_size"` // how often the smallest page is asked for again
	Advice      string  `manifest:"failure_message"`              // what the person who runs the sync can do when nothing is small enough
	ResetPolicy string  `manifest:"reset_policy"`
}

const (
	keepReduced  = "NEVER"
	restoreAfter = "AFTER_SUCCESSFUL_PAGE"
)

// UnmarshalManifest checks the values.
func (c *PageSizeReduction) UnmarshalManifest(d *manifest.Decoder, n *manifest.Node) {
	type plain PageSizeReduction
	*c = PageSizeReduction{Factor: 2, Minimum: 1, Attempts: 5, Pause: 0.5, ResetPolicy: keepReduced}
	d.Decode(n, (*plain)(c))
	for _, limit := range []struct {
		field string
		wrong bool
		want  string
	}{
		{"reduction_factor", !(c.Factor > 1), "a number greater than 1"},
		{"minimum_page_size", c.Minimum < 1, "at least 1"},
		{"max_attempts", c.Attempts < 1, "at least 1"},
		{"backoff_seconds", !(c.Pause >= 0), "a number that is not negative"},
		{"retries_at_minimum_page_size", c.AtMinimum < 0, "a number that is not negative"},
		{"reset_policy", c.ResetPolicy != keepReduced && c.ResetPolicy != restoreAfter, keepReduced + " or " + restoreAfter},
	} {
		if limit.wrong {
			d.ProblemOf(n, limit.field, manifest.CodeInvalidValue, "want %s, found %q", limit.want, n.Get(limit.field).Text())
		}
	}
}

// checkReduction sees that a page may be asked for again with another size, without records that come twice or never.
func (c *SimpleRetriever) checkReduction(d *manifest.Decoder, n *manifest.Node) {
	uses := resolvesTo(&c.Requester, ReducePageSize)
	switch {
	case uses && c.Reduction == nil:
		d.ProblemOf(n, "requester", manifest.CodeMissingField, "the action REDUCE_PAGE_SIZE goes with page_size_reduction, which is missing")
		return
	case c.Reduction == nil:
		return
	case !uses:
		d.WarnOf(n, "page_size_reduction", manifest.CodeInvalidValue, "no response filter has the action REDUCE_PAGE_SIZE")
	}
	if c.asksForProperties() {
		d.ProblemOf(n, "page_size_reduction", manifest.CodeInvalidValue,
			"page_size_reduction does not go with query properties, where a page has several requests")
	}
	if c.Paginator.Present() && c.Paginator.Component() == nil {
		return
	}
	paginator, ok := c.Paginator.Component().(*DefaultPaginator)
	if !ok || paginator.SizeOption == nil {
		d.ProblemOf(n, "page_size_reduction", manifest.CodeInvalidValue, "page_size_reduction goes with a DefaultPaginator that has a page_size_option")
		return
	}
	d.In("paginator", func() { paginator.checkReduction(d, n.Get("paginator"), c.Reduction) })
}

func (c *DefaultPaginator) checkReduction(d *manifest.Decoder, n *manifest.Node, r *PageSizeReduction) {
	if c.TokenOption != nil && c.TokenOption.path {
		d.ProblemOf(n, "page_token_option", manifest.CodeInvalidValue,
			"page_size_reduction does not go with a RequestPath, where the API's own address of the next page has the size")
	}
	var size *manifest.Template
	switch strategy := c.Strategy.Component().(type) {
	case nil:
		return
	case *OffsetIncrement:
		size = &strategy.PageSize
	case *CursorPagination:
		size = &strategy.PageSize
		d.In("pagination_strategy", func() { strategy.checkStop(d, n.Get("pagination_strategy"), r.Minimum) })
	default:
		d.ProblemOf(n, "pagination_strategy", manifest.CodeInvalidValue,
			"page_size_reduction goes with OffsetIncrement and CursorPagination: with other pages than they were, numbers of pages would skip records")
		return
	}
	d.In("pagination_strategy", func() { checkReducible(d, n.Get("pagination_strategy"), size, r) })
}

// checkReducible sees that there is a size, and one that can become smaller.
func checkReducible(d *manifest.Decoder, n *manifest.Node, size *manifest.Template, r *PageSizeReduction) {
	if !size.Present() {
		d.Problem(n, manifest.CodeMissingField, "page_size_reduction goes with a page_size, which is missing")
		return
	}
	records, err := strconv.ParseInt(size.Source(), 10, 64)
	if err != nil {
		return // what it is depends on the configuration
	}
	if records <= r.Minimum {
		d.ProblemOf(n, "page_size", manifest.CodeInvalidValue, "pages of %d records cannot be reduced to %d", records, r.Minimum)
		return
	}
	least := float64(records)
	for range r.Attempts {
		least /= r.Factor
	}
	if r.Minimum > 1 && least > float64(r.Minimum) {
		d.WarnOf(n, "page_size", manifest.CodeInvalidValue, "minimum_page_size is %d, but max_attempts allows no pages smaller than %d in one run of failures",
			r.Minimum, int64(least))
	}
}

// asksForProperties tells whether the requests of a page ask for a part of its properties each.
func (c *SimpleRetriever) asksForProperties() bool {
	r, ok := c.Requester.Component().(*HTTPRequester)
	return ok && (r.Properties != nil || r.Endpoint != nil || r.Query.properties != nil)
}

// resolvesTo tells whether a response filter of a requester has an action.
func resolvesTo(requester *Of[Requester], action Action) bool {
	r, ok := requester.Component().(*HTTPRequester)
	return ok && handlerHas(&r.ErrorHandler, action)
}

func handlerHas(handler *Of[ErrorHandler], action Action) bool {
	switch h := handler.Component().(type) {
	case *DefaultErrorHandler:
		for i := range h.Filters {
			if h.Filters[i].Action == action {
				return true
			}
		}
	case *CompositeErrorHandler:
		for i := range h.Handlers {
			if handlerHas(&h.Handlers[i], action) {
				return true
			}
		}
	}
	return false
}

// refuseLess reports a requester that cannot ask for less: only the pages of a SimpleRetriever can be made smaller, and its slices.
func refuseLess(d *manifest.Decoder, n *manifest.Node, requester *Of[Requester]) {
	for _, action := range []Action{ReducePageSize, SplitWindow} {
		if resolvesTo(requester, action) {
			d.Problem(n, manifest.CodeInvalidValue, "the action %s goes with the requester of a SimpleRetriever alone", action)
		}
	}
}

// checkLazy sees that slices whose first pages come with records of their parents are not to be asked for again in another way.
func (c *SimpleRetriever) checkLazy(d *manifest.Decoder, n *manifest.Node) {
	if !c.Routers.lazy() {
		return
	}
	if c.Reduction != nil || resolvesTo(&c.Requester, ReducePageSize) {
		d.ProblemOf(n, "partition_router", manifest.CodeInvalidValue, "lazy_read_pointer does not go with page_size_reduction")
	}
	if c.Splitting != nil || resolvesTo(&c.Requester, SplitWindow) {
		d.ProblemOf(n, "partition_router", manifest.CodeInvalidValue, "lazy_read_pointer does not go with request_window_splitting")
	}
}
