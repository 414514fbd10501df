package template

import (
	"cmp"
	"math"
	"math/big"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// MarshalJSON keeps the order of the keys. Keys that are not strings become text as Python's json module makes it.
func (d *Dict) MarshalJSON() ([]byte, error) {
	return AppendJSON(nil, d)
}

// AppendJSON appends a value as compact JSON. Tuples become lists; floats keep their ".0". Sets, bytes and NaN are
// errors.
func AppendJSON(b []byte, v any) ([]byte, error) {
	w := jsonWriter{ev: unbounded(), item: ",", key: ":", utf8: true, finite: true, limit: math.MaxInt}
	return w.value(b, v, 0)
}

// jsonWriter writes JSON the way Python's json.dumps does.
type jsonWriter struct {
	ev        *evaluation
	item, key string // separators
	indent    int    // spaces a level, when pretty
	pretty    bool
	sorted    bool // keys in order
	utf8      bool // text as it is; else escaped to ASCII
	finite    bool // NaN and infinities are errors
	limit     int  // of bytes; 0 is the evaluation's
}

func (w *jsonWriter) value(b []byte, v any, depth int) ([]byte, error) {
	if err := w.ev.spend(1); err != nil {
		return b, err
	}
	if len(b) > cmp.Or(w.limit, maxBytes) || depth > maxReprDepth {
		return b, limitErr("the template makes too much text")
	}
	if items, ok := v.([]any); ok {
		return w.list(b, items, depth)
	}
	switch v := inward(v).(type) {
	case nil:
		return append(b, "null"...), nil
	case bool:
		return strconv.AppendBool(b, v), nil
	case int64:
		return strconv.AppendInt(b, v, 10), nil
	case *big.Int:
		return appendBig(b, v)
	case float64:
		return w.float(b, v)
	case string:
		return w.string(b, v), nil
	case *list:
		return w.list(b, v.items, depth)
	case Tuple:
		return w.list(b, v, depth)
	case *Dict:
		return w.dict(b, v, depth)
	default:
		return b, typeErr("Object of type %s is not JSON serializable", typeName(v))
	}
}

func (w *jsonWriter) float(b []byte, f float64) ([]byte, error) {
	switch {
	case w.finite && (math.IsNaN(f) || math.IsInf(f, 0)):
		return b, valueErr("out of range float values are not JSON compliant")
	case math.IsNaN(f):
		return append(b, "NaN"...), nil
	case math.IsInf(f, 1):
		return append(b, "Infinity"...), nil
	case math.IsInf(f, -1):
		return append(b, "-Infinity"...), nil
	}
	return appendFloat(b, f), nil
}

func (w *jsonWriter) newline(b []byte, depth int) []byte {
	if !w.pretty {
		return b
	}
	b = append(b, '\n')
	return append(b, strings.Repeat(" ", w.indent*depth)...)
}

func (w *jsonWriter) list(b []byte, items []any, depth int) ([]byte, error) {
	if len(items) == 0 {
		return append(b, "[]"...), nil
	}
	b = append(b, '[')
	for i, item := range items {
		if i > 0 {
			b = append(b, w.item...)
		}
		var err error
		if b, err = w.value(w.newline(b, depth+1), item, depth+1); err != nil {
			return b, err
		}
	}
	return append(w.newline(b, depth), ']'), nil
}

func (w *jsonWriter) dict(b []byte, d *Dict, depth int) ([]byte, error) {
	if d.Len() == 0 {
		return append(b, "{}"...), nil
	}
	entries := d.entries
	if w.sorted {
		var err error
		if entries, err = w.inOrder(d); err != nil {
			return b, err
		}
	}
	b = append(b, '{')
	first := true
	for i := range entries {
		e := &entries[i]
		if e.dead() {
			continue
		}
		if !first {
			b = append(b, w.item...)
		}
		first = false
		key, err := w.keyText(e.key)
		if err != nil {
			return b, err
		}
		b = append(w.string(w.newline(b, depth+1), key), w.key...)
		if b, err = w.value(b, e.value, depth+1); err != nil {
			return b, err
		}
	}
	return append(w.newline(b, depth), '}'), nil
}

// inOrder gives a dict's entries in the order of their keys.
func (w *jsonWriter) inOrder(d *Dict) ([]entry, error) {
	entries := make([]entry, 0, d.Len())
	for k, v := range d.All() {
		entries = append(entries, entry{key: k, value: v})
	}
	var failure error
	slices.SortStableFunc(entries, func(x, y entry) int {
		c, err := w.ev.order(x.key, y.key, "<")
		if err != nil && failure == nil {
			failure = err
		}
		return c
	})
	return entries, failure
}

func (w *jsonWriter) keyText(key any) (string, error) {
	switch k := key.(type) {
	case string:
		return k, nil
	case nil, bool, int64, *big.Int, float64:
		b, err := w.value(nil, k, 0)
		return string(b), err
	}
	return "", typeErr("keys must be str, int, float, bool or None, not %s", typeName(key))
}

func (w *jsonWriter) string(b []byte, s string) []byte {
	if isPlain(s) {
		return append(append(append(b, '"'), s...), '"')
	}
	const short = "\"\"\\\\\bb\ff\nn\rr\tt"
	b = append(b, '"')
next:
	for _, r := range s {
		for i := 0; i < len(short); i += 2 {
			if rune(short[i]) == r {
				b = append(b, '\\', short[i+1])
				continue next
			}
		}
		switch {
		case r < ' ' || r == 0x7f && !w.utf8:
			b = appendHex(append(b, `\u`...), r, 4)
		case r < utf8.RuneSelf || w.utf8:
			b = utf8.AppendRune(b, r)
		case r < 0x10000:
			b = appendHex(append(b, `\u`...), r, 4)
		default:
			r -= 0x10000
			b = appendHex(append(b, `\u`...), 0xd800+r>>10, 4)
			b = appendHex(append(b, `\u`...), 0xdc00+r&0x3ff, 4)
		}
	}
	return append(b, '"')
}

// isPlain tells text that means itself in JSON, in every encoding.
func isPlain(s string) bool {
	for ; len(s) >= 8; s = s[8:] {
		if !plainEight(eight(s)) {
			return false
		}
	}
	for i := range len(s) {
		if c := s[i]; c < ' ' || c >= 0x7f || c == '"' || c == '\\' {
			return false
		}
	}
	return true
}

// eight is the first eight bytes of a text as a number.
func eight[T string | []byte](s T) uint64 {
	return uint64(s[0]) | uint64(s[1])<<8 | uint64(s[2])<<16 | uint64(s[3])<<24 |
		uint64(s[4])<<32 | uint64(s[5])<<40 | uint64(s[6])<<48 | uint64(s[7])<<56
}

// plainEight is isPlain of eight bytes, all at once: a byte's highest bit is set by a subtraction from a smaller byte, by an addition to
// 0x7f, and by itself when it is not ASCII.
func plainEight(x uint64) bool {
	const ones, high = 0x0101010101010101, 0x8080808080808080
	quote, backslash := x^('"'*ones), x^('\\'*ones)
	control := (x - ' '*ones) &^ x
	found := x | (x + ones) | control | (quote-ones)&^quote | (backslash-ones)&^backslash
	return found&high == 0
}
