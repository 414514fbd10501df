package declarative

import (
	"context"
	"strconv"

	"github.com/airfielddev/airfield/internal/template"
	"github.com/airfielddev/airfield/manifest"
)

// SchemaLoaders is a slot for one schema loader or for several, whose properties are joined.
type SchemaLoaders struct {
	list []Of[SchemaLoader]
	many bool
}

// UnmarshalManifest reads a component or a list of them.
func (c *SchemaLoaders) UnmarshalManifest(d *manifest.Decoder, n *manifest.Node) {
	if n.Null() {
		return
	}
	if n.Kind() != manifest.Sequence {
		c.list = make([]Of[SchemaLoader], 1)
		d.Decode(n, &c.list[0])
		return
	}
	c.many = true
	c.list = make([]Of[SchemaLoader], len(n.Items()))
	for i, item := range n.Items() {
		d.In("["+strconv.Itoa(i)+"]", func() { d.Decode(item, &c.list[i]) })
	}
}

// Build makes the loader. Without any, the schema is empty.
func (c *SchemaLoaders) Build(env *Env) (SchemaLoader, error) {
	list, err := buildAll(env, c.list)
	switch {
	case err != nil:
		return nil, err
	case len(list) == 0:
		return fixedSchema{template.NewDict(0)}, nil
	case !c.many:
		return list[0], nil
	}
	return joinedSchemas(list), nil
}

// InlineSchemaLoader is a schema written in the manifest.
type InlineSchemaLoader struct {
	Value any `manifest:"schema"`
}

// UnmarshalManifest checks that it is an object.
func (c *InlineSchemaLoader) UnmarshalManifest(d *manifest.Decoder, n *manifest.Node) {
	type plain InlineSchemaLoader
	d.Decode(n, (*plain)(c))
	if schema := n.Get("schema"); !schema.Null() && schema.Kind() != manifest.Mapping {
		d.ProblemOf(n, "schema", manifest.CodeInvalidValue, "want a JSON schema, which is an object")
	}
}

// Build makes the loader.
func (c *InlineSchemaLoader) Build(*Env) (SchemaLoader, error) {
	d, _ := c.Value.(*template.Dict)
	return fixedSchema{orEmpty(d)}, nil
}

// JSONFileSchemaLoader names a file beside the connector's Python code. A manifest alone has no such files, so the schema is
// empty: every record fits it.
type JSONFileSchemaLoader struct {
	Path manifest.Template `manifest:"file_path"`
}

// Build makes the loader.
func (c *JSONFileSchemaLoader) Build(*Env) (SchemaLoader, error) {
	return fixedSchema{template.NewDict(0)}, nil
}

type fixedSchema struct{ schema *template.Dict }

func (s fixedSchema) Schema(context.Context, string) (*template.Dict, error) { return s.schema, nil }

// joinedSchemas joins properties; the first loader that has one wins.
type joinedSchemas []SchemaLoader

func (s joinedSchemas) Schema(ctx context.Context, stream string) (*template.Dict, error) {
	properties := template.NewDict(0)
	for _, loader := range s {
		schema, err := loader.Schema(ctx, stream)
		if err != nil {
			return nil, err
		}
		if p, ok := schema.Get("properties"); ok {
			if d, ok := p.(*template.Dict); ok {
				properties = laidOver(d, properties) // in the order of the last loader
			}
		}
	}
	joined := template.NewDict(3)
	joined.Set("$schema", "http://json-schema.org/draft-07/schema#")
	joined.Set("type", []any{"null", "object"})
	joined.Set("properties", properties)
	return joined, nil
}
