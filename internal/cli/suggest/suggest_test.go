package suggest_test

import (
	"testing"

	"github.com/airfielddev/airfield/internal/cli/suggest"
)

func TestNearest(t *testing.T) {
	t.Parallel()
	known := []string{"source", "destination", "connection", "job", "list"}
	f := func(word, want string) {
		t.Helper()
		if got := suggest.Nearest(word, known); got != want {
			t.Errorf("Nearest(%q) = %q, want %q", word, got, want)
		}
	}
	f("sourc", "source")
	f("suorce", "source")
	f("SOURCES", "source")
	f("jbo", "job")
	f("connecton", "connection")
	f("lsit", "list")
	f("quickstart", "")
	f("x", "")
	f("", "")
}
