package platform

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"

	"github.com/airfielddev/airfield/connector"
	"github.com/airfielddev/airfield/internal/platform/config"
	"github.com/airfielddev/airfield/protocol"
)

// Spec tells how a connector is configured. It asks the connector when the definition does not say.
func (p *Platform) Spec(ctx context.Context, definitionID string) (protocol.Spec, error) {
	d, err := p.Definition(ctx, definitionID)
	if err != nil {
		return protocol.Spec{}, err
	}
	s, err := p.specification(ctx, d)
	return s.spec, err
}

// specification is a connector's spec, ready for validating.
type specification struct {
	spec   protocol.Spec
	schema *config.Schema
}

// schemaCache remembers the newest specification of each definition.
type schemaCache struct {
	mu      sync.Mutex
	entries map[string]cachedSpec
}

type cachedSpec struct {
	version string
	specification
}

func (c *schemaCache) get(id, version string) (specification, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	e, ok := c.entries[id]
	return e.specification, ok && e.version == version
}

func (c *schemaCache) put(id, version string, s specification) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.entries == nil {
		c.entries = map[string]cachedSpec{}
	}
	c.entries[id] = cachedSpec{version, s}
}

// versionOf changes whenever a definition's connector may have.
func versionOf(d Definition) string {
	return fmt.Sprintf("%s:%d", d.DockerImageTag, d.ManifestVersion)
}

func (p *Platform) specification(ctx context.Context, d Definition) (specification, error) {
	version := versionOf(d)
	if s, ok := p.schemas.get(d.ID, version); ok {
		return s, nil
	}
	spec, err := p.specOf(ctx, d)
	if err != nil {
		return specification{}, fmt.Errorf("reading specification of %s: %w", d.DisplayName(), err)
	}
	schema, err := config.Compile(spec.ConnectionSpecification)
	if err != nil {
		p.log.WarnContext(ctx, "configurations of a connector will not be validated", "connector", d.Name, "error", err)
	}
	s := specification{spec, schema}
	p.schemas.put(d.ID, version, s)
	return s, nil
}

func (p *Platform) specOf(ctx context.Context, d Definition) (protocol.Spec, error) {
	if d.Spec != nil {
		return *d.Spec, nil
	}
	ctx, cancel := context.WithTimeout(ctx, p.checkTimeout)
	defer cancel()
	c, err := p.connectorOf(ctx, d)
	if err != nil {
		return protocol.Spec{}, err
	}
	return guarded(func() (protocol.Spec, error) { return c.Spec(ctx) })
}

// connectorOf makes a definition callable.
func (p *Platform) connectorOf(ctx context.Context, d Definition) (connector.Connector, error) {
	if d.Kind == connector.KindSource {
		return p.connectors.Source(ctx, d.Ref())
	}
	return p.connectors.Destination(ctx, d.Ref())
}

// guarded turns a panic of a connector into an error, so that one connector's fault does not end the server.
func guarded[T any](fn func() (T, error)) (out T, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("the connector panicked: %v", r)
		}
	}()
	return fn()
}

// schemaOf is the schema that masks and validates an actor's configuration. A connector that cannot be asked any more leaves
// one that knows secrets by their names.
func (p *Platform) schemaOf(ctx context.Context, d Definition) *config.Schema {
	s, err := p.specification(ctx, d)
	if err == nil {
		return s.schema
	}
	p.log.WarnContext(ctx, "masking a configuration by names alone", "definition_id", d.ID, "error", err)
	open, _ := config.Compile(nil)
	return open
}

// validate holds a configuration to a schema and tells all faults at once.
func validate(schema *config.Schema, text json.RawMessage) error {
	faults := schema.Faults(text)
	if len(faults) == 0 {
		return nil
	}
	message := "json schema validation failed when comparing the data to the json schema. \nErrors:"
	details := make([]map[string]string, 0, len(faults))
	for i, f := range faults {
		separator := " "
		if i > 0 {
			separator = ", "
		}
		message += separator + f.String()
		details = append(details, map[string]string{"pointer": f.Pointer, "message": f.Message})
	}
	return &Error{Condition: ErrUnprocessed, Problem: "unprocessable-entity", Message: message, Data: map[string]any{"errors": details}}
}

// restored puts stored secrets in the place of masks.
func restored(schema *config.Schema, text, stored json.RawMessage) (json.RawMessage, error) {
	out, err := schema.Restored(text, stored)
	return out, refuseConfig(err)
}

// refuseConfig turns what is wrong with a configuration into a refusal.
func refuseConfig(err error) error {
	switch {
	case errors.Is(err, config.ErrNotObject):
		return badRequest("Invalid configuration: " + err.Error() + ".")
	case errors.Is(err, config.ErrNoSecret):
		return &Error{Condition: ErrUnprocessed, Problem: "unprocessable-entity", Message: "Invalid configuration: " + err.Error() + "."}
	}
	return err
}
