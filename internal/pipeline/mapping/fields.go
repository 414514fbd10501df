package mapping

import "bytes"

// renaming gives a field another name.
type renaming struct{ from, to []byte }

func newRenaming(c *settings, s *shape) (step, *Fault) {
	from, to := c.field("originalFieldName"), c.field("newFieldName")
	if c.fault != nil {
		return nil, c.fault
	}
	if f := s.rename(from, to, ""); f != nil {
		return nil, f
	}
	return renaming{[]byte(from), []byte(to)}, nil
}

func (n renaming) apply(r *row) bool {
	r.rename(n.from, n.to)
	return true
}

// removal takes a field away.
type removal struct{ name []byte }

func newRemoval(c *settings, s *shape) (step, *Fault) {
	name := c.field("targetField")
	if c.fault != nil {
		return nil, c.fault
	}
	if f := s.guardCursor(name, "Removing"); f != nil {
		return nil, f
	}
	if f := s.guardKey(name, "Removing", false); f != nil {
		return nil, f
	}
	if f := s.remove(name); f != nil {
		return nil, f
	}
	return removal{[]byte(name)}, nil
}

func (n removal) apply(r *row) bool {
	r.remove(n.name)
	return true
}

// disguise writes a string of hexadecimal digits in the place of a value.
type disguise struct {
	from, to []byte
	cipher   textCipher
}

// textCipher turns a text into bytes that do not show it.
type textCipher interface {
	append(dst, text []byte) ([]byte, error)
}

func (d disguise) apply(r *row) bool {
	if !r.rename(d.from, d.to) {
		return true
	}
	lost := false
	for i := range r.fields {
		f := &r.fields[i]
		if !bytes.Equal(f.name, d.to) {
			continue
		}
		value, ok := d.value(r, f.value)
		f.value = value
		lost = lost || !ok
	}
	if lost {
		r.remove(d.to)
		r.nulled = append(r.nulled, string(d.to))
	}
	return true
}

// value is the JSON of a value's disguise.
func (d disguise) value(r *row, clear []byte) ([]byte, bool) {
	text, ok := text(clear)
	if !ok {
		return nil, false
	}
	start := len(r.made)
	made, err := d.cipher.append(append(r.made, '"'), text)
	if err != nil {
		return nil, false
	}
	r.made = append(made, '"')
	return r.made[start:], true
}
