package declarative

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"sync"

	"github.com/airfielddev/airfield/connector"
	"github.com/airfielddev/airfield/internal/template"
	"github.com/airfielddev/airfield/protocol"
)

// streamRead is one selected stream while it is read.
type streamRead struct {
	*run
	descriptor protocol.StreamDescriptor
	stream     *Stream
	cursor     Cursor
	files      *fileUploader           // nil: the files of the records stay where they are
	groups     []string                // that it needs for itself
	slots      chan struct{}           // a place for each slice that may be read at once, over all streams
	stop       context.CancelCauseFunc // ends the whole read

	mu      sync.Mutex // keeps records, states and their counts in order
	err     error      // the first failure
	running bool       // a record was emitted
	since   protocol.Count
}

func (r *run) newRead(
	list []*listedStream, c protocol.ConfiguredStream, states []*protocol.State, slots chan struct{}, stop context.CancelCauseFunc,
) *streamRead {
	s := &streamRead{run: r, descriptor: c.Descriptor(), slots: slots, stop: stop}
	if s.stream, s.err = r.find(list, c.Stream.Name); s.err != nil {
		return s
	}
	if s.groups, s.err = r.groupsOf(s.stream.Name); s.err != nil {
		return s
	}
	s.stream = s.stream.by(c.CursorField)
	var err error
	if s.cursor, err = s.stream.Open(stateOf(states, s.descriptor)); err != nil {
		s.err = ofInput(err)
		return s
	}
	s.err = s.chooseFiles(c.IncludeFiles)
	return s
}

// chooseFiles finds out who fetches the files of the stream, if they were asked for.
func (s *streamRead) chooseFiles(asked bool) error {
	files := s.stream.files
	if c, ok := s.cursor.(chosenCursor); ok {
		files = c.stream.files
	}
	switch {
	case files == nil:
	case !asked:
		s.log(protocol.LevelInfo, "stream %s: the records are read, but not the files that belong to them, which were not selected", s.stream.Name)
	case s.staging == nil:
		return connector.ConfigError("the files of stream %s were selected, but there is nobody who takes them; select its records alone", s.stream.Name)
	default:
		s.files = files
	}
	return nil
}

// free tells whether nobody else has a group that the stream needs.
func (s *streamRead) free(busy map[string]bool) bool {
	return !slices.ContainsFunc(s.groups, func(group string) bool { return busy[group] })
}

// mark takes the stream's groups, or gives them back.
func (s *streamRead) mark(busy map[string]bool, taken bool) {
	for _, group := range s.groups {
		busy[group] = taken
	}
}

// read reads the stream to its end.
func (s *streamRead) read(ctx context.Context) {
	s.status(protocol.StreamStarted)
	if s.err == nil {
		s.slices(ctx)
		s.finish(ctx)
	}
	if s.err == nil && ctx.Err() == nil {
		s.status(protocol.StreamComplete)
		return
	}
	if s.err != nil && ctx.Err() == nil {
		s.log(protocol.LevelError, "stream %s failed: %s", s.descriptor, s.err)
	}
	s.status(protocol.StreamIncomplete)
}

func (s *streamRead) status(status protocol.StreamRunStatus) {
	s.sent(s.emit(protocol.StatusMessage(s.descriptor, status, s.env.Now())))
}

// sent ends the whole read once nobody listens.
func (s *streamRead) sent(err error) {
	if err != nil {
		s.stop(err)
	}
}

// slices reads the slices that the cursor gives, as many at once as there are places. A slice that fails does not keep the
// others from being read.
func (s *streamRead) slices(ctx context.Context) {
	var wait sync.WaitGroup
	defer wait.Wait()
	err := s.cursor.Each(ctx, func(slice Slice) error {
		select {
		case s.slots <- struct{}{}:
		case <-ctx.Done():
			return ctx.Err()
		}
		wait.Go(func() {
			defer func() { <-s.slots }()
			if err := s.slice(ctx, slice); err != nil {
				s.fail(err)
			}
		})
		return nil
	})
	if err != nil {
		s.fail(err)
	}
}

func (s *streamRead) fail(err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.err == nil && !errors.Is(err, context.Canceled) {
		s.err = err
	}
}

// slice reads one slice, and closes it.
func (s *streamRead) slice(ctx context.Context, slice Slice) error {
	var buffer []byte
	err := s.stream.ReadSlice(ctx, s.cursor, slice, func(record *template.Dict) error {
		var err error
		if buffer, err = template.AppendJSON(buffer[:0], record); err != nil {
			return err
		}
		file, err := s.file(ctx, record)
		if err != nil {
			return err
		}
		if err := s.record(buffer, file); err != nil {
			s.stop(err)
			return err
		}
		return s.cursor.Observe(slice, record)
	})
	if err != nil {
		return err
	}
	return s.close(slice)
}

// file fetches the file of a record. It is nil where there is none, or it was not asked for.
func (s *streamRead) file(ctx context.Context, record *template.Dict) (*protocol.FileReference, error) {
	if s.files == nil {
		return nil, nil
	}
	return s.files.fetch(ctx, s.staging, record)
}

func (s *streamRead) record(data []byte, file *protocol.FileReference) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.running {
		s.running = true
		s.status(protocol.StreamRunning)
	}
	s.since++
	return s.emit(protocol.RecordMessage(protocol.Record{
		Stream: s.descriptor.Name, Namespace: s.descriptor.Namespace, Data: data, EmittedAt: s.env.Now().UnixMilli(), File: file,
	}))
}

// close tells the cursor that a slice was read. The state that it gives covers records that were emitted before, so no other
// slice may come between the two.
func (s *streamRead) close(slice Slice) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	state, err := s.cursor.Close(slice)
	if err != nil {
		return err
	}
	s.checkpoint(state)
	return nil
}

// checkpoint emits a state. The lock is held.
func (s *streamRead) checkpoint(state json.RawMessage) {
	if state == nil {
		return
	}
	message := protocol.NewStreamState(s.descriptor, state)
	message.SourceStats = &protocol.Stats{RecordCount: s.since}
	s.since = 0
	s.sent(s.emit(protocol.StateMessage(message)))
}

// finish emits the last state. That of a stream without a cursor says that everything was read, so it is kept back when that is
// not so.
func (s *streamRead) finish(ctx context.Context) {
	if ctx.Err() != nil || s.err != nil && s.stream.Incremental == nil {
		return
	}
	state, err := s.cursor.Final()
	if err != nil {
		s.fail(err)
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.checkpoint(state)
}
