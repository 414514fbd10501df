package devnull

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"time"

	"github.com/airfielddev/airfield/connector"
	"github.com/airfielddev/airfield/protocol"
)

// taker is what happens to one record of the stream with a number.
type taker func(ctx context.Context, stream int, record *protocol.Record) error

func (c *config) taker(streams int, emit connector.Emit) taker {
	switch c.Type {
	case "LOGGING":
		return newLogger(&c.Logging, streams, emit).take
	case "THROTTLED":
		return throttle(time.Duration(c.MillisPerRecord) * time.Millisecond)
	case "FAILING":
		return failAfter(c.NumMessages)
	default:
		return func(context.Context, int, *protocol.Record) error { return nil }
	}
}

func throttle(pause time.Duration) taker {
	return func(ctx context.Context, _ int, _ *protocol.Record) error {
		if pause == 0 {
			return nil
		}
		timer := time.NewTimer(pause)
		defer timer.Stop()
		select {
		case <-timer.C:
			return nil
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

func failAfter(limit int64) taker {
	var taken int64
	return func(_ context.Context, _ int, record *protocol.Record) error {
		if taken++; taken <= limit {
			return nil
		}
		d := record.Descriptor()
		return &connector.Error{
			Type: protocol.FailureSystem, Stream: &d,
			Message: fmt.Sprintf("the destination was told to fail after %d records", limit),
		}
	}
}

// maxLogged is how much of a record is logged.
const maxLogged = 4 << 10

// logger logs some records of each stream.
type logger struct {
	config *loggingConfig
	emit   connector.Emit
	random *rand.Rand
	seen   []int64
	logged []int64
}

func newLogger(c *loggingConfig, streams int, emit connector.Emit) *logger {
	seed := rand.Uint64()
	if c.Seed != nil {
		seed = math.Float64bits(*c.Seed)
	}
	return &logger{
		config: c, emit: emit, random: rand.New(rand.NewPCG(seed, 0)),
		seen: make([]int64, streams), logged: make([]int64, streams),
	}
}

func (l *logger) take(_ context.Context, stream int, record *protocol.Record) error {
	l.seen[stream]++
	limit := int64(l.config.MaxEntryCount)
	if l.logged[stream] >= limit || !l.chooses(l.seen[stream]) {
		return nil
	}
	l.logged[stream]++
	data := record.Data
	if len(data) > maxLogged {
		data = data[:maxLogged]
	}
	text := fmt.Sprintf("record %d of stream %s (%d of at most %d that are logged): %s",
		l.seen[stream], record.Descriptor(), l.logged[stream], limit, data)
	return l.emit(protocol.LogMessage(protocol.LevelInfo, text))
}

func (l *logger) chooses(place int64) bool {
	if l.config.Type == "RandomSampling" {
		return l.random.Float64() < *l.config.SamplingRatio
	}
	return place%l.config.NthEntry == 0
}
