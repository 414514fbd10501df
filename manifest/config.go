package manifest

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// CheckConfig holds a configuration to the connection_specification of a manifest, both JSON. The error tells every place that
// does not fit and why, without the values there, which may be secrets. A specification that is no usable JSON schema accepts
// everything: many use patterns of a richer kind than can be checked here.
func CheckConfig(specification, config []byte) error {
	schema, err := jsonschema.UnmarshalJSON(bytes.NewReader(specification))
	if err != nil {
		return fmt.Errorf("reading specification: %w", err)
	}
	value, err := jsonschema.UnmarshalJSON(bytes.NewReader(config))
	if err != nil {
		return errors.New("the configuration is not JSON")
	}
	const name = "specification.json"
	c := jsonschema.NewCompiler()
	c.DefaultDraft(jsonschema.Draft7)
	for _, format := range formats {
		c.RegisterFormat(&jsonschema.Format{Name: format, Validate: func(any) error { return nil }})
	}
	if err := c.AddResource(name, schema); err != nil {
		return nil //nolint:nilerr // see above
	}
	compiled, err := c.Compile(name)
	if err != nil {
		return nil //nolint:nilerr // see above
	}
	var invalid *jsonschema.ValidationError
	if !errors.As(compiled.Validate(value), &invalid) {
		return nil
	}
	lines := leaves(invalid)
	slices.Sort(lines)
	return errors.New("the configuration does not fit its specification: " + strings.Join(slices.Compact(lines), "; "))
}

// formats say how a text is meant; as in the reference, they do not make a configuration wrong.
var formats = []string{
	"date", "date-time", "time", "duration", "period", "email", "hostname", "ipv4", "ipv6", "uri", "uri-reference", "uri-template", "iri",
	"iri-reference", "uuid", "json-pointer", "relative-json-pointer", "regex", "semver",
}

// leaves are the innermost reasons.
func leaves(e *jsonschema.ValidationError) []string {
	if len(e.Causes) == 0 {
		place := strings.Join(e.InstanceLocation, ".")
		if place == "" {
			place = "the configuration"
		}
		return []string{place + " breaks the rule " + strings.Join(e.ErrorKind.KeywordPath(), ".")}
	}
	var lines []string
	for _, cause := range e.Causes {
		lines = append(lines, leaves(cause)...)
	}
	return lines
}
