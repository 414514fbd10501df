package endpoint

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"reflect"
	"regexp"
	"strconv"
	"strings"

	"github.com/airfielddev/airfield/internal/platform"
)

// kindsOfNames tell by the name of a path segment, query parameter or member of a body what kind of thing it names. Whatever has
// one of these names, in any request, names a thing that the caller must have the role of the operation on.
var kindsOfNames = map[string]platform.Kind{
	"workspaceId":             platform.KindWorkspace,
	"workspaceIds":            platform.KindWorkspace,
	"workspace_id":            platform.KindWorkspace,
	"organizationId":          platform.KindOrganization,
	"organization_id":         platform.KindOrganization,
	"sourceId":                platform.KindSource,
	"destinationId":           platform.KindDestination,
	"connectionId":            platform.KindConnection,
	"connectionIds":           platform.KindConnection,
	"configId":                platform.KindConnection,
	"jobId":                   platform.KindJob,
	"tagId":                   platform.KindTag,
	"tagIds":                  platform.KindTag,
	"builderProjectId":        platform.KindProject,
	"definitionId":            platform.KindDefinition,
	"actorDefinitionId":       platform.KindDefinition,
	"sourceDefinitionId":      platform.KindDefinition,
	"destinationDefinitionId": platform.KindDefinition,
	"applicationId":           platform.KindApplication,
	"permissionId":            platform.KindPermission,
	"userId":                  platform.KindUser,
}

// Guard refuses the caller of a context who may not do what a route does to the things that the request names.
type Guard func(ctx context.Context, r *Route, named func() []platform.Object) error

type guardKey struct{}

// WithGuard lets a guard decide about the requests of a context.
func WithGuard(ctx context.Context, g Guard) context.Context {
	return context.WithValue(ctx, guardKey{}, g)
}

// permit asks the guard, once everything that the request names is known. Body is what was decoded, so that the guard sees
// exactly the names that the handler will see.
func (p Params) permit(body any) error {
	if p.route == nil || p.route.Role == Anonymous {
		return nil
	}
	guard, ok := p.Context().Value(guardKey{}).(Guard)
	if !ok {
		return fmt.Errorf("serving %s: there is no guard", p.route)
	}
	return guard(p.Context(), p.route, func() []platform.Object { return p.named(body) })
}

// Permit asks the guard about a request without doing what it asks for. It reads the body.
func (r Route) Permit(req *http.Request) error {
	p := Params{Request: req, route: &r}
	if r.Handle.In == nil {
		return p.permit(nil)
	}
	in := reflect.New(r.Handle.In).Interface()
	if err := Decode(req.Body, in); err != nil {
		return err
	}
	return p.permit(in)
}

func (p Params) named(body any) []platform.Object {
	n := names{own: p.route.Kinds}
	n.path(p)
	n.query(p.URL.RawQuery)
	n.body(reflect.ValueOf(body))
	return n.found
}

// names gathers what a request names.
type names struct {
	own   map[string]platform.Kind // of the route
	found []platform.Object
}

func (n *names) kind(name string) (platform.Kind, bool) {
	if kind, ok := n.own[name]; ok {
		return kind, true
	}
	kind, ok := kindsOfNames[name]
	return kind, ok
}

func (n *names) add(kind platform.Kind, ids ...string) {
	for _, id := range ids {
		if id = ID(id); id != "" {
			n.found = append(n.found, platform.Object{Kind: kind, ID: id})
		}
	}
}

var segment = regexp.MustCompile(`\{([A-Za-z]+)\}`)

func (n *names) path(p Params) {
	for _, name := range p.route.PathParameters() {
		if kind, ok := n.kind(name); ok {
			n.add(kind, p.PathValue(name))
		}
	}
}

// query reads what can be read: a query that is not well-formed is refused by whoever uses it.
func (n *names) query(raw string) {
	if raw == "" {
		return
	}
	values, _ := url.ParseQuery(raw)
	for name, given := range values {
		if kind, ok := n.kind(name); ok {
			n.add(kind, strings.Split(strings.Join(given, ","), ",")...)
		}
	}
}

func (n *names) body(v reflect.Value) {
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface:
		if !v.IsNil() {
			n.body(v.Elem())
		}
	case reflect.Slice, reflect.Array:
		if kind := v.Type().Elem().Kind(); kind == reflect.Struct || kind == reflect.Pointer {
			for i := range v.Len() {
				n.body(v.Index(i))
			}
		}
	case reflect.Struct:
		n.fields(v)
	}
}

func (n *names) fields(v reflect.Value) {
	t := v.Type()
	for i := range t.NumField() {
		field := t.Field(i)
		if !field.IsExported() {
			continue
		}
		name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
		if kind, ok := n.kind(name); ok {
			n.add(kind, texts(v.Field(i))...)
		}
		n.body(v.Field(i))
	}
}

// texts are the names that a field holds: one or several, as text or number.
func texts(v reflect.Value) (out []string) {
	switch v.Kind() {
	case reflect.String:
		return []string{v.String()}
	case reflect.Int64, reflect.Int:
		if v.Int() != 0 {
			return []string{strconv.FormatInt(v.Int(), 10)}
		}
	case reflect.Pointer:
		if !v.IsNil() {
			return texts(v.Elem())
		}
	case reflect.Slice:
		for i := range v.Len() {
			out = append(out, texts(v.Index(i))...)
		}
	}
	return out
}
