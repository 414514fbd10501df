package publicapi

import (
	"net/http"

	"github.com/airfielddev/airfield/internal/platform"
	"github.com/airfielddev/airfield/internal/server/endpoint"
)

func (a *api) rootRoutes() []endpoint.Route {
	return []endpoint.Route{
		{Method: "GET", Pattern: "/{$}", Operation: "getDocumentation", Role: endpoint.Anonymous, Status: http.StatusFound, Stream: documentation},
		{Method: "GET", Pattern: "/health", Operation: "getHealthCheck", Role: endpoint.Anonymous, Stream: a.health, Produces: "text/plain"},
	}
}

func documentation(w http.ResponseWriter, p endpoint.Params) error {
	http.Redirect(w, p.Request, "https://reference.airbyte.com/", http.StatusFound)
	return nil
}

// health answers with text, unlike every other operation.
func (a *api) health(w http.ResponseWriter, p endpoint.Params) error {
	if _, err := a.platform.Workspaces(p.Context(), platform.Filter{Limit: 1}); err != nil {
		return endpoint.Unavailable("The store does not answer.")
	}
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Write([]byte("Successful operation"))
	return nil
}
