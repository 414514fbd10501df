package tables

import (
	"context"
	"fmt"
	"strings"

	"github.com/airfielddev/airfield/internal/platform"
)

// logs keeps lines of log by their position in the attempt.
type logs struct{ conn }

// linesAtOnce keeps the parameters of a statement under the limits of every database.
const linesAtOnce = 100

// Append adds lines after those that are there.
func (t logs) Append(ctx context.Context, jobID int64, attempt int, lines []platform.LogLine) error {
	var position int
	err := t.row(ctx, "SELECT COALESCE(MAX(position) + 1, 0) FROM log_lines WHERE job_id = ? AND attempt = ?", jobID, attempt).Scan(&position)
	if err != nil {
		return fmt.Errorf("finding the end of the log of job %d: %w", jobID, err)
	}
	for len(lines) > 0 {
		n := min(len(lines), linesAtOnce)
		if err := t.insert(ctx, jobID, attempt, position, lines[:n]); err != nil {
			return fmt.Errorf("appending to the log of job %d: %w", jobID, err)
		}
		lines, position = lines[n:], position+n
	}
	return nil
}

func (t logs) insert(ctx context.Context, jobID int64, attempt, position int, lines []platform.LogLine) error {
	marks := strings.TrimSuffix(strings.Repeat("(?, ?, ?, ?, ?, ?, ?, ?), ", len(lines)), ", ")
	args := make([]any, 0, 8*len(lines))
	for i, l := range lines {
		args = append(args, jobID, attempt, position+i, millis(l.At), string(l.Level), string(l.Source), l.Message, l.Stack)
	}
	_, err := t.exec(ctx, "INSERT INTO log_lines (job_id, attempt, position, at, level, source, message, stack) VALUES "+marks, args...)
	return err
}

// Read returns lines from a position on.
func (t logs) Read(ctx context.Context, jobID int64, attempt, from, limit int) ([]platform.LogLine, error) {
	rows, err := t.query(ctx, `SELECT at, level, source, message, stack FROM log_lines
		WHERE job_id = ? AND attempt = ? AND position >= ? ORDER BY position`+t.window(0, limit), jobID, attempt, from)
	if err != nil {
		return nil, fmt.Errorf("reading the log of job %d: %w", jobID, err)
	}
	defer rows.Close()
	var lines []platform.LogLine
	for rows.Next() {
		var l platform.LogLine
		var at int64
		if err := rows.Scan(&at, &l.Level, &l.Source, &l.Message, &l.Stack); err != nil {
			return nil, err
		}
		l.At = fromMillis(at)
		lines = append(lines, l)
	}
	return lines, rows.Err()
}
