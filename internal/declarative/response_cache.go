package declarative

import (
	"bytes"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
)

// maxCached bounds what is kept of responses, in bytes.
const maxCached = 64 << 20

// responseCache keeps the responses of streams that are the parents of others, so that their pages are fetched once.
type responseCache struct {
	mu   sync.Mutex
	kept map[string]*Response
	size int
}

func newResponseCache() *responseCache { return &responseCache{kept: map[string]*Response{}} }

// get gives a response that the caller may read on its own.
func (c *responseCache) get(key string) *Response {
	c.mu.Lock()
	defer c.mu.Unlock()
	kept := c.kept[key]
	if kept == nil {
		return nil
	}
	return &Response{Status: kept.Status, Method: kept.Method, Header: kept.Header, URL: kept.URL, Body: kept.Body}
}

func (c *responseCache) put(key string, r *Response) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.size+len(r.Body) > maxCached || c.kept[key] != nil {
		return
	}
	c.size += len(r.Body)
	c.kept[key] = &Response{Status: r.Status, Method: r.Method, Header: r.Header, URL: r.URL, Body: bytes.Clone(r.Body)}
}

// cacheKey tells requests apart that may be answered differently.
func cacheKey(req *http.Request) string {
	query, _ := url.ParseQuery(req.URL.RawQuery)
	u := *req.URL
	u.RawQuery = query.Encode()
	lines := []string{req.Method, u.String(), req.Host}
	for name, values := range req.Header {
		lines = append(lines, name+": "+strings.Join(values, ", "))
	}
	slices.Sort(lines[3:])
	return strings.Join(lines, "\n")
}
