package declarative

import (
	"errors"
	"sync"

	"github.com/airfielddev/airfield/internal/template"
)

const (
	// aheadFrom is the length of a text from which another goroutine is worth its while, in bytes.
	aheadFrom = 32 << 10
	// aheadBy is how many values are handed over at once.
	aheadBy = 128
)

// errLeft ends a decoder whose values nobody wants any more.
var errLeft = errors.New("left")

// decodeAhead yields the elements of a list of valid JSON in order, and decodes the next while one is worked on. The text is not
// needed any more when it returns.
func decodeAhead(text []byte, yield func(any) error) error {
	if len(text) < aheadFrom {
		return template.JSONElements(text, yield)
	}
	batches, left := make(chan []any, 1), make(chan struct{})
	var failed error
	var decoder sync.WaitGroup
	decoder.Go(func() {
		defer close(batches)
		failed = decodeBatches(text, batches, left)
	})
	defer decoder.Wait()
	defer close(left)
	for batch := range batches {
		for _, v := range batch {
			if err := yield(v); err != nil {
				return err
			}
		}
	}
	return failed
}

// decodeBatches hands values over, until there is nobody left.
func decodeBatches(text []byte, to chan<- []any, left <-chan struct{}) error {
	var batch []any
	send := func() error {
		select {
		case to <- batch:
			batch = make([]any, 0, aheadBy)
			return nil
		case <-left:
			return errLeft
		}
	}
	err := template.JSONElements(text, func(v any) error {
		if batch = append(batch, v); len(batch) < aheadBy {
			return nil
		}
		return send()
	})
	if err != nil {
		return err
	}
	return send()
}
