package tables

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"github.com/airfielddev/airfield/internal/platform"
)

// queue asks what is to be done next.
type queue struct{ conn }

const activeStatuses = "('pending', 'running', 'incomplete')"

// Waiting finds the oldest job that may start.
func (t queue) Waiting(ctx context.Context, now time.Time) (platform.Job, bool, error) {
	list, err := jobs(t).read(ctx, "SELECT "+jobColumns+` FROM jobs j WHERE status IN ('pending', 'incomplete') AND not_before <= ?
		AND NOT EXISTS (SELECT 1 FROM jobs r WHERE r.connection_id = j.connection_id AND r.status = 'running')
		ORDER BY id LIMIT 1`, millis(now))
	if err != nil {
		return platform.Job{}, false, fmt.Errorf("looking for a waiting job: %w", err)
	}
	if len(list) == 0 {
		return platform.Job{}, false, nil
	}
	return list[0], true, nil
}

// Schedule sets when a connection syncs next.
func (t queue) Schedule(ctx context.Context, connectionID string, at time.Time) error {
	var next any
	if !at.IsZero() {
		next = millis(at)
	}
	n, err := t.exec(ctx, "UPDATE connections SET next_sync = ? WHERE id = ?", next, connectionID)
	if err != nil {
		return fmt.Errorf("scheduling connection %s: %w", connectionID, err)
	}
	if n == 0 {
		return platform.NotFound("connection", connectionID)
	}
	return nil
}

const idle = " AND NOT EXISTS (SELECT 1 FROM jobs j WHERE j.connection_id = c.id AND j.status IN " + activeStatuses + ")"

// Due lists connections whose time has come.
func (t queue) Due(ctx context.Context, now time.Time) ([]string, error) {
	rows, err := t.query(ctx, "SELECT id FROM connections c WHERE next_sync <= ?"+idle+" ORDER BY next_sync, id", millis(now))
	if err != nil {
		return nil, fmt.Errorf("listing due connections: %w", err)
	}
	defer rows.Close()
	var ids []string
	for rows.Next() {
		var id string
		if err := rows.Scan(&id); err != nil {
			return nil, err
		}
		ids = append(ids, id)
	}
	return ids, rows.Err()
}

// Overdue tells whether the time of a connection has come.
func (t queue) Overdue(ctx context.Context, connectionID string, now time.Time) (bool, error) {
	var n int
	err := t.row(ctx, "SELECT COUNT(*) FROM connections c WHERE id = ? AND next_sync <= ?"+idle, connectionID, millis(now)).Scan(&n)
	if err != nil {
		return false, fmt.Errorf("asking whether connection %s is due: %w", connectionID, err)
	}
	return n > 0, nil
}

// NextWake is the earliest time at which a job may start or a connection is due.
func (t queue) NextWake(ctx context.Context) (time.Time, bool, error) {
	var at sql.NullInt64
	err := t.row(ctx, `SELECT MIN(at) FROM (
		SELECT MIN(not_before) AS at FROM jobs j WHERE status IN ('pending', 'incomplete')
			AND NOT EXISTS (SELECT 1 FROM jobs r WHERE r.connection_id = j.connection_id AND r.status = 'running')
		UNION ALL
		SELECT MIN(next_sync) AS at FROM connections c WHERE next_sync IS NOT NULL`+idle+`) AS wakes`).Scan(&at)
	if err != nil {
		return time.Time{}, false, fmt.Errorf("reading the next wake: %w", err)
	}
	return time.UnixMilli(at.Int64).UTC(), at.Valid, nil
}
