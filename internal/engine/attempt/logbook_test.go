package attempt

import (
	"fmt"
	"strings"
	"testing"

	"github.com/airfielddev/airfield/internal/platform"
)

// collect writes lines into a logbook and returns what it stored.
func collect(lines ...string) []platform.LogLine {
	var stored []platform.LogLine
	b := newLogbook(func(l []platform.LogLine) {
		stored = append(stored, l...)
	})
	for _, text := range lines {
		b.add(platform.LogLine{Message: text})
	}
	b.close()
	return stored
}

func TestLogbookKeepsBothEnds(t *testing.T) {
	t.Parallel()
	const written = 3 * mostLines
	lines := make([]string, written)
	for i := range lines {
		lines[i] = fmt.Sprint("line ", i)
	}
	stored := collect(lines...)
	if len(stored) > 2*mostLines+1 {
		t.Fatalf("%d lines stored", len(stored))
	}
	gap := -1
	for i, l := range stored {
		if strings.Contains(l.Message, "left out") {
			gap = i
		}
	}
	if gap != mostLines {
		t.Fatalf("the gap is told in line %d, want %d", gap, mostLines)
	}
	skipped := written - (len(stored) - 1)
	if want := fmt.Sprintf("%d lines are left out", skipped); !strings.HasPrefix(stored[gap].Message, want) {
		t.Errorf("gap says %q, want %q", stored[gap].Message, want)
	}
	for i := range gap {
		if stored[i].Message != lines[i] {
			t.Fatalf("line %d is %q", i, stored[i].Message)
		}
	}
	for i := range len(stored) - gap - 1 {
		if got, want := stored[len(stored)-1-i].Message, lines[written-1-i]; got != want {
			t.Fatalf("line %d from the end is %q, want %q", i, got, want)
		}
	}
}

func TestLogbookBoundsBytes(t *testing.T) {
	t.Parallel()
	lines := make([]string, 400)
	for i := range lines {
		lines[i] = strings.Repeat("é", longestLine)
	}
	total := 0
	for _, l := range collect(lines...) {
		total += len(l.Message)
		if !strings.Contains(l.Message, "left out") && !strings.HasSuffix(l.Message, "é ... (32768 more bytes)") {
			t.Fatalf("a long line ends with %q", l.Message[len(l.Message)-40:])
		}
	}
	if total > 2*mostBytes+2*longestLine || total < mostBytes {
		t.Errorf("%d bytes stored", total)
	}
}
