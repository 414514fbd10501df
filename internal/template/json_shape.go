package template

import "slices"

// shape is what the objects at one place of a text have looked like. Records have the same keys in the same order again and again: a
// key that comes where the shape has it is known without being read, and without being looked for among those before it.
type shape struct {
	keys []shapeKey // distinct, in the order in which objects have them
	size int        // entries of the last object
	free bool       // the objects are maps, with keys that never come again
}

type shapeKey struct {
	text  string // as it is written, in quotes; plain ASCII
	name  any    // a string
	inner shape  // of the value
}

const (
	// maxShape bounds the keys of a shape.
	maxShape = 128
	// maxShaped bounds the keys of all shapes of a text.
	maxShaped = 10_000
)

// fitting compares an object with the shape of its place while it is read.
type fitting struct {
	*shape

	next  int  // the object's keys are among those of the shape before this
	loose bool // they may not be: a key has to be looked for in the object
}

// expected is the key that comes next, if a text begins with it.
func (f *fitting) expected(text []byte) *shapeKey {
	if f.next == len(f.keys) {
		return nil
	}
	k := &f.keys[f.next]
	if len(text) < len(k.text) || string(text[:len(k.text)]) != k.text {
		return nil
	}
	f.next++
	return k
}

// find is a key that is not the expected one; nil when the shape has no such.
func (f *fitting) find(text []byte) *shapeKey {
	i := slices.IndexFunc(f.keys, func(k shapeKey) bool { return k.text == string(text) })
	if i < 0 {
		return nil
	}
	f.loose = f.loose || i < f.next
	f.next = max(f.next, i+1)
	return &f.keys[i]
}

// mayLearn tells whether the shape takes another key. One with too many is a shape no more.
func (f *fitting) mayLearn() bool {
	if len(f.keys) == maxShape {
		f.free, f.keys, f.next = true, nil, 0
	}
	return !f.free
}

// learn adds the key that is read.
func (f *fitting) learn(text []byte, name any) *shapeKey {
	f.keys = slices.Insert(f.keys, f.next, shapeKey{text: string(text), name: name})
	f.next++
	return &f.keys[f.next-1]
}
