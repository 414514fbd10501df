package contract

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// Request holds a request to what the document says: that there is such an operation, that its query and body have what they must, and
// that they have nothing the document does not know. The path is that of the request, below the root of the API; the path of the
// operation in the document is returned.
func (d *Document) Request(method, path string, query url.Values, body string) (template string, err error) {
	template, err = d.template(method, path)
	if err != nil {
		return "", err
	}
	operation, err := d.operation(method, template)
	if err != nil {
		return "", err
	}
	what := method + " " + template
	return template, errors.Join(d.query(what, template, method, operation, query), d.body(what, template, method, operation, body))
}

// template finds the path of an operation: the one with the fewest parameters, since /jobs/list is not /jobs/{jobId}.
func (d *Document) template(method, path string) (string, error) {
	best, fewest := "", len(path)
	for candidate, operations := range d.paths {
		if operations.(map[string]any)[strings.ToLower(method)] == nil || !matches(candidate, path) {
			continue
		}
		if n := strings.Count(candidate, "{"); n < fewest {
			best, fewest = candidate, n
		}
	}
	if best == "" {
		return "", fmt.Errorf("the document has no %s %s", method, path)
	}
	return best, nil
}

func matches(template, path string) bool {
	want, got := strings.Split(template, "/"), strings.Split(path, "/")
	return slices.EqualFunc(want, got, func(w, g string) bool { return w == g || strings.HasPrefix(w, "{") && g != "" })
}

// query holds each parameter of a query to its schema.
func (d *Document) query(what, template, method string, operation map[string]any, query url.Values) error {
	var faults []error
	known := map[string]bool{}
	parameters, _ := operation["parameters"].([]any)
	for i, p := range parameters {
		parameter, keys := d.resolve(p, "paths", template, strings.ToLower(method), "parameters", strconv.Itoa(i))
		name, _ := parameter["name"].(string)
		if parameter["in"] != "query" {
			continue
		}
		known[name] = true
		given, there := query[name]
		if !there {
			if parameter["required"] == true {
				faults = append(faults, fmt.Errorf("%s: the query has no %s", what, name))
			}
			continue
		}
		schema, err := d.schema(append(keys, "schema")...)
		if err != nil {
			return err
		}
		kind, _ := d.resolve(parameter["schema"])
		if err := schema.Validate(typed(kind, d, given)); err != nil {
			faults = append(faults, fmt.Errorf("%s: query parameter %s: %w", what, name, err))
		}
	}
	for name := range query {
		if !known[name] {
			faults = append(faults, fmt.Errorf("%s: the document knows no query parameter %s", what, name))
		}
	}
	return errors.Join(faults...)
}

// typed turns the text of a query into the kind of value that a schema means.
func typed(schema map[string]any, d *Document, given []string) any {
	switch schema["type"] {
	case "array":
		item, _ := d.resolve(schema["items"])
		all := []any{}
		for _, text := range given {
			all = append(all, typed(item, d, []string{text}))
		}
		return all
	case "integer", "number":
		return json.Number(given[0])
	case "boolean":
		if b, err := strconv.ParseBool(given[0]); err == nil {
			return b
		}
	}
	return given[0]
}

func (d *Document) body(what, template, method string, operation map[string]any, body string) error {
	request, keys := d.resolve(operation["requestBody"], "paths", template, strings.ToLower(method), "requestBody")
	if request == nil {
		if body != "" {
			return fmt.Errorf("%s: the document knows no body, and one was sent: %s", what, body)
		}
		return nil
	}
	if body == "" {
		if request["required"] == true {
			return fmt.Errorf("%s: there is no body", what)
		}
		return nil
	}
	content, _ := request["content"].(map[string]any)["application/json"].(map[string]any)
	schema, err := d.schema(append(keys, "content", "application/json", "schema")...)
	if err != nil {
		return fmt.Errorf("%s: %w", what, err)
	}
	if err := validate(schema, what, body); err != nil {
		return err
	}
	value, err := jsonschema.UnmarshalJSON(strings.NewReader(body))
	if err != nil {
		return err
	}
	if unknown := d.unknown(content["schema"], value, ""); len(unknown) > 0 {
		return fmt.Errorf("%s: the document knows no %s: %s", what, strings.Join(unknown, ", "), body)
	}
	return nil
}

// unknown lists the members of a value that its schema does not name. A schema that leaves choices or names nothing takes any.
func (d *Document) unknown(schema, value any, at string) (all []string) {
	resolved, _ := d.resolve(schema)
	switch v := value.(type) {
	case []any:
		for i, item := range v {
			all = append(all, d.unknown(resolved["items"], item, at+"/"+strconv.Itoa(i))...)
		}
	case map[string]any:
		named, _ := resolved["properties"].(map[string]any)
		if len(named) == 0 || resolved["oneOf"] != nil || resolved["anyOf"] != nil || resolved["allOf"] != nil {
			return nil
		}
		for name, member := range v {
			if named[name] == nil {
				all = append(all, at+"/"+name)
				continue
			}
			all = append(all, d.unknown(named[name], member, at+"/"+name)...)
		}
	}
	return all
}

// resolve follows the reference that a part of the document may be, and gives the keys of the place where it is.
func (d *Document) resolve(part any, keys ...string) (map[string]any, []string) {
	fields, _ := part.(map[string]any)
	for {
		reference, ok := fields["$ref"].(string)
		if !ok {
			return fields, keys
		}
		keys = strings.Split(strings.TrimPrefix(reference, "#/"), "/")
		fields = d.fields
		for _, key := range keys {
			fields, _ = fields[key].(map[string]any)
		}
	}
}
