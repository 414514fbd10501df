package pipeline

import (
	"github.com/airfielddev/airfield/internal/pipeline/mapping"
	"github.com/airfielddev/airfield/protocol"
)

// item is one message in a batch: a record whose bytes lie in the arena, or any other message.
type item struct {
	message            *protocol.Message // nil: a record
	stream             int
	begin, middle, end int // the record's data is arena[begin:middle], its meta arena[middle:end]
	emittedAt          int64
	file               *protocol.FileReference // nil: none
}

// batch is a run of messages with the bytes of their records in one piece. Batches are used again, so that moving a record
// allocates nothing.
type batch struct {
	items []item
	arena []byte
}

// takes tells whether n more bytes fit. One record always fits into an empty batch.
func (b *batch) takes(n int, limit batchLimit) bool {
	if len(b.items) == 0 {
		return true
	}
	return len(b.items) < limit.items && len(b.arena)+n <= limit.bytes
}

func (b *batch) addRecord(stream int, r *protocol.Record, fields mapping.Selection) error {
	begin := len(b.arena)
	if fields == nil {
		b.arena = append(b.arena, r.Data...)
	} else {
		arena, err := fields.Append(b.arena, r.Data)
		if err != nil {
			b.arena = b.arena[:begin]
			return err
		}
		b.arena = arena
	}
	middle := len(b.arena)
	b.arena = append(b.arena, r.Meta...)
	b.items = append(b.items, item{stream: stream, begin: begin, middle: middle, end: len(b.arena), emittedAt: r.EmittedAt, file: r.File})
	return nil
}

func (b *batch) addMessage(m protocol.Message) {
	b.items = append(b.items, item{message: &m})
}

// record points m at the record of an item. Capacities are cut, so that a destination which appends cannot reach the next one.
func (b *batch) record(m *protocol.Message, it *item, target protocol.StreamDescriptor) {
	*m = protocol.Message{Type: protocol.TypeRecord}
	m.Record.Stream, m.Record.Namespace = target.Name, target.Namespace
	m.Record.EmittedAt, m.Record.File = it.emittedAt, it.file
	m.Record.Data = b.arena[it.begin:it.middle:it.middle]
	if it.end > it.middle {
		m.Record.Meta = b.arena[it.middle:it.end:it.end]
	}
}

// reset empties the batch. An arena that one large record has blown up is given back.
func (b *batch) reset(limit batchLimit) {
	clear(b.items)
	b.items = b.items[:0]
	b.arena = b.arena[:0]
	if cap(b.arena) > 2*limit.bytes {
		b.arena = nil
	}
}

type batchLimit struct{ bytes, items int }
