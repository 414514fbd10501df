package postgres

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/airfielddev/airfield/connector"
	"github.com/airfielddev/airfield/protocol"
)

const usersSchema = `{"type":"object","properties":{"id":{"type":"integer"},"created_at":{"type":"string","format":"date-time","airbyte_type":"timestamp_with_timezone"},
	"updated_at":{"type":"string","format":"date-time","airbyte_type":"timestamp_with_timezone"},"name":{"type":"string"},"title":{"type":"string"},
	"age":{"type":"integer"},"email":{"type":"string"},"telephone":{"type":"string"},"gender":{"type":"string"},"language":{"type":"string"},
	"academic_degree":{"type":"string"},"nationality":{"type":"string"},"occupation":{"type":"string"},"height":{"type":"string"},
	"blood_type":{"type":"string"},"weight":{"type":"integer"},"address":{"type":"object"}}}`

func userStream(mode protocol.DestinationSyncMode) protocol.ConfiguredStream {
	return protocol.ConfiguredStream{
		Stream:   protocol.Stream{Name: "users", JSONSchema: json.RawMessage(usersSchema)},
		SyncMode: protocol.Incremental, DestinationSyncMode: mode, SyncID: 1, GenerationID: 1,
		PrimaryKey: [][]string{{"id"}}, CursorField: []string{"updated_at"},
	}
}

func user(dst []byte, id int) []byte {
	return fmt.Appendf(dst, `{"id":%d,"created_at":"2011-07-27T06:41:10+00:00","updated_at":"2024-03-02T17:20:30+00:00","name":"Marlon Christensen","title":"M.Sc.Tech.",`+
		`"age":%d,"email":"member%d+1@example.org","telephone":"+1-(936)-501-7331","gender":"Female","language":"Luxembourgish","academic_degree":"Bachelor",`+
		`"nationality":"Guatemalan","occupation":"Lift Attendant","height":"1.81","blood_type":"B+","weight":79,`+
		`"address":{"street_number":"%d","street_name":"Prairie Meadow","city":"Valdosta","province":"Delaware","postal_code":"94112","country_code":"NU","state":"Utah"}}`,
		id, id%80, id, id%1000)
}

// users makes n records out of a ring of prepared ones, with a state after every 10,000.
func users(n int) connector.Messages {
	ring := make([][]byte, 4096)
	for i := range ring {
		ring[i] = user(nil, i)
	}
	return func(yield func(*protocol.Message, error) bool) {
		var data []byte
		for i := range n {
			data = append(strconvID(data[:0], i), bytes.TrimLeft(ring[i%len(ring)][len(`{"id":`):], "0123456789")...)
			m := protocol.RecordMessage(protocol.Record{Stream: "users", Data: data, EmittedAt: time.Now().UnixMilli()})
			if !yield(&m, nil) {
				return
			}
			if i%10_000 != 9_999 {
				continue
			}
			state := protocol.StateMessage(protocol.NewStreamState(protocol.StreamDescriptor{Name: "users"}, json.RawMessage(`{}`)))
			if !yield(&state, nil) {
				return
			}
		}
	}
}

func strconvID(dst []byte, id int) []byte { return fmt.Appendf(dst, `{"id":%d`, id) }

func benchmarkWrite(b *testing.B, mode protocol.DestinationSyncMode) {
	b.Helper()
	db := newDatabase(b)
	in := users(b.N)
	req := connector.WriteRequest{Config: db.configJSON(b), Catalog: protocol.ConfiguredCatalog{Streams: []protocol.ConfiguredStream{userStream(mode)}}}
	b.SetBytes(int64(len(user(nil, 100_000))))
	b.ReportAllocs()
	b.ResetTimer()
	if err := New().Write(b.Context(), req, in, connector.Discard); err != nil {
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

// BenchmarkBareCopy is the limit: the same rows, encoded before the clock starts, in one COPY.
func BenchmarkBareCopy(b *testing.B) {
	db := newDatabase(b)
	configured := userStream(protocol.Append)
	cfg, err := parseConfig(db.configJSON(b))
	if err != nil {
		b.Fatal(err)
	}
	streams, err := plan(cfg, &protocol.ConfiguredCatalog{Streams: []protocol.ConfiguredStream{configured}})
	if err != nil {
		b.Fatal(err)
	}
	db.exec(b, streams[0].createSQL())
	encode := newEncoder(streams[0])
	var text []byte
	for m := range users(b.N) {
		if m.Type == protocol.TypeRecord {
			text, err = encode.Append(text, &m.Record)
			if err != nil {
				b.Fatal(err)
			}
		}
	}
	b.ResetTimer()
	sql := "COPY users (" + streams[0].columnList() + ") FROM STDIN"
	if _, err := db.conn.PgConn().CopyFrom(context.Background(), bytes.NewReader(text), sql); err != nil {
		b.Fatal(err)
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "records/s")
}

// BenchmarkEncode is what one record costs before it is sent.
func BenchmarkEncode(b *testing.B) {
	configured := userStream(protocol.Append)
	streams, err := plan(&config{Schema: "public", InternalSchema: "internal"}, &protocol.ConfiguredCatalog{Streams: []protocol.ConfiguredStream{configured}})
	if err != nil {
		b.Fatal(err)
	}
	encode := newEncoder(streams[0])
	record := protocol.Record{Stream: "users", Data: user(nil, 1), EmittedAt: 1714564800000}
	b.SetBytes(int64(len(record.Data)))
	b.ReportAllocs()
	var line []byte
	for b.Loop() {
		if line, err = encode.Append(line[:0], &record); err != nil {
			b.Fatal(err)
		}
	}
}
