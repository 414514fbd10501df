// Package scaffold writes the first manifest for an API: one that works at once, and says what is left to do.
package scaffold

import (
	"bytes"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/airfielddev/airfield/internal/declarative/fixture"
	"github.com/airfielddev/airfield/internal/template"
)

// Auth is how an API knows who is asking.
type Auth string

// The ways that are known.
const (
	None   Auth = "none"
	Bearer Auth = "bearer"
	APIKey Auth = "api-key"
	Basic  Auth = "basic"
	OAuth  Auth = "oauth"
)

// Auths are the ways in the order that help shows them.
func Auths() []Auth { return []Auth{Bearer, APIKey, Basic, OAuth, None} }

// AuthNames lists the ways for people.
func AuthNames() string {
	var names []string
	for _, a := range Auths() {
		names = append(names, string(a))
	}
	return strings.Join(names, ", ")
}

// Plan says what a manifest is for.
type Plan struct {
	URL    string // of the records of the first stream, with its query
	Stream string // "": the last part of the path
	Auth   Auth
	Header string // that an API key is sent in; "": X-Api-Key
	Param  string // of the query that an API key is sent in instead; "": none
	// TokenURL is where OAuth gets its tokens; "": /oauth/token at the same host.
	TokenURL string
	Findings *Findings // nil: the API was not asked
}

// Normalized checks the plan, and fills what is left open.
func (p Plan) Normalized() (Plan, error) {
	u, err := url.Parse(p.URL)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
		return p, fmt.Errorf("the URL %q is not an http or https address", p.URL)
	}
	if !slices.Contains(Auths(), p.Auth) {
		return p, fmt.Errorf("there is no authentication %q; choose one of %s", p.Auth, AuthNames())
	}
	if p.Stream == "" {
		parts := strings.Split(strings.Trim(u.Path, "/"), "/")
		if p.Stream = parts[len(parts)-1]; p.Stream == "" {
			p.Stream = "records"
		}
	}
	if p.Header == "" {
		p.Header = "X-Api-Key"
	}
	if p.TokenURL == "" {
		p.TokenURL = u.Scheme + "://" + u.Host + "/oauth/token"
	}
	return p, nil
}

// writer writes a manifest line by line.
type writer struct {
	Plan

	address string     // the URL without its query
	query   url.Values // of the URL
	out     bytes.Buffer
}

// Manifest writes the manifest, as YAML with comments.
func Manifest(p Plan) ([]byte, error) {
	p, err := p.Normalized()
	if err != nil {
		return nil, err
	}
	u, err := url.Parse(p.URL)
	if err != nil {
		return nil, err
	}
	w := &writer{Plan: p, query: u.Query()}
	u.RawQuery, u.Fragment = "", ""
	w.address = u.String()
	w.head()
	w.stream()
	if err := w.schema(); err != nil {
		return nil, err
	}
	w.spec()
	return w.out.Bytes(), nil
}

// lines writes text as it is. A text in it is put in quotes with q.
func (w *writer) lines(indent int, text string, args ...any) {
	for line := range strings.SplitSeq(strings.TrimSpace(fmt.Sprintf(text, args...)), "\n") {
		w.out.WriteString(strings.TrimRight(strings.Repeat(" ", indent)+line, " ") + "\n")
	}
}

// q is a text as YAML has it in quotes.
func q(text string) string { return strconv.Quote(text) }

func (w *writer) head() {
	w.lines(0, `
# A source for %s. What a component does, and what else it can: airfield definition explain COMPONENT
version: 6.0.0
type: DeclarativeSource

# To check a source is to read a record of these streams.
check:
  type: CheckStream
  stream_names: [%s]

definitions:
  # What all requests have in common.
  requester:
    type: HttpRequester
    http_method: GET`, w.address, q(w.Stream))
	w.auth()
	w.out.WriteByte('\n')
	w.lines(0, `
streams:
  - type: DeclarativeStream
    name: %s`, q(w.Stream))
}

func (w *writer) auth() {
	switch w.Auth {
	case Bearer:
		w.lines(4, "authenticator:\n  type: BearerAuthenticator\n  api_token: \"{{ config['api_key'] }}\"")
	case APIKey:
		into, name := "header", w.Header
		if w.Param != "" {
			into, name = "request_parameter", w.Param
		}
		w.lines(4, "authenticator:\n  type: ApiKeyAuthenticator\n  api_token: \"{{ config['api_key'] }}\"\n  inject_into: {type: RequestOption, inject_into: %s, field_name: %s}", into, q(name))
	case Basic:
		w.lines(4, "authenticator:\n  type: BasicHttpAuthenticator\n  username: \"{{ config['username'] }}\"\n  password: \"{{ config['password'] }}\"")
	case OAuth:
		w.lines(4, "authenticator:\n  type: OAuthAuthenticator\n  token_refresh_endpoint: %s\n  client_id: \"{{ config['client_id'] }}\"\n  client_secret: \"{{ config['client_secret'] }}\"\n  refresh_token: \"{{ config['refresh_token'] }}\"\n  # Where there is no refresh token: grant_type: client_credentials", q(w.TokenURL))
	case None:
		w.lines(4, "# The API asks nobody who they are. It would be said here: authenticator: {type: BearerAuthenticator, ...}")
	}
}

func (w *writer) stream() {
	f := w.Findings
	if f != nil && f.Key != "" {
		w.lines(4, "primary_key: [%s] # it was different in each record that was seen", q(f.Key))
	} else {
		w.lines(4, "# primary_key: [id] # the field that names a record; without it nothing can be deduplicated")
	}
	w.lines(4, "retriever:\n  type: SimpleRetriever\n  requester:\n    $ref: \"#/definitions/requester\"\n    url: %s", q(w.address))
	if len(w.query) > 0 {
		w.lines(8, "request_parameters:")
		for _, pair := range strings.Split(w.query.Encode(), "&") {
			name, value, _ := strings.Cut(pair, "=")
			w.lines(10, "%s: %s", q(unescaped(name)), q(unescaped(value)))
		}
	}
	w.lines(6, "record_selector:\n  type: RecordSelector\n  extractor:\n    type: DpathExtractor")
	path := []string{}
	if f != nil {
		path = f.RecordPath
	}
	w.lines(10, "field_path: [%s] # where the records are in an answer; [] is the answer itself", quoted(path))
	w.pages()
	w.cursor()
}

func unescaped(text string) string {
	plain, err := url.QueryUnescape(text)
	if err != nil {
		return text
	}
	return plain
}

func quoted(path []string) string {
	list := make([]string, len(path))
	for i, step := range path {
		list[i] = q(step)
	}
	return strings.Join(list, ", ")
}

func (w *writer) cursor() {
	if w.Findings == nil || w.Findings.Cursor == "" {
		return
	}
	w.lines(4, `
# To read only what has changed since the last sync, where the API can be asked for it: take the marks away, name the parameter, and
# add start_date to the specification below.
# incremental_sync:
#   type: DatetimeBasedCursor
#   cursor_field: %s
#   datetime_format: %s
#   start_datetime: %s
#   start_time_option: {type: RequestOption, inject_into: request_parameter, field_name: since}`, q(w.Findings.Cursor), q(w.Findings.Format), w.start())
}

// start is where the first sync begins, which users write as a time of ISO 8601, however the API writes times.
func (w *writer) start() string {
	const config, iso = `"{{ config['start_date'] }}"`, "%Y-%m-%dT%H:%M:%SZ"
	if w.Findings.Format == iso {
		return config
	}
	return "{type: MinMaxDatetime, datetime: " + config + ", datetime_format: " + q(iso) + "}"
}

func (w *writer) schema() error {
	w.lines(4, "schema_loader:\n  type: InlineSchemaLoader")
	if w.Findings == nil || w.Findings.Schema == nil {
		w.lines(6, "# What records look like; airfield definition read FILE %s --schema -o yaml tells.\nschema:\n  type: object\n  additionalProperties: true\n  properties: {}", w.Stream)
		return nil
	}
	text, err := template.AppendJSON(nil, w.Findings.Schema)
	if err != nil {
		return fmt.Errorf("writing the schema: %w", err)
	}
	var out bytes.Buffer
	enc := yaml.NewEncoder(&out)
	enc.SetIndent(2)
	if err := enc.Encode(map[string]any{"schema": fixture.JSON(text)}); err != nil {
		return fmt.Errorf("writing the schema: %w", err)
	}
	w.lines(6, "# What the records that were seen look like. The API's documentation may know more.")
	w.lines(6, "%s", out.String())
	return nil
}

func (w *writer) spec() {
	settings := map[Auth][]string{Bearer: {"api_key"}, APIKey: {"api_key"}, Basic: {"username", "password"}, OAuth: {"client_id", "client_secret", "refresh_token"}, None: nil}[w.Auth]
	w.out.WriteByte('\n')
	w.lines(0, `
# What a user of the source is asked for.
spec:
  type: Spec
  connection_specification:
    type: object
    required: [%s]`, strings.Join(settings, ", "))
	if len(settings) == 0 {
		w.lines(4, "properties: {}")
		return
	}
	w.lines(4, "properties:")
	for _, name := range settings {
		secret := ", airbyte_secret: true"
		if name == "username" || name == "client_id" {
			secret = ""
		}
		title := strings.ToUpper(name[:1]) + strings.ReplaceAll(name[1:], "_", " ")
		w.lines(6, "%s: {type: string, title: %s%s}", name, q(title), secret)
	}
}
