package server

import (
	"cmp"
	"fmt"
	"maps"
	"net/http"
	"runtime"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/airfielddev/airfield/internal/platform"
	"github.com/airfielddev/airfield/internal/server/endpoint"
)

// meter counts what was answered, by operation and status. Both come from small sets, so that it stays small.
type meter struct {
	mu     sync.Mutex
	counts map[served]count
}

type served struct {
	operation string
	status    int
}

type count struct {
	requests int64
	took     time.Duration
}

func (m *meter) add(operation string, status int, took time.Duration) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.counts == nil {
		m.counts = map[served]count{}
	}
	key := served{operation, status}
	c := m.counts[key]
	m.counts[key] = count{c.requests + 1, c.took + took}
}

func (m *meter) snapshot() map[served]count {
	m.mu.Lock()
	defer m.mu.Unlock()
	return maps.Clone(m.counts)
}

// metrics answers in the text format of Prometheus: https://prometheus.io/docs/instrumenting/exposition_formats/.
func (s *Server) metrics(w http.ResponseWriter, p endpoint.Params) error {
	jobs := make(map[platform.JobStatus]int64)
	for _, status := range []platform.JobStatus{
		platform.JobPending, platform.JobRunning, platform.JobIncomplete, platform.JobFailed, platform.JobSucceeded, platform.JobCancelled,
	} {
		n, err := s.countJobs(p.Context(), status)
		if err != nil {
			return err
		}
		jobs[status] = n
	}
	w.Header().Set("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
	w.Write([]byte(s.exposition(jobs)))
	return nil
}

func (s *Server) exposition(jobs map[platform.JobStatus]int64) string {
	var text strings.Builder
	family := func(name, kind, help string) {
		fmt.Fprintf(&text, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, kind)
	}
	family("airfield_jobs", "gauge", "Jobs by status.")
	for _, status := range slices.Sorted(maps.Keys(jobs)) {
		fmt.Fprintf(&text, "airfield_jobs{status=%q} %d\n", status, jobs[status])
	}
	counts := s.meter.snapshot()
	keys := slices.SortedFunc(maps.Keys(counts), func(a, b served) int {
		return cmp.Or(cmp.Compare(a.operation, b.operation), cmp.Compare(a.status, b.status))
	})
	family("airfield_http_request_duration_seconds", "summary", "Requests by operation and status, and how long they took.")
	for _, k := range keys {
		labels := fmt.Sprintf("{operation=%q,code=\"%d\"}", k.operation, k.status)
		fmt.Fprintf(&text, "airfield_http_request_duration_seconds_count%s %d\n", labels, counts[k].requests)
		fmt.Fprintf(&text, "airfield_http_request_duration_seconds_sum%s %g\n", labels, counts[k].took.Seconds())
	}
	var memory runtime.MemStats
	runtime.ReadMemStats(&memory)
	family("airfield_heap_bytes", "gauge", "Memory in use by the program's own data.")
	fmt.Fprintf(&text, "airfield_heap_bytes %d\n", memory.HeapAlloc)
	family("airfield_uptime_seconds", "gauge", "Time since the start.")
	fmt.Fprintf(&text, "airfield_uptime_seconds %g\n", s.cfg.Now().Sub(s.started).Seconds())
	return text.String()
}
