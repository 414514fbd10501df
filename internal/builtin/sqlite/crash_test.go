package sqlite

import (
	"fmt"
	"os"
	"testing"

	"github.com/airfielddev/airfield/internal/builtin/crashtest"
)

func TestMain(m *testing.M) { os.Exit(crashtest.Main(m, New(""))) }

// TestKill kills the writer again and again. What was echoed is stored, and with a key every row is there once.
func TestKill(t *testing.T) {
	t.Parallel()
	const properties = `{"id":{"type":"integer"},"pad":{"type":"string"}}`
	for name, keyed := range map[string]bool{"append": false, "dedup": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			db := newDatabase(t)
			s := streamOf("t", properties)
			if keyed {
				s = deduplicating(s, [][]string{{"id"}})
			}
			last := 0
			for attempt := range 3 {
				last = crashtest.Kill(t, crashtest.Job{Config: db.config(t), Stream: s, First: last + 1}, 10+attempt*30)
				db.want(t, fmt.Sprintf("SELECT count(DISTINCT id) FROM t WHERE id <= %d", last), fmt.Sprint(last))
			}
			if keyed {
				db.want(t, "SELECT count(*) - count(DISTINCT id) FROM t", "0")
			}
			db.want(t, "PRAGMA integrity_check", "ok")
		})
	}
}
