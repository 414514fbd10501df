package declarative

import (
	"regexp"
	"strings"

	"github.com/airfielddev/airfield/internal/template"
	"github.com/airfielddev/airfield/manifest"
)

// rename gives the keys of an object new names, in place. Where two become one, the later value stays.
func rename(d *template.Dict, deep bool, name func(string) string) {
	type field struct {
		key   string
		value any
	}
	var fields []field
	for key, value := range d.All() {
		fields = append(fields, field{template.Str(key), value})
	}
	for _, f := range fields {
		d.Delete(f.key)
	}
	for _, f := range fields {
		if inner, ok := f.value.(*template.Dict); ok && deep {
			rename(inner, deep, name)
		}
		d.Set(name(f.key), f.value)
	}
}

// KeysToLower writes the keys of a record in lower case; nested ones stay.
type KeysToLower struct{}

// Build makes the transformation.
func (c *KeysToLower) Build(*Env) (Transformation, error) { return c, nil }

// Transform changes a record.
func (c *KeysToLower) Transform(record *template.Dict, _ Slice) error {
	rename(record, false, strings.ToLower)
	return nil
}

// KeysReplace replaces a text in the keys of a record and of the objects in it.
type KeysReplace struct {
	Old manifest.Template `manifest:"old,required"`
	New manifest.Template `manifest:"new,required"`
}

// Build makes the transformation.
func (c *KeysReplace) Build(env *Env) (Transformation, error) { return &keysReplace{c, env}, nil }

type keysReplace struct {
	*KeysReplace
	env *Env
}

func (t *keysReplace) Transform(record *template.Dict, slice Slice) error {
	vars := slice.Vars(t.env.Vars())
	vars["record"] = record
	before, err := t.Old.Text(vars)
	if err != nil {
		return err
	}
	after, err := t.New.Text(vars)
	if err != nil {
		return err
	}
	rename(record, true, func(key string) string { return strings.ReplaceAll(key, before, after) })
	return nil
}

// KeysToSnakeCase writes the keys of a record, and of the objects in it, as snake_case.
type KeysToSnakeCase struct{}

// Build makes the transformation.
func (c *KeysToSnakeCase) Build(*Env) (Transformation, error) { return c, nil }

// Transform changes a record.
func (c *KeysToSnakeCase) Transform(record *template.Dict, _ Slice) error {
	rename(record, true, snakeCase)
	return nil
}

var snakeTokens = regexp.MustCompile(`[A-Z]+[a-z]*|[a-z]+|\d+|[^A-Za-z0-9]+`)

// snakeCase splits a name into words and numbers. What stands between them is dropped, but marked by an underscore where it
// begins or ends the name.
func snakeCase(name string) string {
	tokens := snakeTokens.FindAllString(ascii(name), -1)
	words := make([]string, 0, len(tokens))
	for i, token := range tokens {
		if !isWord(token[0]) {
			if i > 0 && i < len(tokens)-1 {
				continue
			}
			token = ""
		}
		words = append(words, strings.ToLower(token))
	}
	if len(words) > 0 && words[0] != "" && words[0][0] >= '0' && words[0][0] <= '9' {
		words = append([]string{""}, words...)
	}
	return strings.Join(words, "_")
}

func isWord(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9'
}
