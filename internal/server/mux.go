package server

import (
	"net/http"
	"reflect"
	"slices"
	"strings"

	"github.com/airfielddev/airfield/internal/server/configapi"
	"github.com/airfielddev/airfield/internal/server/endpoint"
	"github.com/airfielddev/airfield/internal/server/publicapi"
	"github.com/airfielddev/airfield/internal/wire/config"
)

// API is a list of routes and where they are found.
type API struct {
	Name     string
	Prefixes []string
	Routes   []endpoint.Route
	refuse   endpoint.Refuse
	problem  reflect.Type // of the body of a refusal
}

// APIs lists everything that a server answers, but for pages.
func (s *Server) APIs() []API {
	problem := reflect.TypeFor[endpoint.Problem]()
	public := publicapi.Routes(publicapi.Config{Platform: s.cfg.Platform, Gate: s.gate, BaseURL: s.baseURL})
	private := configapi.Routes(configapi.Config{
		Platform: s.cfg.Platform, Gate: s.gate, BaseURL: s.baseURL, Version: s.cfg.Version, OpenAPI: s.openAPI,
	})
	return []API{
		{"Public API", publicapi.Prefixes(), append(public, strays(private)...), endpoint.RefusePublic, problem},
		{"Config API", []string{"/api/v1"}, private, configapi.Refuse, reflect.TypeFor[config.KnownExceptionInfo]()},
		{"Airfield API", []string{"/api/airfield/v1"}, s.ownRoutes(), endpoint.RefusePublic, problem},
		{"Without a prefix", []string{""}, s.rootRoutes(), endpoint.RefusePublic, problem},
	}
}

// strays are the calls of the Config API that clients send to the address of the Public API: Airbyte's Terraform provider sets the
// time zone of a schedule so.
func strays(private []endpoint.Route) (out []endpoint.Route) {
	for _, r := range private {
		if r.Pattern == "/connections/update" {
			out = append(out, r)
		}
	}
	return out
}

// rootRoutes are for clients that take the token endpoint to be below no prefix at all, and for what watches the server.
func (s *Server) rootRoutes() []endpoint.Route {
	return []endpoint.Route{
		{Method: "POST", Pattern: "/applications/token", Operation: "createAccessToken", Role: endpoint.Anonymous, Handle: endpoint.Get(s.gate.Token)},
		{Method: "GET", Pattern: "/health", Operation: "health", Role: endpoint.Anonymous, Handle: endpoint.Get(s.health)},
		{Method: "GET", Pattern: "/metrics", Operation: "metrics", Role: endpoint.InstanceAdmin, Stream: s.metrics, Produces: "text/plain"},
	}
}

// mux routes every API. Paths that a prefix does not know, and methods that a path does not know, are refused in the API's own words.
func (s *Server) mux() *http.ServeMux {
	mux := http.NewServeMux()
	for _, api := range s.APIs() {
		for _, prefix := range api.Prefixes {
			for _, route := range api.Routes {
				mux.Handle(route.Method+" "+prefix+route.Pattern, s.endpoint(route, api.refuse))
			}
			if prefix != "" {
				mux.Handle(prefix+"/", unknown(mux, api.refuse))
			}
		}
	}
	mux.Handle("/api/", unknown(mux, endpoint.RefusePublic))
	if s.cfg.Pages != nil {
		mux.Handle("/", s.cfg.Pages)
	} else {
		mux.Handle("/", unknown(mux, endpoint.RefusePublic))
	}
	return mux
}

func (s *Server) endpoint(route endpoint.Route, refuse endpoint.Refuse) http.Handler {
	answer := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		note(r.Context(), route.Operation, route.Serve(w, r, refuse))
	})
	guarded := s.idempotent(route, answer, refuse)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r, err := s.admit(r, route.Role)
		if s.limited(w, r) {
			note(r.Context(), route.Operation, nil)
			return
		}
		if err != nil {
			problem := endpoint.ProblemOf(err)
			if problem.Status == http.StatusUnauthorized {
				w.Header().Set("WWW-Authenticate", `Bearer realm="airfield"`)
			}
			note(r.Context(), route.Operation, err)
			refuse(w, problem)
			return
		}
		guarded.ServeHTTP(w, r)
	})
}

// unknown refuses what no route answers. Routes for other methods are not told apart by the mux, because the prefix catches
// everything; they are looked for here.
func unknown(mux *http.ServeMux, refuse endpoint.Refuse) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		err := endpoint.NoSuchPath(r.Method, r.URL.Path)
		if allowed := methodsOf(mux, r); len(allowed) > 0 {
			w.Header().Set("Allow", strings.Join(allowed, ", "))
			if r.Method == http.MethodOptions {
				w.WriteHeader(http.StatusNoContent)
				return
			}
			err = endpoint.WrongMethod(r.Method, r.URL.Path)
		}
		refuse(w, endpoint.ProblemOf(err))
	})
}

// methodsOf lists the methods that can be used at the path of a request; none when there is no route.
func methodsOf(mux *http.ServeMux, r *http.Request) (methods []string) {
	for _, method := range []string{http.MethodDelete, http.MethodGet, http.MethodPatch, http.MethodPost, http.MethodPut} {
		other := r.Clone(r.Context())
		other.Method = method
		if _, pattern := mux.Handler(other); strings.HasPrefix(pattern, method+" ") {
			methods = append(methods, method)
		}
		if method == http.MethodGet && slices.Contains(methods, method) {
			methods = append(methods, http.MethodHead)
		}
	}
	if len(methods) > 0 {
		methods = append(methods, http.MethodOptions)
	}
	return methods
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
