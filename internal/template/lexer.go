package template

import (
	"math/big"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// kind is the kind of a token. Operators are their own text.
type kind uint8

const (
	tEnd      kind = iota // end of the template
	tText                 // text outside tags
	tVarOpen              // {{
	tVarClose             // }}
	tTagOpen              // {%
	tTagClose             // %}
	tName
	tString
	tInteger
	tFloat
	tOperator
)

type token struct {
	kind  kind
	text  string // of names, operators, strings (decoded) and text
	value any    // of numbers
	pos   int    // byte offset in the normalised source
}

// is tells whether the token is this operator or, for letters, this name.
func (t token) is(text string) bool {
	return t.text == text && (t.kind == tOperator || t.kind == tName)
}

func (t token) describe() string {
	switch t.kind {
	case tEnd:
		return "the end of the template"
	case tText:
		return "text"
	case tVarOpen:
		return "'{{'"
	case tVarClose:
		return "'}}'"
	case tTagOpen:
		return "'{%'"
	case tTagClose:
		return "'%}'"
	case tString:
		return "a string"
	case tInteger, tFloat:
		return "a number"
	}
	return "'" + t.text + "'"
}

// lexer cuts a template into tokens.
type lexer struct {
	src    string
	pos    int
	tokens []token
	open   []byte // brackets waiting to be closed in the current tag
}

// normalise makes every line end in \n and drops one trailing line end.
func normalise(text string) string {
	if strings.Contains(text, "\r") {
		text = strings.ReplaceAll(strings.ReplaceAll(text, "\r\n", "\n"), "\r", "\n")
	}
	return strings.TrimSuffix(text, "\n")
}

func (l *lexer) fail(pos int, message string) error {
	line, column := place(l.src, pos)
	return &Error{Kind: ErrSyntax, Line: line, Column: column, Message: message}
}

func (l *lexer) emit(k kind, text string, pos int) {
	l.tokens = append(l.tokens, token{kind: k, text: text, pos: pos})
}

// run reads the whole template.
func (l *lexer) run() error {
	for l.pos < len(l.src) {
		start := nextTag(l.src, l.pos)
		if start < 0 {
			l.emit(tText, l.src[l.pos:], l.pos)
			break
		}
		if err := l.tag(start); err != nil {
			return err
		}
	}
	l.emit(tEnd, "", len(l.src))
	return nil
}

// nextTag finds the next "{{", "{%" or "{#".
func nextTag(s string, from int) int {
	for i := from; ; i++ {
		j := strings.IndexByte(s[i:], '{')
		if j < 0 || i+j+1 >= len(s) {
			return -1
		}
		i += j
		if c := s[i+1]; c == '{' || c == '%' || c == '#' {
			return i
		}
	}
}

// tag reads the text up to the tag at start, and the tag.
func (l *lexer) tag(start int) error {
	text, inside := l.src[l.pos:start], start+2
	if inside < len(l.src) && (l.src[inside] == '-' || l.src[inside] == '+') {
		if l.src[inside] == '-' {
			text = strings.TrimRightFunc(text, unicode.IsSpace)
		}
		inside++
	}
	if text != "" {
		l.emit(tText, text, l.pos)
	}
	switch l.src[start+1] {
	case '#':
		return l.comment(start, inside)
	case '{':
		l.emit(tVarOpen, "", start)
		return l.code(inside, tVarClose)
	}
	if body, ok := rawTag(l.src[inside:], "raw"); ok {
		return l.raw(start, inside+body)
	}
	l.emit(tTagOpen, "", start)
	return l.code(inside, tTagClose)
}

// comment skips to after "#}".
func (l *lexer) comment(start, inside int) error {
	end := strings.Index(l.src[inside:], "#}")
	if end < 0 {
		return l.fail(start, "missing end of comment tag")
	}
	l.pos = inside + end + 2
	if end > 0 && l.src[inside+end-1] == '-' {
		l.skipSpace()
	}
	return nil
}

func (l *lexer) skipSpace() {
	l.pos += len(l.src[l.pos:]) - len(strings.TrimLeftFunc(l.src[l.pos:], unicode.IsSpace))
}

// rawTag matches the rest of a "{% word %}" tag after its opening and sign, and gives where it ends.
func rawTag(s, word string) (end int, ok bool) {
	rest, found := strings.CutPrefix(strings.TrimLeftFunc(s, unicode.IsSpace), word)
	if !found {
		return 0, false
	}
	rest = strings.TrimLeftFunc(rest, unicode.IsSpace)
	if after, ok := strings.CutPrefix(rest, "-%}"); ok {
		return len(s) - len(strings.TrimLeftFunc(after, unicode.IsSpace)), true
	}
	if word == "endraw" {
		rest = strings.TrimPrefix(rest, "+")
	}
	if after, ok := strings.CutPrefix(rest, "%}"); ok {
		return len(s) - len(after), true
	}
	return 0, false
}

// raw takes everything up to "{% endraw %}" as text.
func (l *lexer) raw(start, inside int) error {
	for from := inside; ; from += 2 {
		i := strings.Index(l.src[from:], "{%")
		if i < 0 {
			return l.fail(start, "missing end of raw directive")
		}
		from += i
		body := from + 2
		text := l.src[inside:from]
		if body < len(l.src) && (l.src[body] == '-' || l.src[body] == '+') {
			if l.src[body] == '-' {
				text = strings.TrimRightFunc(text, unicode.IsSpace)
			}
			body++
		}
		if end, ok := rawTag(l.src[body:], "endraw"); ok {
			if text != "" {
				l.emit(tText, text, inside)
			}
			l.pos = body + end
			return nil
		}
	}
}

// code reads tokens up to the end of the tag.
func (l *lexer) code(inside int, closing kind) error {
	l.pos, l.open = inside, l.open[:0]
	for {
		l.skipSpace()
		if l.pos >= len(l.src) {
			return nil // the parser says what is missing
		}
		if len(l.open) == 0 && l.closes(closing) {
			return nil
		}
		if err := l.token(); err != nil {
			return err
		}
	}
}

// closes takes the end of the tag, if it is here.
func (l *lexer) closes(closing kind) bool {
	end := "}}"
	if closing == tTagClose {
		end = "%}"
	}
	rest, pos := l.src[l.pos:], l.pos
	switch {
	case strings.HasPrefix(rest, end):
		l.pos += 2
	case strings.HasPrefix(rest, "-"+end):
		l.pos += 3
		l.skipSpace()
	case closing == tTagClose && strings.HasPrefix(rest, "+"+end):
		l.pos += 3
	default:
		return false
	}
	l.emit(closing, "", pos)
	return true
}

func (l *lexer) token() error {
	c := l.src[l.pos]
	switch {
	case c >= '0' && c <= '9':
		return l.number()
	case c == '"' || c == '\'':
		return l.quoted(c)
	}
	if r, _ := utf8.DecodeRuneInString(l.src[l.pos:]); r == '_' || unicode.IsLetter(r) {
		l.name()
		return nil
	}
	return l.operator()
}

func (l *lexer) name() {
	start := l.pos
	rest := l.src[start:]
	end := strings.IndexFunc(rest, func(r rune) bool {
		return r != '_' && !unicode.IsLetter(r) && !unicode.IsDigit(r)
	})
	if end < 0 {
		end = len(rest)
	}
	l.pos += end
	l.emit(tName, rest[:end], start)
}

const operators = "+ - / * % ~ [ ] ( ) { } > < = . : | , ;"

func (l *lexer) operator() error {
	rest := l.src[l.pos:]
	op := rest[:1]
	for _, long := range [...]string{"//", "**", "==", "!=", ">=", "<="} {
		if strings.HasPrefix(rest, long) {
			op = long
		}
	}
	if len(op) == 1 && (op == " " || !strings.Contains(operators, op)) {
		r, _ := utf8.DecodeRuneInString(rest)
		return l.fail(l.pos, "unexpected character "+strconv.QuoteRune(r))
	}
	if err := l.balance(op[0]); err != nil {
		return err
	}
	l.emit(tOperator, op, l.pos)
	l.pos += len(op)
	return nil
}

// balance keeps track of brackets: while one is open, "}}" does not end the tag.
func (l *lexer) balance(c byte) error {
	switch c {
	case '(':
		l.open = append(l.open, ')')
	case '[', '{':
		l.open = append(l.open, c+2)
	case ')', ']', '}':
		if len(l.open) == 0 || l.open[len(l.open)-1] != c {
			return l.fail(l.pos, "unexpected '"+string(c)+"'")
		}
		l.open = l.open[:len(l.open)-1]
	}
	return nil
}

// quoted reads a string literal.
func (l *lexer) quoted(quote byte) error {
	for i := l.pos + 1; i < len(l.src); i++ {
		switch l.src[i] {
		case '\\':
			i++
		case quote:
			text, ok := unescape(l.src[l.pos+1:i], false)
			if !ok {
				return l.fail(l.pos, "bad escape in string")
			}
			l.emit(tString, text, l.pos)
			l.pos = i + 1
			return nil
		}
	}
	return l.fail(l.pos, "unexpected character "+strconv.QuoteRune(rune(quote)))
}

// number reads an integer or a float. A leading zero ends the number, so 007 is two of them.
func (l *lexer) number() error {
	start, rest := l.pos, l.src[l.pos:]
	if n := floatLength(rest); n > 0 && (start == 0 || l.src[start-1] != '.') {
		f, _ := strconv.ParseFloat(strings.ReplaceAll(rest[:n], "_", ""), 64) // out of range is infinity
		l.tokens = append(l.tokens, token{kind: tFloat, value: f, pos: start})
		l.pos += n
		return nil
	}
	n := integerLength(rest)
	if n > maxDigits {
		return l.fail(start, "number too long")
	}
	i, ok := new(big.Int).SetString(strings.ReplaceAll(rest[:n], "_", ""), 0)
	if !ok {
		i = new(big.Int) // "00" is zero in decimal and in octal
	}
	l.tokens = append(l.tokens, token{kind: tInteger, value: shrink(i), pos: start})
	l.pos += n
	return nil
}
