package config

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"time"

	"github.com/dlclark/regexp2"
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
	c.UseRegexpEngine(compilePattern)
	c.UseLoader(misfit.NoLoader{})
	if err := c.AddResource(address, doc); err != nil {
		return nil, err
	}
	return c.Compile(address)
}

// patternTimeout bounds a pattern that backtracks.
const patternTimeout = 200 * time.Millisecond

// compilePattern takes Go's expressions where they will do, and backtracking ones for the look-ahead that connectors written
// for Java and Python use.
func compilePattern(text string) (jsonschema.Regexp, error) {
	if r, err := regexp.Compile(text); err == nil {
		return r, nil
	}
	r, err := regexp2.Compile(strings.ReplaceAll(text, `\Z`, `\z`), regexp2.ECMAScript)
	if err != nil {
		if r, err = regexp2.Compile(text, regexp2.None); err != nil {
			return nil, err
		}
	}
	r.MatchTimeout = patternTimeout
	return backtracking{r}, nil
}

type backtracking struct{ *regexp2.Regexp }

// MatchString is true also for text on which the pattern ran out of time: the connector itself will judge it.
func (b backtracking) MatchString(text string) bool {
	ok, err := b.Regexp.MatchString(text)
	return ok || err != nil
}
