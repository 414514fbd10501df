package platform_test

import (
	"fmt"
	"testing"

	"github.com/airfielddev/airfield/internal/platform"
	"github.com/airfielddev/airfield/protocol"
)

// BenchmarkCommitStates commits one stream's state in a sync of many streams.
func BenchmarkCommitStates(b *testing.B) {
	for _, streams := range []int{1, 1000} {
		b.Run(fmt.Sprint(streams), func(b *testing.B) { benchmarkCommits(b, streams) })
	}
}

func benchmarkCommits(b *testing.B, streams int) {
	b.Helper()
	d := deploy(b)
	var catalog []platform.ConnectionStream
	for i := range streams {
		catalog = append(catalog, platform.ConnectionStream{
			Stream:   protocol.Stream{Name: fmt.Sprint("stream ", i), JSONSchema: []byte(`{}`)},
			SyncMode: protocol.Incremental, DestinationSyncMode: protocol.Append,
		})
	}
	c := d.connect(b)
	if _, err := d.UpdateConnection(b.Context(), c.ID, platform.ConnectionUpdate{Catalog: catalog}); err != nil {
		b.Fatal(err)
	}
	d.create(b, c.ID, platform.JobSync, platform.JobOptions{})
	run := d.next(b)
	first := run.Catalog.Streams[0].Descriptor()
	for b.Loop() {
		state := protocol.NewStreamState(first, []byte(`{"cursor":"2026-01-01T00:00:00Z"}`))
		err := d.CommitStates(b.Context(), run.Job.ID, 0, []*protocol.State{state}, []platform.StreamStats{{Stream: first}}, platform.Stats{RecordsCommitted: 1})
		if err != nil {
			b.Fatal(err)
		}
	}
}
