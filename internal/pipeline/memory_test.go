package pipeline_test

import (
	"context"
	"runtime"
	"strings"
	"testing"

	"github.com/airfielddev/airfield/connector"
	"github.com/airfielddev/airfield/internal/pipeline"
	"github.com/airfielddev/airfield/protocol"
)

// Memory does not grow with the number of rows. The test is not parallel, because it looks at the memory of the whole process.
func TestMemoryIsFlat(t *testing.T) {
	const rows, most = 1_000_000, 24 << 20
	data := []byte(`{"text":"` + strings.Repeat("x", 400) + `"}`)
	src := source{read: func(_ context.Context, _ connector.ReadRequest, emit connector.Emit) error {
		for i := range rows {
			if err := emit(protocol.RecordMessage(protocol.Record{Stream: "users", Data: data, EmittedAt: 1})); err != nil {
				return err
			}
			if i%100 == 99 {
				if err := emit(state("users", `{"cursor":1}`)); err != nil {
					return err
				}
			}
		}
		return nil
	}}
	var read int
	var highest uint64
	dst := destination{write: func(_ context.Context, _ connector.WriteRequest, in connector.Messages, emit connector.Emit) error {
		for m, err := range in {
			if err != nil {
				return err
			}
			if m.Type == protocol.TypeState {
				if err := emit(*m); err != nil {
					return err
				}
			}
			if read++; read%100_000 == 0 {
				var memory runtime.MemStats
				runtime.GC()
				runtime.ReadMemStats(&memory)
				highest = max(highest, memory.HeapAlloc)
			}
		}
		return nil
	}}
	mustEnd(t, job(src, dst, incremental("users"), &kept{}), pipeline.Succeeded, "")
	if highest > most || highest == 0 {
		t.Errorf("%d MiB in use while %d MiB went by", highest>>20, rows*len(data)>>20)
	}
	t.Logf("%d MiB in use at most", highest>>20)
}
