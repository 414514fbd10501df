package cli_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"strconv"
	"strings"
	"sync/atomic"

	"github.com/rogpeppe/go-internal/testscript"
)

// authorKey is what the API of the scripts wants to see.
const authorKey = "sk-live-canary"

// startAPI gives a script an API at $API, of customers in pages of two. The script may end it: closes-api.
func startAPI(env *testscript.Env) {
	server := httptest.NewServer(limited(customers))
	env.Defer(server.Close)
	env.Setenv("API", server.URL)
	env.Values["api"] = server
}

// limited refuses every other request to /v1/limited, and answers the rest of them as it does /v1/customers.
func limited(next http.HandlerFunc) http.Handler {
	var requests atomic.Int32
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/v1/limited" {
			if requests.Add(1)%2 == 1 {
				http.Error(w, "later", http.StatusTooManyRequests)
				return
			}
			r.URL.Path = "/v1/customers"
		}
		next(w, r)
	})
}

func closesAPI(ts *testscript.TestScript, _ bool, _ []string) {
	ts.Value("api").(*httptest.Server).Close()
}

// envsubst puts variables into a file.
func envsubst(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: envsubst FILE")
	}
	text := os.Expand(ts.ReadFile(args[0]), func(name string) string {
		if value := ts.Getenv(name); value != "" {
			return value
		}
		return "$" + name
	})
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(text), 0o600))
}

// replaces puts one text in place of another in a file, which must be there.
func replaces(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 3 {
		ts.Fatalf("usage: replaces FILE OLD NEW")
	}
	text := ts.ReadFile(args[0])
	if !strings.Contains(text, args[1]) {
		ts.Fatalf("%s has no %q", args[0], args[1])
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(strings.ReplaceAll(text, args[1], args[2])), 0o600))
}

func customers(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	if r.Header.Get("Authorization") != "Bearer "+authorKey {
		w.WriteHeader(http.StatusUnauthorized)
		fmt.Fprintf(w, `{"error": "who is %s?"}`, r.Header.Get("Authorization"))
		return
	}
	if r.URL.Path != "/v1/customers" {
		http.NotFound(w, r)
		return
	}
	page, err := strconv.Atoi(r.URL.Query().Get("page"))
	if err != nil {
		page = 1
	}
	var all []string
	for id := 1; id <= 3; id++ {
		at := fmt.Sprintf("2026-01-0%dT00:00:00Z", id)
		if at >= r.URL.Query().Get("updated_since") {
			all = append(all, fmt.Sprintf(`{"id": %d, "name": "customer %d", "updated_at": %q, "tags": ["a"], "owner": {"email": "a@example.com"}}`, id, id, at))
		}
	}
	begin, end := min(2*page-2, len(all)), min(2*page, len(all))
	fmt.Fprintf(w, `{"data": [%s], "has_more": %v, "key": %q}`, strings.Join(all[begin:end], ", "), end < len(all), authorKey)
}
