// Package access tells who is asking: it trades client credentials for short-lived tokens and recognises both.
//
// See https://docs.airbyte.com/platform/using-airbyte/configuring-api-access.
package access

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"github.com/airfielddev/airfield/internal/platform"
	"github.com/airfielddev/airfield/internal/server/endpoint"
	"github.com/airfielddev/airfield/internal/wire/public"
)

// Lifetime is how long a token is good for, unless the configuration says otherwise.
const Lifetime = 15 * time.Minute

const audience = "airbyte-server"

// Authenticator knows the client credentials. What it does not know is refused with [platform.ErrForbidden].
type Authenticator interface {
	Authenticate(ctx context.Context, clientID, clientSecret string) (platform.Application, error)
}

// Config says how callers are recognised.
type Config struct {
	Applications Authenticator
	Key          []byte           // signs tokens; at least 32 bytes
	Issuer       string           // the server's address, as tokens tell it
	Now          func() time.Time // nil: time.Now
	Lifetime     time.Duration    // how long a token is good for, in whole seconds; 0: Lifetime
	Open         bool             // everyone is let in, with or without credentials
}

// Gate lets callers in.
type Gate struct{ cfg Config }

// NewGate makes a gate.
func NewGate(cfg Config) (*Gate, error) {
	if len(cfg.Key) < 32 {
		return nil, fmt.Errorf("making a gate: the signing key has %d bytes, at least 32 are needed", len(cfg.Key))
	}
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if cfg.Lifetime == 0 {
		cfg.Lifetime = Lifetime
	}
	return &Gate{cfg}, nil
}

// Open tells whether everyone is let in.
func (g *Gate) Open() bool { return g.cfg.Open }

// Caller is who is asking. What they may do is not in their token: it is looked up at each use.
type Caller struct {
	ApplicationID string // "": everyone is let in
	UserID        string
}

type claims struct {
	jwt.RegisteredClaims
	UserID string `json:"user_id"` // clients look the user up by it
}

// Issue trades client credentials for a token.
func (g *Gate) Issue(ctx context.Context, clientID, clientSecret string) (public.TokenResponse, error) {
	caller, err := g.known(ctx, clientID, clientSecret)
	if err != nil {
		return public.TokenResponse{}, err
	}
	now := g.cfg.Now()
	token := jwt.NewWithClaims(jwt.SigningMethodHS256, claims{
		RegisteredClaims: jwt.RegisteredClaims{
			Issuer:    g.cfg.Issuer,
			Audience:  jwt.ClaimStrings{audience},
			Subject:   caller.ApplicationID,
			IssuedAt:  jwt.NewNumericDate(now),
			ExpiresAt: jwt.NewNumericDate(now.Add(g.cfg.Lifetime)),
		},
		UserID: caller.UserID,
	})
	signed, err := token.SignedString(g.cfg.Key)
	if err != nil {
		return public.TokenResponse{}, fmt.Errorf("signing a token: %w", err)
	}
	return public.TokenResponse{
		AccessToken: signed,
		TokenType:   public.TokenTypeBearer,
		ExpiresIn:   int64(g.cfg.Lifetime / time.Second),
	}, nil
}

func (g *Gate) known(ctx context.Context, clientID, clientSecret string) (Caller, error) {
	if g.cfg.Open {
		return Caller{UserID: platform.DefaultUser}, nil
	}
	app, err := g.cfg.Applications.Authenticate(ctx, clientID, clientSecret)
	if errors.Is(err, platform.ErrForbidden) || errors.Is(err, platform.ErrNotFound) {
		return Caller{}, endpoint.Unauthorized("The client id and secret were not accepted. Compare them with the credentials of the application.")
	}
	if err != nil {
		return Caller{}, fmt.Errorf("authenticating a client: %w", err)
	}
	return Caller{ApplicationID: app.ID, UserID: app.Owner()}, nil
}

// Admit recognises the caller of a request by its Authorization header: a token, or the client id and secret as user name
// and password.
func (g *Gate) Admit(r *http.Request) (Caller, error) {
	if g.cfg.Open {
		return Caller{UserID: platform.DefaultUser}, nil
	}
	if id, secret, ok := r.BasicAuth(); ok {
		return g.known(r.Context(), id, secret)
	}
	token, ok := bearer(r.Header.Get("Authorization"))
	if !ok {
		return Caller{}, endpoint.Unauthorized("The header Authorization must hold \"Bearer\" and a token. POST the client id and secret to /api/public/v1/applications/token to get one.")
	}
	return g.verify(token)
}

func bearer(header string) (token string, ok bool) {
	scheme, token, _ := strings.Cut(strings.TrimSpace(header), " ")
	token = strings.TrimSpace(token)
	return token, strings.EqualFold(scheme, "bearer") && token != ""
}

func (g *Gate) verify(token string) (Caller, error) {
	var c claims
	_, err := jwt.ParseWithClaims(token, &c, func(*jwt.Token) (any, error) { return g.cfg.Key, nil },
		jwt.WithValidMethods([]string{jwt.SigningMethodHS256.Alg()}),
		jwt.WithAudience(audience),
		jwt.WithExpirationRequired(),
		jwt.WithTimeFunc(g.cfg.Now))
	switch {
	case errors.Is(err, jwt.ErrTokenExpired):
		return Caller{}, endpoint.Unauthorized("The token has expired. Get a new one from /api/public/v1/applications/token.")
	case err != nil:
		return Caller{}, endpoint.Unauthorized("The token was not accepted. Get a new one from /api/public/v1/applications/token.")
	}
	return Caller{ApplicationID: c.Subject, UserID: c.UserID}, nil
}

type callerKey struct{}

// With adds the caller to a context.
func With(ctx context.Context, c Caller) context.Context {
	return context.WithValue(ctx, callerKey{}, c)
}

// From is the caller that a context belongs to; the zero Caller when nobody was asked.
func From(ctx context.Context) Caller {
	c, _ := ctx.Value(callerKey{}).(Caller)
	return c
}
