package process

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"syscall"

	"github.com/airfielddev/airfield/connector"
	"github.com/airfielddev/airfield/protocol"
)

// Destination is a destination in a child process.
type Destination struct{ program Program }

var _ connector.Destination = (*Destination)(nil)

// NewDestination makes a destination of a program. Nothing is started yet.
func NewDestination(p Program) *Destination { return &Destination{program: p} }

// Spec runs the spec command.
func (d *Destination) Spec(ctx context.Context) (protocol.Spec, error) { return d.program.spec(ctx) }

// Check runs the check command.
func (d *Destination) Check(ctx context.Context, config json.RawMessage, emit connector.Emit) (protocol.ConnectionStatus, error) {
	return d.program.check(ctx, config, emit)
}

// Write runs the write command, with the messages on its standard input.
func (d *Destination) Write(ctx context.Context, req connector.WriteRequest, in connector.Messages, emit connector.Emit) error {
	catalog, err := json.Marshal(req.Catalog)
	if err != nil {
		return fmt.Errorf("encoding the catalog for %s: %w", d.program.Name, err)
	}
	feed := func(w io.Writer) error { return writeMessages(w, in) }
	return d.program.within(req.Staging).start(ctx, emit, feed, func(m *protocol.Message) error { return emit(*m) },
		"write", file{"config", req.Config}, file{"catalog", catalog})
}

// writeMessages buffers records but not states, so that a destination can commit as soon as the source allows it.
func writeMessages(w io.Writer, in connector.Messages) error {
	buffered := bufio.NewWriterSize(w, 256<<10)
	var line []byte
	for m, err := range in {
		if err != nil {
			return err
		}
		if line, err = m.Append(line[:0]); err != nil {
			return err
		}
		if _, err := buffered.Write(append(line, '\n')); err != nil {
			return err
		}
		if m.Type == protocol.TypeRecord {
			continue
		}
		if err := buffered.Flush(); err != nil {
			return err
		}
	}
	return buffered.Flush()
}

func isBrokenPipe(err error) bool {
	return errors.Is(err, syscall.EPIPE) || errors.Is(err, fs.ErrClosed) || errors.Is(err, io.ErrClosedPipe)
}
