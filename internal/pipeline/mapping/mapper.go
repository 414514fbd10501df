package mapping

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/airfielddev/airfield/internal/rawjson"
)

// Type is the kind of change that a [Mapper] makes.
type Type string

// The types of mappers.
const (
	Hashing        Type = "hashing"
	FieldFiltering Type = "field-filtering"
	FieldRenaming  Type = "field-renaming"
	RowFiltering   Type = "row-filtering"
	Encryption     Type = "encryption"
)

// Mapper is one change to the records of a stream, in the words of the API:
// https://reference.airbyte.com/reference/createconnection. The members of Config depend on Type.
type Mapper struct {
	ID     string          `json:"id,omitempty"`
	Type   Type            `json:"type"`
	Config json.RawMessage `json:"mapperConfiguration"`
}

// Reason says what is wrong with a mapper.
type Reason string

// The reasons. All but the first two are those that the API lists in the data of its problem error:mapper-validation.
const (
	MissingSetting Reason = "missing-required-param" // a member of Config that is required is not there
	BadSetting     Reason = "invalid-config"         // a member of Config is not what it may be
	UnknownType    Reason = "MISSING_MAPPER"
	FieldNotFound  Reason = "FIELD_NOT_FOUND"
	FieldExists    Reason = "FIELD_ALREADY_EXISTS"
	Unsuitable     Reason = "INVALID_MAPPER_CONFIG" // well-formed, but it cannot work, or it would break the stream
)

// Fault is one mapper that cannot be applied. It never holds a secret.
type Fault struct {
	Mapper  int // its place among the mappers of the stream
	Reason  Reason
	Message string // a sentence
}

// Faults are the mappers of one stream that cannot be applied, in their order. There is at least one.
type Faults []*Fault

// Error is the messages, a line each.
func (fs Faults) Error() string {
	var lines []string
	for _, f := range fs {
		lines = append(lines, f.Message)
	}
	return strings.Join(lines, "\n")
}

func faultOf(reason Reason, format string, args ...any) *Fault {
	return &Fault{Reason: reason, Message: fmt.Sprintf(format, args...)}
}

// settings reads the members of a configuration, and remembers the first that is wrong.
type settings struct {
	config json.RawMessage
	fault  *Fault
}

func (s *settings) fail(reason Reason, format string, args ...any) {
	if s.fault == nil {
		s.fault = faultOf(reason, format, args...)
	}
}

// member is a required member; nil when there is none.
func (s *settings) member(name string) []byte {
	value := rawjson.Get(s.config, name)
	if rawjson.IsNull(value) {
		s.fail(MissingSetting, "The mapper needs %s.", name)
		return nil
	}
	return value
}

// text is a required string, which may be empty.
func (s *settings) text(name string) string {
	value := s.member(name)
	if value == nil {
		return ""
	}
	text, ok := rawjson.String(value)
	if !ok {
		s.fail(BadSetting, "The mapper's %s must be a string.", name)
	}
	return text
}

// field is a required name of a field.
func (s *settings) field(name string) string {
	text := s.text(name)
	if text == "" {
		s.fail(BadSetting, "The mapper's %s must not be empty.", name)
	}
	return text
}

// pick is the value that a table has for a required string.
func pick[T any](s *settings, name string, choices []choice[T]) (chosen T) {
	text := s.text(name)
	names := ""
	for _, c := range choices {
		if c.name == text {
			return c.value
		}
		names += ", " + c.name
	}
	if s.fault == nil {
		s.fail(BadSetting, "The mapper's %s cannot be %q. It is one of %s.", name, text, names[2:])
	}
	return chosen
}

type choice[T any] struct {
	name  string
	value T
}
