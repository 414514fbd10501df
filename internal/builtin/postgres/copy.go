package postgres

import (
	"context"
	"io"

	"github.com/jackc/pgx/v5/pgconn"
)

// copyIn is one COPY under way. Chunks are handed over and sent while the next ones are being made.
type copyIn struct {
	stream int
	chunks chan chunk
	done   chan struct{} // closed when the COPY has ended and err is set
	err    error
}

type chunk struct {
	data    []byte
	release func()
}

// startCopy begins a COPY on a connection that does nothing else until the copy has been finished.
func startCopy(ctx context.Context, conn *pgconn.PgConn, stream int, sql string) *copyIn {
	c := &copyIn{stream: stream, chunks: make(chan chunk, 1), done: make(chan struct{})}
	go func() {
		defer close(c.done)
		_, c.err = conn.CopyFrom(ctx, &chunkReader{ctx: ctx.Done(), chunks: c.chunks}, sql)
	}()
	return c
}

func (c *copyIn) write(ctx context.Context, data []byte, release func()) error {
	select {
	case c.chunks <- chunk{data, release}:
		return nil
	case <-c.done:
		return c.ended(ctx)
	}
}

// ended is why a COPY ended before it was finished.
func (c *copyIn) ended(ctx context.Context) error {
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case c.err == nil:
		return io.ErrUnexpectedEOF
	}
	return c.err
}

// finish sends the end of the data and waits for the server's answer.
func (c *copyIn) finish(ctx context.Context) error {
	close(c.chunks)
	<-c.done
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return c.err
}

// chunkReader reads chunks as one stream of bytes.
type chunkReader struct {
	ctx    <-chan struct{}
	chunks <-chan chunk
	now    chunk
	rest   []byte
}

func (r *chunkReader) Read(p []byte) (int, error) {
	for len(r.rest) == 0 {
		if r.now.release != nil {
			r.now.release()
			r.now.release = nil
		}
		select {
		case next, ok := <-r.chunks:
			if !ok {
				return 0, io.EOF
			}
			r.now, r.rest = next, next.data
		case <-r.ctx:
			return 0, context.Canceled
		}
	}
	n := copy(p, r.rest)
	r.rest = r.rest[n:]
	return n, nil
}
