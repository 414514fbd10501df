package declarative

import (
	"context"
	"encoding/json"
	"errors"

	"github.com/airfielddev/airfield/internal/template"
	"github.com/airfielddev/airfield/protocol"
)

// errEnoughParents ends a parent whose slices are bounded. It differs from what ends the read of the stream itself.
var errEnoughParents = errors.New("enough of the parent was read")

// parentRead is one read of a parent stream.
type parentRead struct {
	*parentStream

	cursor  Cursor
	lazily  bool            // the parent's records bring the child's first pages along
	current json.RawMessage // the state; nil: it may have changed since it was asked for
	warned  bool
}

// stater is a cursor that can tell its state at any time.
type stater interface {
	State() (json.RawMessage, error)
}

// state is how far the parent was read; false when nobody keeps it.
func (r *parentRead) state() (json.RawMessage, bool) {
	if !r.incremental {
		return nil, false
	}
	if r.current == nil {
		r.current = noCursorState
		if c, ok := r.cursor.(stater); ok {
			state, err := c.State()
			if err != nil {
				return nil, false
			}
			r.current = state
		}
	}
	return r.current, true
}

// each calls yield for the partition of every record. The parent's slices are closed before the last of their partitions is given
// out, so that the state to be remembered with that partition says so. A parent without slices stays as it was.
func (r *parentRead) each(ctx context.Context, yield func(Slice) error) error {
	var held *Slice
	release := func() error {
		if held == nil {
			return nil
		}
		s := *held
		held = nil
		return yield(s)
	}
	ctx = withPurpose(ctx, purposeParent(r.stream.Name))
	slices := 0
	err := r.cursor.Each(ctx, func(of Slice) error {
		err := r.stream.ReadSlice(ctx, r.cursor, of, func(record *template.Dict) error {
			s, err := r.record(of, record)
			if err != nil || s == nil {
				return err
			}
			err = release()
			held = s
			return err
		})
		if err != nil {
			return err
		}
		if _, err := r.cursor.Close(of); err != nil {
			return err
		}
		r.current = nil
		if err := release(); err != nil {
			return err
		}
		if slices++; r.bounds.enough(slices) {
			return errEnoughParents
		}
		return nil
	})
	if err != nil && !errors.Is(err, errEnoughParents) {
		return err
	}
	r.current = nil
	if slices == 0 {
		return nil
	}
	_, err = r.cursor.Final()
	return err
}

// record makes a partition of a record; nil when it makes none.
func (r *parentRead) record(of Slice, record *template.Dict) (*Slice, error) {
	if err := r.cursor.Observe(of, record); err != nil {
		return nil, err
	}
	s, ok, err := r.partition(record, of, r.lazily)
	if err != nil {
		return nil, err
	}
	if ok {
		return &s, nil
	}
	if !r.warned {
		r.warned = true
		r.log(protocol.LevelWarn, "records of parent stream %s without a %s are left out", r.stream.Name, r.field)
	}
	return nil, nil
}
