package server_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/airfielddev/airfield/internal/server/endpoint"
)

// connecting are operations that talk to what their body names. They are not fuzzed: the addresses would be made up.
var connecting = map[string]bool{"connector_builder_projects.read_stream": true, "connector_builder_projects.full_resolve": true}

// fuzzRoutes sends whatever there is as body and query to every operation of an API. The answer is never the server's fault, and
// a refusal is a problem.
func fuzzRoutes(f *testing.F, number int) {
	f.Helper()
	d := deploy(f)
	api := d.APIs()[number]
	var routes []endpoint.Route
	var paths []string
	for _, r := range api.Routes {
		if r.Stream != nil || connecting[r.Operation] {
			continue
		}
		path := api.Prefixes[0] + fill(r.Pattern)
		for _, q := range requestsOf()[number][r.Operation] {
			m := &things{deployment: d, t: f, made: map[string]string{"executable": unknown}} // programs may not run here
			path, _, _ = strings.Cut(api.Prefixes[0]+q.path(m, r), "?")
			f.Add(uint(len(routes)), m.fill(q.body), m.fill(q.query))
		}
		routes, paths = append(routes, r), append(paths, path)
	}
	f.Fuzz(func(t *testing.T, n uint, body, query string) {
		r, path := routes[n%uint(len(routes))], paths[n%uint(len(routes))]
		req := httptest.NewRequestWithContext(t.Context(), r.Method, path, strings.NewReader(body))
		req.URL.RawQuery = query
		req.Header.Set("Authorization", "Bearer "+d.token)
		req.Header.Set("Content-Type", "application/json")
		w := httptest.NewRecorder()
		d.ServeHTTP(w, req)
		a := answer{t, w.Code, w.Result().Header, w.Body.String()}
		switch {
		case !r.Implemented() && a.status == http.StatusNotImplemented:
			a.problem()
		case a.status >= http.StatusInternalServerError:
			t.Errorf("%s: %d %s", r, a.status, a.body)
		case a.status >= http.StatusBadRequest:
			a.problem()
		}
	})
}

func FuzzPublicAPI(f *testing.F) { fuzzRoutes(f, 0) }

func FuzzConfigAPI(f *testing.F) { fuzzRoutes(f, 1) }

func FuzzAirfieldAPI(f *testing.F) { fuzzRoutes(f, 2) }
