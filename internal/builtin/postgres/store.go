package postgres

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"
)

// store writes chunks of COPY text. Everything between two commits is one transaction.
type store struct {
	conn    *pgx.Conn
	cfg     *config
	streams []*stream
	tx      pgx.Tx  // nil: nothing was written since the last commit
	copy    *copyIn // nil: no COPY is under way
	staged  map[int]bool
}

func newStore(conn *pgx.Conn, cfg *config, streams []*stream) *store {
	return &store{conn: conn, cfg: cfg, streams: streams, staged: map[int]bool{}}
}

// Write sends a chunk into the COPY of its stream.
func (s *store) Write(ctx context.Context, stream int, data []byte, release func()) error {
	if err := s.into(ctx, stream); err != nil {
		return classify(err)
	}
	return classify(s.copy.write(ctx, data, release))
}

// into makes sure that the COPY under way is that of a stream.
func (s *store) into(ctx context.Context, stream int) error {
	if s.copy != nil && s.copy.stream == stream {
		return nil
	}
	if err := s.finishCopy(ctx); err != nil {
		return err
	}
	if s.tx == nil {
		tx, err := s.conn.Begin(ctx)
		if err != nil {
			return fmt.Errorf("beginning a transaction: %w", err)
		}
		s.tx = tx
	}
	to := s.streams[stream]
	columns, where := to.columnList(), to.target.quoted()
	if to.key != nil {
		if err := s.ensureStage(ctx, stream); err != nil {
			return err
		}
		columns, where = columns+", "+quote(sequence), quote(to.stage)
	}
	s.copy = startCopy(ctx, s.conn.PgConn(), stream, fmt.Sprintf("COPY %s (%s) FROM STDIN", where, columns))
	return nil
}

func (s *store) ensureStage(ctx context.Context, stream int) error {
	if s.staged[stream] {
		return nil
	}
	if _, err := s.tx.Exec(ctx, s.streams[stream].stageSQL()); err != nil {
		return fmt.Errorf("creating a staging table: %w", err)
	}
	s.staged[stream] = true
	return nil
}

func (s *store) finishCopy(ctx context.Context) error {
	if s.copy == nil {
		return nil
	}
	err := s.copy.finish(ctx)
	s.copy = nil
	return err
}

// Commit merges what was staged and commits the transaction.
func (s *store) Commit(ctx context.Context) error {
	if s.tx == nil {
		return nil
	}
	if err := s.finishCopy(ctx); err != nil {
		return classify(err)
	}
	for i := range s.staged {
		if err := s.merge(ctx, s.streams[i]); err != nil {
			return s.streams[i].fail("merging rows into", err)
		}
	}
	clear(s.staged)
	err := s.tx.Commit(ctx)
	s.tx = nil
	return classify(err)
}

func (s *store) merge(ctx context.Context, to *stream) error {
	if _, err := s.tx.Exec(ctx, to.mergeSQL(quote(to.stage), "s."+quote(sequence)+" DESC")); err != nil {
		return err
	}
	remove := to.deleteSQL()
	if remove == "" || s.cfg.CDCDeletionMode != "Hard delete" {
		return nil
	}
	_, err := s.tx.Exec(ctx, remove)
	return err
}

// Complete makes a waiting generation the stream's table.
func (s *store) Complete(ctx context.Context, stream int) error {
	to := s.streams[stream]
	if to.target == to.final {
		return nil
	}
	err := pgx.BeginFunc(ctx, s.conn, func(tx pgx.Tx) error { return to.swap(ctx, tx, s.cfg.DropCascade) })
	if err != nil {
		return classify(err)
	}
	to.target = to.final
	return nil
}

// abandon waits for a COPY that the end of Write's context has stopped, so that the connection can be closed.
func (s *store) abandon() {
	if s.copy != nil {
		<-s.copy.done
	}
}
