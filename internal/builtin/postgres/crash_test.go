package postgres

import (
	"fmt"
	"os"
	"testing"

	"github.com/airfielddev/airfield/internal/builtin/crashtest"
	"github.com/airfielddev/airfield/protocol"
)

func TestMain(m *testing.M) { os.Exit(crashtest.Main(m, New())) }

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
				last = crashtest.Kill(t, crashtest.Job{Config: db.configJSON(t), Stream: s, First: last + 1}, 10+attempt*30)
				db.want(t, fmt.Sprintf("SELECT count(DISTINCT id) FROM t WHERE id <= %d", last), fmt.Sprint(last))
			}
			if keyed {
				db.want(t, "SELECT count(*) - count(DISTINCT id) FROM t", "0")
			}
		})
	}
}

// TestKillAside kills the writer of a new generation: the retry goes on with what waits aside.
func TestKillAside(t *testing.T) {
	t.Parallel()
	db := newDatabase(t)
	s := truncating(deduplicating(streamOf("t", `{"id":{"type":"integer"},"pad":{"type":"string"}}`), [][]string{{"id"}}), 2)
	last := crashtest.Kill(t, crashtest.Job{Config: db.configJSON(t), Stream: s, First: 1}, 20)
	db.want(t, "SELECT to_regclass('t')::text", "NULL")
	last = crashtest.Kill(t, crashtest.Job{Config: db.configJSON(t), Stream: s, First: last + 1}, 20)
	db.write(t, []protocol.ConfiguredStream{s}, complete(s))
	db.want(t, fmt.Sprintf("SELECT count(DISTINCT id) FROM t WHERE id <= %d", last), fmt.Sprint(last))
}
