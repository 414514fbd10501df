package declarative

import (
	"archive/zip"
	"bytes"
	"compress/gzip"
	"encoding/json"
	"io"
	"maps"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"sort"
	"strconv"
	"strings"
	"sync"
	"testing"
)

// maxRequests is how many requests of a run are answered, so that one that does not end fails.
const maxRequests = 100

// mockAPI answers by rules and writes down what it was asked.
type mockAPI struct {
	*httptest.Server
	mu    sync.Mutex
	rules []rule
	left  []int
	asked []string
}

func newMockAPI(t *testing.T) *mockAPI {
	t.Helper()
	m := new(mockAPI)
	m.Server = httptest.NewServer(m)
	t.Cleanup(m.Close)
	return m
}

// begin forgets what was asked, and makes rules that answer a number of times answer again.
func (m *mockAPI) begin(rules []rule) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.rules, m.asked, m.left = rules, nil, make([]int, len(rules))
	for i := range rules {
		m.left[i] = rules[i].Times
	}
}

func (m *mockAPI) requests() []string {
	m.mu.Lock()
	defer m.mu.Unlock()
	return slices.Clone(m.asked)
}

func (m *mockAPI) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	m.mu.Lock()
	m.asked = append(m.asked, described(r, body))
	found := m.pick(r, string(body))
	tooMany := len(m.asked) > maxRequests
	m.mu.Unlock()
	if found == nil || tooMany {
		found = &rule{Status: http.StatusNotFound, JSON: map[string]any{"error": "no such page"}}
	}
	if found.Broken != "" {
		found.fail(w, r)
		return
	}
	found.answer(w)
}

// fail leaves a request without a whole answer.
func (u *rule) fail(w http.ResponseWriter, r *http.Request) {
	switch u.Broken {
	case "cut":
		body := u.content()
		w.Header().Set("Content-Length", strconv.Itoa(len(body)))
		_, _ = w.Write(body[:len(body)/2])
	case "silent":
		<-r.Context().Done()
	}
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	_ = conn.(*net.TCPConn).SetLinger(0)
	_ = conn.Close()
}

func (m *mockAPI) pick(r *http.Request, body string) *rule {
	for i := range m.rules {
		candidate := &m.rules[i]
		if !candidate.fits(r, body) || candidate.Times > 0 && m.left[i] == 0 {
			continue
		}
		m.left[i]--
		return candidate
	}
	return nil
}

func (u *rule) fits(r *http.Request, body string) bool {
	method, address, _ := strings.Cut(u.On, " ")
	want, err := url.Parse(address)
	if err != nil || method != r.Method || want.Path != r.URL.Path {
		return false
	}
	query := r.URL.Query()
	for key, values := range want.Query() {
		if !slices.Equal(query[key], values) && (values[0] != "" || query.Has(key)) {
			return false
		}
	}
	for key, value := range u.With {
		if r.Header.Get(key) != value {
			return false
		}
	}
	for _, part := range u.Body {
		if !strings.Contains(body, part) {
			return false
		}
	}
	return true
}

func (u *rule) answer(w http.ResponseWriter) {
	for key, value := range u.Header {
		w.Header().Set(key, value)
	}
	if u.JSON != nil && w.Header().Get("Content-Type") == "" {
		w.Header().Set("Content-Type", "application/json")
	}
	body := u.content()
	if u.Status != 0 {
		w.WriteHeader(u.Status)
	}
	_, _ = w.Write(body)
}

func (u *rule) content() []byte {
	body := []byte(u.Text)
	if u.JSON != nil {
		body, _ = json.Marshal(u.JSON)
	}
	var packed bytes.Buffer
	switch {
	case u.Gzip:
		z := gzip.NewWriter(&packed)
		_, _ = z.Write(body)
		_ = z.Close()
	case len(u.Zip) > 0:
		z := zip.NewWriter(&packed)
		for _, name := range u.Zip {
			part, _ := z.Create(name)
			_, _ = part.Write(body)
		}
		_ = z.Close()
	default:
		return body
	}
	return packed.Bytes()
}

// described is a request as both runtimes must send it: headers that every HTTP library sets in its own way are left out, and JSON
// is written in one way.
func described(r *http.Request, body []byte) string {
	query := strings.Split(r.URL.RawQuery, "&")
	sort.Strings(query)
	var b strings.Builder
	b.WriteString(r.Method + " " + r.URL.EscapedPath() + "?" + strings.Join(query, "&"))
	for _, key := range slices.Sorted(maps.Keys(r.Header)) {
		value := strings.Join(r.Header[key], ", ")
		switch key {
		case "Accept-Encoding", "Content-Length", "Connection":
			continue
		case "Accept":
			if value == "*/*" {
				continue
			}
		case "User-Agent":
			if strings.HasPrefix(value, "python-requests/") || value == userAgent {
				continue
			}
		}
		b.WriteString("\n  " + key + ": " + value)
	}
	if len(body) > 0 {
		b.WriteString("\n  " + canonical(body))
	}
	return b.String()
}
