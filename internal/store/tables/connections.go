package tables

import (
	"context"
	"fmt"
	"strings"

	"github.com/airfielddev/airfield/internal/platform"
)

// connectionTable keeps connections, and beside them which tags they have, so that those of a tag are found without looking at the
// others.
type connectionTable struct{ table[platform.Connection] }

// Insert adds a connection under a new id.
func (t connectionTable) Insert(ctx context.Context, c platform.Connection) error {
	if err := t.table.Insert(ctx, c); err != nil {
		return err
	}
	return t.label(ctx, c)
}

// Update replaces a connection.
func (t connectionTable) Update(ctx context.Context, c platform.Connection) error {
	if err := t.table.Update(ctx, c); err != nil {
		return err
	}
	if _, err := t.exec(ctx, "DELETE FROM connection_tags WHERE id = ?", c.ID); err != nil {
		return fmt.Errorf("removing tags of connection %s: %w", c.ID, err)
	}
	return t.label(ctx, c)
}

func (t connectionTable) label(ctx context.Context, c platform.Connection) error {
	for _, tag := range c.TagIDs {
		_, err := t.exec(ctx, `INSERT INTO connection_tags (tag_id, id, created, workspace_id, deleted) VALUES (?, ?, ?, ?, ?)
			ON CONFLICT (tag_id, id) DO NOTHING`,
			tag, c.ID, millis(c.CreatedAt), c.WorkspaceID, flag(c.Status == platform.ConnectionDeprecated))
		if err != nil {
			return fmt.Errorf("writing tags of connection %s: %w", c.ID, err)
		}
	}
	return nil
}

// page is the query for the ids of a list, which are found in an index alone; with narrow they are found among the tags, since
// connections of tags are asked for and nothing else that only their own table knows.
func (t table[T]) page(f platform.Filter, window string) (query string, args []any, narrow bool, err error) {
	tags := f.TagIDs
	narrow = len(tags) > 0 && t.has("tag_ids") && f.Connections == nil && f.ActorID == "" && f.Name == "" && f.NameContains == ""
	if !narrow {
		w, err := t.where(f)
		order := t.order(f)
		return "SELECT id FROM " + t.table + w.String() + order.String() + window, append(w.args, order.args...), false, err
	}
	f.TagIDs = nil
	var each []string
	for _, tag := range tags {
		w, err := t.where(f)
		if err != nil {
			return "", nil, false, err
		}
		w.add("tag_id = ?", tag)
		each, args = append(each, "SELECT created, id FROM connection_tags"+w.String()), append(args, w.args...)
	}
	return "SELECT id FROM (" + strings.Join(each, " UNION ") + " ORDER BY created, id" + window + ") AS tagged", args, true, nil
}

// connections adds what narrows connections alone.
func (w *where) connections(f platform.ConnectionFilter) {
	in(w, "source_id", f.SourceIDs)
	in(w, "destination_id", f.DestinationIDs)
	w.madeOf("source_id", f.SourceDefinitionIDs)
	w.madeOf("destination_id", f.DestinationDefinitionIDs)
	in(w, "status", f.Statuses)
	w.health(f.Health)
	if f.Search != "" {
		const named = " IN (SELECT id FROM actors WHERE " + nameLike + ")"
		w.add("("+nameLike+" OR source_id"+named+" OR destination_id"+named+")", like(f.Search), like(f.Search), like(f.Search))
	}
}

// madeOf adds a condition that an end of a connection is made of one of some definitions.
func (w *where) madeOf(column string, definitions []string) {
	if len(definitions) == 0 {
		return
	}
	var inside where
	in(&inside, "definition_id", definitions)
	w.add(column+" IN (SELECT id FROM actors"+inside.String()+")", inside.args...)
}

// health adds a condition on the last job.
func (w *where) health(wanted []platform.ConnectionHealth) {
	const last = `(SELECT j.status FROM jobs j WHERE j.connection_id = connections.id ORDER BY j.created DESC, j.id DESC LIMIT 1)`
	terms := map[platform.ConnectionHealth]string{
		platform.HealthHealthy: "status = 'active' AND " + last + " = 'succeeded'",
		platform.HealthFailed:  "status = 'active' AND " + last + " IN ('failed', 'cancelled', 'incomplete')",
		platform.HealthRunning: last + " IN ('pending', 'running')",
		platform.HealthPaused:  "status = 'inactive'",
	}
	var either []string
	for _, h := range wanted {
		if term, ok := terms[h]; ok {
			either = append(either, "("+term+")")
		}
	}
	if len(wanted) > 0 {
		w.add("(" + strings.Join(append(either, "1 = 0"), " OR ") + ")")
	}
}
