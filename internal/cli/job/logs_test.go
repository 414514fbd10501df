package job

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/airfielddev/airfield/cloud"
)

func TestEntryOf(t *testing.T) {
	t.Parallel()
	f := func(message string, want entry) {
		t.Helper()
		got := entryOf(cloud.LogEntry{Attempt: 2, Message: message})
		want.Attempt, want.line = 2, message
		if diff := cmp.Diff(want, got, cmp.AllowUnexported(entry{})); diff != "" {
			t.Errorf("%q (-want +got):\n%s", message, diff)
		}
	}
	at := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	f("2026-01-02 03:04:05 source > WARN slow: 3 s", entry{Time: at, Source: "source", Level: "warn", Message: "slow: 3 s"})
	f("2026-01-02 03:04:05 platform INFO started", entry{Time: at, Source: "platform", Level: "info", Message: "started"})
	f("2026-01-02 03:04:05 source > ERROR oh\n  at x\n  at y", entry{Time: at, Source: "source", Level: "error", Message: "oh\n  at x\n  at y"})
	f("2026-99-02 03:04:05 source > ERROR no date", entry{Message: "2026-99-02 03:04:05 source > ERROR no date"})
	f("just text", entry{Message: "just text"})
	f("", entry{})
}

func TestKeeps(t *testing.T) {
	t.Parallel()
	f := func(o logOptions, e entry, want bool) {
		t.Helper()
		if got := o.keeps(e); got != want {
			t.Errorf("%+v keeps %+v: %v", o, e, got)
		}
	}
	all := logOptions{attempt: -1}
	f(all, entry{}, true)
	f(all, entry{Level: "trace", Source: "source"}, true)
	f(logOptions{attempt: 0}, entry{Attempt: 1}, false)
	f(logOptions{attempt: 1}, entry{Attempt: 1}, true)
	f(logOptions{attempt: -1, level: "warn"}, entry{Level: "info"}, false)
	f(logOptions{attempt: -1, level: "warn"}, entry{Level: "error"}, true)
	f(logOptions{attempt: -1, level: "warn"}, entry{Message: "plain"}, true)
	f(logOptions{attempt: -1, source: "platform"}, entry{Source: "replication-orchestrator"}, true)
	f(logOptions{attempt: -1, source: "platform"}, entry{Source: "source"}, false)
}

func TestAfter(t *testing.T) {
	t.Parallel()
	log := func(text string) []cloud.LogEntry {
		entries := []cloud.LogEntry{}
		for _, letter := range text {
			entries = append(entries, cloud.LogEntry{Message: string(letter)})
		}
		return entries
	}
	f := func(seen, now, want string) {
		t.Helper()
		if diff := cmp.Diff(log(want), after(log(seen), log(now)), cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("after(%q, %q) (-want +got):\n%s", seen, now, diff)
		}
	}
	f("", "abc", "abc")
	f("ab", "abc", "c")
	f("abc", "abc", "")
	f("abcd", "cdef", "ef")
	f("aab", "aba", "a")
	f("abc", "xyz", "xyz")
}
