package contract

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// Answer holds the answer to an operation, which is named by its method and its path in the document, to what the document says.
func (d *Document) Answer(method, path string, status int, body string) error {
	operation, err := d.operation(method, path)
	if err != nil {
		return err
	}
	responses, _ := operation["responses"].(map[string]any)
	code := strconv.Itoa(status)
	if responses[code] == nil && status == http.StatusNoContent {
		code = "2XX"
	}
	response, ok := responses[code].(map[string]any)
	if !ok {
		return fmt.Errorf("%s %s: status %d is not in the document: %s", method, path, status, body)
	}
	if response["content"] == nil {
		return nil
	}
	schema, err := d.schema("paths", path, strings.ToLower(method), "responses", code, "content", "application/json", "schema")
	if err != nil {
		return fmt.Errorf("%s %s: %w", method, path, err)
	}
	return validate(schema, method+" "+path, body)
}

func (d *Document) operation(method, path string) (map[string]any, error) {
	operations, _ := d.paths[path].(map[string]any)
	operation, ok := operations[strings.ToLower(method)].(map[string]any)
	if !ok {
		return nil, fmt.Errorf("the document has no %s %s", method, path)
	}
	return operation, nil
}

func validate(schema *jsonschema.Schema, what, body string) error {
	value, err := jsonschema.UnmarshalJSON(strings.NewReader(body))
	if err != nil {
		return fmt.Errorf("%s: %w in %s", what, err, body)
	}
	if err := schema.Validate(value); err != nil {
		return fmt.Errorf("%s: %s\n%w", what, body, err)
	}
	return nil
}
