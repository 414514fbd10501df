package tables

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/airfielddev/airfield/internal/platform"
)

// where gathers the conditions of a statement.
type where struct {
	terms []string
	args  []any
}

func (w *where) add(term string, args ...any) {
	w.terms = append(w.terms, term)
	w.args = append(w.args, args...)
}

// in adds a condition that a column has one of some values. No values are no condition.
func in[S ~string](w *where, column string, values []S) {
	if len(values) == 0 {
		return
	}
	args := make([]any, len(values))
	for i, v := range values {
		args[i] = string(v)
	}
	if len(values) == 1 {
		w.add(column+" = ?", args...)
		return
	}
	w.add(column+" IN ("+strings.TrimSuffix(strings.Repeat("?, ", len(values)), ", ")+")", args...)
}

// within adds a condition that a column names a workspace in reach.
func within(w *where, column string, r *platform.Reach) {
	if r == nil {
		return
	}
	var either where
	in(&either, column, r.WorkspaceIDs)
	if len(r.OrganizationIDs) > 0 {
		var inside where
		in(&inside, "organization_id", r.OrganizationIDs)
		either.add(column+" IN (SELECT id FROM workspaces"+inside.String()+")", inside.args...)
	}
	if len(either.terms) == 0 {
		either.add("1 = 0")
	}
	w.add("("+strings.Join(either.terms, " OR ")+")", either.args...)
}

func (w *where) String() string {
	if len(w.terms) == 0 {
		return ""
	}
	return " WHERE " + strings.Join(w.terms, " AND ")
}

// window is the LIMIT and OFFSET of a page.
func (c conn) window(offset, limit int) string {
	text := ""
	if limit > 0 {
		text = " LIMIT " + strconv.Itoa(limit)
	} else if offset > 0 && c.d.NoLimit != "" {
		text = " LIMIT " + c.d.NoLimit
	}
	if offset > 0 {
		text += " OFFSET " + strconv.Itoa(offset)
	}
	return text
}

// where turns a filter into conditions on the noun's columns.
func (t table[T]) where(f platform.Filter) (where, error) {
	var w where
	for _, need := range t.needs(f) {
		if need.wanted && !need.known {
			return w, fmt.Errorf("listing %s by %s: %w", t.table, need.name, platform.ErrInvalid)
		}
	}
	workspace := "workspace_id"
	if !t.has(workspace) {
		workspace = "id"
	}
	in(&w, workspace, f.WorkspaceIDs)
	within(&w, workspace, f.Within)
	t.equal(&w, "user_id", f.UserID)
	t.equal(&w, "organization_id", f.OrganizationID)
	t.equal(&w, "kind", string(f.Kind))
	t.equal(&w, "definition_id", f.DefinitionID)
	t.equal(&w, "name", f.Name)
	t.equal(&w, "lookup", f.Key)
	t.equal(&w, "connection_id", f.ConnectionID)
	t.actor(&w, f.ActorID)
	t.contains(&w, f.NameContains)
	t.tagged(&w, f.TagIDs)
	in(&w, "id", f.IDs)
	if f.Connections != nil {
		w.connections(*f.Connections)
	}
	if f.Actors != nil {
		w.actors(f.Kind, *f.Actors)
	}
	t.after(&w, f)
	if t.has("deleted") && !f.IncludeDeleted {
		w.add("deleted = 0")
	}
	return w, nil
}

type need struct {
	name          string
	wanted, known bool
}

func (t table[T]) needs(f platform.Filter) []need {
	return []need{
		{"workspace", len(f.WorkspaceIDs) > 0, t.has("workspace_id") || t.table == workspaces.table},
		{"reach", f.Within != nil, t.has("workspace_id") || t.table == workspaces.table},
		{"user", f.UserID != "", t.has("user_id")},
		{"organization", f.OrganizationID != "", t.has("organization_id")},
		{"kind", f.Kind != "", t.has("kind")},
		{"definition", f.DefinitionID != "", t.has("definition_id")},
		{"name", f.Name != "" || f.NameContains != "", t.has("name")},
		{"key", f.Key != "", t.has("lookup")},
		{"actor", f.ActorID != "", t.has("actor_id") || t.has("source_id")},
		{"tag", len(f.TagIDs) > 0, t.has("tag_ids")},
		{"connection's own", f.ConnectionID != "", t.has("connection_id")},
		{"connection", f.Connections != nil, t.has("source_id")},
		{"actor of a kind", f.Actors != nil, t.table == actors.table && f.Kind != ""},
	}
}

func (t table[T]) equal(w *where, column, value string) {
	if value != "" {
		w.add(column+" = ?", value)
	}
}

func (t table[T]) actor(w *where, id string) {
	switch {
	case id == "":
	case t.has("actor_id"):
		w.add("actor_id = ?", id)
	default:
		w.add("(source_id = ? OR destination_id = ?)", id, id)
	}
}

func (t table[T]) contains(w *where, text string) {
	if text == "" {
		return
	}
	w.add(nameLike, like(text))
}

const nameLike = `LOWER(name) LIKE LOWER(?) ESCAPE '\'`

// like is the pattern of a text that is contained.
func like(text string) string {
	return "%" + strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(text) + "%"
}

func (t table[T]) tagged(w *where, ids []string) {
	if len(ids) == 0 {
		return
	}
	var terms []string
	var args []any
	for _, id := range ids {
		terms = append(terms, "tag_ids LIKE ?")
		args = append(args, "%|"+id+"|%")
	}
	w.add("("+strings.Join(terms, " OR ")+")", args...)
}
