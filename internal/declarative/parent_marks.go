package declarative

import (
	"bytes"
	"encoding/json"
)

// parentMarks follow how far the parent streams may be said to be read: no further than where the oldest partition still being
// read came from.
type parentMarks struct {
	state  json.RawMessage // safe to write now; nil: none
	before json.RawMessage // what it was when the read began, until a partition has come; nil: none
	marks  []parentMark
	bytes  int // of all marks
	size   int // of the state at the last mark
	since  int // partitions since then
	last   int // the number of the last partition
	first  int // no partition with a smaller number is open
	open   map[int]struct{}
}

// parentMark is the parents' state at the time a partition came.
type parentMark struct {
	state json.RawMessage
	seq   int
}

// Writing a parent's state costs time in proportion to its size, and so does keeping it. Marks may be left out: then the parents'
// state advances in longer steps.
const (
	markBytesPerPartition = 4 << 10
	maxMarkBytes          = 16 << 20
)

// enter numbers a new partition.
func (m *parentMarks) enter(now func() json.RawMessage) int {
	m.before = nil
	m.last++
	m.since++
	m.open[m.last] = struct{}{}
	if m.bytes > maxMarkBytes || m.size > m.since*markBytesPerPartition {
		return m.last
	}
	state := now()
	m.since, m.size = 0, len(state)
	if n := len(m.marks); state != nil && (n == 0 || !bytes.Equal(m.marks[n-1].state, state)) {
		m.marks = append(m.marks, parentMark{state, m.last})
		m.bytes += len(state)
	}
	return m.last
}

// leave is told that a partition was read, and advances the state.
func (m *parentMarks) leave(seq int) {
	delete(m.open, seq)
	for m.first <= m.last {
		if _, reading := m.open[m.first]; reading {
			break
		}
		m.first++
	}
	for len(m.marks) > 0 && m.marks[0].seq < m.first {
		m.state = m.marks[0].state
		m.bytes -= len(m.state)
		m.marks = m.marks[1:]
	}
}

// empty tells that there are no parents with a state.
func (m *parentMarks) empty() bool { return len(m.state) <= len("{}") }
