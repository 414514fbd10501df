package scaffold

import (
	"net/url"
	"strconv"
	"strings"
)

// pages writes how the next page is asked for: what was found, or what there is to choose from.
func (w *writer) pages() {
	if w.Findings == nil || w.Findings.Pages.Kind == NoPages {
		w.lines(6, `
# Without a paginator one page is read. Where there are more, take the marks away and say how they are asked for; other strategies are
# OffsetIncrement and CursorPagination.
# paginator:
#   type: DefaultPaginator
#   page_token_option: {type: RequestOption, inject_into: request_parameter, field_name: page}
#   pagination_strategy: {type: PageIncrement, start_from_page: 1, page_size: 100}`)
		return
	}
	p, size := w.Findings.Pages, max(1, w.Findings.Records)
	at := member(p.Path)
	switch p.Kind {
	case LinkHeader:
		w.paginator("The answer has the address of the next page in its Link header.", "{type: RequestPath}",
			"type: CursorPagination\n  cursor_value: \"{{ headers['link']['next']['url'] }}\"\n  stop_condition: \"{{ 'next' not in headers['link'] }}\"")
	case NextURL:
		w.paginator("The answer has the address of the next page.", "{type: RequestPath}",
			"type: CursorPagination\n  cursor_value: "+q(w.host(p)+"{{ "+at+" }}")+"\n  stop_condition: "+q("{{ not "+at+" }}"))
	case NextToken:
		w.paginator("The answer has what is to be sent for the next page. That the API calls it "+p.Param+" is a guess.",
			"{type: RequestOption, inject_into: request_parameter, field_name: "+p.Param+"}",
			"type: CursorPagination\n  cursor_value: "+q("{{ "+at+" }}")+"\n  stop_condition: "+q("{{ not "+at+" }}"))
	case ByNumber:
		w.paginator("The answer has "+q(strings.Join(p.Path, "."))+", so pages seem to be counted. The last is the one with fewer records.",
			"{type: RequestOption, inject_into: request_parameter, field_name: "+p.Param+"}",
			"type: PageIncrement\n  start_from_page: 1\n  page_size: "+strconv.Itoa(size))
	case ByOffset:
		w.paginator("The answer has "+q(strings.Join(p.Path, "."))+", so records seem to be counted. The last page is the one with fewer.",
			"{type: RequestOption, inject_into: request_parameter, field_name: "+p.Param+"}",
			"type: OffsetIncrement\n  page_size: "+strconv.Itoa(size))
	}
}

func (w *writer) paginator(why, token, strategy string) {
	w.lines(6, "# %s\npaginator:\n  type: DefaultPaginator\n  page_token_option: %s\n  pagination_strategy:\n    %s", why, token, strings.ReplaceAll(strategy, "\n", "\n  "))
}

// host goes before an address that has none.
func (w *writer) host(p Pages) string {
	u, err := url.Parse(w.address)
	if err != nil || !p.Relative {
		return ""
	}
	return u.Scheme + "://" + u.Host
}

// member leads to a member of the answer, in the language of templates. What is not there is nothing.
func member(path []string) string {
	expr := "response"
	for i, step := range path {
		if i > 0 {
			expr = "(" + expr + " or {})"
		}
		expr += ".get('" + strings.NewReplacer(`\`, `\\`, `'`, `\'`).Replace(step) + "')"
	}
	return expr
}
