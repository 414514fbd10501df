package declarative

import (
	"container/list"

	"github.com/airfielddev/airfield/internal/template"
)

// maxPartitions is how many partitions a cursor keeps in mind, and globalAbove the number above which it no longer writes a
// state for each.
const (
	maxPartitions = 25_000
	globalAbove   = 10_000
)

// partition is what a cursor knows of one partition.
type partition struct {
	key    string // its JSON
	line   timeline
	other  *template.Dict // the state it began with, for its other keys; nil: it has none
	seq    int            // its place among the partitions of this read, from 1; 0: it has not come yet
	open   int            // slices given out and not closed
	listed bool           // all of its slices were given out
}

// reading tells whether slices of the partition are still to be read.
func (p *partition) reading() bool { return p.seq > 0 && (!p.listed || p.open > 0) }

// partitionTable holds partitions in the order they came in.
type partitionTable struct {
	order list.List // of *partition
	byKey map[string]*list.Element
	done  []string // keys of those that were read, the oldest first
	added int      // partitions ever added
}

func newPartitionTable() *partitionTable {
	return &partitionTable{byKey: map[string]*list.Element{}}
}

func (t *partitionTable) get(key string) *partition {
	e := t.byKey[key]
	if e == nil {
		return nil
	}
	return e.Value.(*partition)
}

func (t *partitionTable) add(p *partition) {
	t.makeRoom()
	if old := t.byKey[p.key]; old != nil {
		old.Value = p
		return
	}
	t.added++
	t.byKey[p.key] = t.order.PushBack(p)
}

// adopt finds a partition in a state that a [LegacyToPerPartitionStateMigration] made, and gives it its full name. There, it is
// known by its id alone, which is a text whatever it was before.
func (t *partitionTable) adopt(id *template.Dict, key string) *partition {
	parent, _ := id.Get(parentSliceKey)
	if d, ok := parent.(*template.Dict); !ok || d.Len() > 0 || id.Len() != 2 {
		return nil
	}
	for name, value := range id.All() {
		if name == parentSliceKey {
			continue
		}
		alone := template.NewDict(1)
		alone.Set(template.Str(name), template.Str(value))
		old, err := partitionKey(alone)
		if err != nil || t.byKey[old] == nil {
			return nil
		}
		e := t.byKey[old]
		delete(t.byKey, old)
		t.byKey[key] = e
		p := e.Value.(*partition)
		p.key = key
		return p
	}
	return nil
}

// finish notes that a partition was read.
func (t *partitionTable) finish(p *partition) { t.done = append(t.done, p.key) }

// makeRoom forgets the partition that was read longest ago or, while none was, the oldest that waits.
func (t *partitionTable) makeRoom() {
	if t.order.Len() < maxPartitions {
		return
	}
	if len(t.done) > 0 {
		t.forget(t.byKey[t.done[0]])
		t.done = t.done[1:]
		return
	}
	if e := t.order.Front(); e.Value.(*partition).seq == 0 {
		t.forget(e)
	}
}

func (t *partitionTable) forget(e *list.Element) {
	if e != nil {
		t.order.Remove(e)
		delete(t.byKey, e.Value.(*partition).key)
	}
}

// each yields the partitions in order.
func (t *partitionTable) each(yield func(*partition) bool) {
	for e := t.order.Front(); e != nil; e = e.Next() {
		if !yield(e.Value.(*partition)) {
			return
		}
	}
}
