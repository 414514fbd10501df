package platform

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"time"
)

// newApplication makes credentials. The secret has 128 bits or more of chance, so that a plain hash of it cannot be guessed.
func newApplication(name, organizationID string, now time.Time) (a Application, secret string) {
	secret = rand.Text() + rand.Text()
	hash := sha256.Sum256([]byte(secret))
	return Application{ID: newID(), Name: name, ClientID: newID(), SecretHash: hash[:], OrganizationID: organizationID, CreatedAt: now}, secret
}

// Authenticate finds the application that credentials belong to, or returns an [Error] of [ErrForbidden] that does not tell
// which of them is wrong.
func (p *Platform) Authenticate(ctx context.Context, clientID, clientSecret string) (Application, error) {
	hash := sha256.Sum256([]byte(clientSecret))
	if clientID == "" {
		return Application{}, refuse(ErrForbidden, "The client id or secret is wrong.")
	}
	found, err := view(ctx, p, func(tb Tables) ([]Application, error) {
		return tb.Applications.List(ctx, Filter{Key: clientID, Limit: 1})
	})
	if err != nil {
		return Application{}, err
	}
	if len(found) == 0 || subtle.ConstantTimeCompare(found[0].SecretHash, hash[:]) != 1 {
		return Application{}, refuse(ErrForbidden, "The client id or secret is wrong.")
	}
	return found[0], nil
}

// Applications lists the client credentials, the oldest first.
func (p *Platform) Applications(ctx context.Context) ([]Application, error) {
	return view(ctx, p, func(tb Tables) ([]Application, error) { return tb.Applications.List(ctx, Filter{}) })
}

// CreateApplication makes client credentials. The secret cannot be asked for again.
func (p *Platform) CreateApplication(ctx context.Context, name string) (app Application, clientSecret string, err error) {
	if name == "" {
		return Application{}, "", refuse(ErrInvalid, "An application needs a name.")
	}
	app, clientSecret = newApplication(name, DefaultOrganization, p.clock())
	err = p.store.Write(ctx, func(tb Tables) error { return tb.Applications.Insert(ctx, app) })
	return app, clientSecret, err
}

// Application reads client credentials, without the secret.
func (p *Platform) Application(ctx context.Context, id string) (Application, error) {
	return view(ctx, p, func(tb Tables) (Application, error) { return tb.Applications.Get(ctx, id) })
}

// DeleteApplication removes client credentials and returns what they were.
func (p *Platform) DeleteApplication(ctx context.Context, id string) (Application, error) {
	return change(ctx, p, func(tb Tables) (Application, error) {
		a, err := tb.Applications.Get(ctx, id)
		if err != nil {
			return a, err
		}
		return a, tb.Applications.Delete(ctx, id)
	})
}
