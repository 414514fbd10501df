package postgressource

import (
	"bytes"
	"fmt"
	"hash/crc32"
)

// The values of checkpoint.Type.
const (
	byCursor = "cursor_based"
	byKey    = "primary_key"
	byNone   = "full_refresh"
)

// checkpoint is the state of a stream. The fields up to CursorCount are those of Airbyte's source-postgres, whose states are
// understood. Values are in the server's text format, which loses no precision.
type checkpoint struct {
	Version     int      `json:"version"`
	Type        string   `json:"state_type"`
	Stream      string   `json:"stream_name"`
	Namespace   string   `json:"stream_namespace"`
	CursorField []string `json:"cursor_field,omitempty"`
	Cursor      *string  `json:"cursor,omitempty"`
	CursorCount int64    `json:"cursor_record_count,omitempty"` // rows read that have this cursor value
	CursorHash  string   `json:"cursor_record_hash,omitempty"`  // of those rows, in any order; "": not known
	NullsAhead  bool     `json:"cursor_nulls_ahead,omitempty"`  // rows without a cursor value are still to be read
	KeyField    []string `json:"pk_name,omitempty"`
	KeyValue    []string `json:"pk_val,omitempty"`
	Complete    bool     `json:"complete,omitempty"` // full refresh: everything was read
}

func (r *reader) checkpoint(kind string) checkpoint {
	return checkpoint{Version: 2, Type: kind, Stream: r.table.name, Namespace: r.table.schema}
}

// ties are the rows that share the greatest cursor value so far. Their number and a hash of them tell the next sync whether
// others have joined them.
type ties struct {
	value []byte
	set   bool
	count int64
	hash  uint64
}

func (t *ties) add(value, row []byte) {
	if !t.set || !bytes.Equal(t.value, value) {
		t.value, t.set, t.count, t.hash = append(t.value[:0], value...), true, 0, 0
	}
	t.count++
	t.hash += hashRow(row)
}

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// hashRow is made of two checksums that processors compute by themselves. Hashes of rows are added up, so that the order
// among equal cursor values, which the server is free to choose, does not matter.
func hashRow(row []byte) uint64 {
	return uint64(crc32.Checksum(row, castagnoli))<<32 | uint64(crc32.ChecksumIEEE(row))
}

func (t *ties) text() string { return fmt.Sprintf("%016x", t.hash) }
