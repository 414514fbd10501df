package tables

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/airfielddev/airfield/internal/platform"
)

// attempts keeps each attempt as a document.
type attempts struct{ conn }

// Get reads one attempt.
func (t attempts) Get(ctx context.Context, jobID int64, number int) (platform.Attempt, error) {
	var doc string
	err := t.row(ctx, "SELECT doc FROM attempts WHERE job_id = ? AND number = ?", jobID, number).Scan(&doc)
	if errors.Is(err, sql.ErrNoRows) {
		return platform.Attempt{}, platform.NotFound("attempt", fmt.Sprintf("%d of job %d", number, jobID))
	}
	if err != nil {
		return platform.Attempt{}, fmt.Errorf("reading attempt %d of job %d: %w", number, jobID, err)
	}
	return decode[platform.Attempt](doc)
}

// Put inserts or replaces one attempt.
func (t attempts) Put(ctx context.Context, jobID int64, a platform.Attempt) error {
	doc, err := encode(a)
	if err != nil {
		return fmt.Errorf("encoding attempt %d of job %d: %w", a.Number, jobID, err)
	}
	_, err = t.exec(ctx, `INSERT INTO attempts (job_id, number, doc) VALUES (?, ?, ?)
		ON CONFLICT (job_id, number) DO UPDATE SET doc = excluded.doc`, jobID, a.Number, doc)
	if err != nil {
		return fmt.Errorf("writing attempt %d of job %d: %w", a.Number, jobID, err)
	}
	return nil
}
