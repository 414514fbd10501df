package server_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/airfielddev/airfield/internal/server"
	"github.com/airfielddev/airfield/internal/server/endpoint"
)

func document(t *testing.T) (text []byte, fields map[string]any) {
	t.Helper()
	text, err := server.OpenAPI("1.2.3")
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, &fields); err != nil {
		t.Fatal(err)
	}
	return text, fields
}

// operationOf is what the document says of a route.
func operationOf(t *testing.T, fields map[string]any, api server.API, r endpoint.Route) map[string]any {
	t.Helper()
	path := api.Prefixes[0] + strings.TrimSuffix(r.Pattern, "{$}")
	operations, _ := fields["paths"].(map[string]any)[path].(map[string]any)
	operation, ok := operations[strings.ToLower(r.Method)].(map[string]any)
	if !ok {
		t.Errorf("the document has no %s %s", r.Method, path)
	}
	return operation
}

// TestOpenAPIHasEveryOperation holds the document to the table of routes: it has each, with each of its parameters, and no other.
func TestOpenAPIHasEveryOperation(t *testing.T) {
	t.Parallel()
	_, fields := document(t)
	routed, names := 0, map[any]bool{}
	for _, api := range deploy(t).APIs() {
		for _, r := range api.Routes {
			routed++
			operation := operationOf(t, fields, api, r)
			if id := operation["operationId"]; names[id] || id == nil {
				t.Errorf("%s: its name %v is not its alone", r, id)
			}
			names[operation["operationId"]] = true
			var want []string
			for _, name := range r.PathParameters() {
				want = append(want, "path "+name+" true")
			}
			for _, p := range r.Query {
				want = append(want, fmt.Sprint("query ", p.Name, " ", p.Required))
			}
			if diff := cmp.Diff(want, declaredIn(operation)); diff != "" {
				t.Errorf("%s: parameters (-want +got):\n%s", r, diff)
			}
			responses := operation["responses"].(map[string]any)
			if (responses["501"] == nil) == !r.Implemented() || r.Role != endpoint.Anonymous && responses["401"] == nil {
				t.Errorf("%s: responses %v", r, slices.Sorted(maps.Keys(responses)))
			}
		}
	}
	documented := 0
	for _, operations := range fields["paths"].(map[string]any) {
		documented += len(operations.(map[string]any))
	}
	if documented != routed {
		t.Errorf("%d operations are documented, %d are routed", documented, routed)
	}
}

// declaredIn lists the parameters of an operation that stand in its path and query.
func declaredIn(operation map[string]any) (out []string) {
	parameters, _ := operation["parameters"].([]any)
	for _, p := range parameters {
		if p := p.(map[string]any); p["in"] != "header" {
			out = append(out, fmt.Sprint(p["in"], " ", p["name"], " ", p["required"] == true))
		}
	}
	return out
}

// TestOpenAPIIsWellFormed finds references to nothing, schemas that are none, and what every operation must have.
func TestOpenAPIIsWellFormed(t *testing.T) {
	t.Parallel()
	const url = "https://airfield.test/openapi.json"
	_, fields := document(t)
	compiler := jsonschema.NewCompiler()
	compiler.AssertFormat()
	if err := compiler.AddResource(url, fields); err != nil {
		t.Fatal(err)
	}
	walk("", fields, func(at string, object map[string]any) {
		if reference, ok := object["$ref"].(string); ok && resolve(fields, reference) == nil {
			t.Errorf("%s: there is no %s", at, reference)
		}
		if _, ok := object["schema"]; ok {
			if _, err := compiler.Compile(url + "#" + escaped(at) + "/schema"); err != nil {
				t.Errorf("%s: %v", at, err)
			}
		}
		if object["in"] == "path" && object["required"] != true {
			t.Errorf("%s: a parameter of a path is not required", at)
		}
		if responses, ok := object["responses"].(map[string]any); ok {
			for status, response := range responses {
				response := response.(map[string]any)
				if response["$ref"] == nil && response["description"] == nil {
					t.Errorf("%s: the answer %s has no description", at, status)
				}
			}
		}
	})
	for name := range fields["components"].(map[string]any)["schemas"].(map[string]any) {
		if !regexp.MustCompile(`^[A-Za-z0-9._-]+$`).MatchString(name) {
			t.Errorf("%q is no name for a schema", name)
		}
		if _, err := compiler.Compile(url + "#/components/schemas/" + name); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// walk visits every object of a document with the pointer to it.
func walk(at string, value any, visit func(at string, object map[string]any)) {
	switch v := value.(type) {
	case map[string]any:
		visit(at, v)
		for name, member := range v {
			walk(at+"/"+strings.NewReplacer("~", "~0", "/", "~1").Replace(name), member, visit)
		}
	case []any:
		for i, item := range v {
			walk(fmt.Sprint(at, "/", i), item, visit)
		}
	}
}

// resolve finds what a reference within a document leads to, nil when nothing.
func resolve(fields map[string]any, reference string) (value any) {
	value = fields
	for name := range strings.SplitSeq(strings.TrimPrefix(reference, "#/"), "/") {
		object, _ := value.(map[string]any)
		value = object[strings.NewReplacer("~1", "/", "~0", "~").Replace(name)]
	}
	return value
}

// escaped is a pointer as a part of a URL.
func escaped(pointer string) string {
	return strings.NewReplacer("{", "%7B", "}", "%7D").Replace(pointer)
}

// TestOpenAPIDescribesAnswers holds answers of the server against what the document says of them.
func TestOpenAPIDescribesAnswers(t *testing.T) {
	t.Parallel()
	_, fields := document(t)
	d := deploy(t)
	compiler := jsonschema.NewCompiler()
	if err := compiler.AddResource("https://airfield.test/openapi.json", fields); err != nil {
		t.Fatal(err)
	}
	f := func(method, pattern, status string, a answer) {
		t.Helper()
		response := fields["paths"].(map[string]any)[pattern].(map[string]any)[method].(map[string]any)["responses"].(map[string]any)[status].(map[string]any)
		pointer := "#/paths/" + strings.NewReplacer("~", "~0", "/", "~1").Replace(pattern) + "/" + method + "/responses/" + status
		if reference, ok := response["$ref"].(string); ok {
			pointer = reference
		}
		compiled, err := compiler.Compile("https://airfield.test/openapi.json" + escaped(pointer) + "/content/application~1json/schema")
		if err != nil {
			t.Fatalf("%s: %v", pattern, err)
		}
		if err := compiled.Validate(a.object()); err != nil {
			t.Errorf("%s: %v", pattern, err)
		}
	}
	connection := d.connection(t)
	const one, config = "/api/public/v1/connections/", "/api/v1/web_backend/connections/get"
	f("get", one+"{connectionId}", "200", d.call(t, "GET", one+connection, "").want(200))
	f("get", one+"{connectionId}", "404", d.call(t, "GET", one+unknown, "").want(404))
	f("post", config, "200", d.call(t, "POST", config, quote("connectionId", connection)).want(200))
	f("post", config, "404", d.call(t, "POST", config, quote("connectionId", unknown)).want(404))
	f("get", "/api/public/v1/sources", "200", d.call(t, "GET", "/v1/sources", "").want(200))
	sources := fields["components"].(map[string]any)["schemas"].(map[string]any)["public.SourceResponse"].(map[string]any)["properties"].(map[string]any)
	for member := range d.call(t, "GET", "/v1/sources", "").want(200).at("data").([]any)[0].(map[string]any) {
		if sources[member] == nil {
			t.Errorf("the document does not know the member %s of a source", member)
		}
	}
}
