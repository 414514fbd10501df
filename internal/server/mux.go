package server

import (
	"net/http"
	"slices"
	"strings"

	"github.com/airfielddev/airfield/internal/server/configapi"
	"github.com/airfielddev/airfield/internal/server/endpoint"
	"github.com/airfielddev/airfield/internal/server/publicapi"
)

// API is a list of routes and where they are found.
type API struct {
	Name     string
	Prefixes []string
	Routes   []endpoint.Route
	refuse   endpoint.Refuse
}

// APIs lists everything that a server answers, but for pages.
func (s *Server) APIs() []API {
	return []API{
		{"Public API", publicapi.Prefixes(), publicapi.Routes(publicapi.Config{
			Platform: s.cfg.Platform, Gate: s.gate, BaseURL: s.baseURL,
		}), endpoint.RefusePublic},
		{"Config API", []string{"/api/v1"}, configapi.Routes(configapi.Config{
			Platform: s.cfg.Platform, Gate: s.gate, BaseURL: s.baseURL, Version: s.cfg.Version,
		}), configapi.Refuse},
		{"Airfield API", []string{"/api/airfield/v1"}, s.ownRoutes(), endpoint.RefusePublic},
		{"Token endpoint", []string{""}, s.rootRoutes(), endpoint.RefusePublic},
	}
}

// rootRoutes are for clients that take the token endpoint or the health check to be below no prefix at all.
func (s *Server) rootRoutes() []endpoint.Route {
	return []endpoint.Route{
		{Method: "POST", Pattern: "/applications/token", Operation: "createAccessToken", Role: endpoint.Anonymous, Handle: endpoint.Get(s.gate.Token)},
		{Method: "GET", Pattern: "/health", Operation: "health", Role: endpoint.Anonymous, Handle: endpoint.Get(s.health)},
	}
}

// mux routes every API. Paths that a prefix does not know, and methods that a path does not know, are refused in the API's own words.
func (s *Server) mux() *http.ServeMux {
	mux := http.NewServeMux()
	for _, api := range s.APIs() {
		for _, prefix := range api.Prefixes {
			s.mount(mux, prefix, api)
		}
	}
	mux.Handle("/api/", s.unknown(endpoint.RefusePublic))
	mux.Handle("/", s.pages())
	return mux
}

func (s *Server) mount(mux *http.ServeMux, prefix string, api API) {
	methods := map[string][]string{}
	for _, route := range api.Routes {
		mux.Handle(route.Method+" "+prefix+route.Pattern, s.endpoint(route, api.refuse))
		methods[route.Pattern] = append(methods[route.Pattern], route.Method)
	}
	for pattern, allowed := range methods {
		mux.Handle(prefix+pattern, s.wrongMethod(allowed, api.refuse))
	}
	if prefix != "" {
		mux.Handle(prefix+"/", s.unknown(api.refuse))
	}
}

func (s *Server) endpoint(route endpoint.Route, refuse endpoint.Refuse) http.Handler {
	answer := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		note(r.Context(), route.Operation, route.Serve(w, r, refuse))
	})
	guarded := s.idempotent(route, answer, refuse)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r, err := s.admit(r, route.Role)
		if err != nil {
			w.Header().Set("WWW-Authenticate", `Bearer realm="airfield"`)
			note(r.Context(), route.Operation, err)
			refuse(w, endpoint.ProblemOf(err))
			return
		}
		guarded.ServeHTTP(w, r)
	})
}

func (s *Server) unknown(refuse endpoint.Refuse) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		refuse(w, endpoint.ProblemOf(endpoint.NoSuchPath(r.Method, r.URL.Path)))
	})
}

func (s *Server) wrongMethod(allowed []string, refuse endpoint.Refuse) http.Handler {
	slices.Sort(allowed)
	allow := strings.Join(allowed, ", ")
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Allow", allow)
		refuse(w, endpoint.ProblemOf(endpoint.WrongMethod(r.Method, r.URL.Path)))
	})
}

func (s *Server) pages() http.Handler {
	if s.cfg.Pages != nil {
		return s.cfg.Pages
	}
	return s.unknown(endpoint.RefusePublic)
}

// baseURL is the address that a caller knows the server by.
func (s *Server) baseURL(r *http.Request) string {
	if s.cfg.PublicURL != "" {
		return strings.TrimRight(s.cfg.PublicURL, "/")
	}
	scheme := "http"
	if r.TLS != nil {
		scheme = "https"
	}
	return scheme + "://" + r.Host
}
