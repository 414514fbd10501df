package config

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/airfielddev/airfield/internal/misfit"
)

// Schema is a connector's specification of its configuration, ready to be used many times and by many at once.
type Schema struct {
	root     node
	compiled *jsonschema.Schema // nil: the schema is not one, and everything is valid
}

// Compile reads a JSON schema of draft 7, as a connector's connectionSpecification is. A schema that cannot be compiled still
// masks its secrets; the second result says why it will not validate.
func Compile(spec json.RawMessage) (*Schema, error) {
	if len(bytes.TrimSpace(spec)) == 0 {
		spec = json.RawMessage(`{"type":"object"}`)
	}
	doc, err := misfit.Parse(spec)
	switch {
	case errors.Is(err, misfit.ErrNumber):
		return &Schema{root: node{open: true}}, fmt.Errorf("reading specification: %w", err)
	case err != nil:
		return &Schema{root: node{open: true}}, errors.New("reading specification: it is not valid JSON")
	}
	s := &Schema{root: nodeOf(doc, doc)}
	s.root.open = opaque(doc)
	s.compiled, err = compile(doc)
	if err != nil {
		return s, fmt.Errorf("compiling specification: %w", err)
	}
	return s, nil
}

// address names the schema to the compiler. Nothing is ever loaded from it.
const address = "spec:///connection"

func compile(doc any) (*jsonschema.Schema, error) {
	c := jsonschema.NewCompiler()
	c.DefaultDraft(jsonschema.Draft7)
	c.AssertFormat()
	c.UseRegexpEngine(misfit.Pattern)
	c.UseLoader(misfit.NoLoader{})
	if err := c.AddResource(address, doc); err != nil {
		return nil, err
	}
	return c.Compile(address)
}
