package declarative

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/airfielddev/airfield/internal/template"
	"github.com/airfielddev/airfield/internal/wire/config"
	"github.com/airfielddev/airfield/secret"
)

// mask is shown in place of what is secret.
const mask = "****"

// shortSecret is the length below which a secret is masked only where it stands by itself.
const shortSecret = 4

// masker hides secrets in what is shown of a read: those of the configuration, and those that were obtained with them.
type masker struct {
	long  []secret.String
	short []*regexp.Regexp
	coded []string // what base64 makes of the inside of secrets
}

// learn adds secrets.
func (m *masker) learn(values ...secret.String) {
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

// learnConfig adds the values of a configuration whose names say that they are secret.
func (m *masker) learnConfig(value any) {
	switch v := value.(type) {
	case *template.Dict:
		for key, inner := range v.All() {
			if text, ok := inner.(string); ok && secret.IsSecretName(template.Str(key)) {
				m.learn(secret.String(text))
			}
			m.learnConfig(inner)
		}
	case []any:
		for _, item := range v {
			m.learnConfig(item)
		}
	}
}

// harmlessMembers are what the answer of a token endpoint may show.
var harmlessMembers = map[string]bool{"token_type": true, "scope": true, "expires_in": true, "expires_at": true, "expires": true}

// learnAnswer adds what a login obtained: every text in its answer.
func (m *masker) learnAnswer(body string) {
	v, err := template.DecodeJSON([]byte(body))
	if err != nil {
		m.learn(secret.String(strings.TrimSpace(body)))
		return
	}
	m.learnTexts(v)
}

func (m *masker) learnTexts(value any) {
	switch v := value.(type) {
	case string:
		// What is shorter is a word of the API's, rather than a credential.
		if len(v) >= 2*shortSecret {
			m.learn(secret.String(v))
		}
	case *template.Dict:
		for key, inner := range v.All() {
			name := template.Str(key)
			if text, ok := inner.(string); ok && secret.IsSecretName(name) {
				m.learn(secret.String(text))
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

// learnRequest adds the credentials of a request, which may be no more than made of secrets.
func (m *masker) learnRequest(h http.Header) {
	for _, name := range []string{"Authorization", "Proxy-Authorization"} {
		_, credentials, _ := strings.Cut(h.Get(name), " ")
		if len(credentials) >= 2*shortSecret {
			m.learn(secret.String(credentials))
		}
	}
}

// text is a text without secrets.
func (m *masker) text(text string) string {
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

// json is a JSON value without secrets; it stays one.
func (m *masker) json(raw json.RawMessage) json.RawMessage {
	if m.text(string(raw)) == string(raw) && !bytes.ContainsRune(raw, '\\') {
		return raw
	}
	v, err := template.DecodeJSON(raw)
	if err != nil {
		return json.RawMessage(`"` + mask + `"`)
	}
	masked, err := template.AppendJSON(nil, m.value(v))
	if err != nil {
		return json.RawMessage(`"` + mask + `"`)
	}
	return masked
}

func (m *masker) value(value any) any {
	switch v := value.(type) {
	case nil, bool:
		return v
	case string:
		return m.text(v)
	case *template.Dict:
		masked := template.NewDict(v.Len())
		for key, inner := range v.All() {
			masked.Set(m.text(template.Str(key)), m.value(inner))
		}
		return masked
	case []any:
		masked := make([]any, len(v))
		for i, item := range v {
			masked[i] = m.value(item)
		}
		return masked
	}
	if text := template.Str(value); m.text(text) != text {
		return mask
	}
	return value
}

// body is a text without secrets, however they are escaped in it if it is JSON.
func (m *masker) body(text string) string {
	text = m.text(text)
	if !strings.Contains(text, `\`) || !json.Valid([]byte(text)) {
		return text
	}
	return string(m.json(json.RawMessage(text)))
}

// address is a URL without secrets, however they are escaped in it.
func (m *masker) address(text string) string {
	u, err := url.Parse(text)
	if err != nil {
		return m.text(text)
	}
	if u.User != nil {
		u.User = url.User(mask)
	}
	if path := m.text(u.Path); path != u.Path {
		u.Path, u.RawPath = path, ""
	}
	u.RawQuery = m.form(u.RawQuery)
	return m.text(strings.ReplaceAll(u.String(), url.PathEscape(mask), mask))
}

// form is a query or a form without secrets. What holds none stays as it was written.
func (m *masker) form(text string) string {
	pairs := strings.Split(text, "&")
	for i, pair := range pairs {
		name, value, found := strings.Cut(pair, "=")
		plain, err := url.QueryUnescape(value)
		if found && err == nil && m.text(plain) != plain {
			pairs[i] = name + "=" + strings.ReplaceAll(url.QueryEscape(m.text(plain)), url.QueryEscape(mask), mask)
		}
	}
	return m.text(strings.Join(pairs, "&"))
}

// request hides what is secret in a request, and tells its parameters.
func (m *masker) request(r *config.BuilderRequest) {
	r.URL = m.address(r.URL)
	r.Parameters = parametersOf(r.URL)
	if strings.HasPrefix(r.Headers["Content-Type"], "application/x-www-form-urlencoded") {
		r.Body = m.form(r.Body)
	}
	r.Body = m.body(r.Body)
	for name, value := range r.Headers {
		r.Headers[name] = m.header(name, value)
	}
}

// parametersOf is the query of a URL as an object; nil when there is none.
func parametersOf(address string) json.RawMessage {
	_, query, found := strings.Cut(address, "?")
	if !found {
		return nil
	}
	// What is left of a query that cannot be read is shown.
	values, _ := url.ParseQuery(query)
	parameters := template.NewDict(len(values))
	for _, pair := range strings.Split(query, "&") {
		name, _, _ := strings.Cut(pair, "=")
		if name, err := url.QueryUnescape(name); err == nil && len(values[name]) > 0 {
			parameters.Set(name, oneOrAll(values[name]))
		}
	}
	text, err := template.AppendJSON(nil, parameters)
	if err != nil {
		return nil
	}
	return text
}

func oneOrAll(values []string) any {
	if len(values) == 1 {
		return values[0]
	}
	list := make([]any, len(values))
	for i, v := range values {
		list[i] = v
	}
	return list
}

// header hides the credentials of a request, whether they are known or not.
func (m *masker) header(name, value string) string {
	switch {
	case name == "Authorization" || name == "Proxy-Authorization":
		if scheme, _, found := strings.Cut(value, " "); found {
			return m.text(scheme) + " " + mask
		}
		return mask
	case name == "Cookie" || secret.IsSecretName(name):
		return mask
	}
	return m.text(value)
}

// response hides what is secret in a response.
func (m *masker) response(r *config.BuilderResponse) {
	r.Body = m.body(r.Body)
	for name, value := range r.Headers {
		if name == "Set-Cookie" {
			value = mask
		}
		r.Headers[name] = m.text(value)
	}
}
