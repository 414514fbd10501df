package template

import (
	"crypto/hmac"
	"crypto/md5"  //nolint:gosec // templates ask for it by name
	"crypto/sha1" //nolint:gosec // templates ask for it by name
	"crypto/sha256"
	"crypto/sha3"
	"crypto/sha512"
	"encoding/base64"
	"encoding/hex"
	"hash"
	"html"
	"regexp"
	"strings"
	"unicode/utf8"
)

func jsonFilters() functionTable {
	return functionTable{
		"string": {call: func(ev *evaluation, self any, _ args) (any, error) {
			if s, ok := self.(string); ok {
				return s, nil
			}
			w := jsonWriter{ev: ev, item: ", ", key: ": "}
			b, err := w.value([]byte(`"""`), self, 0)
			return string(append(b, `"""`...)), err
		}},
		"tojson": {params: "indent", call: toJSON},
		"pprint": {call: func(ev *evaluation, self any, _ args) (any, error) {
			b, err := ev.appendRepr(nil, self, 0)
			return string(b), err
		}},
	}
}

// toJSON writes JSON with sorted keys that is safe inside HTML.
func toJSON(ev *evaluation, self any, a args) (any, error) {
	w := jsonWriter{ev: ev, item: ", ", key: ": ", sorted: true}
	if a.or(0, nil) != nil {
		n, err := a.int(0, 0)
		if err != nil {
			return nil, err
		}
		if n > 64 {
			return nil, limitErr("the indentation is too wide")
		}
		w.pretty, w.indent, w.item = true, max(0, n), ","
	}
	b, err := w.value(nil, self, 0)
	if err != nil {
		return nil, err
	}
	safe := strings.NewReplacer("<", `\u003c`, ">", `\u003e`, "&", `\u0026`, "'", `\u0027`)
	return safe.Replace(string(b)), ev.grow(len(b))
}

func hashFilters() functionTable {
	return functionTable{
		"hash": {params: "hash_type salt", call: hashFilter},
		"hmac": {params: "key hash_type", required: 1, call: hmacFilter},
		"base64encode": {call: func(ev *evaluation, self any, _ args) (any, error) {
			s, ok := self.(string)
			if !ok {
				return nil, noMethod(self, "encode")
			}
			return base64.StdEncoding.EncodeToString([]byte(s)), ev.grow(2 * len(s))
		}},
		"base64decode": {call: base64Decode},
		"base64binascii_decode": {call: func(ev *evaluation, self any, _ args) (any, error) {
			s, ok := self.(string)
			if !ok {
				return nil, noMethod(self, "encode")
			}
			if !isASCII(s) {
				return nil, valueErr("the text is not ASCII")
			}
			return base64.StdEncoding.EncodeToString([]byte(s)), ev.grow(2 * len(s))
		}},
	}
}

// noMethod is the error of a filter that calls a method the value does not have.
func noMethod(v any, name string) error {
	if u, ok := v.(*undefined); ok {
		return u.err()
	}
	return valueErr("'%s' object has no attribute '%s'", typeName(v), name)
}

// base64Decode passes over characters that are not base64, as Python does.
func base64Decode(ev *evaluation, self any, _ args) (any, error) {
	s, ok := self.(string)
	if !ok {
		return nil, noMethod(self, "encode")
	}
	clean := strings.Map(func(r rune) rune {
		if r < utf8.RuneSelf && (isDigit(byte(r)) || r|0x20 >= 'a' && r|0x20 <= 'z' || r == '+' || r == '/' || r == '=') {
			return r
		}
		return -1
	}, s)
	text, err := base64.StdEncoding.DecodeString(clean)
	if err != nil || !utf8.Valid(text) {
		return nil, valueErr("the text is not base64 of UTF-8 text")
	}
	return string(text), ev.grow(len(text))
}

func newHash(name string) func() hash.Hash {
	switch name {
	case "md5":
		return md5.New
	case "sha1":
		return sha1.New
	case "sha224":
		return sha256.New224
	case "sha256":
		return sha256.New
	case "sha384":
		return sha512.New384
	case "sha512":
		return sha512.New
	case "sha3_224":
		return func() hash.Hash { return sha3.New224() }
	case "sha3_256":
		return func() hash.Hash { return sha3.New256() }
	case "sha3_384":
		return func() hash.Hash { return sha3.New384() }
	case "sha3_512":
		return func() hash.Hash { return sha3.New512() }
	}
	return nil
}

func hashFilter(ev *evaluation, self any, a args) (any, error) {
	name, err := a.str(0, "md5")
	if err != nil {
		return nil, err
	}
	make := newHash(name)
	if make == nil {
		return nil, valueErr("there is no hash function of that name")
	}
	s, err := ev.str(self)
	if err != nil {
		return nil, err
	}
	h := make()
	h.Write([]byte(s))
	if salt := a.or(1, nil); truth(salt) {
		s, err := ev.str(salt)
		if err != nil {
			return nil, err
		}
		h.Write([]byte(s))
	}
	return hex.EncodeToString(h.Sum(nil)), ev.spend(len(s) / 64)
}

func hmacFilter(ev *evaluation, self any, a args) (any, error) {
	if name, _ := a.or(1, "sha256").(string); name != "sha256" {
		return nil, valueErr("hmac only works with sha256")
	}
	key, err := ev.str(a.pos[0])
	if err != nil {
		return nil, err
	}
	s, err := ev.str(self)
	if err != nil {
		return nil, err
	}
	h := hmac.New(sha256.New, []byte(key))
	h.Write([]byte(s))
	return hex.EncodeToString(h.Sum(nil)), ev.spend(len(s) / 64)
}

// htmlFilters are those for HTML. Templates are not escaped by themselves, so safe does nothing.
func htmlFilters() functionTable {
	escape := textual(strings.NewReplacer("&", "&amp;", ">", "&gt;", "<", "&lt;", "'", "&#39;", `"`, "&#34;").Replace)
	return functionTable{
		"escape":      {call: escape.call},
		"e":           {call: escape.call},
		"forceescape": {call: escape.call},
		"safe":        textual(func(s string) string { return s }),
		"striptags":   textual(stripTags),
	}
}

var (
	htmlComment = regexp.MustCompile(`(?s)<!--.*?-->`)
	htmlTag     = regexp.MustCompile(`(?s)<.*?>`)
)

func stripTags(s string) string {
	s = htmlTag.ReplaceAllString(htmlComment.ReplaceAllString(s, ""), "")
	return html.UnescapeString(strings.Join(strings.Fields(s), " "))
}

// urlEncode escapes text, or makes a query string of a mapping or of pairs.
func urlEncode(ev *evaluation, self any, _ args) (any, error) {
	if _, ok := self.(string); !ok {
		if pairs, err := ev.pairs(self); err == nil {
			return ev.queryString(pairs)
		} else if !isType(err) {
			return nil, err
		}
	}
	s, err := ev.str(self)
	if err != nil {
		return nil, err
	}
	return strings.NewReplacer("+", "%20", "%2F", "/").Replace(quotePlus(s)), ev.grow(3 * len(s))
}

// pairs gives what urlencode iterates over.
func (ev *evaluation) pairs(v any) ([]any, error) {
	if d, ok := v.(*Dict); ok {
		return ev.items(&view{d, "dict_items"})
	}
	return ev.items(v)
}

func (ev *evaluation) queryString(pairs []any) (any, error) {
	var b strings.Builder
	for i, p := range pairs {
		pair, err := ev.items(inward(p))
		if err != nil {
			return nil, err
		}
		if len(pair) != 2 {
			return nil, valueErr("urlencode takes pairs")
		}
		if i > 0 {
			b.WriteByte('&')
		}
		for j, part := range pair {
			s, err := ev.str(inward(part))
			if err != nil {
				return nil, err
			}
			if j == 1 {
				b.WriteByte('=')
			}
			b.WriteString(quotePlus(s))
		}
	}
	return b.String(), ev.grow(b.Len())
}
