package declarative

import (
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
	fields := make([]field, 0, d.Len())
	for key, value := range d.All() {
		fields = append(fields, field{template.Str(key), value})
	}
	d.Clear()
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

const (
	capitals     = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	smallLetters = "abcdefghijklmnopqrstuvwxyz"
	digits       = "0123456789"
)

// snakeCase splits a name into words and numbers. What stands between them is dropped, but marked by an underscore where it
// begins or ends the name.
func snakeCase(name string) string {
	rest := ascii(name)
	if rest != "" && strings.ContainsRune(digits, rune(rest[0])) {
		rest = "_" + rest
	}
	words := make([]string, 0, 8)
	for rest != "" {
		var token string
		token, rest = cutToken(rest)
		switch {
		case strings.ContainsRune(capitals+smallLetters+digits, rune(token[0])):
			words = append(words, strings.ToLower(token))
		case len(words) == 0 || rest == "":
			words = append(words, "")
		}
	}
	return strings.Join(words, "_")
}

// cutToken cuts off what a name begins with: a word, which may begin with capitals, a number, or all that is neither.
func cutToken(name string) (token, rest string) {
	rest = strings.TrimLeft(strings.TrimLeft(name, capitals), smallLetters)
	if rest == name {
		rest = strings.TrimLeft(name, digits)
	}
	if rest == name {
		rest = strings.TrimLeftFunc(name, func(r rune) bool { return !strings.ContainsRune(capitals+smallLetters+digits, r) })
	}
	return name[:len(name)-len(rest)], rest
}
