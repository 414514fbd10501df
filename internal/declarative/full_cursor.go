package declarative

import (
	"context"
	"encoding/json"
	"sync/atomic"

	"github.com/airfielddev/airfield/internal/template"
)

// noCursorState is what a stream without a cursor remembers: that there is nothing to remember.
var noCursorState = json.RawMessage(`{"__ab_no_cursor_state_message":true}`)

// fullCursor reads every partition of a stream, from its beginning.
type fullCursor struct {
	router     PartitionRouter // nil: one slice
	partitions Partitions
	open       atomic.Int64 // slices that are yet to be closed
	listed     atomic.Bool  // all slices were given out
}

func newFullCursor(router PartitionRouter) (Cursor, error) {
	c := &fullCursor{router: router}
	if router == nil {
		return c, nil
	}
	var err error
	c.partitions, err = router.Open(nil)
	return c, err
}

func (c *fullCursor) Each(ctx context.Context, yield func(Slice) error) error {
	count := func(s Slice) error {
		c.open.Add(1)
		return yield(s)
	}
	var err error
	if c.router == nil {
		err = count(Slice{})
	} else {
		err = c.partitions.Each(ctx, count)
	}
	c.listed.Store(err == nil)
	return err
}

func (c *fullCursor) Query(slice Slice) (Query, error) {
	if c.router == nil {
		return Query{Slice: slice}, nil
	}
	options, err := c.router.Options(slice)
	return Query{Slice: slice, Options: options}, err
}

func (*fullCursor) Observe(Slice, *template.Dict) error { return nil }

func (c *fullCursor) Close(Slice) (json.RawMessage, error) {
	c.open.Add(-1)
	return nil, nil
}

// Final says that the stream was read; nothing when it was not, or only in part.
func (c *fullCursor) Final() (json.RawMessage, error) {
	if !c.listed.Load() || c.open.Load() != 0 {
		return nil, nil
	}
	return noCursorState, nil
}
