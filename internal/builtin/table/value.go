package table

import "unicode/utf8"

// Rules is what a database cannot hold.
type Rules struct {
	NoNUL bool // text and JSON must not have the character U+0000, and JSON is parsed by the database
}

// Append adds the value of a column as plain text: numbers in decimal, booleans as true and false, times in ISO 8601, strings
// decoded, all else as JSON. It is false, and dst unchanged, when the value does not fit the column. Null and absent values
// are not for it.
//
// Values that say the same in another form are taken: a number in a string is a number, and every value is a string or JSON.
func (t Type) Append(dst, value []byte, rules Rules) ([]byte, bool) {
	switch t {
	case String:
		return appendText(dst, value, rules)
	case Boolean:
		return appendBoolean(dst, value)
	case Integer:
		return appendInteger(dst, value)
	case Number:
		return appendNumber(dst, value)
	case JSON:
		return appendJSON(dst, value, rules)
	}
	text, ok := plainString(value)
	if !ok {
		return dst, false
	}
	return t.appendTemporal(dst, text)
}

func appendBoolean(dst, value []byte) ([]byte, bool) {
	switch string(value) {
	case "true", `"true"`, `"True"`, `"TRUE"`:
		return append(dst, "true"...), true
	case "false", `"false"`, `"False"`, `"FALSE"`:
		return append(dst, "false"...), true
	}
	return dst, false
}

// appendText decodes a string and takes every other value as its JSON.
func appendText(dst, value []byte, rules Rules) ([]byte, bool) {
	if len(value) < 2 || value[0] != '"' {
		return appendValid(dst, value), len(value) > 0
	}
	start := len(dst)
	dst = AppendString(dst, value)
	if rules.NoNUL && hasNUL(dst[start:]) {
		return dst[:start], false
	}
	return dst, true
}

// plainString is the inside of a JSON string that has no escapes, which temporal values and numbers never need.
func plainString(value []byte) ([]byte, bool) {
	if len(value) < 2 || value[0] != '"' {
		return nil, false
	}
	body := value[1 : len(value)-1]
	for _, c := range body {
		if c == '\\' || c >= utf8.RuneSelf {
			return nil, false
		}
	}
	return body, true
}
