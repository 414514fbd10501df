package declarative

import (
	"net/http"
	"slices"
	"strings"

	"github.com/airfielddev/airfield/internal/template"
	"github.com/airfielddev/airfield/manifest"
	"github.com/airfielddev/airfield/protocol"
)

// HTTPResponseFilter says what to do about some responses: those with one of the statuses, or for which the predicate holds, or
// whose message contains a text.
type HTTPResponseFilter struct {
	Action    Action               `manifest:"action"`
	Failure   protocol.FailureType `manifest:"failure_type"`
	Message   manifest.Template    `manifest:"error_message"`
	Contains  manifest.Template    `manifest:"error_message_contains"`
	Codes     []int                `manifest:"http_codes,holds=status"`
	Predicate manifest.Template    `manifest:"predicate"`
}

var actions = []Action{Succeed, Fail, Retry, Ignore, ResetPagination, ReducePageSize, SplitWindow, RateLimited, RefreshToken}

// UnmarshalManifest checks what the fields say.
func (f *HTTPResponseFilter) UnmarshalManifest(d *manifest.Decoder, n *manifest.Node) {
	type plain HTTPResponseFilter
	d.Decode(n, (*plain)(f))
	if f.Action != "" && !slices.Contains(actions, f.Action) {
		d.ProblemOf(n, "action", manifest.CodeInvalidValue, "want one of %v, found %q", actions, f.Action)
	}
	switch f.Failure {
	case "", protocol.FailureSystem, protocol.FailureConfig, protocol.FailureTransient:
	default:
		d.ProblemOf(n, "failure_type", manifest.CodeInvalidValue, "want system_error, config_error or transient_error, found %q", f.Failure)
	}
}

// judge gives the filter's verdict, if it matches; the table has what the filter leaves open.
func (f *HTTPResponseFilter) judge(r *Response, table Verdict, config *template.Dict) (v Verdict, matches bool, err error) {
	matches, err = f.matches(r)
	if err != nil || !matches || f.Action == "" {
		return v, false, err
	}
	v = Verdict{Action: f.Action, Failure: f.Failure, Message: table.Message}
	if v.Failure == "" {
		v.Failure = table.Failure
	}
	if v.Failure == "" {
		v.Failure = protocol.FailureSystem
	}
	if !f.Message.Present() {
		return v, true, nil
	}
	vars := f.vars(r)
	vars["config"] = config
	text, err := f.Message.Text(vars)
	if text != "" {
		v.Message = text
	}
	return v, true, err
}

func (f *HTTPResponseFilter) matches(r *Response) (bool, error) {
	if slices.Contains(f.Codes, r.Status) {
		return true, nil
	}
	if f.Predicate.Present() {
		if yes, err := f.Predicate.Bool(f.vars(r)); err != nil || yes {
			return yes, err
		}
	}
	text, err := f.Contains.Text(map[string]any{"config": nil})
	return text != "" && strings.Contains(errorMessage(r), text), err
}

// vars are those of predicates. As everywhere in Airbyte, the configuration is not among them. The URL is without what may be secret.
func (f *HTTPResponseFilter) vars(r *Response) map[string]any {
	return map[string]any{
		"config": nil, "response": r.JSON(), "headers": headerDict(r.Header, f.Predicate.Source(), f.Message.Source()),
		"request_url": publicURL(r.URL),
	}
}

// headerDict is the headers of a response as a mapping. Servers write names as they like, and templates look for one
// spelling; so each header is there as templates spell it, in the usual way, and in lower case.
func headerDict(h http.Header, templates ...string) *template.Dict {
	d := template.NewDict(2 * len(h))
	names := make([]string, 0, len(h))
	for name := range h {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		value := strings.Join(h[name], ", ")
		d.Set(name, value)
		lower := strings.ToLower(name)
		d.Set(lower, value)
		for _, source := range templates {
			if i := strings.Index(strings.ToLower(source), lower); i >= 0 && i+len(name) <= len(source) {
				d.Set(source[i:i+len(name)], value)
			}
		}
	}
	return d
}

// messageKeys are where the bodies of failed responses say why, in order of preference.
var messageKeys = []string{
	"message", "messages", "error", "errors", "failures", "failure", "detail", "err", "error_message", "msg", "reason", "status_message",
}

// errorMessage finds what a response says about its failure.
func errorMessage(r *Response) string {
	v, err := template.DecodeLooseJSON(r.Body)
	if err != nil {
		return string(r.Body)
	}
	return messageIn(v)
}

func messageIn(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case []any:
		var parts []string
		for _, item := range v {
			if text := messageIn(item); text != "" {
				parts = append(parts, text)
			}
		}
		return strings.Join(parts, ", ")
	case *template.Dict:
		for _, key := range messageKeys {
			if inner, ok := v.Get(key); ok {
				if text := messageIn(inner); text != "" {
					return text
				}
			}
		}
	}
	return ""
}
