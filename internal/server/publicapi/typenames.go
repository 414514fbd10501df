package publicapi

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"

	"github.com/airfielddev/airfield/internal/platform"
	"github.com/airfielddev/airfield/internal/server/endpoint"
	"github.com/airfielddev/airfield/internal/wire/public"
)

// typeNames remembers the short names of definitions while one list is printed.
type typeNames struct {
	platform *platform.Platform
	known    map[string]string
}

// of is the short name of a definition. Custom connectors have none, and neither have deleted ones.
func (t typeNames) of(ctx context.Context, definitionID string) (string, error) {
	if name, ok := t.known[definitionID]; ok {
		return name, nil
	}
	d, err := t.platform.Definition(ctx, definitionID)
	if errors.Is(err, platform.ErrNotFound) {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	name := ""
	if !d.Custom() {
		name = d.Type()
	}
	t.known[definitionID] = name
	return name, nil
}

// absent tells whether an optional member was left out or is null, which means the same.
func absent(value json.RawMessage) bool {
	value = bytes.TrimSpace(value)
	return len(value) == 0 || string(value) == "null"
}

func requireObject(member string, value json.RawMessage) error {
	if absent(value) {
		return endpoint.BadRequest("The member %q is required and may not be empty.", member)
	}
	if bytes.TrimSpace(value)[0] != '{' {
		return endpoint.Unprocessable("The member %q must be an object.", member)
	}
	return nil
}

// printed is v as JSON, nil when v is.
func printed[T any](v *T) (json.RawMessage, error) {
	if v == nil {
		return nil, nil
	}
	return json.Marshal(v)
}

// allocated is printed for the resources of a source or destination.
func allocated(v *public.ScopedResourceRequirements) (json.RawMessage, error) {
	if err := endpoint.Resources(v); err != nil {
		return nil, err
	}
	return printed(v)
}

// parsed is the reverse of printed.
func parsed[T any](text json.RawMessage) (*T, error) {
	if absent(text) {
		return nil, nil
	}
	v := new(T)
	return v, json.Unmarshal(text, v)
}
