package declarative

import (
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/airfielddev/airfield/internal/template"
)

var urlScheme = regexp.MustCompile(`^[a-zA-Z][a-zA-Z0-9+.-]*:`)

// joinURL puts a path, or another URL, on a base, which is always a directory: "https://h/v1" and "items" give
// "https://h/v1/items". A path with a leading slash replaces the whole path of the base, and "?page=2" keeps it.
func joinURL(base, ref string) string {
	if ref == "" {
		return base
	}
	base, ref = urlText(base), urlText(ref)
	if urlScheme.MatchString(ref) {
		return ref
	}
	scheme, rest, found := strings.Cut(base, "://")
	if !found {
		return strings.TrimSuffix(base, "/") + "/" + strings.TrimPrefix(ref, "/")
	}
	if strings.HasPrefix(ref, "//") {
		return scheme + ":" + ref
	}
	if !strings.HasSuffix(rest, "/") {
		rest += "/"
	}
	rest, _, _ = strings.Cut(rest, "?")
	host, basePath, _ := strings.Cut(rest, "/")
	directory := basePath[:strings.LastIndexByte(basePath, '/')+1]
	path, suffix := ref, ""
	if i := strings.IndexAny(ref, "?#"); i >= 0 {
		path, suffix = ref[:i], ref[i:]
	}
	switch {
	case path == "":
		path = "/" + basePath
	case !strings.HasPrefix(path, "/"):
		path = cleanPath("/" + directory + path)
	default:
		path = cleanPath(path)
	}
	return scheme + "://" + host + path + suffix
}

// urlText leaves out what templates of several lines put before a URL and between its parts.
func urlText(s string) string {
	s = strings.TrimLeftFunc(s, func(r rune) bool { return r <= ' ' })
	return lineBreaks.Replace(s)
}

var lineBreaks = strings.NewReplacer("\t", "", "\r", "", "\n", "")

// cleanPath resolves dots and drops empty steps.
func cleanPath(path string) string {
	var steps []string
	parts := strings.Split(path, "/")[1:]
	for i, part := range parts {
		last := i == len(parts)-1
		switch {
		case part == ".." && len(steps) > 0:
			steps = steps[:len(steps)-1]
		case part != ".." && part != "." && (part != "" || last):
			steps = append(steps, part)
			continue
		}
		if last && (part == "." || part == "..") {
			steps = append(steps, "")
		}
	}
	return "/" + strings.Join(steps, "/")
}

const upperHex = "0123456789ABCDEF"

// quoteURL escapes what may not stand in a URL. What is escaped already is written in one way, and as it is where it need not be.
func quoteURL(s string) string {
	s = withoutDots(strings.TrimLeftFunc(s, unicode.IsSpace))
	var b strings.Builder
	host := hostEnd(s)
	for i := 0; i < len(s); i++ {
		c := s[i]
		switch {
		case c == '%' && i+2 < len(s) && isHex(s[i+1]) && isHex(s[i+2]):
			b.WriteString(requoted(s[i+1 : i+3]))
			i += 2
		case c == '%':
			b.WriteString("%25")
		case c <= ' ' || c >= 0x7f || strings.IndexByte("\"<>\\^`{|}", c) >= 0, i >= host && (c == '[' || c == ']'):
			b.Write([]byte{'%', upperHex[c>>4], upperHex[c&15]})
		default:
			b.WriteByte(c)
		}
	}
	return b.String()
}

// withoutDots resolves the dots in the path of a URL. Unlike cleanPath, which puts a path on a base, it keeps empty steps.
func withoutDots(s string) string {
	start, end := hostEnd(s), len(s)
	if i := strings.IndexAny(s[start:], "?#"); i >= 0 {
		end = start + i
	}
	path := s[start:end]
	if !strings.Contains(path, "/.") {
		return s
	}
	var steps []string
	for _, step := range strings.Split(path, "/")[1:] {
		switch {
		case step == ".." && len(steps) > 0:
			steps = steps[:len(steps)-1]
		case step != ".." && step != ".":
			steps = append(steps, step)
		}
	}
	if strings.HasSuffix(path, "/.") || strings.HasSuffix(path, "/..") {
		steps = append(steps, "")
	}
	return s[:start] + "/" + strings.Join(steps, "/") + s[end:]
}

// requoted is an escaped byte of which the digits are given.
func requoted(digits string) string {
	n, err := strconv.ParseUint(digits, 16, 8)
	c := byte(n)
	if err == nil && ('a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || strings.IndexByte("-._~", c) >= 0) {
		return string(rune(c))
	}
	return "%" + strings.ToUpper(digits)
}

// hostEnd is where the host of a URL ends, in which brackets are what they are.
func hostEnd(s string) int {
	_, rest, ok := strings.Cut(s, "://")
	if !ok {
		return 0
	}
	if end := strings.IndexAny(rest, "/?#"); end >= 0 {
		return len(s) - len(rest) + end
	}
	return len(s)
}

func isHex(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c && c <= 'f' || 'A' <= c && c <= 'F'
}

// addQuery appends parameters to a URL. One that stands there already with the same value is not repeated.
func addQuery(address string, query *template.Dict) (string, error) {
	pairs := queryPairs(query)
	if len(pairs) == 0 {
		return address, nil
	}
	u, err := url.Parse(address)
	if err != nil {
		return "", err
	}
	present := u.Query()
	var b strings.Builder
	b.WriteString(u.RawQuery)
	for _, p := range pairs {
		if slices.Contains(present[p[0]], p[1]) {
			continue
		}
		if b.Len() > 0 {
			b.WriteByte('&')
		}
		b.WriteString(url.QueryEscape(p[0]) + "=" + url.QueryEscape(p[1]))
	}
	u.RawQuery = b.String()
	return u.String(), nil
}

// queryPairs are parameters in order; a list gives its key once for each element, as do lists in it, and null none.
func queryPairs(query *template.Dict) [][2]string {
	if query == nil {
		return nil
	}
	var pairs [][2]string
	for key, value := range query.All() {
		for _, v := range listOf(value) {
			if v == nil {
				continue
			}
			for _, one := range listOf(v) {
				pairs = append(pairs, [2]string{template.Str(key), template.Str(one)})
			}
		}
	}
	return pairs
}

func listOf(value any) []any {
	switch v := value.(type) {
	case []any:
		return v
	case template.Tuple:
		return v
	}
	return []any{value}
}

// encodeForm is a form body.
func encodeForm(form *template.Dict) string {
	parts := make([]string, 0, form.Len())
	for _, p := range queryPairs(form) {
		parts = append(parts, url.QueryEscape(p[0])+"="+url.QueryEscape(p[1]))
	}
	return strings.Join(parts, "&")
}

// publicURL is a URL without what may be secret: its query and user.
func publicURL(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return "the requested address"
	}
	u.User, u.RawQuery, u.Fragment = nil, "", ""
	return u.String()
}
