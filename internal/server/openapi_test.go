package server_test

import (
	"encoding/json"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/airfielddev/airfield/internal/server"
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

// TestOpenAPIHasEveryOperation holds the document to the table of what is implemented, and its references to what is there.
func TestOpenAPIHasEveryOperation(t *testing.T) {
	t.Parallel()
	text, fields := document(t)
	var got, want []string
	for path, operations := range fields["paths"].(map[string]any) {
		for method := range operations.(map[string]any) {
			got = append(got, strings.ToUpper(method)+" "+path)
		}
	}
	for _, op := range deploy(t).Operations() {
		if op.Implemented {
			want = append(want, op.Method+" "+strings.TrimSuffix(op.Paths[0], "{$}"))
		}
	}
	slices.Sort(got)
	slices.Sort(want)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("operations (-want +got):\n%s", diff)
	}
	schemas := fields["components"].(map[string]any)["schemas"].(map[string]any)
	for _, match := range regexp.MustCompile(`"#/components/schemas/([^"]*)"`).FindAllStringSubmatch(string(text), -1) {
		if schemas[match[1]] == nil {
			t.Errorf("there is no schema %s", match[1])
		}
	}
	for name := range maps.Keys(schemas) {
		if !regexp.MustCompile(`^[A-Za-z0-9._-]+$`).MatchString(name) {
			t.Errorf("%q is no name for a schema", name)
		}
	}
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
	f := func(method, path, pattern, status string, a answer) {
		t.Helper()
		pointer := "https://airfield.test/openapi.json#/paths/" + strings.NewReplacer("~", "~0", "/", "~1", "{", "%7B", "}", "%7D").Replace(pattern) + "/" + method + "/responses/" + status + "/content/application~1json/schema"
		compiled, err := compiler.Compile(pointer)
		if err != nil {
			t.Fatalf("%s: %v", path, err)
		}
		if err := compiled.Validate(a.object()); err != nil {
			t.Errorf("%s: %v", path, err)
		}
	}
	connection := d.connection(t)
	const one = "/api/public/v1/connections/"
	f("get", one, one+"{connectionId}", "200", d.call(t, "GET", one+connection, "").want(200))
	f("get", one, one+"{connectionId}", "default", d.call(t, "GET", one+unknown, "").want(404))
	f("post", "get", "/api/v1/web_backend/connections/get", "200", d.config(t, "/web_backend/connections/get", quote("connectionId", connection)).want(200))
	f("get", "list", "/api/public/v1/sources", "200", d.call(t, "GET", "/v1/sources", "").want(200))
	sources := fields["components"].(map[string]any)["schemas"].(map[string]any)["public.SourceResponse"].(map[string]any)["properties"].(map[string]any)
	for member := range d.call(t, "GET", "/v1/sources", "").want(200).at("data").([]any)[0].(map[string]any) {
		if sources[member] == nil {
			t.Errorf("the document does not know the member %s of a source", member)
		}
	}
}
