package localjson

import (
	"os"
	"strconv"
	"testing"

	"github.com/airfielddev/airfield/internal/builtin/crashtest"
	"github.com/airfielddev/airfield/protocol"
)

func TestMain(m *testing.M) { os.Exit(crashtest.Main(m, New(""))) }

// TestKill kills the writer again and again. What was echoed is stored, and every line can be read.
func TestKill(t *testing.T) {
	t.Parallel()
	dir, s, last := t.TempDir(), stream(protocol.Append), 0
	config := configOf(t, dir)
	for attempt := range 3 {
		last = crashtest.Kill(t, crashtest.Job{Config: config, Stream: s, First: last + 1}, 10+attempt*30)
		if err := write(t, dir, s); err != nil { // repairs the end of the file
			t.Fatal(err)
		}
		rows, err := readRows(t.Context(), config, s.Descriptor())
		if err != nil {
			t.Fatal(err)
		}
		found := map[string]bool{}
		for _, row := range rows {
			found[row["id"]] = true
		}
		for id := 1; id <= last; id++ {
			if !found[strconv.Itoa(id)] {
				t.Fatalf("record %d was echoed up to %d and is not in the file", id, last)
			}
		}
	}
}
