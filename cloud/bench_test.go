package cloud_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strconv"
	"strings"
	"testing"

	"github.com/airfielddev/airfield/cloud"
)

func quietServer(b *testing.B, h http.HandlerFunc) string {
	b.Helper()
	s := httptest.NewServer(h)
	b.Cleanup(s.Close)
	return s.URL
}

// BenchmarkGet is one call by this package beside the same call by net/http alone, against the same server.
func BenchmarkGet(b *testing.B) {
	answer := []byte(sourceJSON(sourceID, "name"))
	root := quietServer(b, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.Write(answer)
	})
	b.Run("cloud", func(b *testing.B) {
		client, err := cloud.NewClient(cloud.Config{APIRoot: root, BearerToken: "b"})
		if err != nil {
			b.Fatal(err)
		}
		s := client.Workspace(workspaceID).Source(sourceID)
		b.ReportAllocs()
		for b.Loop() {
			if _, err := s.Refresh(b.Context()); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("net-http", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if err := plainGet(b, root+"/api/public/v1/sources/"+sourceID); err != nil {
				b.Fatal(err)
			}
		}
	})
}

// plainGet is what a program without this package would write.
func plainGet(b *testing.B, address string) error {
	b.Helper()
	req, err := http.NewRequestWithContext(b.Context(), http.MethodGet, address, nil)
	if err != nil {
		return err
	}
	req.Header.Set("Authorization", "Bearer b")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		return err
	}
	var source struct {
		SourceID      string          `json:"sourceId"`
		Name          string          `json:"name"`
		Configuration json.RawMessage `json:"configuration"`
	}
	return json.Unmarshal(body, &source)
}

// manyConnections answers lists of n connections of four streams each.
func manyConnections(n int) http.HandlerFunc {
	var streams strings.Builder
	for i := range 4 {
		if i > 0 {
			streams.WriteByte(',')
		}
		fmt.Fprintf(&streams, `{"name":"stream_%d","syncMode":"incremental_deduped_history","cursorField":["updated_at"],"primaryKey":[["id"]],"mappers":[]}`, i)
	}
	row := connectionJSON(connectionID, "a connection", "["+streams.String()+"]")
	full := pageJSON(strings.Split(strings.Repeat(row+"\x00", 99)+row, "\x00")...)
	return func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		if offset, _ := strconv.Atoi(r.URL.Query().Get("offset")); offset < n {
			io.WriteString(w, full)
			return
		}
		io.WriteString(w, pageJSON())
	}
}

// BenchmarkListConnections reads lists of different lengths. What stays in memory, sampled on the way after collecting garbage, must
// not grow with the length.
func BenchmarkListConnections(b *testing.B) {
	for _, n := range []int{1_000, 10_000, 100_000} {
		b.Run(strconv.Itoa(n), func(b *testing.B) {
			client, err := cloud.NewClient(cloud.Config{APIRoot: quietServer(b, manyConnections(n)), BearerToken: "b"})
			if err != nil {
				b.Fatal(err)
			}
			var peak uint64
			for b.Loop() {
				peak = max(peak, listAll(b, client, n))
			}
			b.ReportMetric(float64(peak)/(1<<20), "peak-live-MB")
			b.ReportMetric(float64(n)*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
		})
	}
}

func listAll(b *testing.B, client *cloud.Client, want int) uint64 {
	b.Helper()
	var peak uint64
	rows := 0
	for _, err := range client.Workspace(workspaceID).Connections(b.Context()) {
		if err != nil {
			b.Fatal(err)
		}
		if rows++; rows%(want/4) == 0 {
			peak = max(peak, live())
		}
	}
	if rows != want {
		b.Fatalf("%d rows, want %d", rows, want)
	}
	return peak
}

func live() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}
