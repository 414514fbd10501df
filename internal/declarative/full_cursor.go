package declarative

import (
	"context"
	"encoding/json"

	"github.com/airfielddev/airfield/internal/template"
)

// noCursorState is what a stream without a cursor remembers: that there is nothing to remember.
var noCursorState = json.RawMessage(`{"__ab_no_cursor_state_message":true}`)

// fullCursor reads every partition of a stream, from its beginning.
type fullCursor struct {
	router     PartitionRouter // nil: one slice
	partitions Partitions
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
	if c.router == nil {
		return yield(Slice{})
	}
	return c.partitions.Each(ctx, yield)
}

func (c *fullCursor) Query(slice Slice) (Query, error) {
	if c.router == nil {
		return Query{Slice: slice}, nil
	}
	options, err := c.router.Options(slice)
	return Query{Slice: slice, Options: options}, err
}

func (*fullCursor) Observe(Slice, *template.Dict) error  { return nil }
func (*fullCursor) Close(Slice) (json.RawMessage, error) { return nil, nil }
func (*fullCursor) Final() (json.RawMessage, error)      { return noCursorState, nil }
