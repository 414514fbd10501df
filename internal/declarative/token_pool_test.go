package declarative

import (
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/airfielddev/airfield/connector"
	"github.com/airfielddev/airfield/protocol"
)

// counted is an API that counts the calls of tokens.
type counted struct {
	clock  *clock
	mu     sync.Mutex
	left   map[string]int
	used   []string
	reset  time.Time
	limit  int
	status int           // of the quota status; 0: 200
	lies   bool          // the status says that there is more than there is
	tells  bool          // responses say what is left
	takes  time.Duration // how long a response takes
}

func (c *counted) answer(w http.ResponseWriter, r *http.Request, _ int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	token := strings.TrimPrefix(r.Header.Get("Authorization"), "token ")
	if r.URL.Path == "/items" {
		c.clock.pass(c.takes)
	}
	if now := c.clock.Now(); !now.Before(c.reset) {
		c.reset = now.Add(time.Hour)
		for token := range c.left {
			c.left[token] = c.limit
		}
	}
	if r.URL.Path == "/rate_limit" {
		if c.status != 0 {
			w.WriteHeader(c.status)
			return
		}
		left := c.left[token]
		if c.lies {
			left = c.limit
		}
		fmt.Fprintf(w, `{"core": {"left": %d, "reset": %d, "limit": %d}, "search": {"left": 1000, "reset": %[2]d, "limit": 1000}}`, left, c.reset.Unix(), c.limit)
		return
	}
	if r.URL.Path == "/search" {
		fmt.Fprintf(w, `{"by": %q}`, token)
		return
	}
	if c.tells {
		w.Header().Set("X-Left", fmt.Sprint(max(0, c.left[token]-1)))
		w.Header().Set("X-Reset", fmt.Sprint(c.reset.Unix()))
	}
	if c.left[token] == 0 {
		w.WriteHeader(http.StatusForbidden)
		return
	}
	c.left[token]--
	c.used = append(c.used, token)
	fmt.Fprintf(w, `{"by": %q}`, token)
}

// rationed is a stream of so many partitions, each of a request.
func rationed(path string, partitions int, more string) string {
	var values []string
	for i := range partitions {
		values = append(values, fmt.Sprint(i))
	}
	return strings.Replace(requesting(`
      error_handler: {response_filters: [{http_codes: [403], action: RATE_LIMITED}]}
      authenticator:
        type: RateLimitedMultipleTokenAuthenticator
        tokens: "{{ config['tokens'] }}"
        auth_method: token
        max_wait_time: "PT{{ config.get('minutes', 120) }}M"
        quota_status_source: {type: QuotaStatusSource, url: API/rate_limit, unavailable_status_codes: [404]}
        quotas:
        - {type: TokenQuota, name: search, remaining_path: [search, left], reset_path: [search, reset], matchers: [{url_path_pattern: ^/search}]}
        - {type: TokenQuota, name: core, remaining_path: [core, left], reset_path: [core, reset], limit_path: [core, limit], remaining_header: X-Left, reset_header: X-Reset, exhaustion_status_codes: [403]}
`+more), "API/items", "API/"+path, 1) + `
    partition_router: {type: ListPartitionRouter, cursor_field: n, values: [` + strings.Join(values, ",") + `]}
`
}

// noReserve switches spreading off.
const noReserve = "        budget_reserve_fraction: 0\n        budget_min_reserve: 0\n"

func newCounted(t *testing.T, c *counted) (*counted, *api) {
	t.Helper()
	c.clock = newClock()
	c.reset = c.clock.Now().Add(20 * time.Minute)
	return c, newAPI(t, c.answer)
}

func TestTokensTakeTurns(t *testing.T) {
	t.Parallel()
	c, a := newCounted(t, &counted{left: map[string]int{"a": 2, "b": 3}, limit: 5})
	f := load(t, a, rationed("items", 5, noReserve))
	f.options.Now, f.options.Sleep = c.clock.Now, c.clock.Sleep
	f.config["tokens"] = "a, b,"
	if err := f.read(t, "items"); err != nil {
		t.Fatal(err)
	}
	equal(t, "tokens", c.used, []string{"a", "a", "b", "b", "b"})
	equal(t, "questions", a.urls()[:2], []string{"/rate_limit", "/rate_limit"})
	equal(t, "waits", len(c.clock.slept), 0)
}

// TestTokensWait has more requests than calls: the rest waits for the reset, and asks again what there is.
func TestTokensWait(t *testing.T) {
	t.Parallel()
	c, a := newCounted(t, &counted{left: map[string]int{"a": 1, "b": 1}, limit: 10})
	f := load(t, a, rationed("items", 4, noReserve))
	f.options.Now, f.options.Sleep = c.clock.Now, c.clock.Sleep
	f.config["tokens"] = "a,b"
	if err := f.read(t, "items"); err != nil {
		t.Fatal(err)
	}
	equal(t, "tokens", c.used, []string{"a", "b", "b", "b"})
	equal(t, "waits", c.clock.slept, []time.Duration{20 * time.Minute})
}

// TestTokensLearnOfNewCalls has more calls while a response is on its way: it tells of them, and nobody waits or asks.
func TestTokensLearnOfNewCalls(t *testing.T) {
	t.Parallel()
	c, a := newCounted(t, &counted{left: map[string]int{"a": 2}, limit: 10, tells: true, takes: 11 * time.Minute})
	f := load(t, a, rationed("items", 4, noReserve))
	f.options.Now, f.options.Sleep = c.clock.Now, c.clock.Sleep
	f.config["tokens"] = "a"
	if err := f.read(t, "items"); err != nil {
		t.Fatal(err)
	}
	equal(t, "requests", a.urls(), []string{"/rate_limit", "/items", "/items", "/items", "/items"})
	equal(t, "waits", len(c.clock.slept), 0)
}

func TestTokensDoNotWaitForLong(t *testing.T) {
	t.Parallel()
	c, a := newCounted(t, &counted{left: map[string]int{"a": 1}, limit: 10})
	f := load(t, a, rationed("items", 2, noReserve))
	f.options.Now, f.options.Sleep = c.clock.Now, c.clock.Sleep
	f.config["tokens"], f.config["minutes"] = "a", 20
	if err := f.read(t, "items"); connector.FailureOf(err) != protocol.FailureTransient {
		t.Errorf("got %v", err)
	}
	equal(t, "waits", len(c.clock.slept), 0)
}

// TestTokensAreSpread puts the last calls off, so that they last until the reset.
func TestTokensAreSpread(t *testing.T) {
	t.Parallel()
	c, a := newCounted(t, &counted{left: map[string]int{"a": 300}, limit: 5000})
	f := load(t, a, rationed("items", 2, ""))
	f.options.Now, f.options.Sleep = c.clock.Now, c.clock.Sleep
	f.config["tokens"] = "a"
	if err := f.read(t, "items"); err != nil {
		t.Fatal(err)
	}
	first := 20 * time.Minute / 299
	equal(t, "waits", c.clock.slept, []time.Duration{first, (20*time.Minute - first) / 298})
}

// TestTokensLearn has a status that says too much: the refusal says better, and another token is tried at once.
func TestTokensLearn(t *testing.T) {
	t.Parallel()
	for _, tells := range []bool{false, true} {
		c, a := newCounted(t, &counted{left: map[string]int{"a": 1, "b": 3}, limit: 5, lies: true, tells: tells})
		f := load(t, a, rationed("items", 4, noReserve))
		f.options.Now, f.options.Sleep = c.clock.Now, c.clock.Sleep
		f.config["tokens"] = "a,b"
		if err := f.read(t, "items"); err != nil {
			t.Fatal(err)
		}
		equal(t, "tokens", c.used, []string{"a", "b", "b", "b"})
		want := []time.Duration{rotationWait}
		if tells {
			want = nil // the response to the last call told that it was
		}
		equal(t, "waits", c.clock.slept, want)
	}
}

// TestTokensOfQuotas counts the requests of each quota by themselves.
func TestTokensOfQuotas(t *testing.T) {
	t.Parallel()
	c, a := newCounted(t, &counted{left: map[string]int{"a": 0}, limit: 5})
	f := load(t, a, rationed("search", 3, noReserve))
	f.options.Now, f.options.Sleep = c.clock.Now, c.clock.Sleep
	f.config["tokens"] = "a"
	if err := f.read(t, "items"); err != nil {
		t.Fatal(err)
	}
	equal(t, "records", len(f.records("items")), 3)
	equal(t, "waits", len(c.clock.slept), 0)
}

// TestTokensNobodyCounts uses tokens in turn where the API has no quotas.
func TestTokensNobodyCounts(t *testing.T) {
	t.Parallel()
	c, a := newCounted(t, &counted{left: map[string]int{"a": 5, "b": 5}, limit: 5, status: http.StatusNotFound})
	f := load(t, a, rationed("items", 4, ""))
	f.options.Now, f.options.Sleep = c.clock.Now, c.clock.Sleep
	f.config["tokens"] = "a,b"
	if err := f.read(t, "items"); err != nil {
		t.Fatal(err)
	}
	equal(t, "tokens", c.used, []string{"a", "b", "a", "b"})
}

// TestTokensAreShared has two streams use up what there is together, and ask once.
func TestTokensAreShared(t *testing.T) {
	t.Parallel()
	c, a := newCounted(t, &counted{left: map[string]int{"a": 3, "b": 3}, limit: 3})
	one := rationed("items", 3, noReserve)
	f := load(t, a, one+strings.Replace(one, "name: items", "name: others", 1))
	f.options.Now, f.options.Sleep, f.options.Concurrency = c.clock.Now, c.clock.Sleep, 4
	f.config["tokens"] = "a,b"
	if err := f.read(t, "items", "others"); err != nil {
		t.Fatal(err)
	}
	slices.Sort(c.used)
	equal(t, "tokens", c.used, []string{"a", "a", "a", "b", "b", "b"})
	equal(t, "questions", strings.Count(strings.Join(a.urls(), " "), "/rate_limit"), 2)
}

func TestTokensMissing(t *testing.T) {
	t.Parallel()
	c, a := newCounted(t, &counted{left: map[string]int{}, limit: 1})
	f := load(t, a, rationed("items", 1, ""))
	f.options.Now, f.options.Sleep = c.clock.Now, c.clock.Sleep
	f.config["tokens"] = " , "
	if err := f.read(t, "items"); connector.FailureOf(err) != protocol.FailureConfig {
		t.Errorf("got %v", err)
	}
	wrong := newAPI(t, func(w http.ResponseWriter, _ *http.Request, _ int) { io.WriteString(w, `{"core": {}}`) })
	f = load(t, wrong, rationed("items", 1, ""))
	f.config["tokens"] = "s3cr3t"
	err := f.read(t, "items")
	if err == nil || !strings.Contains(err.Error(), "search.left") || connector.FailureOf(err) != protocol.FailureSystem || strings.Contains(err.Error(), "s3cr3t") {
		t.Errorf("got %v", err)
	}
}
