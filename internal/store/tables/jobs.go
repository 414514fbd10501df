package tables

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/airfielddev/airfield/internal/platform"
	"github.com/airfielddev/airfield/protocol"
)

// jobs keeps jobs in columns of their own, since they are searched and changed by all of them.
type jobs struct{ conn }

const jobColumns = "id, connection_id, workspace_id, type, status, streams, refresh_mode, cancel_requested, not_before, created, started, updated"

// Get reads a job with its attempts.
func (t jobs) Get(ctx context.Context, id int64) (platform.Job, error) {
	list, err := t.read(ctx, "SELECT "+jobColumns+" FROM jobs WHERE id = ?", id)
	if err != nil {
		return platform.Job{}, fmt.Errorf("reading job %d: %w", id, err)
	}
	if len(list) == 0 {
		return platform.Job{}, platform.NotFound("job", strconv.FormatInt(id, 10))
	}
	return list[0], nil
}

// List reads the jobs that a filter lets through, with their attempts.
func (t jobs) List(ctx context.Context, f platform.JobFilter) ([]platform.Job, error) {
	w := jobsWhere(f)
	order := "created"
	if f.OrderByUpdated {
		order = "updated"
	}
	direction := " ASC"
	if f.Descending {
		direction = " DESC"
	}
	order = " ORDER BY " + order + direction + ", id" + direction
	tail := w.String() + order + t.window(f.Offset, f.Limit)
	query := "SELECT " + jobColumns + " FROM jobs" + tail
	if f.Offset > 0 { // the page is found in an index alone; only its rows are then read
		query = "SELECT " + jobColumns + " FROM jobs WHERE id IN (SELECT id FROM jobs" + tail + ")" + order
	}
	list, err := t.read(ctx, query, w.args...)
	if err != nil {
		return nil, fmt.Errorf("listing jobs: %w", err)
	}
	return list, nil
}

// Count counts the jobs that a filter lets through.
func (t jobs) Count(ctx context.Context, f platform.JobFilter) (int64, error) {
	w := jobsWhere(f)
	var n int64
	if err := t.row(ctx, "SELECT COUNT(*) FROM jobs"+w.String(), w.args...).Scan(&n); err != nil {
		return 0, fmt.Errorf("counting jobs: %w", err)
	}
	return n, nil
}

func jobsWhere(f platform.JobFilter) where {
	var w where
	if f.ConnectionID != "" {
		w.add("connection_id = ?", f.ConnectionID)
	}
	if len(f.NewestOf) > 0 {
		var of where
		in(&of, "c.id", f.NewestOf)
		w.add(`id IN (SELECT (SELECT j.id FROM jobs j WHERE j.connection_id = c.id ORDER BY j.created DESC, j.id DESC LIMIT 1)
			FROM connections c`+of.String()+")", of.args...)
	}
	in(&w, "workspace_id", f.WorkspaceIDs)
	within(&w, "workspace_id", f.Within)
	if !allTypes(f.Types) {
		in(&w, "type", f.Types)
	}
	in(&w, "status", f.Statuses)
	bound(&w, "created >= ?", f.CreatedAfter)
	bound(&w, "created <= ?", f.CreatedBefore)
	bound(&w, "updated >= ?", f.UpdatedAfter)
	bound(&w, "updated <= ?", f.UpdatedBefore)
	return w
}

// allTypes tells whether no job is left out, so that an index need not tell the types apart.
func allTypes(types []platform.JobType) bool {
	for _, t := range []platform.JobType{platform.JobSync, platform.JobRefresh, platform.JobReset, platform.JobClear} {
		if !slices.Contains(types, t) {
			return false
		}
	}
	return true
}

func bound(w *where, term string, ms int64) {
	if ms != 0 {
		w.add(term, ms)
	}
}

// Insert adds a job and returns its id. Its attempts are kept by [attempts].
func (t jobs) Insert(ctx context.Context, j platform.Job) (int64, error) {
	streams, err := encode(j.Streams)
	if err != nil {
		return 0, fmt.Errorf("encoding streams of a job: %w", err)
	}
	var id int64
	err = t.row(ctx, `INSERT INTO jobs (connection_id, workspace_id, type, status, streams, refresh_mode, cancel_requested,
		not_before, created, started, updated) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING id`,
		j.ConnectionID, j.WorkspaceID, string(j.Type), string(j.Status), streams, j.RefreshMode, flag(j.CancelRequested),
		millis(j.NotBefore), millis(j.CreatedAt), millis(j.StartedAt), millis(j.UpdatedAt)).Scan(&id)
	if err != nil && t.d.Conflict(err) {
		err = platform.ErrConflict
	}
	if err != nil {
		return 0, fmt.Errorf("inserting job of connection %s: %w", j.ConnectionID, err)
	}
	return id, nil
}

// Update stores what changes in the life of a job.
func (t jobs) Update(ctx context.Context, j platform.Job) error {
	streams, err := encode(j.Streams)
	if err != nil {
		return fmt.Errorf("encoding streams of job %d: %w", j.ID, err)
	}
	n, err := t.exec(ctx, `UPDATE jobs SET status = ?, streams = ?, cancel_requested = ?, not_before = ?, started = ?, updated = ? WHERE id = ?`,
		string(j.Status), streams, flag(j.CancelRequested), millis(j.NotBefore), millis(j.StartedAt), millis(j.UpdatedAt), j.ID)
	if err != nil {
		return fmt.Errorf("updating job %d: %w", j.ID, err)
	}
	if n == 0 {
		return platform.NotFound("job", strconv.FormatInt(j.ID, 10))
	}
	return nil
}

func (t jobs) read(ctx context.Context, query string, args ...any) ([]platform.Job, error) {
	rows, err := t.query(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	list, err := scanJobs(rows)
	if err != nil {
		return nil, err
	}
	return list, t.addAttempts(ctx, list)
}

func scanJobs(rows *sql.Rows) ([]platform.Job, error) {
	defer rows.Close()
	var list []platform.Job
	for rows.Next() {
		var j platform.Job
		var streams string
		var notBefore, created, started, updated int64
		if err := rows.Scan(&j.ID, &j.ConnectionID, &j.WorkspaceID, &j.Type, &j.Status, &streams, &j.RefreshMode,
			&j.CancelRequested, &notBefore, &created, &started, &updated); err != nil {
			return nil, err
		}
		var err error
		if j.Streams, err = decode[[]protocol.StreamDescriptor](streams); err != nil {
			return nil, err
		}
		j.NotBefore, j.CreatedAt, j.StartedAt, j.UpdatedAt = fromMillis(notBefore), fromMillis(created), fromMillis(started), fromMillis(updated)
		list = append(list, j)
	}
	return list, rows.Err()
}

// addAttempts reads the attempts of all jobs of a page at once.
func (t jobs) addAttempts(ctx context.Context, list []platform.Job) error {
	at := make(map[int64]*platform.Job, len(list))
	ids := make([]string, 0, len(list))
	for i := range list {
		at[list[i].ID] = &list[i]
		ids = append(ids, strconv.FormatInt(list[i].ID, 10))
	}
	if len(ids) == 0 {
		return nil
	}
	rows, err := t.query(ctx, "SELECT job_id, doc FROM attempts WHERE job_id IN ("+strings.Join(ids, ", ")+") ORDER BY job_id, number")
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var id int64
		var doc string
		if err := rows.Scan(&id, &doc); err != nil {
			return err
		}
		a, err := decode[platform.Attempt](doc)
		if err != nil {
			return err
		}
		at[id].Attempts = append(at[id].Attempts, a)
	}
	return rows.Err()
}
