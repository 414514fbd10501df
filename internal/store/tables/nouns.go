package tables

import (
	"strings"
	"time"

	"github.com/airfielddev/airfield/internal/platform"
)

// noun says how things of one kind are kept: as a JSON document beside the columns they are searched by.
type noun[T any] struct {
	table    string
	resource string // for errors
	id       func(*T) string
	created  func(*T) time.Time
	columns  []column[T]
}

// column is a field that lists are narrowed by.
type column[T any] struct {
	name  string
	value func(*T) any
}

var organizations = noun[platform.Organization]{
	table: "organizations", resource: "organization",
	id:      func(o *platform.Organization) string { return o.ID },
	created: func(o *platform.Organization) time.Time { return o.CreatedAt },
	columns: []column[platform.Organization]{
		{"name", func(o *platform.Organization) any { return o.Name }},
	},
}

var workspaces = noun[platform.Workspace]{
	table: "workspaces", resource: "workspace",
	id:      func(w *platform.Workspace) string { return w.ID },
	created: func(w *platform.Workspace) time.Time { return w.CreatedAt },
	columns: []column[platform.Workspace]{
		{"organization_id", func(w *platform.Workspace) any { return w.OrganizationID }},
		{"name", func(w *platform.Workspace) any { return w.Name }},
		{"deleted", func(w *platform.Workspace) any { return flag(w.Deleted) }},
	},
}

var applications = noun[platform.Application]{
	table: "applications", resource: "application",
	id:      func(a *platform.Application) string { return a.ID },
	created: func(a *platform.Application) time.Time { return a.CreatedAt },
	columns: []column[platform.Application]{
		{"organization_id", func(a *platform.Application) any { return a.OrganizationID }},
		{"name", func(a *platform.Application) any { return a.Name }},
		{"lookup", func(a *platform.Application) any { return a.ClientID }},
	},
}

var users = noun[platform.User]{
	table: "users", resource: "user",
	id:      func(u *platform.User) string { return u.ID },
	created: func(u *platform.User) time.Time { return u.CreatedAt },
	columns: []column[platform.User]{
		{"organization_id", func(u *platform.User) any { return u.OrganizationID }},
		{"name", func(u *platform.User) any { return u.Name }},
	},
}

var permissions = noun[platform.Permission]{
	table: "permissions", resource: "permission",
	id:      func(p *platform.Permission) string { return p.ID },
	created: func(p *platform.Permission) time.Time { return p.CreatedAt },
	columns: []column[platform.Permission]{
		{"user_id", func(p *platform.Permission) any { return p.UserID }},
		{"organization_id", func(p *platform.Permission) any { return p.OrganizationID }},
		{"workspace_id", func(p *platform.Permission) any { return p.WorkspaceID }},
	},
}

var tags = noun[platform.Tag]{
	table: "tags", resource: "tag",
	id:      func(t *platform.Tag) string { return t.ID },
	created: func(t *platform.Tag) time.Time { return t.CreatedAt },
	columns: []column[platform.Tag]{
		{"workspace_id", func(t *platform.Tag) any { return t.WorkspaceID }},
		{"name", func(t *platform.Tag) any { return t.Name }},
	},
}

var definitions = noun[platform.Definition]{
	table: "definitions", resource: "definition",
	id:      func(d *platform.Definition) string { return d.ID },
	created: func(d *platform.Definition) time.Time { return d.CreatedAt },
	columns: []column[platform.Definition]{
		{"workspace_id", func(d *platform.Definition) any { return d.WorkspaceID }},
		{"kind", func(d *platform.Definition) any { return string(d.Kind) }},
		{"name", func(d *platform.Definition) any { return d.Name }},
		{"deleted", func(d *platform.Definition) any { return flag(d.Deleted) }},
	},
}

var manifests = noun[platform.ManifestVersion]{
	table: "manifests", resource: "manifest",
	id:      func(m *platform.ManifestVersion) string { return m.ID() },
	created: func(m *platform.ManifestVersion) time.Time { return m.CreatedAt },
	columns: []column[platform.ManifestVersion]{
		{"definition_id", func(m *platform.ManifestVersion) any { return m.DefinitionID }},
	},
}

var projects = noun[platform.BuilderProject]{
	table: "projects", resource: "connector builder project",
	id:      func(p *platform.BuilderProject) string { return p.ID },
	created: func(p *platform.BuilderProject) time.Time { return p.CreatedAt },
	columns: []column[platform.BuilderProject]{
		{"workspace_id", func(p *platform.BuilderProject) any { return p.WorkspaceID }},
		{"definition_id", func(p *platform.BuilderProject) any { return p.DefinitionID }},
		{"name", func(p *platform.BuilderProject) any { return p.Name }},
		{"deleted", func(p *platform.BuilderProject) any { return flag(p.Deleted) }},
	},
}

var actors = noun[platform.Actor]{
	table: "actors", resource: "actor",
	id:      func(a *platform.Actor) string { return a.ID },
	created: func(a *platform.Actor) time.Time { return a.CreatedAt },
	columns: []column[platform.Actor]{
		{"workspace_id", func(a *platform.Actor) any { return a.WorkspaceID }},
		{"kind", func(a *platform.Actor) any { return string(a.Kind) }},
		{"definition_id", func(a *platform.Actor) any { return a.DefinitionID }},
		{"name", func(a *platform.Actor) any { return a.Name }},
		{"deleted", func(a *platform.Actor) any { return flag(a.Deleted) }},
	},
}

var catalogs = noun[platform.CachedCatalog]{
	table: "catalogs", resource: "catalog",
	id:      func(c *platform.CachedCatalog) string { return c.ID },
	created: func(c *platform.CachedCatalog) time.Time { return c.DiscoveredAt },
	columns: []column[platform.CachedCatalog]{
		{"actor_id", func(c *platform.CachedCatalog) any { return c.ActorID }},
		{"lookup", func(c *platform.CachedCatalog) any { return c.ConfigHash }},
	},
}

var notices = noun[platform.Notice]{
	table: "notices", resource: "notice",
	id:      func(n *platform.Notice) string { return n.ID },
	created: func(n *platform.Notice) time.Time { return n.CreatedAt },
	columns: []column[platform.Notice]{
		{"workspace_id", func(n *platform.Notice) any { return n.WorkspaceID }},
	},
}

var marks = noun[platform.Mark]{
	table: "marks", resource: "mark",
	id:      func(m *platform.Mark) string { return m.ID },
	created: func(m *platform.Mark) time.Time { return m.CreatedAt },
}

var changes = noun[platform.Change]{
	table: "connection_changes", resource: "change",
	id:      func(c *platform.Change) string { return c.ID },
	created: func(c *platform.Change) time.Time { return c.CreatedAt },
	columns: []column[platform.Change]{
		{"workspace_id", func(c *platform.Change) any { return c.WorkspaceID }},
		{"connection_id", func(c *platform.Change) any { return c.ConnectionID }},
	},
}

var connections = noun[platform.Connection]{
	table: "connections", resource: "connection",
	id:      func(c *platform.Connection) string { return c.ID },
	created: func(c *platform.Connection) time.Time { return c.CreatedAt },
	columns: []column[platform.Connection]{
		{"workspace_id", func(c *platform.Connection) any { return c.WorkspaceID }},
		{"source_id", func(c *platform.Connection) any { return c.SourceID }},
		{"destination_id", func(c *platform.Connection) any { return c.DestinationID }},
		{"name", func(c *platform.Connection) any { return c.Name }},
		{"tag_ids", func(c *platform.Connection) any { return fence(c.TagIDs) }},
		{"status", func(c *platform.Connection) any { return string(c.Status) }},
		{"deleted", func(c *platform.Connection) any { return flag(c.Status == platform.ConnectionDeprecated) }},
	},
}

func (n *noun[T]) has(name string) bool {
	for _, c := range n.columns {
		if c.name == name {
			return true
		}
	}
	return false
}

func (n *noun[T]) names() []string {
	names := []string{"id", "created"}
	for _, c := range n.columns {
		names = append(names, c.name)
	}
	return append(names, "doc")
}

func (n *noun[T]) values(t *T, doc string) []any {
	values := []any{n.id(t), millis(n.created(t))}
	for _, c := range n.columns {
		values = append(values, c.value(t))
	}
	return append(values, doc)
}

func flag(b bool) int {
	if b {
		return 1
	}
	return 0
}

// fence writes ids so that each of them stands between bars, where a search for one finds it whole.
func fence(ids []string) string {
	if len(ids) == 0 {
		return ""
	}
	return "|" + strings.Join(ids, "|") + "|"
}

// millis is a time as it is stored; zero is no time.
func millis(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMilli()
}

func fromMillis(ms int64) time.Time {
	if ms == 0 {
		return time.Time{}
	}
	return time.UnixMilli(ms).UTC()
}
