package platform

import (
	"context"
	"strconv"
	"strings"
	"sync"

	"github.com/google/uuid"

	"github.com/airfielddev/airfield/connector"
)

// Kind is a kind of thing that has a place in an organization or workspace.
type Kind string

// The kinds of things.
const (
	KindOrganization Kind = "organization"
	KindWorkspace    Kind = "workspace"
	KindSource       Kind = "source"
	KindDestination  Kind = "destination"
	KindConnection   Kind = "connection"
	KindJob          Kind = "job"
	KindTag          Kind = "tag"
	KindDefinition   Kind = "definition"
	KindProject      Kind = projectResource
	KindApplication  Kind = "application"
	KindPermission   Kind = "permission"
	KindUser         Kind = "user"
)

// Object is one thing, deleted or not.
type Object struct {
	Kind Kind
	ID   string
}

// Need is what a caller must be allowed to do.
type Need struct {
	Level Level
	// Organization asks for the level on the organization itself, also when the thing is in a workspace.
	Organization bool
}

// place is where a thing is.
type place struct {
	organization string
	workspace    string // "": the thing belongs to the organization itself
	owner        string // the user whose own it is; "": nobody's
	shared       bool   // everyone's
	private      bool   // not even seen by those who may not act on it
}

// Authorize refuses the caller of a context who may not do what is needed to a thing: with [ErrForbidden] when the caller can
// see the thing, and else with [ErrNotFound] in the same words whether it exists or not.
func (p *Platform) Authorize(ctx context.Context, o Object, need Need) error {
	g := grantsOf(ctx)
	if g.Everything() {
		return nil
	}
	at, err := p.locate(ctx, o)
	if err != nil {
		return err
	}
	if at.shared {
		return nil
	}
	level, known := g.at(at, need)
	switch {
	case known && (o.Kind == KindUser || level >= need.Level):
		return nil
	case known && !at.private:
		return denied(need, at.workspace == "")
	}
	return NotFound(string(o.Kind), o.ID)
}

// at is the level that counts for a thing, and whether the user may know of the thing.
func (g *Grants) at(at place, need Need) (level Level, known bool) {
	if at.owner != "" && at.owner == g.UserID {
		return LevelAdmin, true
	}
	if at.workspace == "" {
		return g.organization(at.organization), g.knows(at.organization)
	}
	level = g.workspace(at.workspace, at.organization)
	if need.Organization {
		return g.organization(at.organization), level > LevelNone
	}
	return level, level > LevelNone
}

// AuthorizeHome refuses the caller of a context who may not do what is needed on the organization that they belong to.
func (p *Platform) AuthorizeHome(ctx context.Context, need Need) error {
	if g := grantsOf(ctx); !g.Everything() && g.organization(g.Home) < need.Level {
		return denied(need, true)
	}
	return nil
}

// AuthorizeInstance refuses the caller of a context who may not do everything.
func (p *Platform) AuthorizeInstance(ctx context.Context) error {
	if !grantsOf(ctx).Everything() {
		return refuse(ErrForbidden, "Caller does not have the required INSTANCE_ADMIN permissions to access the resource(s).")
	}
	return nil
}

// AuthorizeSomewhere refuses the caller of a context who may not do what is needed in any workspace.
func (p *Platform) AuthorizeSomewhere(ctx context.Context, need Need) error {
	g := grantsOf(ctx)
	if g.Everything() || g.highest() >= need.Level {
		return nil
	}
	return denied(need, false)
}

// denied is the refusal of a caller who lacks a role on what they can see.
func denied(need Need, organization bool) *Error {
	scope := "workspace_"
	if need.Organization || organization {
		scope = "organization_"
	}
	role := strings.ToUpper(string(roleAt(scope, need.Level)))
	return refuse(ErrForbidden, "Caller does not have the required %s permissions to access the resource(s).", role)
}

const keptPlaces = 1 << 16

// places remember where things are. What is in a workspace never moves to another, nor a workspace to another organization.
type places struct {
	mu   sync.RWMutex
	byID map[Object]place
}

func (c *places) find(o Object) (place, bool) {
	c.mu.RLock()
	defer c.mu.RUnlock()
	at, ok := c.byID[o]
	return at, ok
}

func (c *places) keep(o Object, at place) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.byID == nil || len(c.byID) >= keptPlaces {
		c.byID = map[Object]place{}
	}
	c.byID[o] = at
}

func (p *Platform) locate(ctx context.Context, o Object) (place, error) {
	if at, ok := p.places.find(o); ok {
		return at, nil
	}
	if o.Kind == KindDefinition && p.everyones(o.ID) {
		return place{shared: true}, nil
	}
	at, err := view(ctx, p, func(tb Tables) (place, error) { return find(ctx, tb, o) })
	if _, err := known(at, err, false, string(o.Kind), o.ID); err != nil {
		return place{}, err
	}
	if at.workspace != "" && !at.private {
		p.places.keep(o, at)
	}
	return at, nil
}

// everyones tells whether a definition is for everyone. What is no id is the name of a connector, which is looked for among those
// that the workspace can use.
func (p *Platform) everyones(id string) bool {
	_, ok := p.knownDefinition(id)
	return ok || uuid.Validate(id) != nil
}

// find reads where a thing is.
func find(ctx context.Context, tb Tables, o Object) (place, error) {
	switch o.Kind {
	case KindOrganization:
		found, err := tb.Organizations.Get(ctx, o.ID)
		return place{organization: found.ID}, err
	case KindUser:
		found, err := tb.Users.Get(ctx, o.ID)
		return place{organization: found.OrganizationID, owner: found.ID}, err
	case KindApplication:
		found, err := tb.Applications.Get(ctx, o.ID)
		return found.where(), err
	case KindPermission:
		return findPermission(ctx, tb, o.ID)
	}
	workspaceID, err := workspaceOf(ctx, tb, o)
	if err != nil {
		return place{}, err
	}
	w, err := tb.Workspaces.Get(ctx, workspaceID)
	return place{organization: w.OrganizationID, workspace: w.ID}, err
}

// where leaves an application of the administrator of the instance to them alone.
func (a Application) where() place {
	at := place{owner: a.Owner(), private: true}
	if at.owner != DefaultUser {
		at.organization = a.OrganizationID
	}
	return at
}

func findPermission(ctx context.Context, tb Tables, id string) (place, error) {
	granted, err := tb.Permissions.Get(ctx, id)
	if err != nil || granted.WorkspaceID == "" {
		return place{organization: granted.OrganizationID, private: true}, err
	}
	w, err := tb.Workspaces.Get(ctx, granted.WorkspaceID)
	return place{organization: w.OrganizationID, workspace: w.ID, private: true}, err
}

// workspaceOf reads which workspace a thing is in.
func workspaceOf(ctx context.Context, tb Tables, o Object) (string, error) {
	switch o.Kind {
	case KindWorkspace:
		return o.ID, nil
	case KindSource, KindDestination:
		a, err := tb.Actors.Get(ctx, o.ID)
		_, err = known(a, err, a.Kind != connector.Kind(o.Kind), string(o.Kind), o.ID)
		return a.WorkspaceID, err
	case KindConnection:
		c, err := tb.Connections.Get(ctx, o.ID)
		return c.WorkspaceID, err
	case KindTag:
		t, err := tb.Tags.Get(ctx, o.ID)
		return t.WorkspaceID, err
	case KindDefinition:
		d, err := tb.Definitions.Get(ctx, o.ID)
		return d.WorkspaceID, err
	case KindProject:
		b, err := tb.Projects.Get(ctx, o.ID)
		return b.WorkspaceID, err
	case KindJob:
		id, err := strconv.ParseInt(o.ID, 10, 64)
		if err != nil {
			return "", NotFound(string(o.Kind), o.ID)
		}
		j, err := tb.Jobs.Get(ctx, id)
		return j.WorkspaceID, err
	}
	return "", NotFound(string(o.Kind), o.ID)
}
