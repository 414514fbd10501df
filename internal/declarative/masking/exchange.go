package masking

import (
	"encoding/json"
	"net/url"
	"strings"

	"github.com/airfielddev/airfield/internal/template"
	"github.com/airfielddev/airfield/internal/wire/config"
	"github.com/airfielddev/airfield/secret"
)

// body is a text without secrets, however they are escaped in it if it is JSON.
func (m *Masker) body(text string) string {
	text = m.Text(text)
	if !strings.Contains(text, `\`) || !json.Valid([]byte(text)) {
		return text
	}
	return string(m.JSON(json.RawMessage(text)))
}

// address is a URL without secrets, however they are escaped in it.
func (m *Masker) address(text string) string {
	u, err := url.Parse(text)
	if err != nil {
		return m.Text(text)
	}
	if u.User != nil {
		u.User = url.User(mask)
	}
	if path := m.Text(u.Path); path != u.Path {
		u.Path, u.RawPath = path, ""
	}
	u.RawQuery = m.form(u.RawQuery)
	return m.Text(strings.ReplaceAll(u.String(), url.PathEscape(mask), mask))
}

// form is a query or a form without secrets. What holds none stays as it was written.
func (m *Masker) form(text string) string {
	pairs := strings.Split(text, "&")
	for i, pair := range pairs {
		name, value, found := strings.Cut(pair, "=")
		plain, err := url.QueryUnescape(value)
		if found && err == nil && m.Text(plain) != plain {
			pairs[i] = name + "=" + strings.ReplaceAll(url.QueryEscape(m.Text(plain)), url.QueryEscape(mask), mask)
		}
	}
	return m.Text(strings.Join(pairs, "&"))
}

// Request hides what is secret in a request, and tells its parameters.
func (m *Masker) Request(r *config.BuilderRequest) {
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
			parameters.Set(name, template.OneOrTexts(values[name]))
		}
	}
	text, err := template.AppendJSON(nil, parameters)
	if err != nil {
		return nil
	}
	return text
}

// header hides the credentials of a request, whether they are known or not.
func (m *Masker) header(name, value string) string {
	switch {
	case name == "Authorization" || name == "Proxy-Authorization":
		if scheme, _, found := strings.Cut(value, " "); found {
			return m.Text(scheme) + " " + mask
		}
		return mask
	case name == "Cookie" || secret.IsSecretName(name):
		return mask
	}
	return m.Text(value)
}

// Response hides what is secret in a response.
func (m *Masker) Response(r *config.BuilderResponse) {
	r.Body = m.body(r.Body)
	for name, value := range r.Headers {
		if name == "Set-Cookie" {
			value = mask
		}
		r.Headers[name] = m.Text(value)
	}
}
