package sqlite

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"fmt"
)

// store inserts cells. Everything between two commits is one transaction.
type store struct {
	conn    *sql.Conn
	streams []*stream
	tx      *sql.Tx // nil: nothing was written since the last commit
	inserts map[int]*insert
}

func newStore(conn *sql.Conn, streams []*stream) *store {
	return &store{conn: conn, streams: streams, inserts: map[int]*insert{}}
}

// Write inserts the rows of a chunk.
func (s *store) Write(ctx context.Context, i int, chunk []byte, release func()) error {
	defer release()
	if s.tx == nil {
		tx, err := s.conn.BeginTx(ctx, nil)
		if err != nil {
			return classify(fmt.Errorf("waiting for other writers of the database: %w", err))
		}
		s.tx = tx
	}
	ins := s.inserts[i]
	if ins == nil {
		ins = newInsert(s.streams[i])
		s.inserts[i] = ins
	}
	return classify(s.conn.Raw(func(c any) error { return ins.run(ctx, c.(driver.ConnPrepareContext), string(chunk)) }))
}

// Commit makes the rows durable, after those have gone that deduplication leaves to the end.
func (s *store) Commit(ctx context.Context) error {
	if s.tx == nil {
		return nil
	}
	for _, ins := range s.inserts {
		for _, statement := range ins.afterwards() {
			if _, err := s.tx.ExecContext(ctx, statement); err != nil {
				return ins.stream.fail(err)
			}
		}
	}
	err := s.tx.Commit()
	s.tx = nil
	return classify(err)
}

// Complete makes a waiting generation the stream's table.
func (s *store) Complete(ctx context.Context, i int) error {
	to := s.streams[i]
	if to.target == to.final {
		return nil
	}
	s.forget(i)
	tx, err := s.conn.BeginTx(ctx, nil)
	if err != nil {
		return classify(fmt.Errorf("waiting for other writers of the database: %w", err))
	}
	defer tx.Rollback()
	if err := to.swap(ctx, tx); err != nil {
		return classify(err)
	}
	if err := tx.Commit(); err != nil {
		return classify(err)
	}
	to.target = to.final
	return nil
}

// forget drops the statements of a stream, which name its table.
func (s *store) forget(i int) {
	if ins := s.inserts[i]; ins != nil {
		ins.close()
		delete(s.inserts, i)
	}
}

func (s *store) close() {
	for i := range s.inserts {
		s.forget(i)
	}
	if s.tx != nil {
		_ = s.tx.Rollback() // rolled back also when the file is closed
	}
}
