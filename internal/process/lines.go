package process

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"
)

// errLineTooLong is returned for a line over the limit; nothing after it is read.
var errLineTooLong = errors.New("the line is too long")

// lines reads lines of any length up to a limit into one buffer that grows with the longest.
type lines struct {
	reader *bufio.Reader
	buffer []byte
	limit  int
	number int // of the line last returned, from 1
}

func newLines(r io.Reader, limit int) *lines {
	return &lines{reader: bufio.NewReaderSize(r, 256<<10), limit: limit}
}

// next returns a line without its break. It is valid until the next call. A last line without a break is a line.
func (l *lines) next() ([]byte, error) {
	l.number++
	l.buffer = l.buffer[:0]
	for {
		part, err := l.reader.ReadSlice('\n')
		if err == nil && len(l.buffer) == 0 {
			return part[:len(part)-1], nil
		}
		l.buffer = append(l.buffer, part...)
		switch {
		case len(l.buffer) > l.limit:
			return nil, fmt.Errorf("%w: over %d bytes", errLineTooLong, l.limit)
		case err == nil:
			return l.buffer[:len(l.buffer)-1], nil
		case errors.Is(err, bufio.ErrBufferFull):
		case len(l.buffer) > 0 && errors.Is(err, io.EOF):
			return l.buffer, nil
		default:
			return nil, io.EOF // a pipe that was closed under us ends like any other
		}
	}
}

// tail remembers the last lines of an output.
type tail struct {
	mu    sync.Mutex
	lines []string
}

const tailLines = 20

func (t *tail) add(line string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.lines) == tailLines {
		t.lines = t.lines[1:]
	}
	t.lines = append(t.lines, line)
}

func (t *tail) text() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return strings.Join(t.lines, "\n")
}

// last is the last line that is not blank.
func (t *tail) last() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	for i := len(t.lines) - 1; i >= 0; i-- {
		if line := strings.TrimSpace(t.lines[i]); line != "" {
			return line
		}
	}
	return ""
}
