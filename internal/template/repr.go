package template

import (
	"math"
	"math/big"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Str is Python's str: what a template prints for a value. Text prints as it is, but in quotes inside a list, tuple or
// mapping. A value whose text would be longer than a template may make, or that contains itself, prints cut short.
func Str(v any) string {
	if s, ok := v.(string); ok {
		return s
	}
	b, _ := unbounded().appendStr(nil, inward(v))
	return string(b)
}

// unbounded is an evaluation for what is not part of a template.
func unbounded() *evaluation { return &evaluation{steps: math.MinInt / 2} }

// toRepr is Python's repr of a value of limited size.
func toRepr(v any) string {
	b, _ := unbounded().appendRepr(nil, v, 0)
	return string(b)
}

// appendStr appends str(v). It spends steps by the elements it meets, and the caller grows by what was appended; to
// keep memory bounded until then it stops at the evaluation's bound itself.
func (ev *evaluation) appendStr(b []byte, v any) ([]byte, error) {
	switch v := v.(type) {
	case string:
		if len(b)+len(v) > maxBytes {
			return b, limitErr("the template makes too much text")
		}
		return append(b, v...), nil
	case *undefined:
		return b, nil
	case timeValue:
		return v.appendStr(b), nil
	}
	return ev.appendRepr(b, v, 0)
}

// maxReprDepth is how deep containers may nest to be printed.
const maxReprDepth = 900

// appendRepr appends repr(v).
func (ev *evaluation) appendRepr(b []byte, v any, depth int) ([]byte, error) {
	if err := ev.spend(1); err != nil {
		return b, err
	}
	if len(b) > maxBytes || depth > maxReprDepth {
		return b, limitErr("the template makes too much text")
	}
	switch v := inward(v).(type) {
	case nil:
		return append(b, "None"...), nil
	case bool:
		if v {
			return append(b, "True"...), nil
		}
		return append(b, "False"...), nil
	case int64:
		return strconv.AppendInt(b, v, 10), nil
	case *big.Int:
		return appendBig(b, v)
	case float64:
		return appendFloat(b, v), nil
	case string:
		return appendQuoted(b, v), nil
	case *list:
		b, err := ev.appendReprs(append(b, '['), v.items, depth)
		return append(b, ']'), err
	case Tuple:
		b, err := ev.appendReprs(append(b, '('), v, depth)
		if len(v) == 1 {
			b = append(b, ',')
		}
		return append(b, ')'), err
	case *Dict:
		return ev.appendDict(b, v, depth)
	default:
		return ev.appendRare(b, v, depth)
	}
}

func appendBig(b []byte, v *big.Int) ([]byte, error) {
	if v.BitLen() > 4*maxDigits {
		return b, valueErr("exceeds the limit of %d digits for an integer as text", maxDigits)
	}
	text := v.String()
	if len(strings.TrimPrefix(text, "-")) > maxDigits {
		return b, valueErr("exceeds the limit of %d digits for an integer as text", maxDigits)
	}
	return append(b, text...), nil
}

func (ev *evaluation) appendReprs(b []byte, items []any, depth int) ([]byte, error) {
	for i, item := range items {
		if i > 0 {
			b = append(b, ", "...)
		}
		var err error
		if b, err = ev.appendRepr(b, item, depth+1); err != nil {
			return b, err
		}
	}
	return b, nil
}

func (ev *evaluation) appendDict(b []byte, d *Dict, depth int) ([]byte, error) {
	b = append(b, '{')
	first := true
	for k, v := range d.All() {
		if !first {
			b = append(b, ", "...)
		}
		first = false
		var err error
		if b, err = ev.appendRepr(b, k, depth+1); err != nil {
			return b, err
		}
		b = append(b, ": "...)
		if b, err = ev.appendRepr(b, v, depth+1); err != nil {
			return b, err
		}
	}
	return append(b, '}'), nil
}

func (ev *evaluation) appendRare(b []byte, v any, depth int) ([]byte, error) {
	switch v := v.(type) {
	case *undefined:
		return append(b, "Undefined"...), nil
	case Set:
		if len(v) == 0 {
			return append(b, "set()"...), nil
		}
		b, err := ev.appendReprs(append(b, '{'), v, depth)
		return append(b, '}'), err
	case Bytes:
		return appendBytes(b, v), nil
	case Ellipsis:
		return append(b, "Ellipsis"...), nil
	case timeValue:
		return v.appendRepr(b), nil
	case *view:
		b = append(b, v.kind...)
		b, err := ev.appendReprs(append(b, "(["...), v.items(), depth)
		return append(b, "])"...), err
	case *namespace:
		b, err := ev.appendDict(append(b, "<Namespace "...), v.attrs, depth)
		return append(b, '>'), err
	case *loopState:
		n, err := v.size()
		return append(b, "<LoopContext "+strconv.Itoa(v.index0+1)+"/"+strconv.Itoa(n)+">"...), err
	}
	return append(b, objectRepr(v)...), nil
}

// objectRepr prints objects without a value of their own. Python gives their address in memory; there is none here.
func objectRepr(v any) string {
	const address = " at 0x0>"
	switch v := v.(type) {
	case *bound:
		if v.self == nil {
			return "<function " + v.fn.name + address
		}
		return "<built-in method " + v.fn.name + " of " + typeName(v.self) + " object" + address
	case *generator:
		return "<generator object " + v.name + address
	case templateReference:
		return "<TemplateReference None>"
	case slice:
		return "slice(" + toRepr(v.low) + ", " + toRepr(v.high) + ", " + toRepr(v.step) + ")"
	}
	return "<" + typeName(v) + " object" + address
}

// appendFloat prints the shortest text that reads back as the same number.
func appendFloat(b []byte, f float64) []byte {
	switch {
	case math.IsNaN(f):
		return append(b, "nan"...)
	case math.IsInf(f, 1):
		return append(b, "inf"...)
	case math.IsInf(f, -1):
		return append(b, "-inf"...)
	}
	if a := math.Abs(f); a != 0 && (a < 1e-4 || a >= 1e16) {
		return strconv.AppendFloat(b, f, 'e', -1, 64)
	}
	from := len(b)
	b = strconv.AppendFloat(b, f, 'f', -1, 64)
	for _, c := range b[from:] {
		if c == '.' {
			return b
		}
	}
	return append(b, ".0"...)
}

// appendQuoted prints a string as a Python literal, in single quotes unless only double ones save escapes.
func appendQuoted(b []byte, s string) []byte {
	quote := byte('\'')
	if strings.IndexByte(s, '\'') >= 0 && strings.IndexByte(s, '"') < 0 {
		quote = '"'
	}
	b = append(b, quote)
	for _, r := range s {
		b = appendRune(b, r, quote)
	}
	return append(b, quote)
}

func appendRune(b []byte, r rune, quote byte) []byte {
	switch {
	case r == rune(quote) || r == '\\':
		return append(b, '\\', byte(r))
	case r == '\n':
		return append(b, `\n`...)
	case r == '\r':
		return append(b, `\r`...)
	case r == '\t':
		return append(b, `\t`...)
	case r == ' ' || r < utf8.RuneSelf && r > ' ' && r != 0x7f:
		return append(b, byte(r))
	case r < 0x100 && !unicode.IsPrint(r):
		return appendHex(append(b, `\x`...), r, 2)
	case unicode.IsPrint(r):
		return utf8.AppendRune(b, r)
	case r < 0x10000:
		return appendHex(append(b, `\u`...), r, 4)
	}
	return appendHex(append(b, `\U`...), r, 8)
}

func appendHex(b []byte, r rune, digits int) []byte {
	const hex = "0123456789abcdef"
	for shift := 4 * (digits - 1); shift >= 0; shift -= 4 {
		b = append(b, hex[r>>shift&15])
	}
	return b
}

func appendBytes(b []byte, v Bytes) []byte {
	quote := byte('\'')
	if strings.IndexByte(string(v), '\'') >= 0 && strings.IndexByte(string(v), '"') < 0 {
		quote = '"'
	}
	b = append(b, 'b', quote)
	for i := range len(v) {
		if c := v[i]; c < utf8.RuneSelf {
			b = appendRune(b, rune(c), quote)
		} else {
			b = appendHex(append(b, `\x`...), rune(c), 2)
		}
	}
	return append(b, quote)
}
