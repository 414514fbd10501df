package scaffold

import (
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/airfielddev/airfield/internal/declarative/infer"
	"github.com/airfielddev/airfield/internal/template"
)

// Findings are what an answer of the API tells.
type Findings struct {
	RecordPath []string       // where the records are; empty: the answer is a list
	Records    int            // how many there were
	Key        string         // a field that names a record; "": none was found
	Cursor     string         // a field that says when a record was changed; "": none was found
	Format     string         // of the cursor
	Schema     *template.Dict // nil: there were no records
	Pages      Pages
}

// Pages is how an API seems to be asked for the next page.
type Pages struct {
	Kind  PageKind
	Path  []string // where the answer says which page is next, or whether there is one
	Param string   // what the request calls it
	// Relative tells that the address of the next page begins with its path.
	Relative bool
}

// PageKind is a way of paging.
type PageKind string

// The ways that are known.
const (
	NoPages    PageKind = ""
	NextURL    PageKind = "next-url"    // the answer has the address of the next page
	NextToken  PageKind = "next-token"  // the answer has a token to send along
	LinkHeader PageKind = "link-header" // a header has the address of the next page
	ByNumber   PageKind = "page"        // pages are counted
	ByOffset   PageKind = "offset"      // records are counted
)

// Learn looks at an answer: its body, which must be JSON, and its Link header.
func Learn(body []byte, link string) (Findings, error) {
	v, err := template.DecodeJSON(body)
	if err != nil {
		return Findings{}, fmt.Errorf("reading the answer of the API: %w", err)
	}
	f := Findings{}
	path, records := recordsIn(v, nil, 0)
	f.RecordPath, f.Records = path, len(records)
	f.Pages = pagesIn(v, link)
	if len(records) == 0 {
		return f, nil
	}
	var formats infer.Formats
	var schema infer.Schema
	for _, r := range records {
		schema.Add(r)
		formats.Add(r)
	}
	f.Key = keyIn(records)
	f.Cursor, f.Format = cursorIn(formats.JSON())
	var required [][]string
	if f.Key != "" {
		required = [][]string{{f.Key}}
	}
	f.Schema, _ = schema.JSON(required...)
	f.wholeKey(records)
	return f, nil
}

// wholeKey says of a key that is a whole number in all records that it is one: a database keeps it in a better column.
func (f *Findings) wholeKey(records []*template.Dict) {
	for _, record := range records {
		value, _ := record.Get(f.Key)
		if _, whole := value.(int64); !whole {
			return
		}
	}
	properties, _ := f.Schema.Get("properties")
	fields, ok := properties.(*template.Dict)
	if !ok {
		return
	}
	if field, ok := fields.Get(f.Key); ok {
		field.(*template.Dict).Set("type", "integer")
	}
}

// deepest is how far below the top records are looked for.
const deepest = 3

// recordsIn finds the longest list of objects. Of lists of one length, the one nearest to the top counts.
func recordsIn(v any, path []string, depth int) ([]string, []*template.Dict) {
	switch v := v.(type) {
	case []any:
		var records []*template.Dict
		for _, item := range v {
			if d, ok := item.(*template.Dict); ok {
				records = append(records, d)
			}
		}
		return path, records
	case *template.Dict:
		if depth == deepest {
			return nil, nil
		}
		var at []string
		var most []*template.Dict
		for key, inner := range v.All() {
			p, found := recordsIn(inner, append(path[:len(path):len(path)], template.Str(key)), depth+1)
			if len(found) > len(most) || at == nil && isList(inner) {
				at, most = p, found
			}
		}
		return at, most
	}
	return nil, nil
}

func isList(v any) bool {
	_, ok := v.([]any)
	return ok
}

// keyIn finds the field that names a record: one that is called so, and is different in each.
func keyIn(records []*template.Dict) string {
	for key := range records[0].All() {
		name := template.Str(key)
		plain := strings.ToLower(strings.TrimLeft(name, "_"))
		if !slices.Contains([]string{"id", "uuid", "guid", "key", "code", "slug"}, plain) && !strings.HasSuffix(plain, "_id") && !strings.HasSuffix(name, "Id") {
			continue
		}
		if distinct(records, name) {
			return name
		}
	}
	return ""
}

func distinct(records []*template.Dict, name string) bool {
	seen := map[string]bool{}
	for _, r := range records {
		v, _ := r.Get(name)
		switch v.(type) {
		case string, int64:
		default:
			return false
		}
		text := template.Str(v)
		if text == "" || seen[text] {
			return false
		}
		seen[text] = true
	}
	return true
}

// cursorIn finds the moment that says when a record was changed, among all moments there are.
func cursorIn(formats *template.Dict) (name, format string) {
	for _, word := range []string{"updat", "modif", "chang", "creat"} {
		for key, value := range formats.All() {
			if strings.Contains(strings.ToLower(template.Str(key)), word) {
				return template.Str(key), template.Str(value)
			}
		}
	}
	return "", ""
}

// pagesIn finds how the next page is asked for.
func pagesIn(v any, link string) Pages {
	if strings.Contains(link, `rel="next"`) || strings.Contains(link, "rel=next") {
		return Pages{Kind: LinkHeader}
	}
	d, ok := v.(*template.Dict)
	if !ok {
		return Pages{}
	}
	if p, found := nextIn(d, nil, 0); found {
		return p
	}
	for _, name := range []string{"has_more", "hasMore", "more", "total_pages", "totalPages", "page_count", "last_page", "page"} {
		if path, found := named(d, name, 0); found {
			return Pages{Kind: ByNumber, Path: path, Param: "page"}
		}
	}
	for _, name := range []string{"offset", "total", "count", "total_count", "totalCount"} {
		if path, found := named(d, name, 0); found {
			return Pages{Kind: ByOffset, Path: path, Param: "offset"}
		}
	}
	return Pages{}
}

// nextIn finds a member that says which page is next: its address, or a token.
func nextIn(d *template.Dict, path []string, depth int) (Pages, bool) {
	for key, value := range d.All() {
		name := template.Str(key)
		at := append(path[:len(path):len(path)], name)
		if inner, ok := value.(*template.Dict); ok && depth+1 < deepest {
			if p, found := nextIn(inner, at, depth+1); found {
				return p, true
			}
		}
		text, ok := value.(string)
		plain := strings.ToLower(strings.NewReplacer("_", "", "-", "").Replace(name))
		switch {
		case !ok || text == "" || !strings.Contains(plain, "next") && plain != "cursor" && plain != "continuationtoken":
		case isAddress(text):
			return Pages{Kind: NextURL, Path: at, Relative: strings.HasPrefix(text, "/")}, true
		default:
			return Pages{Kind: NextToken, Path: at, Param: tokenParam(plain)}, true
		}
	}
	return Pages{}, false
}

func isAddress(text string) bool {
	u, err := url.Parse(text)
	return err == nil && (u.Scheme == "https" || u.Scheme == "http" || strings.HasPrefix(text, "/"))
}

// tokenParam is what a request is likely to call the token that an answer calls by a name.
func tokenParam(plain string) string {
	switch {
	case strings.Contains(plain, "pagetoken"):
		return "page_token"
	case strings.Contains(plain, "token"):
		return "token"
	case strings.Contains(plain, "page"):
		return "page"
	}
	return "cursor"
}

// named finds a member that is no object and no list.
func named(d *template.Dict, name string, depth int) ([]string, bool) {
	if v, ok := d.Get(name); ok {
		switch v.(type) {
		case *template.Dict, []any:
		default:
			return []string{name}, true
		}
	}
	if depth+1 == deepest {
		return nil, false
	}
	for key, value := range d.All() {
		if inner, ok := value.(*template.Dict); ok {
			if path, found := named(inner, name, depth+1); found {
				return append([]string{template.Str(key)}, path...), true
			}
		}
	}
	return nil, false
}
