package template

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

func addFindMethods(t methodTable) {
	t["find"] = finder(strings.Index, false)
	t["rfind"] = finder(strings.LastIndex, false)
	t["index"] = finder(strings.Index, true)
	t["rindex"] = finder(strings.LastIndex, true)
	t["count"] = strMethod("/ sub start end", 1, func(_ *evaluation, s string, a args) (any, error) {
		sub, err := a.str(0, "")
		if err != nil {
			return nil, err
		}
		s, _, inside, err := window(s, a)
		if err != nil || !inside {
			return int64(0), err
		}
		return int64(strings.Count(s, sub)), nil
	})
}

// finder makes a method that gives the position of a text; where there is none, -1 or an error.
func finder(find func(s, sub string) int, must bool) *function {
	return strMethod("/ sub start end", 1, func(_ *evaluation, s string, a args) (any, error) {
		sub, err := a.str(0, "")
		if err != nil {
			return nil, err
		}
		s, before, inside, err := window(s, a)
		if err != nil {
			return nil, err
		}
		i := -1
		if inside {
			i = find(s, sub)
		}
		if i >= 0 {
			return int64(before + utf8.RuneCountInString(s[:i])), nil
		}
		if must {
			return nil, valueErr("substring not found")
		}
		return int64(-1), nil
	})
}

// all makes a method that is true for texts of one or more characters of a kind.
func all(f func(r rune) bool) *function {
	return strMethod("", 0, func(_ *evaluation, s string, _ args) (any, error) {
		return s != "" && !strings.ContainsFunc(s, func(r rune) bool { return !f(r) }), nil
	})
}

func addCharacterMethods(t methodTable) {
	t["isdigit"] = all(unicode.IsDigit)
	t["isdecimal"] = all(unicode.IsDigit)
	t["isnumeric"] = all(unicode.IsNumber)
	t["isalpha"] = all(unicode.IsLetter)
	t["isalnum"] = all(func(r rune) bool { return unicode.IsLetter(r) || unicode.IsNumber(r) })
	t["isspace"] = all(unicode.IsSpace)
	t["isupper"] = &function{call: caseTest(unicode.IsLower, unicode.IsUpper)}
	t["islower"] = &function{call: caseTest(unicode.IsUpper, unicode.IsLower)}
	t["isascii"] = strMethod("", 0, func(_ *evaluation, s string, _ args) (any, error) { return isASCII(s), nil })
	t["istitle"] = strMethod("", 0, func(_ *evaluation, s string, _ args) (any, error) {
		return s == title(s) && strings.ContainsFunc(s, unicode.IsUpper), nil
	})
	t["isidentifier"] = strMethod("", 0, func(_ *evaluation, s string, _ args) (any, error) {
		letters := all(func(r rune) bool { return r == '_' || unicode.IsLetter(r) || unicode.IsDigit(r) })
		v, err := letters.call(&evaluation{}, s, args{})
		return v == true && !isDigit(s[0]), err
	})
}
