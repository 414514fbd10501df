package faker

import (
	"context"
	"math/rand/v2"
	"time"

	"github.com/airfielddev/airfield/internal/builtin/reading"
	"github.com/airfielddev/airfield/protocol"
)

// maxStates bounds the states of one stream in one read. Each may make a destination flush what it holds, which costs far
// more than the records between two states when those are few.
const maxStates = 200

// state is the checkpoint of a stream, with the field names of Airbyte's connector.
type state struct {
	Seed      int64  `json:"seed"`
	UpdatedAt string `json:"updated_at"`
	// Offset is how many rows were made: users, or users whose purchases were. Nil, as old versions wrote it: all of them.
	Offset *int64 `json:"loop_offset"`
}

// A generator makes the rows that belong to one number. Row i depends on nothing but the seed and i, so that a read that was
// broken off goes on where it stopped.
type generator interface {
	// rows calls use with each row of number i, in a buffer that is reused.
	rows(i int64, updatedAt []byte, use func([]byte) error) error
	// count is how many rows the numbers from..to make.
	count(from, to int64) int64
}

func (c config) generator(stream string, seed int64) (g generator, numbers int64) {
	switch stream {
	case "products":
		return &products{}, min(c.Count, int64(len(catalogue)))
	case "purchases":
		return &purchases{seed: seed, products: min(c.Count, int64(len(catalogue)))}, c.Count
	}
	return &users{seed: seed}, c.Count
}

func (c config) read(ctx context.Context, s *reading.Stream) error {
	var last state
	if err := s.DecodeState(&last); err != nil {
		return err
	}
	seed, from := c.start(s, last)
	g, to := c.generator(s.Stream.Name, seed)
	if err := s.Estimate(g.count(min(from, to), to)); err != nil {
		return err
	}
	if from >= to {
		return s.Checkpoint(last)
	}
	return c.emit(ctx, s, g, state{Seed: seed}, from, to)
}

// start decides where a read begins: at the beginning, where the last one was broken off, or behind the end.
func (c config) start(s *reading.Stream, last state) (seed, from int64) {
	_, to := c.generator(s.Stream.Name, 0)
	switch {
	case s.State == nil:
		return c.freshSeed(), 0
	case last.Offset != nil && *last.Offset < to:
		return last.Seed, *last.Offset
	case c.AlwaysUpdated && s.SyncMode == protocol.Incremental:
		return c.freshSeed(), 0
	}
	return last.Seed, to
}

// freshSeed draws a seed when the user left the choice, small enough for clients that read numbers as doubles.
func (c config) freshSeed() int64 {
	if c.Seed == -1 {
		return rand.Int64N(1 << 53)
	}
	return c.Seed
}

// emit makes the rows of the numbers from..to, with a state after each slice.
func (c config) emit(ctx context.Context, s *reading.Stream, g generator, next state, from, to int64) error {
	slice := max(c.RecordsPerSlice, to/maxStates)
	use := func(data []byte) error { return s.Record(ctx, data) }
	for from < to {
		end := min(from+slice, to)
		updatedAt := appendTime(nil, time.Now())
		for ; from < end; from++ {
			if err := g.rows(from, updatedAt, use); err != nil {
				return err
			}
		}
		next.UpdatedAt, next.Offset = string(updatedAt), &end
		if err := s.Checkpoint(next); err != nil {
			return err
		}
	}
	return nil
}
