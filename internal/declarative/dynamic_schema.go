package declarative

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/airfielddev/airfield/internal/declarative/dpath"
	"github.com/airfielddev/airfield/internal/template"
	"github.com/airfielddev/airfield/manifest"
)

// DynamicSchemaLoader makes a schema of what an API says about its fields, in the first record that a retriever gives.
type DynamicSchemaLoader struct {
	Retriever       Of[Retriever]        `manifest:"retriever,required,default=SimpleRetriever"`
	Filter          Of[Filter]           `manifest:"schema_filter"`          // of properties, each an object with one key
	Transformations []Of[Transformation] `manifest:"schema_transformations"` // of the object that holds the properties
	Fields          SchemaTypeIdentifier `manifest:"schema_type_identifier,required"`
}

// SchemaTypeIdentifier says where a record lists fields, and where in such a field its name and its type stand.
type SchemaTypeIdentifier struct {
	List  []manifest.Template `manifest:"schema_pointer"` // nothing: the record itself
	Key   []manifest.Template `manifest:"key_pointer,required"`
	Type  []manifest.Template `manifest:"type_pointer"` // nothing: every field is a text
	Types []TypesMap          `manifest:"types_mapping"`
}

// dynamicProperties is what the requests of schema loaders count as, instead of a stream.
const dynamicProperties = "dynamic_properties"

// Build makes the loader. Its responses are kept, since streams of one API often ask for the same.
func (c *DynamicSchemaLoader) Build(env *Env) (SchemaLoader, error) {
	env = env.in(dynamicProperties)
	env.records = nil
	env.AddParent(dynamicProperties)
	l := &dynamicSchema{env: env, types: c.Fields.Types}
	var err error
	if l.retriever, err = c.Retriever.Build(env); err != nil {
		return nil, err
	}
	if l.filter, err = c.Filter.Build(env); err != nil {
		return nil, err
	}
	if l.transformations, err = buildAll(env, c.Transformations); err != nil {
		return nil, err
	}
	if l.list, err = pathOf(c.Fields.List, env.Vars()); err != nil {
		return nil, err
	}
	if l.key, err = pathOf(c.Fields.Key, env.Vars()); err != nil {
		return nil, err
	}
	l.kind, err = pathOf(c.Fields.Type, env.Vars())
	return l, err
}

type dynamicSchema struct {
	env             *Env
	retriever       Retriever
	filter          Filter // nil: every property
	transformations []Transformation
	list, key, kind dpath.Path
	types           []TypesMap
}

func (l *dynamicSchema) Schema(ctx context.Context, stream string) (*template.Dict, error) {
	properties, err := l.properties(ctx)
	if err != nil {
		return nil, fmt.Errorf("loading schema of stream %s: %w", stream, err)
	}
	for _, t := range l.transformations {
		if err := t.Transform(properties, Slice{}); err != nil {
			return nil, fmt.Errorf("transforming schema of stream %s: %w", stream, err)
		}
	}
	schema := template.NewDict(4)
	schema.Set("$schema", "https://json-schema.org/draft-07/schema#")
	schema.Set("type", "object")
	schema.Set("additionalProperties", true)
	schema.Set("properties", properties)
	return schema, nil
}

// properties are the fields that the API lists, as far as the filter wants them.
func (l *dynamicSchema) properties(ctx context.Context) (*template.Dict, error) {
	fields, err := l.fields(ctx)
	if err != nil {
		return nil, err
	}
	properties := template.NewDict(len(fields))
	for _, field := range fields {
		name, schema, err := l.property(field)
		if err != nil {
			return nil, err
		}
		properties.Set(name, schema)
	}
	if l.filter == nil {
		return properties, nil
	}
	wanted := template.NewDict(properties.Len())
	for name, schema := range properties.All() {
		one := template.NewDict(1)
		one.Set(template.Str(name), schema)
		ok, err := l.filter.Wants(one, Slice{})
		if err != nil {
			return nil, err
		}
		if ok {
			wanted.Set(template.Str(name), schema)
		}
	}
	return wanted, nil
}

// fields are the descriptions of fields in the first record. An object stands for its keys. Without a record there are none.
func (l *dynamicSchema) fields(ctx context.Context) ([]any, error) {
	var first *template.Dict
	err := l.retriever.Read(withPurpose(ctx, purposeSchema), Query{}, func(record *template.Dict) error {
		first = record
		return errEnough
	})
	if err != nil && !errors.Is(err, errEnough) {
		return nil, err
	}
	if first == nil {
		return nil, nil
	}
	v, _, err := l.list.Get(first)
	if err != nil {
		return nil, fmt.Errorf("following schema_pointer: %w", err)
	}
	switch v := v.(type) {
	case []any:
		return v, nil
	case *template.Dict:
		var keys []any
		for key := range v.All() {
			keys = append(keys, key)
		}
		return keys, nil
	}
	return nil, errors.New("schema_pointer leads to no list")
}

func (l *dynamicSchema) property(field any) (name string, schema *template.Dict, err error) {
	v, _, err := l.key.Get(field)
	if err != nil {
		return "", nil, fmt.Errorf("following key_pointer: %w", err)
	}
	name, ok := v.(string)
	if !ok {
		return "", nil, errors.New("key_pointer leads to no text")
	}
	var kind any = "string"
	if len(l.kind) > 0 {
		found, ok, err := l.kind.Get(field)
		if err != nil {
			return "", nil, fmt.Errorf("following type_pointer: %w", err)
		}
		if ok {
			kind = found
		}
	}
	kind, err = l.mapped(kind, field)
	if err != nil {
		return "", nil, err
	}
	schema, err = typeSchema(kind)
	if err != nil {
		return "", nil, fmt.Errorf("finding type of field %s: %w", name, err)
	}
	return name, schema, nil
}

// mapped is the type that the first fitting entry of the table has for one of the API's.
func (l *dynamicSchema) mapped(kind, field any) (any, error) {
	for i := range l.types {
		t := &l.types[i]
		if !t.fits(kind) {
			continue
		}
		vars := l.env.Vars()
		vars["raw_schema"] = field
		wanted, err := holds(&t.Condition, vars)
		if err != nil {
			return nil, err
		}
		if wanted {
			return t.Target.value, nil
		}
	}
	return kind, nil
}

// cachedSchema asks its loader once. A loader that failed is asked again.
type cachedSchema struct {
	loader SchemaLoader
	mu     sync.Mutex
	schema *template.Dict
}

func (s *cachedSchema) Schema(ctx context.Context, stream string) (*template.Dict, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.schema != nil {
		return s.schema, nil
	}
	schema, err := s.loader.Schema(ctx, stream)
	if err != nil {
		return nil, err
	}
	s.schema = schema
	return schema, nil
}
