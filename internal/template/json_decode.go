package template

import (
	"bytes"
	"errors"
	"fmt"
	"math"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// DecodeJSON reads one JSON value as the values of this package: objects keep their order as a [*Dict], integers
// stay integers of any size, NaN and infinities are not accepted. What is not UTF-8, or half a surrogate pair, becomes U+FFFD.
func DecodeJSON(data []byte) (any, error) {
	return (&jsonDecoder{data: data}).whole()
}

// DecodeLooseJSON is DecodeJSON for what other programs answer. A byte order mark is skipped, and numbers that JSON cannot write, NaN,
// the infinities and those beyond a float64, are nil, which is what the reference writes for them.
func DecodeLooseJSON(data []byte) (any, error) {
	return looseDecoder(data).whole()
}

func looseDecoder(data []byte) *jsonDecoder {
	return &jsonDecoder{data: bytes.TrimPrefix(data, []byte("\xef\xbb\xbf")), loose: true}
}

func (d *jsonDecoder) whole() (any, error) {
	d.blanks()
	v, err := d.value(0, new(shape))
	if err != nil {
		return nil, err
	}
	d.blanks()
	if d.at < len(d.data) {
		return nil, errors.New("more than one JSON value")
	}
	return v, nil
}

// maxJSONDepth is that of encoding/json.
const maxJSONDepth = 10_000

// jsonDecoder reads JSON from at on.
type jsonDecoder struct {
	data   []byte
	at     int
	loose  bool            // numbers that are not finite are nil
	shaped int             // keys in all shapes
	texts  strings.Builder // short texts that were read, one after the other
	broken []byte          // a text with escapes, while it is read
}

func (d *jsonDecoder) blanks() {
	for d.at < len(d.data) {
		switch d.data[d.at] {
		case ' ', '\t', '\n', '\r':
			d.at++
		default:
			return
		}
	}
}

func (d *jsonDecoder) unexpected() error {
	if d.at >= len(d.data) {
		return errors.New("unexpected end of JSON")
	}
	return fmt.Errorf("unexpected %q at byte %d of JSON", d.data[d.at], d.at)
}

var errTooDeep = errors.New("JSON nested too deeply")

func (d *jsonDecoder) value(depth int, s *shape) (any, error) {
	if depth > maxJSONDepth {
		return nil, errTooDeep
	}
	if d.at >= len(d.data) {
		return nil, d.unexpected()
	}
	switch d.data[d.at] {
	case '{':
		return d.object(depth, s)
	case '[':
		return d.list(depth, s)
	case '"':
		s, err := d.string()
		return s, err
	case 't':
		return true, d.word("true")
	case 'f':
		return false, d.word("false")
	case 'n':
		return nil, d.word("null")
	}
	return d.number()
}

func (d *jsonDecoder) word(w string) error {
	if !bytes.HasPrefix(d.data[d.at:], []byte(w)) {
		return d.unexpected()
	}
	d.at += len(w)
	return nil
}

// next goes past a comma, or past the end of an object or list, which it reports.
func (d *jsonDecoder) next(end byte) (done bool, err error) {
	d.blanks()
	if d.at >= len(d.data) || d.data[d.at] != ',' && d.data[d.at] != end {
		return false, d.unexpected()
	}
	done = d.data[d.at] == end
	d.at++
	d.blanks()
	return done, nil
}

// opens goes past a bracket, and past the one that closes it if nothing is between.
func (d *jsonDecoder) opens(end byte) (empty bool) {
	d.at++
	d.blanks()
	if d.at < len(d.data) && d.data[d.at] == end {
		d.at++
		return true
	}
	return false
}

// list reads a list. Its elements have one shape.
func (d *jsonDecoder) list(depth int, s *shape) (any, error) {
	items := []any{}
	if d.opens(']') {
		return items, nil
	}
	for {
		v, err := d.value(depth+1, s)
		if err != nil {
			return nil, err
		}
		items = append(items, v)
		if done, err := d.next(']'); done || err != nil {
			return items, err
		}
	}
}

func (d *jsonDecoder) object(depth int, s *shape) (any, error) {
	if d.opens('}') {
		return NewDict(0), nil
	}
	o := NewDict(s.size + 2) // transformations add fields
	f := fitting{shape: s, loose: s.free}
	for {
		place, inner, err := d.key(o, &f)
		if err != nil {
			return nil, err
		}
		v, err := d.value(depth+1, inner)
		if err != nil {
			return nil, err
		}
		o.entries[place].value = v
		if done, err := d.next('}'); done || err != nil {
			s.size = min(len(o.entries), indexFrom)
			return o, err
		}
	}
}

// key reads a key and the colon after it into an object. It gives the place of the value to come, and its shape.
func (d *jsonDecoder) key(o *Dict, f *fitting) (place int, inner *shape, err error) {
	k := f.expected(d.data[d.at:])
	if k != nil {
		d.at += len(k.text)
	} else if k, err = d.otherKey(f); err != nil {
		return 0, nil, err
	}
	if f.loose {
		place = o.place(k.name)
	} else {
		place = o.extend(k.name)
	}
	return place, &k.inner, d.colon()
}

// colon goes past what stands between a key and its value.
func (d *jsonDecoder) colon() error {
	d.blanks()
	if d.peek() != ':' {
		return d.unexpected()
	}
	d.at++
	d.blanks()
	return nil
}

// otherKey reads a key that the shape has elsewhere, or not at all.
func (d *jsonDecoder) otherKey(f *fitting) (*shapeKey, error) {
	if d.peek() != '"' {
		return nil, d.unexpected()
	}
	start, end := d.at, d.plainEnd()
	plain := d.closes(end)
	if plain {
		if k := f.find(d.data[start:end]); k != nil {
			d.at = end
			return k, nil
		}
	}
	name, err := d.string()
	if err != nil {
		return nil, err
	}
	if plain && d.shaped < maxShaped && f.mayLearn() {
		d.shaped++
		return f.learn(d.data[start:end], name), nil
	}
	f.loose = true
	return &shapeKey{name: name}, nil
}

// plainEnd is where a text ends that has neither escapes nor anything but ASCII in it, past its quote; where it has, it is the place
// of the first.
func (d *jsonDecoder) plainEnd() int {
	i := d.at + 1
	for i+8 <= len(d.data) && plainEight(eight(d.data[i:])) {
		i += 8
	}
	for i < len(d.data) {
		c := d.data[i]
		if c == '"' {
			return i + 1
		}
		if c == '\\' || c < ' ' || c >= utf8.RuneSelf {
			return i
		}
		i++
	}
	return i
}

// closes tells whether the text that begins here is plain: what plainEnd gave is past its quote.
func (d *jsonDecoder) closes(end int) bool { return end > d.at+1 && d.data[end-1] == '"' }

func (d *jsonDecoder) string() (string, error) {
	start, end := d.at+1, d.plainEnd()
	if d.closes(end) {
		d.at = end
		return d.text(d.data[start : end-1]), nil
	}
	text := append(d.broken[:0], d.data[start:end]...)
	d.at = end
	for d.at < len(d.data) {
		c := d.data[d.at]
		switch {
		case c == '"':
			d.at++
			d.broken = text
			return d.text(text), nil
		case c < ' ':
			return "", d.unexpected()
		case c == '\\':
			var err error
			if text, err = d.escape(text); err != nil {
				return "", err
			}
		case c < utf8.RuneSelf:
			text = append(text, c)
			d.at++
		default:
			r, size := utf8.DecodeRune(d.data[d.at:])
			text = utf8.AppendRune(text, r)
			d.at += size
		}
	}
	return "", d.unexpected()
}

// text makes a string of text. Short ones share memory, so that they do not have to be made one by one.
func (d *jsonDecoder) text(text []byte) string {
	const share, short = 512, 64
	if len(text) > short {
		return string(text)
	}
	if d.texts.Cap()-d.texts.Len() < len(text) {
		d.texts = strings.Builder{}
		d.texts.Grow(share)
	}
	start := d.texts.Len()
	d.texts.Write(text)
	return d.texts.String()[start:]
}

// escape appends what a backslash and what follows it mean.
func (d *jsonDecoder) escape(text []byte) ([]byte, error) {
	const letters, meanings = `"\/bfnrt`, "\"\\/\b\f\n\r\t"
	d.at++
	if d.at >= len(d.data) {
		return nil, d.unexpected()
	}
	if i := bytes.IndexByte([]byte(letters), d.data[d.at]); i >= 0 {
		d.at++
		return append(text, meanings[i]), nil
	}
	r, ok := hexRune(d.data[d.at:])
	if !ok {
		return nil, d.unexpected()
	}
	d.at += len("u0000")
	if utf16.IsSurrogate(r) {
		r = d.pair(r)
	}
	return utf8.AppendRune(text, r), nil
}

// pair is the rune of two halves of a surrogate pair, the second of which comes next unless the first is alone.
func (d *jsonDecoder) pair(high rune) rune {
	if d.at < len(d.data) && d.data[d.at] == '\\' {
		if low, ok := hexRune(d.data[d.at+1:]); ok {
			if r := utf16.DecodeRune(high, low); r != utf8.RuneError {
				d.at += len(`\u0000`)
				return r
			}
		}
	}
	return utf8.RuneError
}

// hexRune reads "u" and four hexadecimal digits.
func hexRune(text []byte) (rune, bool) {
	if len(text) < 5 || text[0] != 'u' {
		return 0, false
	}
	var r rune
	for _, c := range text[1:5] {
		switch {
		case '0' <= c && c <= '9':
			c -= '0'
		case 'a' <= c|0x20 && c|0x20 <= 'f':
			c = c | 0x20 - 'a' + 10
		default:
			return 0, false
		}
		r = r<<4 | rune(c)
	}
	return r, true
}

// number reads a number.
func (d *jsonDecoder) number() (any, error) {
	start := d.at
	n, digits, whole, err := d.scanNumber()
	switch {
	case err != nil || digits == 0:
		return nil, err
	case !whole:
		return d.bounded(floatOf(string(d.data[start:d.at]))), nil
	case digits > 18:
		return d.bounded(numberOf(string(d.data[start:d.at]))), nil
	}
	return n, nil
}

// scanNumber goes past a number: an optional minus, digits without leading zeros, a fraction, an exponent. It gives the value of one
// that is whole and has at most 18 digits. One that is not finite has no digits.
func (d *jsonDecoder) scanNumber() (n int64, digits int, whole bool, err error) {
	negative := d.peek() == '-'
	if negative {
		d.at++
	}
	first := d.at
	for c := d.peek(); '0' <= c && c <= '9'; c = d.peek() {
		n = n*10 + int64(c-'0')
		d.at++
	}
	digits = d.at - first
	if digits == 0 && d.loose && d.boundless() {
		return 0, 0, false, nil
	}
	if digits == 0 || digits > 1 && d.data[first] == '0' {
		d.at = first
		return 0, 0, false, d.unexpected()
	}
	if negative {
		n = -n
	}
	end := d.at
	if d.peek() == '.' {
		d.at++
		if !d.digits() {
			return 0, 0, false, d.unexpected()
		}
	}
	if d.peek()|0x20 == 'e' {
		d.at++
		if c := d.peek(); c == '+' || c == '-' {
			d.at++
		}
		if !d.digits() {
			return 0, 0, false, d.unexpected()
		}
	}
	return n, digits, d.at == end, nil
}

// boundless goes past what programs that do not hold to JSON write for a number that is not finite.
func (d *jsonDecoder) boundless() bool {
	for _, word := range []string{"NaN", "Infinity"} {
		if bytes.HasPrefix(d.data[d.at:], []byte(word)) {
			d.at += len(word)
			return true
		}
	}
	return false
}

// bounded is a number, if a float64 can hold it.
func (d *jsonDecoder) bounded(n any) any {
	if f, ok := n.(float64); ok && d.loose && math.IsInf(f, 0) {
		return nil
	}
	return n
}

// peek is the next byte, or zero at the end.
func (d *jsonDecoder) peek() byte {
	if d.at < len(d.data) {
		return d.data[d.at]
	}
	return 0
}

// digits goes past digits, of which there must be one.
func (d *jsonDecoder) digits() bool {
	start := d.at
	for c := d.peek(); '0' <= c && c <= '9'; c = d.peek() {
		d.at++
	}
	return d.at > start
}
