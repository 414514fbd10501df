package platform

import (
	"context"
	"sync"
	"time"
)

// admissionAge is how long what an application may do is believed without looking again. What this process changes is seen
// at once.
const admissionAge = time.Second

const keptAdmissions = 4096

// admissions remember for a moment what applications may do, so that a call costs no reading of its own.
type admissions struct {
	mu      sync.Mutex
	changes int // counts calls of forget
	byID    map[string]admission
}

type admission struct {
	grants *Grants
	until  time.Time
}

func (a *admissions) find(id string) (g *Grants, ok bool, changes int) {
	a.mu.Lock()
	defer a.mu.Unlock()
	kept, ok := a.byID[id]
	return kept.grants, ok && time.Now().Before(kept.until), a.changes
}

// keep remembers grants, unless something changed after they were looked for.
func (a *admissions) keep(id string, g *Grants, changes int) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.changes != changes {
		return
	}
	if a.byID == nil || len(a.byID) >= keptAdmissions {
		a.byID = map[string]admission{}
	}
	a.byID[id] = admission{g, time.Now().Add(admissionAge)}
}

func (a *admissions) forget() {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.changes++
	a.byID = nil
}

// GrantsOf tells what the user of an application may do. It returns an [Error] of [ErrNotFound] when the application is gone.
func (p *Platform) GrantsOf(ctx context.Context, applicationID string) (*Grants, error) {
	g, fresh, changes := p.admissions.find(applicationID)
	if fresh {
		return g, nil
	}
	g, err := view(ctx, p, func(tb Tables) (*Grants, error) { return grants(ctx, tb, applicationID) })
	if err != nil {
		return nil, err
	}
	p.admissions.keep(applicationID, g, changes)
	return g, nil
}

// AllGrants are those of the default user.
func AllGrants() *Grants {
	return &Grants{UserID: DefaultUser, Home: DefaultOrganization, everything: true}
}

func grants(ctx context.Context, tb Tables, applicationID string) (*Grants, error) {
	a, err := tb.Applications.Get(ctx, applicationID)
	if err != nil {
		return nil, err
	}
	g, err := userGrants(ctx, tb, a.Owner())
	if err != nil {
		return nil, err
	}
	g.Home = a.OrganizationID
	return g, nil
}

// userGrants are what a user may do, by all of their permissions.
func userGrants(ctx context.Context, tb Tables, userID string) (*Grants, error) {
	permissions, err := tb.Permissions.List(ctx, Filter{UserID: userID})
	if err != nil {
		return nil, err
	}
	g := &Grants{UserID: userID, organizations: map[string]Level{}, workspaces: map[string]workspaceGrant{}}
	for _, granted := range permissions {
		if err := g.add(ctx, tb, granted); err != nil {
			return nil, err
		}
	}
	return g, nil
}

func (g *Grants) add(ctx context.Context, tb Tables, granted Permission) error {
	switch {
	case granted.Role == RoleInstanceAdmin:
		g.everything = true
	case granted.Role.OfOrganization():
		g.organizations[granted.OrganizationID] = granted.Role.Level()
	case granted.Role.OfWorkspace():
		w, err := tb.Workspaces.Get(ctx, granted.WorkspaceID)
		if err != nil {
			return err
		}
		g.workspaces[granted.WorkspaceID] = workspaceGrant{granted.Role.Level(), w.OrganizationID}
	}
	return nil
}
