package pipeline_test

import (
	"context"
	"strings"
	"testing"

	"github.com/airfielddev/airfield/connector"
	"github.com/airfielddev/airfield/internal/pipeline"
	"github.com/airfielddev/airfield/protocol"
)

// BenchmarkRun moves records of 200 bytes from a source that makes them without effort to a destination that counts them.
func BenchmarkRun(b *testing.B) {
	data := []byte(`{"id":1,"text":"` + strings.Repeat("x", 182) + `"}`)
	b.SetBytes(int64(len(data)))
	b.ReportAllocs()
	endless := source{read: func(_ context.Context, _ connector.ReadRequest, emit connector.Emit) error {
		for b.Loop() {
			if err := emit(protocol.RecordMessage(protocol.Record{Stream: "users", Data: data, EmittedAt: 1})); err != nil {
				return err
			}
		}
		return nil
	}}
	counted := 0
	null := destination{write: func(_ context.Context, _ connector.WriteRequest, in connector.Messages, emit connector.Emit) error {
		for m, err := range in {
			if err != nil {
				return err
			}
			switch m.Type {
			case protocol.TypeRecord:
				counted += len(m.Record.Data)
			case protocol.TypeState:
				if err := emit(*m); err != nil {
					return err
				}
			}
		}
		return nil
	}}
	result := pipeline.Run(b.Context(), job(endless, null, catalog(protocol.FullRefresh, protocol.Append, "users"), &kept{}))
	if result.Status != pipeline.Succeeded || counted != b.N*len(data) {
		b.Fatalf("status %s, %d bytes of %d, failures %+v", result.Status, counted, b.N*len(data), result.Failures)
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "records/s")
}
