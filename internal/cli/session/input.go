package session

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/airfielddev/airfield/internal/cli/exit"
)

// Text is what a flag's value stands for: the content of a file for @file, stdin for -, and itself otherwise.
func (s *Session) Text(flag, value string) ([]byte, error) {
	name, isFile := strings.CutPrefix(value, "@")
	if !isFile && value != "-" {
		return []byte(value), nil
	}
	text, err := s.World.ReadFile(name)
	if err != nil {
		return nil, exit.With(exit.Usage, fmt.Errorf("reading --%s: %w", flag, err))
	}
	return text, nil
}

// Object reads a flag's value as a JSON or YAML object. Numbers keep their digits. "" is no object.
func (s *Session) Object(flag, value string) (map[string]any, error) {
	if value == "" {
		return nil, nil
	}
	text, err := s.Text(flag, value)
	if err != nil {
		return nil, err
	}
	object, err := parseObject(text)
	if err != nil {
		err = exit.Usagef("reading --%s: %w", flag, err)
		if s.World.HasFile(value) {
			return nil, exit.Hint(err, "did you mean --%s @%s?", flag, value)
		}
		return nil, exit.Hint(err, "give a JSON or YAML object, @FILE, or - for stdin")
	}
	return object, nil
}

func parseObject(text []byte) (map[string]any, error) {
	if trimmed := bytes.TrimSpace(text); len(trimmed) > 0 && trimmed[0] == '{' {
		var object map[string]any
		dec := json.NewDecoder(bytes.NewReader(trimmed))
		dec.UseNumber()
		if err := dec.Decode(&object); err == nil && !dec.More() {
			return object, nil
		}
	}
	var object map[string]any
	var doc yaml.Node
	dec := yaml.NewDecoder(bytes.NewReader(text))
	if err := dec.Decode(&doc); err != nil && !errors.Is(err, io.EOF) {
		return nil, shorten(err)
	}
	if len(doc.Content) == 0 || doc.Content[0].Kind != yaml.MappingNode {
		return nil, errors.New("there is no object in it")
	}
	if err := doc.Decode(&object); err != nil {
		return nil, shorten(err)
	}
	if err := dec.Decode(new(yaml.Node)); !errors.Is(err, io.EOF) {
		return nil, errors.New("there is more than one object in it")
	}
	return object, nil
}

// shorten keeps the place of a fault and leaves the text around it out: it may hold a secret.
func shorten(err error) error {
	text := err.Error()
	if i := strings.Index(text, " `"); i > 0 {
		text = text[:i]
	}
	return errors.New(strings.TrimPrefix(text, "yaml: "))
}
