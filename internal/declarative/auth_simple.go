package declarative

import (
	"context"
	"encoding/base64"
	"strings"

	"github.com/airfielddev/airfield/connector"
	"github.com/airfielddev/airfield/internal/template"
	"github.com/airfielddev/airfield/manifest"
)

// fixedCredentials are the same for every request.
type fixedCredentials Options

func (c fixedCredentials) Credentials(context.Context) (Options, error) { return Options(c), nil }

// noCredentials are told of by the first request that needs them: a configuration without any still has its streams.
type noCredentials struct{ err error }

func (c noCredentials) Credentials(context.Context) (Options, error) { return Options{}, c.err }

// fixed makes the authenticator of credentials, or of the error there was in making them.
func fixed(credentials Options, err error) (Authenticator, error) {
	if err != nil {
		return noCredentials{err}, nil //nolint:nilerr // it is kept for the first request
	}
	return fixedCredentials(credentials), nil
}

func authorization(value string) Options {
	return headerOption("Authorization", value)
}

func headerOption(name, value string) Options {
	d := template.NewDict(1)
	d.Set(name, value)
	return Options{Header: d}
}

// NoAuth adds nothing.
type NoAuth struct{}

// Build makes the authenticator.
func (c *NoAuth) Build(*Env) (Authenticator, error) { return fixedCredentials{}, nil }

// BearerAuthenticator sends a token in the Authorization header.
type BearerAuthenticator struct {
	Token manifest.Template `manifest:"api_token,required"`
}

// Build makes the authenticator.
func (c *BearerAuthenticator) Build(env *Env) (Authenticator, error) {
	token, err := c.Token.Text(env.Vars())
	return fixed(authorization("Bearer "+token), err)
}

// BasicAuthenticator sends a user name and a password in the Authorization header.
type BasicAuthenticator struct {
	Username manifest.Template `manifest:"username,required"`
	Password manifest.Template `manifest:"password"`
}

// Build makes the authenticator.
func (c *BasicAuthenticator) Build(env *Env) (Authenticator, error) {
	user, err := c.Username.Text(env.Vars())
	if err != nil {
		return fixed(Options{}, err)
	}
	password, err := c.Password.Text(env.Vars())
	encoded := base64.StdEncoding.EncodeToString([]byte(user + ":" + password))
	return fixed(authorization("Basic "+encoded), err)
}

// APIKeyAuthenticator puts a key where the API wants it.
type APIKeyAuthenticator struct {
	Token  manifest.Template `manifest:"api_token"`
	Header manifest.Template `manifest:"header,deprecated=inject_into"`
	Into   *RequestOption    `manifest:"inject_into"`
}

// UnmarshalManifest checks that the key goes somewhere.
func (c *APIKeyAuthenticator) UnmarshalManifest(d *manifest.Decoder, n *manifest.Node) {
	type plain APIKeyAuthenticator
	d.Decode(n, (*plain)(c))
	if c.Into == nil && !c.Header.Present() {
		d.Problem(n, manifest.CodeMissingField, "want inject_into")
	}
}

// Build makes the authenticator.
func (c *APIKeyAuthenticator) Build(env *Env) (Authenticator, error) {
	token, err := c.Token.Text(env.Vars())
	if err != nil {
		return fixed(Options{}, err)
	}
	if c.Into != nil {
		return fixed(c.Into.In(token, env.Vars()))
	}
	name, err := c.Header.Text(env.Vars())
	return fixed(headerOption(name, token), err)
}

// SelectiveAuthenticator chooses among authenticators by a value of the configuration.
type SelectiveAuthenticator struct {
	Path           []string                     `manifest:"authenticator_selection_path,required"`
	Authenticators map[string]Of[Authenticator] `manifest:"authenticators,required"`
}

// Build makes the authenticator that was chosen.
func (c *SelectiveAuthenticator) Build(env *Env) (Authenticator, error) {
	chosen, ok := valueAt(env.Config, c.Path)
	slot, known := c.Authenticators[template.Str(chosen)]
	if !ok || !known {
		return nil, connector.ConfigError("the configuration does not choose a way to authenticate at %s", strings.Join(c.Path, "."))
	}
	return slot.Build(env)
}

// valueAt follows a path of keys into nested objects.
func valueAt(v any, path []string) (any, bool) {
	for _, key := range path {
		d, ok := v.(*template.Dict)
		if !ok {
			return nil, false
		}
		if v, ok = d.Get(key); !ok {
			return nil, false
		}
	}
	return v, true
}
