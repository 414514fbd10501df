// Package masking hides secrets in what is shown of requests, answers and records.
package masking

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"regexp"
	"slices"
	"strings"

	"github.com/airfielddev/airfield/internal/template"
	"github.com/airfielddev/airfield/secret"
)

// mask is shown in place of what is secret.
const mask = "****"

// shortSecret is the length below which a secret is masked only where it stands by itself.
const shortSecret = 4

// Masker hides secrets in what is shown of a read: those of the configuration, and those that were obtained with them.
type Masker struct {
	long  []secret.String
	short []*regexp.Regexp
	coded []string // what base64 makes of the inside of secrets
}

// Learn adds secrets.
func (m *Masker) Learn(values ...secret.String) {
	for _, v := range values {
		switch {
		case v.IsZero() || slices.Contains(m.long, v):
		case len(v) < shortSecret:
			m.short = append(m.short, regexp.MustCompile(`(^|["'=\s])`+regexp.QuoteMeta(v.Reveal())+`($|["'&\s])`))
		default:
			m.long = append(m.long, v)
			m.coded = append(m.coded, encodedInside(v.Reveal())...)
		}
	}
}

// LearnConfig adds the values of a configuration whose names say that they are secret.
func (m *Masker) LearnConfig(value any) {
	switch v := value.(type) {
	case *template.Dict:
		for key, inner := range v.All() {
			if text, ok := inner.(string); ok && secret.IsSecretName(template.Str(key)) {
				m.Learn(secret.String(text))
			}
			m.LearnConfig(inner)
		}
	case []any:
		for _, item := range v {
			m.LearnConfig(item)
		}
	}
}

// harmlessMembers are what the answer of a token endpoint may show.
var harmlessMembers = map[string]bool{"token_type": true, "scope": true, "expires_in": true, "expires_at": true, "expires": true}

// LearnAnswer adds what a login obtained: every text in its answer.
func (m *Masker) LearnAnswer(body string) {
	v, err := template.DecodeJSON([]byte(body))
	if err != nil {
		m.Learn(secret.String(strings.TrimSpace(body)))
		return
	}
	m.learnTexts(v)
}

func (m *Masker) learnTexts(value any) {
	switch v := value.(type) {
	case string:
		// What is shorter is a word of the API's, rather than a credential.
		if len(v) >= 2*shortSecret {
			m.Learn(secret.String(v))
		}
	case *template.Dict:
		for key, inner := range v.All() {
			name := template.Str(key)
			if text, ok := inner.(string); ok && secret.IsSecretName(name) {
				m.Learn(secret.String(text))
			} else if !harmlessMembers[name] {
				m.learnTexts(inner)
			}
		}
	case []any:
		for _, item := range v {
			m.learnTexts(item)
		}
	}
}

// LearnRequest adds the credentials of a request, which may be no more than made of secrets.
func (m *Masker) LearnRequest(h http.Header) {
	for _, name := range []string{"Authorization", "Proxy-Authorization"} {
		_, credentials, _ := strings.Cut(h.Get(name), " ")
		if len(credentials) >= 2*shortSecret {
			m.Learn(secret.String(credentials))
		}
	}
}

// Text is a text without secrets.
func (m *Masker) Text(text string) string {
	text = secret.Mask(text, mask, m.long...)
	for _, short := range m.short {
		text = short.ReplaceAllString(text, "${1}"+mask+"${2}")
	}
	for _, inside := range m.coded {
		text = maskEncoded(text, inside)
	}
	return text
}

// encodedInside is what base64 makes of a secret wherever it stands in a text: the characters that depend on it alone.
func encodedInside(value string) []string {
	var list []string
	for before := range 3 {
		first, last := (before*8+5)/6, (before+len(value))*8/6
		for _, encoding := range []*base64.Encoding{base64.RawStdEncoding, base64.RawURLEncoding} {
			whole := encoding.EncodeToString(append(make([]byte, before), value...))
			if inside := whole[first:last]; !slices.Contains(list, inside) {
				list = append(list, inside)
			}
		}
	}
	return list
}

// maskEncoded hides whatever is encoded together with a secret.
func maskEncoded(text, inside string) string {
	for {
		at := strings.Index(text, inside)
		if at < 0 {
			return text
		}
		end := at + len(inside)
		for at > 0 && strings.IndexByte(base64Alphabet, text[at-1]) >= 0 {
			at--
		}
		for end < len(text) && strings.IndexByte(base64Alphabet, text[end]) >= 0 {
			end++
		}
		text = text[:at] + mask + text[end:]
	}
}

const base64Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/-_="

// JSON is a JSON value without secrets; it stays one.
func (m *Masker) JSON(raw json.RawMessage) json.RawMessage {
	if m.Text(string(raw)) == string(raw) && !bytes.ContainsRune(raw, '\\') {
		return raw
	}
	v, err := template.DecodeJSON(raw)
	if err != nil {
		return json.RawMessage(`"` + mask + `"`)
	}
	masked, err := template.AppendJSON(nil, m.Value(v))
	if err != nil {
		return json.RawMessage(`"` + mask + `"`)
	}
	return masked
}

// Value is a value of a template without secrets.
func (m *Masker) Value(value any) any {
	switch v := value.(type) {
	case nil, bool:
		return v
	case string:
		return m.Text(v)
	case *template.Dict:
		masked := template.NewDict(v.Len())
		for key, inner := range v.All() {
			masked.Set(m.Text(template.Str(key)), m.Value(inner))
		}
		return masked
	case []any:
		masked := make([]any, len(v))
		for i, item := range v {
			masked[i] = m.Value(item)
		}
		return masked
	}
	if text := template.Str(value); m.Text(text) != text {
		return mask
	}
	return value
}
