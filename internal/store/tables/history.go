package tables

import (
	"context"
	"fmt"
	"time"
)

// history removes what jobs have left, some jobs at a time, so that others who write need not wait for long.
type history struct{ conn }

const (
	finalStatuses = "('succeeded', 'failed', 'cancelled')"
	jobsAtOnce    = "50"
)

// ForgetLogs removes the logs of jobs that ended before a time.
func (t history) ForgetLogs(ctx context.Context, before time.Time) (int64, error) {
	n, err := t.exec(ctx, `DELETE FROM log_lines WHERE job_id IN (
		SELECT id FROM jobs j WHERE status IN `+finalStatuses+` AND updated < ?
			AND EXISTS (SELECT 1 FROM log_lines l WHERE l.job_id = j.id)
		ORDER BY updated LIMIT `+jobsAtOnce+`)`, millis(before))
	if err != nil {
		return 0, fmt.Errorf("removing the logs of jobs before %s: %w", before.Format(time.RFC3339), err)
	}
	return n, nil
}

// ForgetJobs removes jobs that ended before a time, but not the newest of each connection.
func (t history) ForgetJobs(ctx context.Context, before time.Time, keep int) (int64, error) {
	n, err := t.exec(ctx, `DELETE FROM jobs WHERE id IN (
		SELECT id FROM jobs j WHERE status IN `+finalStatuses+` AND updated < ?
			AND (SELECT COUNT(*) FROM jobs n WHERE n.connection_id = j.connection_id AND n.id > j.id) >= ?
		ORDER BY updated LIMIT `+jobsAtOnce+`)`, millis(before), keep)
	if err != nil {
		return 0, fmt.Errorf("removing jobs before %s: %w", before.Format(time.RFC3339), err)
	}
	return n, nil
}

// ForgetChanges removes what was changed about connections before a time.
func (t history) ForgetChanges(ctx context.Context, before time.Time) (int64, error) {
	n, err := t.exec(ctx, "DELETE FROM connection_changes WHERE created < ?", millis(before))
	if err != nil {
		return 0, fmt.Errorf("removing the changes of connections before %s: %w", before.Format(time.RFC3339), err)
	}
	return n, nil
}
