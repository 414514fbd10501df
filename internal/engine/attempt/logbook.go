package attempt

import (
	"fmt"
	"sync"
	"time"
	"unicode/utf8"

	"github.com/airfielddev/airfield/internal/platform"
	"github.com/airfielddev/airfield/protocol"
)

// The bounds of an attempt's log. The beginning is stored while it is written; of what follows, the end is kept in memory and
// stored when the attempt has ended, because that is where the reason of a failure stands.
const (
	mostLines     = 5000    // of the beginning, and again of the end
	mostBytes     = 4 << 20 // likewise
	longestLine   = 32 << 10
	flushInterval = 300 * time.Millisecond
)

// logbook collects an attempt's log and stores it in portions.
type logbook struct {
	store func([]platform.LogLine)
	quit  chan struct{}
	done  chan struct{}

	mu      sync.Mutex
	pending []platform.LogLine // of the beginning, not yet stored
	head    size               // of the beginning
	tail    []platform.LogLine
	rest    size // of tail
	skipped int  // lines between beginning and end that were dropped
}

type size struct{ lines, bytes int }

func (s *size) full() bool { return s.lines >= mostLines || s.bytes >= mostBytes }

func (s *size) add(l *platform.LogLine, sign int) {
	s.lines += sign
	s.bytes += sign * (len(l.Message) + len(l.Stack))
}

// newLogbook starts a logbook. It stores lines one portion after the other, and waits for the last in close.
func newLogbook(store func([]platform.LogLine)) *logbook {
	b := &logbook{store: store, quit: make(chan struct{}), done: make(chan struct{})}
	go b.run()
	return b
}

func (b *logbook) run() {
	defer close(b.done)
	ticker := time.NewTicker(flushInterval)
	defer ticker.Stop()
	for {
		select {
		case <-ticker.C:
			b.flush()
		case <-b.quit:
			b.flush()
			return
		}
	}
}

// add takes a line. It never waits for the store.
func (b *logbook) add(l platform.LogLine) {
	l.Message, l.Stack = cut(l.Message), cut(l.Stack)
	b.mu.Lock()
	defer b.mu.Unlock()
	if !b.head.full() {
		b.head.add(&l, 1)
		b.pending = append(b.pending, l)
		return
	}
	b.tail = append(b.tail, l)
	b.rest.add(&l, 1)
	for len(b.tail) > 1 && b.rest.full() {
		b.rest.add(&b.tail[0], -1)
		b.tail = b.tail[1:]
		b.skipped++
	}
}

func (b *logbook) flush() {
	b.mu.Lock()
	lines := b.pending
	b.pending = nil
	b.mu.Unlock()
	if len(lines) > 0 {
		b.store(lines)
	}
}

// close stores what is left, the kept end included.
func (b *logbook) close() {
	b.mu.Lock()
	if b.skipped > 0 {
		b.pending = append(b.pending, platform.LogLine{
			At: b.tail[0].At, Level: protocol.LevelWarn, Source: platform.LogFromPlatform,
			Message: fmt.Sprintf("%d lines are left out here because the log is too long", b.skipped),
		})
	}
	b.pending = append(b.pending, b.tail...)
	b.tail = nil
	b.mu.Unlock()
	close(b.quit)
	<-b.done
}

// cut shortens a text that is too long for a line, between characters.
func cut(text string) string {
	if len(text) <= longestLine {
		return text
	}
	end := longestLine
	for !utf8.RuneStart(text[end]) {
		end--
	}
	return fmt.Sprintf("%s ... (%d more bytes)", text[:end], len(text)-end)
}
