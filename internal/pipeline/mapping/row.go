package mapping

import (
	"bytes"
	"encoding/json"
	"slices"

	"github.com/airfielddev/airfield/internal/rawjson"
	"github.com/airfielddev/airfield/protocol"
)

// row is a record between two mappers.
type row struct {
	fields []field
	made   []byte   // what new values are written into
	nulled []string // fields whose value could not be changed
}

// field is a top-level field of a record. Several may have one name, since JSON allows it: what is done to a name is done to
// all of them, so that none slips through.
type field struct {
	name  []byte
	value []byte // JSON
}

func (r *row) read(data []byte, selected Selection) error {
	r.fields, r.made, r.nulled = r.fields[:0], r.made[:0], r.nulled[:0]
	object := rawjson.Fields(data)
	for object.Next() {
		if selected.has(object.Key()) {
			r.fields = append(r.fields, field{object.Key(), object.Value()})
		}
	}
	if object.Err() != nil {
		return errNotObject
	}
	return nil
}

func (r *row) append(dst []byte) []byte {
	dst = append(dst, '{')
	for i, f := range r.fields {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = append(appendKey(dst, f.name), f.value...)
	}
	return append(dst, '}')
}

// last is the value of a field as those see it who let the last of several win; nil when there is none.
func (r *row) last(name string) []byte {
	for i := len(r.fields) - 1; i >= 0; i-- {
		if string(r.fields[i].name) == name {
			return r.fields[i].value
		}
	}
	return nil
}

func (r *row) remove(name []byte) {
	r.fields = slices.DeleteFunc(r.fields, func(f field) bool { return bytes.Equal(f.name, name) })
}

// rename gives a field another name, in the place of whatever has that name. It is false when there is no such field.
func (r *row) rename(from, to []byte) bool {
	named := func(f field) bool { return bytes.Equal(f.name, from) }
	if !slices.ContainsFunc(r.fields, named) {
		return false
	}
	if bytes.Equal(from, to) {
		return true
	}
	r.remove(to)
	for i := range r.fields {
		if named(r.fields[i]) {
			r.fields[i].name = to
		}
	}
	return true
}

// text is what a value is compared, hashed and encrypted as: a string's characters, a number as the source wrote it, true, false,
// null, and the JSON of objects and arrays without space. It is false for what cannot be read.
func text(value []byte) ([]byte, bool) {
	switch value[0] {
	case '"':
		if bytes.IndexByte(value, '\\') < 0 {
			return value[1 : len(value)-1], true
		}
		s, ok := rawjson.String(value)
		return []byte(s), ok
	case '{', '[':
		var compact bytes.Buffer
		err := json.Compact(&compact, value)
		return compact.Bytes(), err == nil
	}
	return value, true
}

// appendNulled adds to a record's meta object that fields have lost their value.
func appendNulled(dst, meta []byte, fields []string) []byte {
	var changes []byte
	dst = append(dst, '{')
	for object := rawjson.Fields(meta); object.Next(); {
		if string(object.Key()) == "changes" {
			changes = object.Value()
			continue
		}
		dst = append(appendKey(dst, object.Key()), object.Value()...)
		dst = append(dst, ',')
	}
	dst = append(dst, `"changes":[`...)
	if len(changes) > 0 && changes[0] == '[' {
		if known := bytes.TrimSpace(changes[1 : len(changes)-1]); len(known) > 0 {
			dst = append(append(dst, known...), ',')
		}
	}
	for i, name := range fields {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = appendChange(dst, name)
	}
	return append(dst, ']', '}')
}

func appendChange(dst []byte, name string) []byte {
	change, err := json.Marshal(protocol.Change{Field: name, Change: protocol.ChangeNulled, Reason: protocol.ReasonPlatformSerialization})
	if err != nil { // strings alone can always be written
		return append(dst, "{}"...)
	}
	return append(dst, change...)
}
