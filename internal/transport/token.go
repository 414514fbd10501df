package transport

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"time"

	"github.com/airfielddev/airfield/internal/wire/public"
	"github.com/airfielddev/airfield/secret"
)

// Static is a token that cannot be renewed.
func Static(token secret.String) TokenSource { return &static{token} }

type static struct{ token secret.String }

func (s *static) Token(context.Context) (secret.String, error) { return s.token, nil }
func (s *static) Renew(secret.String) bool                     { return false }

// ClientCredentials trades an id and a secret for tokens and shares each token among all callers.
type ClientCredentials struct {
	id     string
	secret func() secret.String
	roots  []string
	client *Client
	now    func() time.Time

	mu      sync.Mutex
	current token
	minting *minting
}

type token struct {
	value   secret.String
	refresh time.Time // when another one is fetched
}

// minting is a request for a token that any number of callers wait for.
type minting struct {
	done  chan struct{}
	token secret.String
	err   error
}

// NewClientCredentials returns a source that asks below roots, the next one where the one before has no such place.
// Requests are made as cfg says, without its tokens.
func NewClientCredentials(id string, clientSecret secret.String, roots []string, cfg Config) *ClientCredentials {
	cfg.Tokens = nil
	cfg.Secrets = append([]secret.String{clientSecret}, cfg.Secrets...)
	return &ClientCredentials{
		id: id, secret: func() secret.String { return clientSecret }, roots: roots, client: New(cfg), now: time.Now,
	}
}

// mintTimeout bounds a request for a token, which goes on when the caller that began it gives up.
const mintTimeout = time.Minute

// Token returns the current token, or waits for another one when it is about to expire. Callers that come while one
// is being fetched wait for the same one.
func (s *ClientCredentials) Token(ctx context.Context) (secret.String, error) {
	s.mu.Lock()
	if s.current.value != "" && s.now().Before(s.current.refresh) {
		defer s.mu.Unlock()
		return s.current.value, nil
	}
	m := s.minting
	if m == nil {
		m = &minting{done: make(chan struct{})}
		s.minting = m
		go s.mint(context.WithoutCancel(ctx), m)
	}
	s.mu.Unlock()
	select {
	case <-m.done:
		return m.token, m.err
	case <-ctx.Done():
		return "", fmt.Errorf("waiting for an access token: %w", ctx.Err())
	}
}

// Renew forgets token if it is the current one, so that the next call fetches another.
func (s *ClientCredentials) Renew(refused secret.String) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.current.value == refused {
		s.current = token{}
	}
	return true
}

func (s *ClientCredentials) mint(ctx context.Context, m *minting) {
	ctx, cancel := context.WithTimeout(ctx, mintTimeout)
	defer cancel()
	asked := s.now()
	answer, err := s.ask(ctx)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.minting = nil
	if err == nil {
		m.token = secret.String(answer.AccessToken)
		s.current = token{m.token, asked.Add(usable(answer.ExpiresIn))}
	}
	m.err = err
	close(m.done)
}

// usable is how long a token is used: all of its life but the last minute, or the last quarter of a short life. A server that
// does not tell is taken to give three minutes, the shortest life that Airbyte has had.
func usable(expiresIn int64) time.Duration {
	life := time.Duration(expiresIn) * time.Second
	if life <= 0 {
		life = 3 * time.Minute
	}
	return life - min(time.Minute, life/4)
}

func (s *ClientCredentials) ask(ctx context.Context) (public.TokenResponse, error) {
	var err error
	for _, root := range s.roots {
		var answer public.TokenResponse
		answer, err = Call[public.TokenResponse](ctx, s.client, Request{
			Op: "getting an access token", Method: http.MethodPost, Root: root, Path: []string{"applications", "token"},
			Repeat: RepeatSafe,
			Body: map[string]string{
				"client_id": s.id, "client_secret": s.secret().Reveal(),
				"grant_type": public.GrantClientCredentials, "grant-type": public.GrantClientCredentials,
			},
		})
		if err == nil && answer.AccessToken == "" {
			err = &Error{
				Op: "getting an access token", Method: http.MethodPost, URL: root, Status: http.StatusOK,
				Detail: "the answer holds no access_token",
			}
		}
		if err == nil {
			return answer, nil
		}
		if fault, ok := errors.AsType[*Error](err); !ok || fault.Status != http.StatusNotFound {
			return answer, err
		}
	}
	return public.TokenResponse{}, err
}
