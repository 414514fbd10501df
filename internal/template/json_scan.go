package template

import (
	"bytes"
)

// ValidLooseJSON tells whether [DecodeLooseJSON] can read a text.
func ValidLooseJSON(text []byte) bool {
	d := looseDecoder(text)
	d.blanks()
	return d.skip(0) == nil && d.ended()
}

// JSONMembers gives the texts of members of a JSON object without decoding it: nil for one that it does not have, and the last of several
// with one name. It is false for what [DecodeLooseJSON] cannot read, or for no object.
func JSONMembers(text []byte, names ...string) (values [][]byte, ok bool) {
	d := looseDecoder(text)
	d.blanks()
	if d.peek() != '{' {
		return nil, false
	}
	values = make([][]byte, len(names))
	err := d.members(func(key []byte) error {
		start := d.at
		if err := d.skip(1); err != nil {
			return err
		}
		for i, name := range names {
			if isKey(key, name) {
				values[i] = d.data[start:d.at]
			}
		}
		return nil
	})
	return values, err == nil && d.ended()
}

// isKey tells whether a key, in quotes, spells a name.
func isKey(key []byte, name string) bool {
	plain := key[1 : len(key)-1]
	if bytes.IndexByte(plain, '\\') < 0 && isPlain(name) {
		return string(plain) == name
	}
	d := jsonDecoder{data: key}
	s, err := d.string()
	return err == nil && s == name
}

// JSONElements decodes the elements of a JSON list one by one, as [DecodeLooseJSON] does; what is no list is its own only element. The text is
// valid JSON: of one that is not, what stands before the fault is yielded before the error comes.
func JSONElements(text []byte, yield func(any) error) error {
	d := looseDecoder(text)
	s := new(shape)
	d.blanks()
	if d.peek() != '[' {
		v, err := d.value(0, s)
		if err != nil {
			return err
		}
		return yield(v)
	}
	return d.elements(func() error {
		v, err := d.value(1, s)
		if err != nil {
			return err
		}
		return yield(v)
	})
}

// ended tells whether nothing but blanks is left.
func (d *jsonDecoder) ended() bool {
	d.blanks()
	return d.at == len(d.data)
}

// skip goes past a value.
func (d *jsonDecoder) skip(depth int) error {
	if depth > maxJSONDepth {
		return errTooDeep
	}
	switch d.peek() {
	case '{':
		return d.members(func([]byte) error { return d.skip(depth + 1) })
	case '[':
		return d.elements(func() error { return d.skip(depth + 1) })
	case '"':
		return d.skipString()
	case 't':
		return d.word("true")
	case 'f':
		return d.word("false")
	case 'n':
		return d.word("null")
	}
	_, _, _, err := d.scanNumber()
	return err
}

// members goes through an object. Before each value it calls visit, which goes past it, with the key in its quotes.
func (d *jsonDecoder) members(visit func(key []byte) error) error {
	if d.opens('}') {
		return nil
	}
	for {
		start := d.at
		if d.peek() != '"' {
			return d.unexpected()
		}
		if err := d.skipString(); err != nil {
			return err
		}
		key := d.data[start:d.at]
		if err := d.colon(); err != nil {
			return err
		}
		if err := visit(key); err != nil {
			return err
		}
		if done, err := d.next('}'); done || err != nil {
			return err
		}
	}
}

// elements goes through a list. At each element it calls visit, which goes past it.
func (d *jsonDecoder) elements(visit func() error) error {
	if d.opens(']') {
		return nil
	}
	for {
		if err := visit(); err != nil {
			return err
		}
		if done, err := d.next(']'); done || err != nil {
			return err
		}
	}
}

// skipString goes past a string.
func (d *jsonDecoder) skipString() error {
	end := d.plainEnd()
	if d.closes(end) {
		d.at = end
		return nil
	}
	var rune [4]byte
	for d.at = end; d.at < len(d.data); {
		switch c := d.data[d.at]; {
		case c == '"':
			d.at++
			return nil
		case c < ' ':
			return d.unexpected()
		case c == '\\':
			if _, err := d.escape(rune[:0]); err != nil {
				return err
			}
		default:
			d.at++
		}
	}
	return d.unexpected()
}
