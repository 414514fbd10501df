package pipeline_test

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/airfielddev/airfield/connector"
	"github.com/airfielddev/airfield/internal/pipeline"
	"github.com/airfielddev/airfield/internal/pipeline/mapping"
	"github.com/airfielddev/airfield/protocol"
)

// counting is a destination that stores nothing: it counts the bytes of records and echoes states.
func counting(bytes *int) destination {
	return destination{write: func(_ context.Context, _ connector.WriteRequest, in connector.Messages, emit connector.Emit) error {
		for m, err := range in {
			if err != nil {
				return err
			}
			switch m.Type {
			case protocol.TypeRecord:
				*bytes += len(m.Record.Data)
			case protocol.TypeState:
				if err := emit(*m); err != nil {
					return err
				}
			}
		}
		return nil
	}}
}

// BenchmarkRun moves records of 200 bytes from a source that makes them without effort to a destination that counts them. There
// is a state after every thousandth.
func BenchmarkRun(b *testing.B) {
	for _, c := range []struct {
		name     string
		streams  int
		selected [][]string
		mappers  []mapping.Mapper
		want     int // bytes of a record that arrive
	}{
		{name: "one stream", streams: 1, want: 200},
		{name: "sixteen streams in turn", streams: 16, want: 200},
		{name: "selected fields", streams: 1, selected: [][]string{{"id"}, {"text"}}, want: 184},
		{name: "renamed field", streams: 1, mappers: mappers(`{"originalFieldName":"other","newFieldName":"value"}`), want: 200},
		{name: "hashed field", streams: 1, mappers: mappers(`{"targetField":"other","method":"SHA-256","fieldNameSuffix":""}`), want: 259},
	} {
		b.Run(c.name, func(b *testing.B) {
			names := make([]string, c.streams)
			for i := range names {
				names[i] = fmt.Sprint("stream_", i)
			}
			bytes := 0
			j := job(endlessRecords(b, names), counting(&bytes), incremental(names...), &kept{})
			if c.selected != nil {
				j.SelectedFields = map[protocol.StreamDescriptor][][]string{{Name: names[0]}: c.selected}
			}
			j.Mappers = map[protocol.StreamDescriptor][]mapping.Mapper{{Name: names[0]}: c.mappers}
			b.SetBytes(200)
			b.ReportAllocs()
			result := pipeline.Run(b.Context(), j)
			if result.Status != pipeline.Succeeded || bytes != b.N*c.want {
				b.Fatalf("status %s, %d bytes of %d, failures %+v", result.Status, bytes, b.N*c.want, result.Failures)
			}
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "records/s")
		})
	}
}

// mappers is one mapper, whose type its configuration gives away.
func mappers(config string) []mapping.Mapper {
	kind := mapping.FieldRenaming
	if strings.Contains(config, "method") {
		kind = mapping.Hashing
	}
	return []mapping.Mapper{{Type: kind, Config: json.RawMessage(config)}}
}

func endlessRecords(b *testing.B, names []string) source {
	b.Helper()
	data := []byte(`{"id":1,"other":"12345","text":"` + strings.Repeat("x", 166) + `"}`)
	return source{read: func(_ context.Context, _ connector.ReadRequest, emit connector.Emit) error {
		for i := 0; b.Loop(); i++ {
			name := names[i%len(names)]
			if err := emit(protocol.RecordMessage(protocol.Record{Stream: name, Data: data, EmittedAt: 1})); err != nil {
				return err
			}
			if i%1000 == 999 {
				if err := emit(state(name, `{"cursor":1}`)); err != nil {
					return err
				}
			}
		}
		return nil
	}}
}
