package postgressource

import (
	"context"
	"errors"
	"strings"

	"github.com/airfielddev/airfield/internal/builtin/reading"
	"github.com/airfielddev/airfield/protocol"
)

// reader reads one stream. Rows come from one statement as fast as they are taken, so memory does not grow with the table.
type reader struct {
	db     *database
	table  *table
	stream *reading.Stream
	every  int64

	buffer []byte
	nulled []string
}

func (r *reader) run(ctx context.Context) error {
	var last checkpoint
	if err := r.stream.DecodeState(&last); err != nil {
		return err
	}
	if rows := int64(r.table.rows); rows > 0 && r.stream.State == nil {
		if err := r.stream.Estimate(rows); err != nil {
			return err
		}
	}
	if r.stream.SyncMode == protocol.Incremental {
		return r.incremental(ctx, last)
	}
	return r.fullRefresh(ctx, last)
}

// selection is the statement that reads all columns, without conditions.
func (r *reader) selection() string {
	columns := make([]string, len(r.table.columns))
	for i := range r.table.columns {
		columns[i] = r.table.columns[i].expression()
	}
	return "SELECT " + strings.Join(columns, ", ") + " FROM " + quoteName(r.table.schema) + "." + quoteName(r.table.name)
}

// stopped carries the error of whoever uses the rows past the code that explains errors of the server.
type stopped struct{ cause error }

func (s stopped) Error() string { return s.cause.Error() }

// query calls use with the values of each row in the server's text format, which are valid until the next row.
func (r *reader) query(ctx context.Context, statement string, parameters [][]byte, use func(values [][]byte) error) error {
	err := r.rows(ctx, statement, parameters, use)
	var s stopped
	if errors.As(err, &s) {
		return s.cause
	}
	return explainQuery(ctx, r.table, err)
}

func (r *reader) rows(ctx context.Context, statement string, parameters [][]byte, use func([][]byte) error) error {
	rows := r.db.conn.PgConn().ExecParams(ctx, statement, parameters, nil, nil, nil)
	for rows.NextRow() {
		if err := use(rows.Values()); err != nil {
			// Closing the rows would read them all; the connection is closed instead.
			return stopped{err}
		}
	}
	_, err := rows.Close()
	return err
}

// encode writes the row into the reader's buffer and lists the fields that JSON has no value for.
func (r *reader) encode(values [][]byte) {
	r.buffer, r.nulled = appendRow(r.buffer[:0], r.table.columns, values, r.nulled[:0])
}

// emit hands over the row that was encoded.
func (r *reader) emit(ctx context.Context) error {
	if len(r.nulled) == 0 {
		return r.stream.Record(ctx, r.buffer)
	}
	changes := make([]protocol.Change, len(r.nulled))
	for i, name := range r.nulled {
		changes[i] = protocol.Change{Field: name, Change: protocol.ChangeNulled, Reason: protocol.ReasonSourceRetrieval}
	}
	return r.stream.RecordChanged(ctx, r.buffer, changes)
}
