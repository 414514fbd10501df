package config

import "github.com/airfielddev/airfield/internal/wire"

// FieldType is what a field of a stream holds.
type FieldType string

// The types of fields.
const (
	FieldString                   FieldType = "STRING"
	FieldBoolean                  FieldType = "BOOLEAN"
	FieldDate                     FieldType = "DATE"
	FieldTimestampWithoutTimezone FieldType = "TIMESTAMP_WITHOUT_TIMEZONE"
	FieldTimestampWithTimezone    FieldType = "TIMESTAMP_WITH_TIMEZONE"
	FieldTimeWithoutTimezone      FieldType = "TIME_WITHOUT_TIMEZONE"
	FieldTimeWithTimezone         FieldType = "TIME_WITH_TIMEZONE"
	FieldInteger                  FieldType = "INTEGER"
	FieldNumber                   FieldType = "NUMBER"
	FieldArray                    FieldType = "ARRAY"
	FieldObject                   FieldType = "OBJECT"
	FieldMulti                    FieldType = "MULTI"
	FieldUnknown                  FieldType = "UNKNOWN"
)

// FieldSpec is a field of a stream.
type FieldSpec struct {
	Name                 string    `json:"name"`
	Type                 FieldType `json:"type"`
	IsSelectedPrimaryKey bool      `json:"isSelectedPrimaryKey"`
	IsSelectedCursor     bool      `json:"isSelectedCursor"`
}

// MapperValidation asks what mappers would do to a stream of a connection.
type MapperValidation struct {
	ConnectionID     string            `json:"connectionId"`
	StreamDescriptor *StreamDescriptor `json:"streamDescriptor"`
	Mappers          []Mapper          `json:"mappers"`
}

// MapperValidationRead tells what mappers would do to a stream, one after the other.
type MapperValidationRead struct {
	InitialFields wire.List[FieldSpec]              `json:"initialFields"`
	OutputFields  wire.List[FieldSpec]              `json:"outputFields"`
	Mappers       wire.List[MapperValidationResult] `json:"mappers"`
}

// MapperValidationResult is what one mapper would do to the fields that those before it have left.
type MapperValidationResult struct {
	ID              string                 `json:"id,omitempty"`
	InputFields     wire.List[FieldSpec]   `json:"inputFields"`
	OutputFields    wire.List[FieldSpec]   `json:"outputFields"`
	ValidationError *MapperValidationError `json:"validationError,omitempty"`
}

// MapperValidationError is why a mapper cannot be applied: MISSING_MAPPER, INVALID_MAPPER_CONFIG, FIELD_NOT_FOUND or
// FIELD_ALREADY_EXISTS.
type MapperValidationError struct {
	Type    string `json:"type"`
	Message string `json:"message"`
}
