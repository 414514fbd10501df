package table

import (
	"encoding/hex"
	"encoding/json"
	"math/rand/v2"
	"strconv"
	"strings"
	"time"

	crand "crypto/rand"

	"github.com/airfielddev/airfield/internal/rawjson"
	"github.com/airfielddev/airfield/protocol"
)

// IDs makes the values of [RawID]: random UUIDs, from a generator seeded by the system's randomness. It is for one goroutine.
type IDs struct{ source *rand.ChaCha8 }

// NewIDs seeds a generator.
func NewIDs() *IDs {
	var seed [32]byte
	crand.Read(seed[:])
	return &IDs{source: rand.NewChaCha8(seed)}
}

// Append adds the next UUID, in the form 01234567-89ab-4cde-8f01-23456789abcd.
func (g *IDs) Append(dst []byte) []byte {
	var id [16]byte
	put64(id[:8], g.source.Uint64())
	put64(id[8:], g.source.Uint64())
	id[6] = id[6]&0x0f | 0x40
	id[8] = id[8]&0x3f | 0x80
	dst = hex.AppendEncode(dst, id[:4])
	for i := 4; i < 10; i += 2 {
		dst = hex.AppendEncode(append(dst, '-'), id[i:i+2])
	}
	return hex.AppendEncode(append(dst, '-'), id[10:])
}

func put64(dst []byte, v uint64) {
	for i := range 8 {
		dst[i] = byte(v >> (8 * i))
	}
}

// Clock writes the values of [ExtractedAt]. Records come in runs of the same millisecond, so the last text is kept. It is for
// one goroutine.
type Clock struct {
	millis int64
	text   []byte
}

// Append adds a time given in milliseconds since the Unix epoch, as 2006-01-02T15:04:05.000Z.
func (c *Clock) Append(dst []byte, millis int64) []byte {
	if c.text == nil || millis != c.millis {
		c.millis = millis
		c.text = time.UnixMilli(millis).UTC().AppendFormat(c.text[:0], "2006-01-02T15:04:05.000Z")
	}
	return append(dst, c.text...)
}

// Changes writes the values of [Meta] of one stream. It is for one goroutine.
type Changes struct {
	prefix []byte // {"sync_id":7,"changes":[
	nulled []string
}

// NewChanges is for the rows of one sync.
func NewChanges(syncID int64) *Changes {
	prefix := strconv.AppendInt([]byte(`{"sync_id":`), syncID, 10)
	return &Changes{prefix: append(prefix, `,"changes":[`...)}
}

// Nulled notes that a field of the current row did not fit its column.
func (c *Changes) Nulled(field string) { c.nulled = append(c.nulled, field) }

// Append adds what happened to the current row, after what its record's meta object tells, and begins the next row.
func (c *Changes) Append(dst, recordMeta []byte) []byte {
	dst = append(dst, c.prefix...)
	if len(c.nulled) == 0 && recordMeta == nil {
		return append(dst, ']', '}')
	}
	start := len(dst)
	dst = appendSourceChanges(dst, recordMeta)
	for _, field := range c.nulled {
		if len(dst) > start {
			dst = append(dst, ',')
		}
		change := protocol.Change{Field: field, Change: protocol.ChangeNulled, Reason: protocol.ReasonDestinationTypecast}
		dst = appendChange(dst, change)
	}
	c.nulled = c.nulled[:0]
	return append(dst, ']', '}')
}

// appendSourceChanges writes the source's changes anew rather than copying them, so that the column is always what databases
// accept.
func appendSourceChanges(dst, recordMeta []byte) []byte {
	if rawjson.IsNull(recordMeta) {
		return dst
	}
	var meta protocol.RecordMeta
	if json.Unmarshal(recordMeta, &meta) != nil {
		return dst
	}
	for i, change := range meta.Changes {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = appendChange(dst, change)
	}
	return dst
}

// appendChange leaves out U+0000, which databases do not take in JSON.
func appendChange(dst []byte, change protocol.Change) []byte {
	for _, s := range []*string{&change.Field, &change.Change, &change.Reason} {
		*s = strings.ReplaceAll(*s, "\x00", "")
	}
	text, err := json.Marshal(change)
	if err != nil {
		return append(dst, "{}"...)
	}
	return append(dst, text...)
}
