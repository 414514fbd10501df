package declarative

import (
	"errors"
	"io"
	"sync/atomic"
	"time"
)

// errStalled is returned for a response that began and did not go on.
var errStalled = errors.New("the response does not go on")

// watchedBody is the body of a response that is closed when no more of it comes for too long. It may take as long as it likes
// otherwise.
type watchedBody struct {
	io.ReadCloser
	patience time.Duration
	timer    *time.Timer
	stalled  atomic.Bool
}

func newWatchedBody(body io.ReadCloser, patience time.Duration) io.ReadCloser {
	if patience == 0 {
		return body
	}
	b := &watchedBody{ReadCloser: body, patience: patience}
	b.timer = time.AfterFunc(patience, func() {
		b.stalled.Store(true)
		body.Close()
	})
	return b
}

// Read waits for more, but not for ever. Between reads there is no hurry: what was read has to be written somewhere.
func (b *watchedBody) Read(p []byte) (int, error) {
	b.timer.Reset(b.patience)
	n, err := b.ReadCloser.Read(p)
	b.timer.Stop()
	if err != nil && b.stalled.Load() {
		err = errStalled
	}
	return n, err
}

// Close ends the watch too.
func (b *watchedBody) Close() error {
	b.timer.Stop()
	return b.ReadCloser.Close()
}
