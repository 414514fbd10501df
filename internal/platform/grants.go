package platform

import (
	"context"
	"maps"
	"slices"
)

// Grants are what a user may do, everywhere. Nil Grants, which are those of the server itself, allow everything.
type Grants struct {
	UserID        string
	Home          string // the organization that the user belongs to
	everything    bool
	organizations map[string]Level
	workspaces    map[string]workspaceGrant
}

// workspaceGrant is a role on a workspace beside the organization that the workspace is in.
type workspaceGrant struct {
	level        Level
	organization string
}

// Everything tells whether nothing is forbidden.
func (g *Grants) Everything() bool { return g == nil || g.everything }

// organization is the level that the user has on an organization.
func (g *Grants) organization(id string) Level {
	if g.Everything() {
		return LevelAdmin
	}
	return g.organizations[id]
}

// workspace is the level that the user has in a workspace, be it by a role there or by one on its organization.
func (g *Grants) workspace(id, organizationID string) Level {
	level := g.organization(organizationID)
	if level < LevelReader {
		level = LevelNone
	}
	if g.Everything() {
		return level
	}
	return max(level, g.workspaces[id].level)
}

// highest is the level that the user has in some workspace.
func (g *Grants) highest() (level Level) {
	for _, on := range g.organizations {
		if on >= LevelReader {
			level = max(level, on)
		}
	}
	for _, w := range g.workspaces {
		level = max(level, w.level)
	}
	return level
}

// knows tells whether the user has to do with an organization, so that its existence is no secret to them.
func (g *Grants) knows(organizationID string) bool {
	if g.organization(organizationID) > LevelNone {
		return true
	}
	for _, w := range g.workspaces {
		if w.organization == organizationID {
			return true
		}
	}
	return false
}

// reach is what lists are bounded to; nil is no bound.
func (g *Grants) reach() *Reach {
	if g.Everything() {
		return nil
	}
	r := &Reach{WorkspaceIDs: slices.Sorted(maps.Keys(g.workspaces))}
	for id, level := range g.organizations {
		if level >= LevelReader {
			r.OrganizationIDs = append(r.OrganizationIDs, id)
		}
	}
	slices.Sort(r.OrganizationIDs)
	return r
}

type grantsKey struct{}

// WithGrants adds to a context what its caller may do. Lists that are read with it hold only what the caller can see.
func WithGrants(ctx context.Context, g *Grants) context.Context {
	return context.WithValue(ctx, grantsKey{}, g)
}

// grantsOf are those of the caller of a context; nil when the server itself acts.
func grantsOf(ctx context.Context) *Grants {
	g, _ := ctx.Value(grantsKey{}).(*Grants)
	return g
}

// Caller is the user that a context belongs to; the default user when the server itself acts.
func Caller(ctx context.Context) string {
	if g := grantsOf(ctx); g != nil {
		return g.UserID
	}
	return DefaultUser
}

// home is the organization that things belong to when nothing else is said.
func home(ctx context.Context) string {
	if g := grantsOf(ctx); !g.Everything() {
		return g.Home
	}
	return DefaultOrganization
}
