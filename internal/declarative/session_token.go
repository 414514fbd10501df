package declarative

import (
	"bytes"
	"context"
	"reflect"
	"time"

	"github.com/airfielddev/airfield/connector"
	"github.com/airfielddev/airfield/internal/declarative/dpath"
	"github.com/airfielddev/airfield/internal/template"
	"github.com/airfielddev/airfield/manifest"
)

// SessionTokenAuthenticator logs in with a request, and sends the token it gets.
type SessionTokenAuthenticator struct {
	Login     Of[Requester]      `manifest:"login_requester,required"`
	TokenPath []string           `manifest:"session_token_path,required"`
	Duration  string             `manifest:"expiration_duration,holds=duration"`
	Request   Of[SessionRequest] `manifest:"request_authentication,required"`
	Decoder   Of[Decoder]        `manifest:"decoder"`
}

// SessionRequest puts a session's token into a request.
type SessionRequest interface {
	WithToken(token string) (Options, error)
}

// UnmarshalManifest checks the login.
func (c *SessionTokenAuthenticator) UnmarshalManifest(d *manifest.Decoder, n *manifest.Node) {
	type plain SessionTokenAuthenticator
	d.Decode(n, (*plain)(c))
	d.In("login_requester", func() { refuseLess(d, n.Get("login_requester"), &c.Login) })
}

// Build makes the authenticator. Streams that share its definition share the session.
func (c *SessionTokenAuthenticator) Build(env *Env) (Authenticator, error) {
	s := &session{path: c.TokenPath, env: env}
	var err error
	if s.login, err = c.Login.Build(env); err != nil {
		return nil, err
	}
	if s.request, err = c.Request.Build(env); err != nil {
		return nil, err
	}
	if s.decoder, err = c.Decoder.Build(env); err != nil {
		return nil, err
	}
	if s.decoder == nil {
		s.decoder = jsonDecoder{}
	}
	if c.Duration != "" {
		d, err := template.ParseDuration(c.Duration)
		if err != nil {
			return nil, err
		}
		s.life = &d
	}
	place := c.Login.Place()
	place.Path = ""
	s.token = env.tokens.get("session\x00"+place.String(), tokenValue{})
	return s, nil
}

type session struct {
	login   Requester
	request SessionRequest
	decoder Decoder
	path    []string
	life    *template.Duration // nil: a session is good for one request
	env     *Env
	token   *token
}

// Credentials logs in if there is no session, or it has expired.
func (s *session) Credentials(ctx context.Context) (Options, error) {
	s.token.mu.Lock()
	defer s.token.mu.Unlock()
	if s.token.access == "" || s.life == nil || !s.env.Now().Before(s.token.expires) {
		if err := s.begin(ctx); err != nil {
			return Options{}, err
		}
	}
	return s.request.WithToken(s.token.access)
}

// Refresh ends the session, so that the next request logs in again.
func (s *session) Refresh(_ context.Context, used Options) error {
	s.token.mu.Lock()
	defer s.token.mu.Unlock()
	current, err := s.request.WithToken(s.token.access)
	if err == nil && reflect.DeepEqual(current, used) {
		s.token.access = ""
	}
	return err
}

func (s *session) begin(ctx context.Context) error {
	response, err := s.login.Send(withPurpose(ctx, purposeLogin), Call{})
	if err != nil {
		return err
	}
	defer response.Close()
	var body any
	err = s.decoder.Decode(bytes.NewReader(response.Body), func(v any) error {
		if body == nil {
			body = v
		}
		return nil
	})
	if err != nil {
		return err
	}
	found, ok := dpath.Parse(s.path).First(body)
	if !ok || found == nil || template.Str(found) == "" {
		return connector.ConfigError("the answer to the login has no session token")
	}
	s.token.access = template.Str(found)
	s.token.expires = time.Time{}
	if s.life != nil {
		s.token.expires, err = s.life.AddTo(s.env.Now())
	}
	return err
}

// SessionBearer sends the token in the Authorization header.
type SessionBearer struct{}

// Build makes the part of the authenticator.
func (c *SessionBearer) Build(*Env) (SessionRequest, error) { return c, nil }

// WithToken is the header.
func (c *SessionBearer) WithToken(token string) (Options, error) {
	return authorization("Bearer " + token), nil
}

// SessionAPIKey puts the token where the API wants it.
type SessionAPIKey struct {
	Into  RequestOption     `manifest:"inject_into,required"`
	Token manifest.Template `manifest:"api_token"`
}

// Build makes the part of the authenticator.
func (c *SessionAPIKey) Build(env *Env) (SessionRequest, error) { return &sessionAPIKey{c, env}, nil }

type sessionAPIKey struct {
	*SessionAPIKey
	env *Env
}

func (c *sessionAPIKey) WithToken(token string) (Options, error) {
	vars := c.env.Vars()
	if c.Token.Present() {
		vars["session_token"] = token
		var err error
		if token, err = c.Token.Text(vars); err != nil {
			return Options{}, err
		}
	}
	return c.Into.In(token, c.env.Vars())
}
