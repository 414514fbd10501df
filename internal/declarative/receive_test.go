package declarative

import (
	"bytes"
	"errors"
	"io"
	"math/rand/v2"
	"runtime"
	"testing"
	"testing/iotest"
)

func TestFillReadsEverythingAtAnyLength(t *testing.T) {
	t.Parallel()
	text := make([]byte, 3*piece+17)
	for i := range text {
		text[i] = byte(rand.Uint32())
	}
	for _, size := range []int{0, 1, piece - 1, piece, piece + 1, 2 * piece, len(text)} {
		for _, room := range []int{0, piece + 5} {
			buffer := bytes.NewBuffer(make([]byte, 0, room))
			if err := fill(buffer, bytes.NewReader(text[:size])); err != nil {
				t.Fatalf("filling %d bytes: %v", size, err)
			}
			if !bytes.Equal(buffer.Bytes(), text[:size]) {
				t.Errorf("%d bytes into room for %d came out otherwise: %d", size, room, buffer.Len())
			}
		}
	}
}

func TestFillTellsOfABodyThatBreaksOff(t *testing.T) {
	t.Parallel()
	for _, size := range []int64{0, 10, piece, piece + 10} {
		broken := io.MultiReader(io.LimitReader(zeros{}, size), iotest.ErrReader(io.ErrUnexpectedEOF))
		if err := fill(new(bytes.Buffer), broken); !errors.Is(err, io.ErrUnexpectedEOF) {
			t.Errorf("after %d bytes: %v", size, err)
		}
	}
}

// The memory that was asked for in all is counted, which does not depend on when the collector runs.
func TestFillHoldsALargeBodyTwiceAtMost(t *testing.T) {
	const size = 64 << 20
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	buffer := new(bytes.Buffer)
	err := fill(buffer, io.LimitReader(zeros{}, size))
	runtime.ReadMemStats(&after)
	if err != nil || buffer.Len() != size {
		t.Fatalf("%d bytes, %v", buffer.Len(), err)
	}
	if asked := after.TotalAlloc - before.TotalAlloc; asked > 3*size {
		t.Errorf("%d bytes took %d of memory", size, asked)
	}
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) {
	clear(p)
	return len(p), nil
}
