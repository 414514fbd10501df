package declarative

import (
	"context"
	"net/http"
	"time"

	"github.com/airfielddev/airfield/connector"
	"github.com/airfielddev/airfield/internal/template"
	"github.com/airfielddev/airfield/manifest"
)

// LegacySessionTokenAuthenticator sends the session token of the configuration, if the API still takes it, or one that it gets for
// a name and a password.
type LegacySessionTokenAuthenticator struct {
	Header      manifest.Template `manifest:"header,required"`
	LoginURL    manifest.Template `manifest:"login_url,required"` // after the URL of the requester
	Token       manifest.Template `manifest:"session_token"`
	TokenKey    manifest.Template `manifest:"session_token_response_key,required"`
	Username    manifest.Template `manifest:"username"`
	Password    manifest.Template `manifest:"password"`
	ValidateURL manifest.Template `manifest:"validate_session_url,required"`
}

// legacySessionLife is how long a token is good that was got for a name and a password.
const legacySessionLife = 24 * time.Hour

// Build makes the authenticator. Requesters that log in at one place with one name share the session.
func (c *LegacySessionTokenAuthenticator) Build(env *Env) (Authenticator, error) {
	s := &legacySession{env: env}
	for _, field := range []struct {
		from *manifest.Template
		to   *string
	}{
		{env.base, &s.base}, {&c.Header, &s.header}, {&c.LoginURL, &s.login}, {&c.Token, &s.given}, {&c.TokenKey, &s.key},
		{&c.Username, &s.username}, {&c.Password, &s.password}, {&c.ValidateURL, &s.validate},
	} {
		var err error
		if *field.to, err = field.from.Text(env.Vars()); err != nil {
			return nil, err
		}
	}
	s.token = env.tokens.get("legacy session\x00"+s.base+"\x00"+s.login+"\x00"+s.username+"\x00"+s.given, tokenValue{})
	return s, nil
}

type legacySession struct {
	env                                *Env
	base, header, login, validate, key string
	given, username, password          string
	token                              *token
}

// Credentials is the header with the token. What the configuration has is tried once.
func (s *legacySession) Credentials(ctx context.Context) (Options, error) {
	s.token.mu.Lock()
	defer s.token.mu.Unlock()
	if s.token.access == "" || !s.env.Now().Before(s.token.expires) {
		if err := s.begin(ctx); err != nil {
			return Options{}, err
		}
	}
	return s.with(s.token.access), nil
}

func (s *legacySession) with(token string) Options {
	d := template.NewDict(1)
	d.Set(s.header, token)
	return Options{Header: d}
}

func (s *legacySession) begin(ctx context.Context) error {
	s.token.expires = s.env.Now().Add(legacySessionLife)
	if s.given != "" {
		good, err := s.valid(ctx)
		if err != nil {
			return err
		}
		if good {
			s.token.access = s.given
			return nil
		}
	}
	if s.username == "" || s.password == "" {
		return connector.ConfigError("the session token is not valid, and there are no username and password to get another with")
	}
	var err error
	s.token.access, err = s.logIn(ctx)
	return err
}

// valid asks whether the API takes the token of the configuration.
func (s *legacySession) valid(ctx context.Context) (bool, error) {
	response, err := s.ask(ctx, http.MethodGet, s.validate, s.with(s.given))
	if err != nil {
		return false, err
	}
	if response.Status == http.StatusUnauthorized {
		return false, nil
	}
	return true, s.refused(response, "validating the session token")
}

func (s *legacySession) logIn(ctx context.Context) (string, error) {
	body := template.NewDict(2)
	body.Set("username", s.username)
	body.Set("password", s.password)
	response, err := s.ask(ctx, http.MethodPost, s.login, Options{JSON: body})
	if err != nil {
		return "", err
	}
	if err := s.refused(response, "logging in"); err != nil {
		return "", err
	}
	answer, _ := response.JSON().(*template.Dict)
	found, _ := orEmpty(answer).Get(s.key)
	if found == nil || template.Str(found) == "" {
		return "", connector.ConfigError("the answer to the login has no %s", s.key)
	}
	return template.Str(found), nil
}

func (s *legacySession) ask(ctx context.Context, method, path string, options Options) (*Response, error) {
	response, err := s.env.ask(ctx, method, s.base+path, options)
	if err != nil && !permanent(err) && ctx.Err() == nil {
		err = connector.TransientError("asking for a session: %w", err)
	}
	return response, err
}

func (s *legacySession) refused(r *Response, doing string) error {
	switch {
	case r.Status < http.StatusBadRequest:
		return nil
	case worthRepeating(r.Status):
		return connector.TransientError("%s: status %d from %s", doing, r.Status, publicURL(r.URL))
	}
	return connector.ConfigError("%s: status %d from %s", doing, r.Status, publicURL(r.URL))
}
