package configapi

import (
	"context"
	"encoding/json"
	"slices"

	"github.com/airfielddev/airfield/internal/builtin/table"
	"github.com/airfielddev/airfield/internal/pipeline/mapping"
	"github.com/airfielddev/airfield/internal/platform"
	"github.com/airfielddev/airfield/internal/rawjson"
	"github.com/airfielddev/airfield/internal/server/endpoint"
	"github.com/airfielddev/airfield/internal/wire"
	"github.com/airfielddev/airfield/internal/wire/config"
	"github.com/airfielddev/airfield/protocol"
)

func (a *api) mapperRoutes() []endpoint.Route {
	return []endpoint.Route{
		post("/web_backend/mappers/validate", endpoint.WorkspaceReader, endpoint.Call(a.validateMappers)),
	}
}

// validateMappers tries mappers out. One that cannot be applied is an answer, and those after it work on what it was given.
func (a *api) validateMappers(ctx context.Context, in config.MapperValidation) (out config.MapperValidationRead, err error) {
	if err := endpoint.Require("connectionId", in.ConnectionID); err != nil {
		return out, err
	}
	if in.StreamDescriptor == nil || in.Mappers == nil {
		return out, endpoint.BadRequest("The members \"streamDescriptor\" and \"mappers\" are required.")
	}
	if err := endpoint.Require("streamDescriptor.name", in.StreamDescriptor.Name); err != nil {
		return out, err
	}
	mappers := make([]mapping.Mapper, 0, len(in.Mappers))
	for _, m := range in.Mappers {
		mappers = append(mappers, mapping.Mapper{ID: m.ID, Type: mapping.Type(m.Type), Config: m.MapperConfiguration})
	}
	stream := protocol.StreamDescriptor{Name: in.StreamDescriptor.Name, Namespace: value(in.StreamDescriptor.Namespace)}
	trial, err := a.platform.TryMappers(ctx, endpoint.ID(in.ConnectionID), stream, mappers)
	if err != nil {
		return out, err
	}
	return printTrial(trial, in.Mappers), nil
}

func printTrial(trial platform.MapperTrial, mappers []config.Mapper) config.MapperValidationRead {
	fields := printFields(trial.Before)
	out := config.MapperValidationRead{InitialFields: fields}
	for i, step := range trial.Steps {
		after := printFields(step.After)
		out.Mappers = append(out.Mappers, config.MapperValidationResult{
			ID: mappers[i].ID, InputFields: fields, OutputFields: after, ValidationError: printFault(step.Fault),
		})
		fields = after
	}
	out.OutputFields = fields
	return out
}

func printFault(f *mapping.Fault) *config.MapperValidationError {
	if f == nil {
		return nil
	}
	reason := f.Reason
	if reason == mapping.MissingSetting || reason == mapping.BadSetting {
		reason = mapping.Unsuitable
	}
	return &config.MapperValidationError{Type: string(reason), Message: f.Message}
}

// printFields lists the fields at the top of a stream's schema.
func printFields(s protocol.ConfiguredStream) (out wire.List[config.FieldSpec]) {
	for fields := rawjson.Fields(rawjson.Get(s.Stream.JSONSchema, "properties")); fields.Next(); {
		path := []string{string(fields.Key())}
		out = append(out, config.FieldSpec{
			Name:                 path[0],
			Type:                 fieldType(fields.Value()),
			IsSelectedPrimaryKey: slices.ContainsFunc(s.PrimaryKey, func(key []string) bool { return slices.Equal(key, path) }),
			IsSelectedCursor:     slices.Equal(s.CursorField, path),
		})
	}
	return out
}

// fieldType tells more of nested and mixed fields than a column does.
func fieldType(schema json.RawMessage) config.FieldType {
	switch table.TypeOf(schema) {
	case table.String:
		return config.FieldString
	case table.Boolean:
		return config.FieldBoolean
	case table.Integer:
		return config.FieldInteger
	case table.Number:
		return config.FieldNumber
	case table.Date:
		return config.FieldDate
	case table.Timestamp:
		return config.FieldTimestampWithoutTimezone
	case table.TimestampTZ:
		return config.FieldTimestampWithTimezone
	case table.Time:
		return config.FieldTimeWithoutTimezone
	case table.TimeTZ:
		return config.FieldTimeWithTimezone
	}
	return nestedType(schema)
}

func nestedType(schema json.RawMessage) config.FieldType {
	names := typeNames(rawjson.Get(schema, "type"))
	switch {
	case len(names) > 1 || rawjson.Get(schema, "oneOf") != nil || rawjson.Get(schema, "anyOf") != nil:
		return config.FieldMulti
	case slices.Equal(names, []string{"array"}):
		return config.FieldArray
	case slices.Equal(names, []string{"object"}):
		return config.FieldObject
	}
	return config.FieldUnknown
}

// typeNames are the types that a schema allows beside null.
func typeNames(text json.RawMessage) (names []string) {
	if name, ok := rawjson.String(text); ok {
		return []string{name}
	}
	if json.Unmarshal(text, &names) != nil {
		return nil
	}
	return slices.DeleteFunc(names, func(name string) bool { return name == "null" })
}
