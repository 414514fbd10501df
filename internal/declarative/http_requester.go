package declarative

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"strings"

	"github.com/airfielddev/airfield/connector"
	"github.com/airfielddev/airfield/internal/template"
	"github.com/airfielddev/airfield/manifest"
)

// HTTPRequester sends HTTP requests.
type HTTPRequester struct {
	URL           manifest.Template `manifest:"url"`
	URLBase       manifest.Template `manifest:"url_base,deprecated=url"`
	Path          manifest.Template `manifest:"path,deprecated=url"`
	Method        string            `manifest:"http_method"`
	Authenticator Of[Authenticator] `manifest:"authenticator"`
	Query         RequestParameters `manifest:"request_parameters"`
	Header        manifest.Tree     `manifest:"request_headers"`
	Form          manifest.Tree     `manifest:"request_body_data,deprecated=request_body"`
	JSON          manifest.Tree     `manifest:"request_body_json,deprecated=request_body"`
	Body          Of[RequestBody]   `manifest:"request_body"`
	ErrorHandler  Of[ErrorHandler]  `manifest:"error_handler,default=DefaultErrorHandler"`
	UseCache      *bool             `manifest:"use_cache"`
	Connect       *float64          `manifest:"connect_timeout_in_seconds"` // nil: as long as is usual
	Answer        *float64          `manifest:"read_timeout_in_seconds"`    // nil: likewise
	KeepAlive     bool              `manifest:"use_tcp_keepalive"`

	Properties *QueryProperties        `manifest:"query_properties"`
	Endpoint   *PropertiesFromEndpoint `manifest:"fetch_properties_from_endpoint,deprecated=query_properties"`
}

// UnmarshalManifest checks what the fields say together.
func (c *HTTPRequester) UnmarshalManifest(d *manifest.Decoder, n *manifest.Node) {
	type plain HTTPRequester
	d.Decode(n, (*plain)(c))
	c.Method = strings.ToUpper(c.Method)
	switch c.Method {
	case http.MethodGet, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete, http.MethodHead:
	default:
		d.ProblemOf(n, "http_method", manifest.CodeInvalidValue, "want GET or POST, found %q", c.Method)
	}
	if !c.URL.Present() && !c.URLBase.Present() && !c.Path.Present() {
		d.Warn(n, manifest.CodeMissingField, "want a url: a request without one fails")
	}
	if c.Query.properties != nil && c.Endpoint != nil {
		d.ProblemOf(n, "fetch_properties_from_endpoint", manifest.CodeInvalidValue, "request_parameters have properties of their own")
	}
	for field, seconds := range map[string]*float64{"connect_timeout_in_seconds": c.Connect, "read_timeout_in_seconds": c.Answer} {
		if seconds != nil && !(*seconds > 0) {
			d.ProblemOf(n, field, manifest.CodeInvalidValue, "want a number of seconds greater than 0, found %v", *seconds)
		}
	}
	if c.Form.Present() && c.JSON.Present() {
		d.ProblemOf(n, "request_body_data", manifest.CodeInvalidValue, "a request has one body: request_body_data or request_body_json")
	}
}

// Build makes the requester.
func (c *HTTPRequester) Build(env *Env) (Requester, error) {
	jar, err := cookiejar.New(nil)
	if err != nil {
		return nil, err
	}
	r := &httpRequester{
		HTTPRequester: c, env: env, patience: c.patience(),
		client: &http.Client{Transport: env.transport, Jar: jar, CheckRedirect: checkRedirect},
	}
	base := &c.URLBase
	if c.URL.Present() {
		base = &c.URL
	}
	if r.auth, err = c.Authenticator.Build(env.at(base)); err != nil {
		return nil, err
	}
	if r.body, err = c.Body.Build(env); err != nil {
		return nil, err
	}
	if r.errors, err = c.ErrorHandler.Build(env); err != nil {
		return nil, err
	}
	if r.errors == nil {
		r.errors = new(defaultErrors)
	}
	return r, nil
}

// patience is how long the requester waits.
func (c *HTTPRequester) patience() patience {
	p := patience{keepAlive: c.KeepAlive}
	if c.Connect != nil {
		p.connect = seconds(*c.Connect)
	}
	if c.Answer != nil {
		p.answer = seconds(*c.Answer)
	}
	return p
}

// httpRequester is an HTTPRequester at work. It is one session: cookies stay.
type httpRequester struct {
	*HTTPRequester
	env      *Env
	client   *http.Client
	auth     Authenticator // nil: none
	body     RequestBody   // nil: none
	errors   ErrorHandler
	patience patience
}

// caches tells whether responses are kept: when the manifest says so, and for streams that others are partitioned by. A trial shows
// every request.
func (r *httpRequester) caches() bool {
	if r.env.bounds != nil || r.env.cache == nil {
		return false
	}
	if r.UseCache != nil {
		return *r.UseCache
	}
	return r.env.parents.has(r.env.stream)
}

// templates are the sources of what a request is made of.
func (c *HTTPRequester) templates() []string {
	sources := []string{c.URL.Source(), c.URLBase.Source(), c.Path.Source()}
	for _, tree := range []*manifest.Tree{&c.Query.Tree, &c.Header, &c.Form, &c.JSON} {
		sources = tree.AppendSources(sources)
	}
	return sources
}

func (c *Call) vars(env *Env) map[string]any {
	vars := c.Slice.ExtraVars(c.Slice.Vars(env.Vars()))
	vars["next_page_token"] = nil
	if c.Token != nil {
		token := template.NewDict(1)
		token.Set("next_page_token", c.Token)
		vars["next_page_token"] = token
	}
	return vars
}

// request is all of a request but its credentials.
type request struct {
	url  string
	own  Options // the requester's
	call Options // those of paginator, cursor and partition router
	text string  // a body that is neither form nor JSON

	receive func(io.Reader) error // takes the body of a good response; nil: nobody does

	credentials Options       // of the latest attempt
	sent        *http.Request // the latest attempt; nil: none, or it was answered from memory
}

// prepare evaluates the requester's own part of a request, and sees that the call's goes with it.
func (r *httpRequester) prepare(call *Call) (*request, error) {
	vars := call.vars(r.env)
	address, err := r.address(call, vars)
	if err != nil {
		return nil, err
	}
	req := &request{url: quoteURL(address), receive: call.Receive}
	own, err := r.ownOptions(vars, req)
	if err != nil {
		return nil, err
	}
	req.own, req.call = own, call.Options
	_, err = own.Plus(call.Options)
	return req, err
}

func (r *httpRequester) address(call *Call, vars map[string]any) (string, error) {
	base, err := r.URLBase.Text(vars)
	if err != nil {
		return "", err
	}
	path := call.Path
	if path == "" {
		if path, err = r.Path.Text(vars); err != nil {
			return "", err
		}
		path = strings.TrimLeft(path, "/")
	}
	if base == "" {
		if base, err = r.URL.Text(vars); err != nil {
			return "", err
		}
	}
	address := joinURL(base, path)
	if address == "" {
		return "", connector.ConfigError("the URL of the request is empty")
	}
	return address, nil
}

func (r *httpRequester) ownOptions(vars map[string]any, req *request) (Options, error) {
	var o Options
	var err error
	if o.Query, err = r.Query.Texts(vars); err != nil {
		return o, err
	}
	if err := r.Query.ask(o.Query, vars); err != nil {
		return o, err
	}
	if o.Header, err = r.Header.Texts(vars); err != nil {
		return o, err
	}
	o.Header = withoutNone(o.Header)
	if r.body != nil {
		err = r.body.Fill(vars, &o, req)
		return o, err
	}
	if err = bodyOf(&r.Form, vars, &o.Form, req); err != nil {
		return o, err
	}
	return o, jsonBodyOf(&r.JSON, vars, &o)
}

// printedNone is what a template prints that evaluates to nothing.
const printedNone = "None"

// withoutNone leaves out what evaluated to nothing.
func withoutNone(texts *template.Dict) *template.Dict {
	kept := template.NewDict(texts.Len())
	for key, value := range texts.All() {
		if value != printedNone {
			kept.Set(template.Str(key), value)
		}
	}
	return kept
}

// bodyOf evaluates a form, or a text that is sent as it is.
func bodyOf(form *manifest.Tree, vars map[string]any, into **template.Dict, req *request) error {
	if !form.Present() {
		return nil
	}
	v, err := form.Value(vars)
	if err != nil {
		return err
	}
	if text, ok := v.(string); ok {
		req.text = text
		return nil
	}
	*into, err = form.Texts(vars)
	return err
}

func jsonBodyOf(body *manifest.Tree, vars map[string]any, o *Options) error {
	if !body.Present() {
		return nil
	}
	v, err := body.Value(vars)
	if err != nil {
		return err
	}
	switch v := v.(type) {
	case nil:
	case *template.Dict:
		o.JSON = v
	default:
		return errors.New("request_body_json is no object")
	}
	return nil
}

// build makes the HTTP request of one attempt, with fresh credentials.
func (r *httpRequester) build(ctx context.Context, req *request) (*http.Request, error) {
	options := req.own
	if r.auth != nil {
		var err error
		if req.credentials, err = r.auth.Credentials(ctx); err != nil {
			return nil, err
		}
		if options, err = options.Plus(req.credentials); err != nil {
			return nil, err
		}
	}
	options, err := options.Plus(req.call)
	if err != nil {
		return nil, err
	}
	if err := checkQuery(options.Query); err != nil {
		return nil, err
	}
	address, err := addQuery(req.url, options.Query)
	if err != nil {
		return nil, connector.ConfigError("the URL of the request cannot be read")
	}
	return newHTTPRequest(ctx, r.Method, address, options, req.text)
}

// checkQuery wants no objects in a query.
func checkQuery(query *template.Dict) error {
	for key, value := range orEmpty(query).All() {
		if _, ok := value.(*template.Dict); ok {
			return fmt.Errorf("the query parameter %s is an object", template.Str(key))
		}
	}
	return nil
}
