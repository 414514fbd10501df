package manifest

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/airfielddev/airfield/internal/misfit"
)

// CheckConfig holds a configuration to the connection_specification of a manifest, both JSON. The error tells every place that
// does not fit and why, without the values there, which may be secrets. A specification that is no usable JSON schema accepts
// everything.
func CheckConfig(specification, config []byte) error {
	lines, err := misfits(specification, config, "the configuration")
	if err != nil || len(lines) == 0 {
		return err
	}
	return errors.New("the configuration does not fit its specification: " + strings.Join(lines, "; "))
}

// CheckValue holds any value to a JSON schema, as [CheckConfig] does a configuration.
func CheckValue(schema, value []byte) error {
	lines, err := misfits(schema, value, "the value")
	if err != nil || len(lines) == 0 {
		return err
	}
	return errors.New("the value does not fit its schema: " + strings.Join(lines, "; "))
}

// misfits are the places of a document that do not fit a schema, and why.
func misfits(against, document []byte, what string) ([]string, error) {
	schema, err := misfit.Parse(against)
	if err != nil {
		return nil, fmt.Errorf("reading schema: %w", err)
	}
	value, err := misfit.Parse(document)
	switch {
	case errors.Is(err, misfit.ErrNumber):
		return nil, fmt.Errorf("reading %s: %w", what, err)
	case err != nil:
		return nil, errors.New(what + " is not JSON")
	}
	const name = "specification.json"
	c := jsonschema.NewCompiler()
	c.DefaultDraft(jsonschema.Draft7)
	c.UseRegexpEngine(misfit.Pattern)
	c.UseLoader(misfit.NoLoader{})
	for _, format := range formats {
		c.RegisterFormat(&jsonschema.Format{Name: format, Validate: func(any) error { return nil }})
	}
	if err := c.AddResource(name, schema); err != nil {
		return nil, nil //nolint:nilerr // see above
	}
	compiled, err := c.Compile(name)
	if err != nil {
		return nil, nil //nolint:nilerr // see above
	}
	var invalid *jsonschema.ValidationError
	if !errors.As(compiled.Validate(value), &invalid) {
		return nil, nil
	}
	var lines []string
	for _, f := range misfit.Faults(invalid) {
		place := strings.Join(f.Path, ".")
		if place == "" {
			place = what
		}
		lines = append(lines, place+" "+f.Message)
	}
	slices.Sort(lines)
	return slices.Compact(lines), nil
}

// formats say how a text is meant; as in the reference, they do not make a configuration wrong.
var formats = []string{
	"date", "date-time", "time", "duration", "period", "email", "hostname", "ipv4", "ipv6", "uri", "uri-reference", "uri-template", "iri",
	"iri-reference", "uuid", "json-pointer", "relative-json-pointer", "regex", "semver",
}
