package postgressource

import (
	"context"
	"fmt"
	"slices"

	"github.com/airfielddev/airfield/connector"
	"github.com/airfielddev/airfield/protocol"
)

// incremental reads the rows whose cursor is past that of the last sync, in its order.
//
// Rows that share the last cursor value may have come after the last sync. They are looked at first: when they are not the
// same as they were then, all of them are read again, so that nothing is lost. Both looks are at one snapshot.
func (r *reader) incremental(ctx context.Context, last checkpoint) error {
	cursor, err := r.cursor()
	if err != nil {
		return err
	}
	if last.Type != byCursor || !slices.Equal(last.CursorField, r.stream.CursorField) {
		last = r.checkpoint(byCursor)
		last.NullsAhead = true
	}
	last.CursorField = r.stream.CursorField
	if err := r.statement(ctx, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"); err != nil {
		return err
	}
	past := pass{reader: r, cursor: cursor, last: last}
	if err := past.run(ctx); err != nil {
		return err
	}
	return r.statement(ctx, "COMMIT")
}

// cursor finds the column that the user chose.
func (r *reader) cursor() (column, error) {
	d := r.table.descriptor()
	if len(r.stream.CursorField) != 1 {
		return column{}, connector.ConfigError("stream %s is read incrementally, but has no cursor field", d)
	}
	name := r.stream.CursorField[0]
	c, ok := r.table.column(name)
	if !ok {
		return c, connector.ConfigError("stream %s has no column %s, which is its cursor field", d, name)
	}
	if !c.ordered() {
		return c, connector.ConfigError("column %s of stream %s has type %s, which has no order, so it cannot be the cursor", name, d, c.typeName)
	}
	return c, nil
}

func (r *reader) statement(ctx context.Context, text string) error {
	_, err := r.db.conn.PgConn().Exec(ctx, text).ReadAll()
	return explainQuery(ctx, r.table, err)
}

// pass is one incremental read.
type pass struct {
	*reader
	cursor column
	last   checkpoint
	ties   ties
	nulls  int64
}

func (p *pass) run(ctx context.Context) error {
	if err := p.look(ctx); err != nil {
		return err
	}
	place := p.places([]string{p.cursor.name})[0]
	statement, parameters := p.ahead()
	err := p.query(ctx, statement, parameters, func(values [][]byte) error {
		return p.row(ctx, values, values[place])
	})
	if err != nil {
		return err
	}
	if p.nulls > 0 {
		err := p.stream.Log(protocol.LevelWarn, "%d rows of stream %s have no value in the cursor column %s: changes to them will not be seen", p.nulls, p.table.descriptor(), p.cursor.name)
		if err != nil {
			return err
		}
	}
	p.last.NullsAhead = false
	return p.commit()
}

// look compares the rows at the last cursor value with those of the last sync, and takes them over when they are the same.
func (p *pass) look(ctx context.Context) error {
	if p.last.Cursor == nil {
		return nil
	}
	var now ties
	value := []byte(*p.last.Cursor)
	statement := p.selection() + " WHERE " + quoteName(p.cursor.name) + " = $1"
	err := p.query(ctx, statement, [][]byte{value}, func(values [][]byte) error {
		p.encode(values)
		now.add(value, p.buffer)
		return ctx.Err()
	})
	if err != nil {
		return err
	}
	known := p.last.CursorHash == "" || p.last.CursorHash == now.text()
	if known && now.set && now.count == p.last.CursorCount {
		p.ties = now
	}
	return nil
}

// ahead selects what is to be read. Rows without a cursor value come last, as in an index.
func (p *pass) ahead() (statement string, parameters [][]byte) {
	name := quoteName(p.cursor.name)
	statement = p.selection()
	if p.last.Cursor != nil {
		parameters = [][]byte{[]byte(*p.last.Cursor)}
		comparison := ">="
		if p.ties.set {
			comparison = ">"
		}
		statement += fmt.Sprintf(" WHERE %s %s $1", name, comparison)
		if p.last.NullsAhead {
			statement += " OR " + name + " IS NULL"
		}
	} else if !p.last.NullsAhead {
		statement += " WHERE " + name + " IS NOT NULL"
	}
	return statement + " ORDER BY " + name, parameters
}

func (p *pass) row(ctx context.Context, values [][]byte, cursor []byte) error {
	p.encode(values)
	if err := p.emit(ctx); err != nil {
		return err
	}
	if cursor == nil {
		p.nulls++
		return nil
	}
	p.ties.add(cursor, p.buffer)
	if p.stream.Since() < p.every {
		return nil
	}
	return p.commit()
}

func (p *pass) commit() error {
	if p.ties.set {
		p.last.Cursor = new(string(p.ties.value))
		p.last.CursorCount, p.last.CursorHash = p.ties.count, p.ties.text()
	}
	return p.stream.Checkpoint(p.last)
}
