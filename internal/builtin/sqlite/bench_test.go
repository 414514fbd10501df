package sqlite

import (
	"encoding/json"
	"fmt"
	"testing"

	"github.com/airfielddev/airfield/connector"
	"github.com/airfielddev/airfield/protocol"
)

func userStream(mode protocol.DestinationSyncMode) protocol.ConfiguredStream {
	return protocol.ConfiguredStream{
		Stream: protocol.Stream{Name: "users", JSONSchema: json.RawMessage(`{"type":"object","properties":{"id":{"type":"integer"},
			"created_at":{"type":"string","format":"date-time"},"updated_at":{"type":"string","format":"date-time"},"name":{"type":"string"},"title":{"type":"string"},
			"age":{"type":"integer"},"email":{"type":"string"},"telephone":{"type":"string"},"gender":{"type":"string"},"language":{"type":"string"},
			"academic_degree":{"type":"string"},"nationality":{"type":"string"},"occupation":{"type":"string"},"height":{"type":"string"},
			"blood_type":{"type":"string"},"weight":{"type":"integer"},"address":{"type":"object"}}}`)},
		SyncMode: protocol.Incremental, DestinationSyncMode: mode, SyncID: 1, GenerationID: 1,
		PrimaryKey: [][]string{{"id"}}, CursorField: []string{"updated_at"},
	}
}

const userRest = `,"created_at":"2011-07-27T06:41:10+00:00","updated_at":"2024-03-02T17:20:30+00:00","name":"Marlon Christensen","title":"M.Sc.Tech.",` +
	`"age":58,"email":"member17+1@example.org","telephone":"+1-(936)-501-7331","gender":"Female","language":"Luxembourgish","academic_degree":"Bachelor",` +
	`"nationality":"Guatemalan","occupation":"Lift Attendant","height":"1.81","blood_type":"B+","weight":79,` +
	`"address":{"street_number":"571","street_name":"Prairie Meadow","city":"Valdosta","province":"Delaware","postal_code":"94112","country_code":"NU","state":"Utah"}}`

func users(n int) connector.Messages {
	return func(yield func(*protocol.Message, error) bool) {
		var data []byte
		for i := range n {
			data = append(fmt.Appendf(data[:0], `{"id":%d`, i), userRest...)
			m := protocol.RecordMessage(protocol.Record{Stream: "users", Data: data, EmittedAt: int64(1714564800000 + i/100)})
			if !yield(&m, nil) {
				return
			}
		}
	}
}

func benchmarkWrite(b *testing.B, mode protocol.DestinationSyncMode) {
	b.Helper()
	db := newDatabase(b)
	req := connector.WriteRequest{Config: db.config(b), Catalog: protocol.ConfiguredCatalog{Streams: []protocol.ConfiguredStream{userStream(mode)}}}
	b.SetBytes(int64(len(userRest)))
	b.ReportAllocs()
	b.ResetTimer()
	if err := New("").Write(b.Context(), req, users(b.N), connector.Discard); err != nil {
		b.Fatal(err)
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "records/s")
	b.StopTimer()
	if got := db.query(b, "SELECT count(*) FROM users"); got[0] != fmt.Sprint(b.N) {
		b.Fatalf("%s rows, want %d", got[0], b.N)
	}
}

func BenchmarkWriteAppend(b *testing.B) { benchmarkWrite(b, protocol.Append) }
func BenchmarkWriteDedup(b *testing.B)  { benchmarkWrite(b, protocol.AppendDedup) }
