package declarative

import "github.com/airfielddev/airfield/manifest"

// Registry lists the components that manifests can use.
func Registry() *manifest.Registry {
	r := manifest.NewRegistry()
	add[*Stream](r, "DeclarativeStream", func() *DeclarativeStream { return new(DeclarativeStream) })
	addSchemas(r)
	return r
}

// add lists a component for the slots of kind T.
func add[T any, C manifest.Builder[T, *Env]](r *manifest.Registry, name string, defaults func() C) {
	manifest.Add[T](r, name, defaults)
}

func addSchemas(r *manifest.Registry) {
	add[SchemaLoader](r, "InlineSchemaLoader", func() *InlineSchemaLoader { return new(InlineSchemaLoader) })
	add[SchemaLoader](r, "JsonFileSchemaLoader", func() *JSONFileSchemaLoader { return new(JSONFileSchemaLoader) })
}
