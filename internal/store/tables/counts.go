package tables

import (
	"context"
	"fmt"

	"github.com/airfielddev/airfield/connector"
	"github.com/airfielddev/airfield/internal/platform"
)

// counts counts rows.
type counts struct{ conn }

// Connections counts the connections that a filter lets through.
func (t counts) Connections(ctx context.Context, f platform.Filter) (int, error) {
	if f.Connections != nil {
		all := *f.Connections
		all.Order, all.After = platform.ByCreation, ""
		f.Connections = &all
	}
	return count(ctx, table[platform.Connection]{t.conn, connections}, f)
}

// Actors counts the sources or destinations that a filter lets through.
func (t counts) Actors(ctx context.Context, f platform.Filter) (int, error) {
	if f.Actors != nil {
		all := *f.Actors
		all.Order, all.After = platform.ActorsByCreation, ""
		f.Actors = &all
	}
	return count(ctx, table[platform.Actor]{t.conn, actors}, f)
}

func count[T any](ctx context.Context, of table[T], f platform.Filter) (n int, err error) {
	query, args, _, err := of.page(f, "")
	if err != nil {
		return 0, err
	}
	if err := of.row(ctx, "SELECT COUNT(*) FROM ("+query+") AS counted", args...).Scan(&n); err != nil {
		return 0, fmt.Errorf("counting %s: %w", of.table, err)
	}
	return n, nil
}

// Uses sums up the connections of some sources or destinations.
func (t counts) Uses(ctx context.Context, kind connector.Kind, ids []string) (map[string]platform.ActorUse, error) {
	all := map[string]platform.ActorUse{}
	if len(ids) == 0 {
		return all, nil
	}
	var w where
	in(&w, "c."+endColumn(kind), ids)
	w.add("c.deleted = 0")
	rows, err := t.query(ctx, `SELECT used, status, last_status, COUNT(*), MAX(last_created) FROM (
		SELECT c.`+endColumn(kind)+` AS used, c.status,
			COALESCE((SELECT j.status FROM jobs j WHERE j.connection_id = c.id ORDER BY j.created DESC, j.id DESC LIMIT 1), '') AS last_status,
			COALESCE((SELECT MAX(j.created) FROM jobs j WHERE j.connection_id = c.id), 0) AS last_created
		FROM connections c`+w.String()+`) AS uses GROUP BY used, status, last_status`, w.args...)
	if err != nil {
		return nil, fmt.Errorf("summing up the connections of %ss: %w", kind, err)
	}
	defer rows.Close()
	for rows.Next() {
		var id string
		var status platform.ConnectionStatus
		var last platform.JobStatus
		var n int
		var created int64
		if err := rows.Scan(&id, &status, &last, &n, &created); err != nil {
			return nil, err
		}
		all[id] = all[id].With(status, last, n, fromMillis(created))
	}
	return all, rows.Err()
}
