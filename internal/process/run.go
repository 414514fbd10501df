package process

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"sync"
	"time"

	"github.com/airfielddev/airfield/connector"
	"github.com/airfielddev/airfield/protocol"
)

// run is one child at work.
type run struct {
	program Program
	cmd     *exec.Cmd
	emit    connector.Emit
	handle  func(*protocol.Message) error // what to do with a message that is not for the log
	tail    tail                          // the last lines of standard error, for the failure's message
	failure *protocol.TraceError          // the first error the connector told about itself
}

// start runs a verb to its end, feeding it with feed when that is not nil. Messages go to handle one at a time.
func (p Program) start(ctx context.Context, emit connector.Emit, feed func(io.Writer) error, handle func(*protocol.Message) error, verb string, files ...file) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	cmd, dir, err := p.command(ctx, verb, files...)
	defer func() { _ = os.RemoveAll(dir) }()
	if err != nil {
		return err
	}
	r := &run{program: p, cmd: cmd, emit: emit, handle: handle}
	err = r.wait(ctx, cancel, feed)
	if p.stop != nil && ctx.Err() != nil {
		p.stop(dir)
	}
	return err
}

// wait starts the child, moves its streams, and tells how it ended.
func (r *run) wait(ctx context.Context, cancel context.CancelCauseFunc, feed func(io.Writer) error) error {
	stdout, err := r.cmd.StdoutPipe()
	if err != nil {
		return fmt.Errorf("starting %s: %w", r.program.Name, err)
	}
	stderr, err := r.cmd.StderrPipe()
	if err != nil {
		return fmt.Errorf("starting %s: %w", r.program.Name, err)
	}
	stdin, err := r.cmd.StdinPipe()
	if err != nil {
		return fmt.Errorf("starting %s: %w", r.program.Name, err)
	}
	if err := r.cmd.Start(); err != nil {
		return fmt.Errorf("starting %s: %w", r.program.Name, err)
	}
	defer killGroup(r.cmd)
	var streams, feeding sync.WaitGroup
	streams.Go(func() { r.logStderr(stderr) })
	streams.Go(func() {
		if err := r.readStdout(stdout); err != nil {
			cancel(err)
		}
	})
	var feedErr error
	feeding.Go(func() {
		if feedErr = r.feed(stdin, feed); feedErr != nil {
			cancel(feedErr)
		}
	})
	// A grandchild may hold the pipes open after the child was stopped; ending the group lets the readers come home.
	done := make(chan struct{})
	context.AfterFunc(ctx, func() { r.endGroup(done) })
	streams.Wait()
	close(done)
	exit := r.cmd.Wait()
	feeding.Wait()
	return r.outcome(ctx, exit)
}

// endGroup kills what is left of a stopped child's group once its time to end by itself is over.
func (r *run) endGroup(done <-chan struct{}) {
	timer := time.NewTimer(r.program.grace())
	defer timer.Stop()
	select {
	case <-timer.C:
		killGroup(r.cmd)
	case <-done:
	}
}

func (r *run) feed(stdin io.WriteCloser, feed func(io.Writer) error) error {
	defer stdin.Close()
	if feed == nil {
		return nil
	}
	err := feed(stdin)
	if isBrokenPipe(err) {
		return nil // the child ended early; how it ended tells more
	}
	return err
}

// outcome prefers, in this order: the reason for which the child was stopped, what the connector said, how it exited.
func (r *run) outcome(ctx context.Context, exit error) error {
	if cause := context.Cause(ctx); cause != nil {
		return cause
	}
	if r.failure != nil {
		return connector.FromTrace(r.failure)
	}
	if exit == nil {
		return nil
	}
	message := fmt.Sprintf("%s ended with %s", r.program.Name, exitText(exit))
	if last := r.tail.last(); last != "" {
		message += ": " + last
	}
	return &connector.Error{Type: protocol.FailureSystem, Message: message, Internal: r.tail.text(), Cause: exit}
}

func exitText(err error) string {
	var exit *exec.ExitError
	if errors.As(err, &exit) && exit.ExitCode() >= 0 {
		return fmt.Sprintf("exit code %d", exit.ExitCode())
	}
	return err.Error()
}

// readStdout handles one line after the other. What is no message becomes a line of log, as connectors print such things.
func (r *run) readStdout(stdout io.Reader) error {
	lines := newLines(stdout, r.program.maxLine())
	var m protocol.Message
	for {
		line, err := lines.next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("reading the output of %s, line %d: %w", r.program.Name, lines.number, err)
		}
		switch err := m.Parse(line); {
		case errors.Is(err, protocol.ErrNotMessage):
			if text := string(bytes.TrimSpace(line)); text != "" {
				err = r.emit(protocol.LogMessage(protocol.LevelInfo, text))
			} else {
				err = nil
			}
			if err != nil {
				return err
			}
		case err != nil:
			return fmt.Errorf("reading the output of %s, line %d: %w", r.program.Name, lines.number, err)
		default:
			if err := r.dispatch(&m); err != nil {
				return err
			}
		}
	}
}

func (r *run) dispatch(m *protocol.Message) error {
	if m.Type == protocol.TypeTrace && m.Trace.Type == protocol.TraceTypeError {
		if r.failure == nil {
			r.failure = m.Trace.Error
		}
		return nil
	}
	if m.Type == protocol.TypeLog || m.Type == protocol.TypeControl {
		return r.emit(*m)
	}
	return r.handle(m)
}

func (r *run) logStderr(stderr io.Reader) {
	lines := newLines(bufio.NewReader(stderr), r.program.maxLine())
	for {
		line, err := lines.next()
		if err != nil {
			_, _ = io.Copy(io.Discard, stderr)
			return
		}
		text := strings.TrimRight(string(line), " \r\n")
		r.tail.add(text)
		_ = r.emit(protocol.LogMessage(protocol.LevelInfo, text)) // nobody listening is told through standard output
	}
}
