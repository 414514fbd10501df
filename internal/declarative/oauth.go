package declarative

import (
	"context"
	"strconv"
	"strings"
	"time"

	"github.com/airfielddev/airfield/connector"
	"github.com/airfielddev/airfield/internal/template"
	"github.com/airfielddev/airfield/manifest"
)

const (
	grantRefresh = "refresh_token"
	grantJWT     = "urn:ietf:params:oauth:grant-type:jwt-bearer"
	tokenLife    = time.Hour // of a token whose response does not say
	maxTokenLife = 1e9       // seconds
)

// OAuthAuthenticator gets access tokens from a token endpoint, and new ones before they expire.
type OAuthAuthenticator struct {
	Endpoint         manifest.Template `manifest:"token_refresh_endpoint"`
	GrantType        manifest.Template `manifest:"grant_type"`
	ClientID         manifest.Template `manifest:"client_id"`
	ClientSecret     manifest.Template `manifest:"client_secret"`
	RefreshToken     manifest.Template `manifest:"refresh_token"`
	AccessToken      manifest.Template `manifest:"access_token_value"`
	GrantTypeName    manifest.Template `manifest:"grant_type_name"`
	ClientIDName     manifest.Template `manifest:"client_id_name"`
	ClientSecretName manifest.Template `manifest:"client_secret_name"`
	RefreshTokenName manifest.Template `manifest:"refresh_token_name"`
	AccessTokenName  manifest.Template `manifest:"access_token_name"`
	ExpiresInName    manifest.Template `manifest:"expires_in_name"`
	Scopes           []string          `manifest:"scopes"`
	Body             manifest.Tree     `manifest:"refresh_request_body"`
	Header           manifest.Tree     `manifest:"refresh_request_headers"`
	AsQuery          bool              `manifest:"send_refresh_request_as_query_params"`
	ExpiryDate       manifest.Template `manifest:"token_expiry_date"`
	ExpiryFormat     string            `manifest:"token_expiry_date_format"`
	ErrorCodes       []int             `manifest:"refresh_token_error_status_codes"`
	ErrorKey         string            `manifest:"refresh_token_error_key"`
	ErrorValues      []string          `manifest:"refresh_token_error_values"`
	Updater          *RefreshUpdater   `manifest:"refresh_token_updater"`
	UseAssertion     bool              `manifest:"use_profile_assertion"`
	Assertion        *JWTAuthenticator `manifest:"profile_assertion"`
}

// RefreshUpdater is for refresh tokens that are good for one use: what the endpoint gives is written back to the
// configuration at these paths.
type RefreshUpdater struct {
	Name        string   `manifest:"refresh_token_name"`
	AccessPath  []string `manifest:"access_token_config_path"`
	RefreshPath []string `manifest:"refresh_token_config_path"`
	ExpiryPath  []string `manifest:"token_expiry_date_config_path"`
	ErrorCodes  []int    `manifest:"refresh_token_error_status_codes"`
	ErrorKey    string   `manifest:"refresh_token_error_key"`
	ErrorValues []string `manifest:"refresh_token_error_values"`
}

// UnmarshalManifest fills what was left out.
func (u *RefreshUpdater) UnmarshalManifest(d *manifest.Decoder, n *manifest.Node) {
	type plain RefreshUpdater
	*u = RefreshUpdater{
		Name:        "refresh_token",
		AccessPath:  []string{"credentials", "access_token"},
		RefreshPath: []string{"credentials", "refresh_token"},
		ExpiryPath:  []string{"credentials", "token_expiry_date"},
	}
	d.Decode(n, (*plain)(u))
}

// oauthNames are the names of the fields of a token request and its response.
type oauthNames struct {
	grantType, clientID, clientSecret, refreshToken, accessToken, expiresIn string
}

// oauthRequest is a token request, evaluated.
type oauthRequest struct {
	endpoint, grantType, clientID, clientSecret, refreshToken string

	names  oauthNames
	header *template.Dict
	body   *template.Dict
}

// oauth is an OAuthAuthenticator at work.
type oauth struct {
	*OAuthAuthenticator
	env     *Env
	request oauthRequest
	token   *token
	jwt     Authenticator
}

// Build makes the authenticator. What is missing is found out when a token is asked for: a manifest may have several
// authenticators of which the configuration chooses one.
func (c *OAuthAuthenticator) Build(env *Env) (Authenticator, error) {
	o := &oauth{OAuthAuthenticator: c, env: env}
	switch err := o.evaluate(); {
	case err != nil && c.Updater == nil:
		return fixed(Options{}, err)
	case err != nil:
		return nil, err
	}
	if c.Assertion != nil && c.UseAssertion {
		var err error
		if o.jwt, err = c.Assertion.Build(env); err != nil {
			return nil, err
		}
	}
	start, err := o.start()
	if err != nil {
		return nil, err
	}
	o.token = env.tokens.get(o.identity(), start)
	return o, nil
}

func (o *oauth) evaluate() error {
	vars := o.env.Vars()
	r := &o.request
	for _, field := range []struct {
		from    *manifest.Template
		to      *string
		missing string
	}{
		{&o.Endpoint, &r.endpoint, ""},
		{&o.GrantType, &r.grantType, grantRefresh},
		{&o.ClientID, &r.clientID, ""},
		{&o.ClientSecret, &r.clientSecret, ""},
		{&o.RefreshToken, &r.refreshToken, ""},
		{&o.GrantTypeName, &r.names.grantType, "grant_type"},
		{&o.ClientIDName, &r.names.clientID, "client_id"},
		{&o.ClientSecretName, &r.names.clientSecret, "client_secret"},
		{&o.RefreshTokenName, &r.names.refreshToken, "refresh_token"},
		{&o.AccessTokenName, &r.names.accessToken, "access_token"},
		{&o.ExpiresInName, &r.names.expiresIn, "expires_in"},
	} {
		text, err := field.from.Text(vars)
		spare := o.Updater != nil && field.from == &o.RefreshToken // the updater has a place of its own to look for it
		if err != nil && !spare {
			return err
		}
		if text == "" || text == printedNone {
			text = field.missing
		}
		*field.to = text
	}
	if o.Updater != nil {
		r.names.refreshToken = o.Updater.Name
		o.preferConfigured(&r.clientID, "client_id")
		o.preferConfigured(&r.clientSecret, "client_secret")
	}
	header, err := o.Header.Texts(vars)
	if err != nil {
		return err
	}
	body, err := o.Body.Texts(vars)
	if err != nil {
		return err
	}
	r.header, r.body = withoutNone(header), withoutNone(body)
	return nil
}

// preferConfigured takes what the configuration has among its credentials: with an updater that goes before what the manifest says.
func (o *oauth) preferConfigured(to *string, name string) {
	if _, ok := valueAt(o.env.Config, []string{"credentials", name}); ok {
		*to = textAt(o.env.Config, []string{"credentials", name})
	}
}

// start is what the configuration already has of a token.
func (o *oauth) start() (tokenValue, error) {
	v := tokenValue{refresh: o.request.refreshToken}
	vars := o.env.Vars()
	if u := o.Updater; u != nil {
		v.access = textAt(o.env.Config, u.AccessPath)
		if refresh := textAt(o.env.Config, u.RefreshPath); refresh != "" {
			v.refresh = refresh
		}
		v.expires = parseMoment(textAt(o.env.Config, u.ExpiryPath))
		return v, nil
	}
	var err error
	if v.access, err = o.AccessToken.Text(vars); err != nil {
		return v, err
	}
	expiry, err := o.ExpiryDate.Text(vars)
	v.expires = parseMoment(expiry)
	if o.request.endpoint == "" && v.access != "" {
		v.expires = time.Unix(1<<40, 0)
	}
	return v, err
}

func textAt(config *template.Dict, path []string) string {
	v, ok := valueAt(config, path)
	if !ok || v == nil {
		return ""
	}
	return template.Str(v)
}

// parseMoment reads an expiry date; one that cannot be read has passed.
func parseMoment(text string) time.Time {
	for _, layout := range []string{time.RFC3339Nano, "2006-01-02T15:04:05.999999999-0700", "2006-01-02T15:04:05.999999999", "2006-01-02 15:04:05.999999999-07:00", time.DateTime, time.DateOnly} {
		if t, err := time.Parse(layout, text); err == nil {
			return t
		}
	}
	return time.Time{}
}

// identity tells token requests apart that give different tokens.
func (o *oauth) identity() string {
	r := o.request
	parts := []string{"oauth", r.endpoint, r.grantType, r.clientID, r.clientSecret, r.refreshToken, encodeForm(r.body), encodeForm(r.header)}
	return strings.Join(append(parts, o.Scopes...), "\x00")
}

// Credentials gives the access token, a new one if there is none or it has expired.
func (o *oauth) Credentials(ctx context.Context) (Options, error) {
	o.token.mu.Lock()
	defer o.token.mu.Unlock()
	if o.token.access == "" || o.env.Now().After(o.token.expires) {
		if err := o.renew(ctx); err != nil {
			return Options{}, err
		}
	}
	return authorization("Bearer " + o.token.access), nil
}

// Refresh gets a new access token now. Requests that were sent at the same time share it.
func (o *oauth) Refresh(ctx context.Context, used Options) error {
	o.token.mu.Lock()
	defer o.token.mu.Unlock()
	if sent, _ := orEmpty(used.Header).Get("Authorization"); o.request.endpoint == "" || sent != "Bearer "+o.token.access {
		return nil
	}
	return o.renew(ctx)
}

// renew asks for a token. The token is locked.
func (o *oauth) renew(ctx context.Context) error {
	body, err := o.tokenRequest(ctx)
	if err != nil {
		return err
	}
	answer, err := o.ask(ctx, body)
	if err != nil {
		return err
	}
	access, ok := deepValue(answer, o.request.names.accessToken, tokenDepth)
	if !ok || access == nil || template.Str(access) == "" {
		return connector.ConfigError("the answer of the token endpoint %s has no %s", publicURL(o.request.endpoint), o.request.names.accessToken)
	}
	o.token.access = template.Str(access)
	o.token.expires = o.expiry(answer)
	if o.Updater == nil {
		return nil
	}
	if refresh, ok := deepValue(answer, o.Updater.Name, tokenDepth); ok && refresh != nil && template.Str(refresh) != "" {
		o.token.refresh = template.Str(refresh)
	}
	return o.writeBack()
}

// tokenRequest is the fields of a token request.
func (o *oauth) tokenRequest(ctx context.Context) (*template.Dict, error) {
	r := o.request
	d := template.NewDict(8)
	if o.jwt != nil {
		signed, err := o.jwt.Credentials(ctx)
		if err != nil {
			return nil, err
		}
		assertion, _ := orEmpty(signed.Header).Get("Authorization")
		d.Set(r.names.grantType, grantJWT)
		d.Set("assertion", assertion)
		return d, nil
	}
	if r.endpoint == "" {
		return nil, connector.ConfigError("there is no access token, and no endpoint to get one from")
	}
	if r.grantType == grantRefresh && o.token.refresh == "" && !o.sendsEmpty() {
		return nil, connector.ConfigError("there is no refresh token to get an access token with")
	}
	d.Set(r.names.grantType, r.grantType)
	if _, named := headerValue(r.header, "Authorization"); !named {
		if r.clientID == "" && o.ClientID.Present() {
			return nil, connector.ConfigError("there is no client id to get an access token with")
		}
		d.Set(r.names.clientID, r.clientID)
		d.Set(r.names.clientSecret, r.clientSecret)
	}
	if o.token.refresh != "" || o.sendsEmpty() {
		d.Set(r.names.refreshToken, o.token.refresh)
	}
	if len(o.Scopes) > 0 {
		d.Set("scopes", template.Texts(o.Scopes))
	}
	for key, value := range r.body.All() {
		if _, taken := d.Get(template.Str(key)); !taken {
			d.Set(template.Str(key), value)
		}
	}
	return d, nil
}

// sendsEmpty tells that the manifest itself leaves the refresh token empty, for an endpoint that does without one.
func (c *OAuthAuthenticator) sendsEmpty() bool {
	return c.RefreshToken.Present() && c.RefreshToken.Source() == ""
}

func headerValue(d *template.Dict, name string) (any, bool) {
	for key, value := range d.All() {
		if strings.EqualFold(template.Str(key), name) {
			return value, true
		}
	}
	return nil, false
}

// expiry is when the token of an answer expires: after some seconds, or at a date where the manifest says that it is one.
func (o *oauth) expiry(answer any) time.Time {
	now := o.env.Now()
	v, ok := deepValue(answer, o.request.names.expiresIn, tokenDepth)
	if !ok || v == nil {
		return now.Add(tokenLife)
	}
	if o.ExpiryFormat != "" {
		if t, err := template.ParseTime(v, o.ExpiryFormat); err == nil {
			return t
		}
		return parseMoment(template.Str(v))
	}
	s, err := strconv.ParseFloat(template.Str(v), 64)
	if err != nil {
		return now.Add(tokenLife)
	}
	return now.Add(time.Duration(min(s, maxTokenLife)) * time.Second)
}
