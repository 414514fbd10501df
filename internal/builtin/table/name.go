package table

import (
	"fmt"
	"hash/fnv"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Naming is how a database wants its identifiers.
type Naming struct {
	MaxBytes int  // longer names are cut and get a hash; 0: no limit
	FoldCase bool // names that differ in case alone are the same name
}

// hashLen is the length of the hash that tells cut or colliding names apart, with the underscore before it.
const hashLen = 9

// Name makes an identifier of any text: letters, digits and underscores stay, accents are taken off Latin letters, everything
// else becomes an underscore. The same text always gives the same name.
func (n Naming) Name(text string) string {
	name := clean(text)
	if n.MaxBytes > 0 && len(name) > n.MaxBytes {
		return n.hashed(name, text)
	}
	return name
}

// Distinct names each text so that no two names are the same and none is reserved. A text that is already a good name keeps
// it; of others that collide, all but the first get a hash of their text, so that a name depends on the texts alone.
func (n Naming) Distinct(texts []string, reserved ...string) []string {
	taken := make(map[string]bool, len(texts)+len(reserved))
	for _, name := range reserved {
		taken[n.fold(name)] = true
	}
	names := make([]string, len(texts))
	for i, text := range texts {
		if name := n.Name(text); name == text && !taken[n.fold(name)] {
			names[i], taken[n.fold(name)] = name, true
		}
	}
	for i, text := range texts {
		if names[i] == "" {
			names[i] = n.free(text, taken)
			taken[n.fold(names[i])] = true
		}
	}
	return names
}

// free finds a name that is not taken. Salting the hash ends even when hashes collide.
func (n Naming) free(text string, taken map[string]bool) string {
	name := n.Name(text)
	for salt := 0; taken[n.fold(name)]; salt++ {
		salted := text
		if salt > 0 {
			salted = fmt.Sprintf("%s\x00%d", text, salt)
		}
		name = n.hashed(clean(text), salted)
	}
	return name
}

func (n Naming) hashed(name, text string) string {
	if n.MaxBytes > 0 {
		name = Truncate(name, n.MaxBytes-hashLen)
	}
	return name + "_" + Hash(text)
}

func (n Naming) fold(name string) string {
	if n.FoldCase {
		return strings.ToLower(name)
	}
	return name
}

// Hash is eight hexadecimal digits that stand for a text.
func Hash(text string) string {
	h := fnv.New32a()
	h.Write([]byte(text))
	return fmt.Sprintf("%08x", h.Sum32())
}

// Truncate cuts a name to at most limit bytes without cutting a character in two.
func Truncate(name string, limit int) string {
	if len(name) <= limit {
		return name
	}
	for limit > 0 && !utf8.RuneStart(name[limit]) {
		limit--
	}
	return name[:limit]
}

func clean(text string) string {
	plain := withoutAccents(text)
	var b strings.Builder
	for _, r := range plain {
		if r == '_' || (r != utf8.RuneError && (unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r))) {
			b.WriteRune(r)
		} else {
			b.WriteByte('_')
		}
	}
	name := b.String()
	if name == "" || (name[0] >= '0' && name[0] <= '9') {
		return "_" + name
	}
	return name
}

// withoutAccents takes marks off only when plain ASCII is left: other scripts need theirs.
func withoutAccents(text string) string {
	isASCII := true
	var b strings.Builder
	for _, r := range norm.NFKD.String(text) {
		if unicode.Is(unicode.Mn, r) {
			continue
		}
		isASCII = isASCII && r < utf8.RuneSelf
		b.WriteRune(r)
	}
	if isASCII {
		return b.String()
	}
	return norm.NFC.String(text)
}
