package platform

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"slices"
	"strings"
	"time"
)

// newApplication makes credentials. The secret has 128 bits or more of chance, so that a plain hash of it cannot be guessed.
func newApplication(name, organizationID, userID string, now time.Time) (a Application, secret string) {
	secret = rand.Text() + rand.Text()
	hash := sha256.Sum256([]byte(secret))
	a = Application{
		ID: newID(), Name: name, ClientID: newID(), SecretHash: hash[:], OrganizationID: organizationID, UserID: userID, CreatedAt: now,
	}
	return a, secret
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

// Applications lists the client credentials that the caller may manage, the oldest first: those of their own user, and those of
// the organizations that they administer.
func (p *Platform) Applications(ctx context.Context) ([]Application, error) {
	all, err := view(ctx, p, func(tb Tables) ([]Application, error) { return tb.Applications.List(ctx, Filter{}) })
	g := grantsOf(ctx)
	return slices.DeleteFunc(all, func(a Application) bool {
		if g.Everything() {
			return false
		}
		level, _ := g.at(a.where(), Need{})
		return level < LevelAdmin
	}), err
}

// CreateApplication makes further client credentials of the caller's user. The secret cannot be asked for again.
func (p *Platform) CreateApplication(ctx context.Context, name string) (app Application, clientSecret string, err error) {
	if strings.TrimSpace(name) == "" {
		return Application{}, "", refuse(ErrInvalid, "An application needs a name.")
	}
	app, clientSecret = newApplication(name, home(ctx), Caller(ctx), p.clock())
	err = p.store.Write(ctx, func(tb Tables) error { return tb.Applications.Insert(ctx, app) })
	return app, clientSecret, err
}

// CreateRobot makes client credentials with a user of their own, who has the given roles and no others. All of them are in one
// organization, which the user and the application then belong to. The secret cannot be asked for again.
func (p *Platform) CreateRobot(ctx context.Context, name string, roles []NewPermission) (app Application, clientSecret string, err error) {
	if strings.TrimSpace(name) == "" || len(roles) == 0 {
		return Application{}, "", badRequest("An application with a user of its own needs a name and at least one permission.")
	}
	for _, n := range roles {
		if err := n.valid(); err != nil {
			return Application{}, "", err
		}
	}
	now := p.clock()
	user := User{ID: newID(), Name: name, Email: slug(name) + "@applications.invalid", CreatedAt: now}
	err = p.store.Write(ctx, func(tb Tables) error {
		if user.OrganizationID, err = oneOrganization(ctx, tb, roles); err != nil {
			return err
		}
		if err := tb.Users.Insert(ctx, user); err != nil {
			return err
		}
		for _, n := range roles {
			n.UserID = user.ID
			if _, err := p.grant(ctx, tb, n); err != nil {
				return err
			}
		}
		app, clientSecret = newApplication(name, user.OrganizationID, user.ID, now)
		return tb.Applications.Insert(ctx, app)
	})
	return app, clientSecret, err
}

// oneOrganization is the organization that all of the permissions are in.
func oneOrganization(ctx context.Context, tb Tables, roles []NewPermission) (string, error) {
	one := ""
	for _, n := range roles {
		id, err := organizationOf(ctx, tb, n)
		if err != nil {
			return "", err
		}
		if one != "" && id != one {
			return "", badRequest("The permissions of an application must all be in one organization.")
		}
		one = id
	}
	return one, nil
}

// Application reads client credentials, without the secret.
func (p *Platform) Application(ctx context.Context, id string) (Application, error) {
	return view(ctx, p, func(tb Tables) (Application, error) { return tb.Applications.Get(ctx, id) })
}

// DeleteApplication removes client credentials and returns what they were. Their tokens are refused from then on. A user who was
// made for the application goes with it.
func (p *Platform) DeleteApplication(ctx context.Context, id string) (Application, error) {
	defer p.admissions.forget()
	return change(ctx, p, func(tb Tables) (Application, error) {
		a, err := tb.Applications.Get(ctx, id)
		if err != nil {
			return a, err
		}
		if err := tb.Applications.Delete(ctx, id); err != nil {
			return a, err
		}
		return a, p.dismiss(ctx, tb, a.Owner())
	})
}
