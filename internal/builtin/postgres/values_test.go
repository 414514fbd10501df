package postgres

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/airfielddev/airfield/internal/builtin/table"
	"github.com/airfielddev/airfield/protocol"
)

// kinds is a schema for each type of column.
var kinds = map[table.Type]string{
	table.JSON:        `{"type":["null","object"]}`,
	table.String:      `{"type":["null","string"]}`,
	table.Boolean:     `{"type":"boolean"}`,
	table.Integer:     `{"type":"integer"}`,
	table.Number:      `{"type":"number"}`,
	table.Date:        `{"type":"string","format":"date"}`,
	table.TimestampTZ: `{"type":"string","format":"date-time","airbyte_type":"timestamp_with_timezone"}`,
	table.Timestamp:   `{"type":"string","format":"date-time","airbyte_type":"timestamp_without_timezone"}`,
	table.TimeTZ:      `{"type":"string","format":"time","airbyte_type":"time_with_timezone"}`,
	table.Time:        `{"type":"string","format":"time","airbyte_type":"time_without_timezone"}`,
}

func streamOf(name, properties string) protocol.ConfiguredStream {
	return protocol.ConfiguredStream{
		Stream:   protocol.Stream{Name: name, JSONSchema: json.RawMessage(`{"type":"object","properties":` + properties + `}`)},
		SyncMode: protocol.FullRefresh, DestinationSyncMode: protocol.Append, SyncID: 7, GenerationID: 3,
	}
}

func record(stream, data string) protocol.Message {
	return protocol.RecordMessage(protocol.Record{Stream: stream, Data: []byte(data), EmittedAt: 1714564800123})
}

func complete(s protocol.ConfiguredStream) protocol.Message {
	return protocol.Message{Type: protocol.TypeTrace, Trace: &protocol.Trace{
		Type:         protocol.TraceTypeStreamStatus,
		StreamStatus: &protocol.StreamStatus{StreamDescriptor: s.Descriptor(), Status: protocol.StreamComplete},
	}}
}

func TestColumnTypes(t *testing.T) {
	t.Parallel()
	db := newDatabase(t)
	var properties []string
	for kind := table.JSON; kind <= table.Time; kind++ {
		properties = append(properties, fmt.Sprintf(`"c%d":%s`, kind, kinds[kind]))
	}
	properties = append(properties, `"u1":{"oneOf":[{"type":"string"},{"type":"integer"}]}`, `"u2":{"type":["string","integer"]}`, `"none":{}`,
		`"one":{"anyOf":[{"type":"null"},{"type":"integer"}]}`)
	db.write(t, []protocol.ConfiguredStream{streamOf("t", "{"+strings.Join(properties, ",")+"}")})
	got := db.query(t, `SELECT column_name, data_type FROM information_schema.columns WHERE table_name = 't' ORDER BY ordinal_position`)
	want := []string{
		"_airbyte_raw_id|character varying", "_airbyte_extracted_at|timestamp with time zone", "_airbyte_meta|jsonb", "_airbyte_generation_id|bigint",
		"c0|jsonb", "c1|character varying", "c2|boolean", "c3|bigint", "c4|numeric", "c5|date", "c6|timestamp with time zone",
		"c7|timestamp without time zone", "c8|time with time zone", "c9|time without time zone", "u1|jsonb", "u2|jsonb", "none|jsonb", "one|bigint",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("columns (-want +got):\n%s", diff)
	}
}

// TestValues compares, one by one, what PostgreSQL holds with what was sent. "NULLED" is a value that did not fit and was told.
func TestValues(t *testing.T) {
	t.Parallel()
	db := newDatabase(t)
	tests := []struct {
		kind       table.Type
		sent, want string
	}{
		{table.String, `"plain"`, "plain"},
		{table.String, `""`, ""},
		{table.String, `"\\N"`, `\N`},
		{table.String, `"\\."`, `\.`},
		{table.String, `"NULL"`, "NULL"},
		{table.String, `"a\tb\nc\rd\\e\"f'g\/h\b\f"`, "a\tb\nc\rd\\e\"f'g/h\b\f"},
		{table.String, `"Zürich 東京 🚀 \ud83d\ude80 \u00e9"`, "Zürich 東京 🚀 🚀 é"},
		{table.String, `"lone \ud83d!"`, "lone \uFFFD!"},
		{table.String, "\"broken \xff\"", "broken \uFFFD"},
		{table.String, `"nul \u0000 in text"`, "NULLED"},
		{table.String, `12.50`, "12.50"},
		{table.String, `true`, "true"},
		{table.String, "{\"a\":\t[1, \"x\\ny\"]}", "{\"a\":\t[1, \"x\\ny\"]}"},
		{table.String, `null`, "NULL"},
		{table.Boolean, `true`, "t"},
		{table.Boolean, `false`, "f"},
		{table.Boolean, `"true"`, "t"},
		{table.Boolean, `"FALSE"`, "f"},
		{table.Boolean, `"yes please"`, "NULLED"},
		{table.Boolean, `1`, "NULLED"},
		{table.Integer, `0`, "0"},
		{table.Integer, `-0`, "0"},
		{table.Integer, `9007199254740993`, "9007199254740993"},
		{table.Integer, `9223372036854775807`, "9223372036854775807"},
		{table.Integer, `-9223372036854775808`, "-9223372036854775808"},
		{table.Integer, `9223372036854775808`, "NULLED"},
		{table.Integer, `-9223372036854775809`, "NULLED"},
		{table.Integer, `1e3`, "1000"},
		{table.Integer, `12.0`, "12"},
		{table.Integer, `1.5`, "NULLED"},
		{table.Integer, `1e400`, "NULLED"},
		{table.Integer, `"42"`, "42"},
		{table.Integer, `"forty-two"`, "NULLED"},
		{table.Integer, `""`, "NULLED"},
		{table.Integer, `{"a":1}`, "NULLED"},
		{table.Number, `0.1`, "0.1"},
		{table.Number, `-12345678901234567890.123456789`, "-12345678901234567890.123456789"},
		{table.Number, `1e-7`, "0.0000001"},
		{table.Number, `"3.14"`, "3.14"},
		{table.Number, `"NaN"`, "NULLED"},
		{table.Number, `"Infinity"`, "NULLED"},
		{table.Number, `"-inf"`, "NULLED"},
		{table.Number, `1e999999`, "NULLED"},
		{table.Number, `"1_000"`, "NULLED"},
		{table.Number, `"0x10"`, "NULLED"},
		{table.Number, `true`, "NULLED"},
		{table.Date, `"2024-02-29"`, "2024-02-29"},
		{table.Date, `"2023-02-29"`, "NULLED"},
		{table.Date, `"2024-13-01"`, "NULLED"},
		{table.Date, `"0000-01-01"`, "NULLED"},
		{table.Date, `"0044-03-15 BC"`, "0044-03-15 BC"},
		{table.Date, `"2024-02-29T12:30:00Z"`, "2024-02-29"},
		{table.Date, `"29.02.2024"`, "NULLED"},
		{table.Date, `"infinity"`, "NULLED"},
		{table.Date, `20240229`, "NULLED"},
		{table.TimestampTZ, `"2024-02-29T12:30:00.123456Z"`, "2024-02-29 12:30:00.123456+00"},
		{table.TimestampTZ, `"2024-02-29T12:30:00.123456789+05:30"`, "2024-02-29 07:00:00.123456+00"},
		{table.TimestampTZ, `"2024-03-01T01:00:00+0200"`, "2024-02-29 23:00:00+00"},
		{table.TimestampTZ, `"2024-02-29 12:30:00-08"`, "2024-02-29 20:30:00+00"},
		{table.TimestampTZ, `"2024-02-29T12:30:00"`, "2024-02-29 12:30:00+00"},
		{table.TimestampTZ, `"2024-02-29"`, "2024-02-29 00:00:00+00"},
		{table.TimestampTZ, `"2022-11-22T01:23:45Z BC"`, "2022-11-22 01:23:45+00 BC"},
		{table.TimestampTZ, `"0001-01-01T00:00:00+01:00"`, "0001-12-31 23:00:00+00 BC"},
		{table.TimestampTZ, `"9999-12-31T23:59:59.9999999Z"`, "9999-12-31 23:59:59.999999+00"},
		{table.TimestampTZ, `"9999-12-31T23:59:59-01:00"`, "NULLED"},
		{table.TimestampTZ, `"2024-02-29T25:00:00Z"`, "NULLED"},
		{table.TimestampTZ, `"yesterday"`, "NULLED"},
		{table.TimestampTZ, `1709210000`, "NULLED"},
		{table.Timestamp, `"2024-02-29T12:30:00.5"`, "2024-02-29 12:30:00.5"},
		{table.Timestamp, `"2024-02-29T12:30:00+05:00"`, "2024-02-29 12:30:00"},
		{table.Timestamp, `""`, "NULLED"},
		{table.TimeTZ, `"12:30:00.25+05:30"`, "12:30:00.25+05:30"},
		{table.TimeTZ, `"12:30Z"`, "12:30:00+00"},
		{table.TimeTZ, `"12:30:00-15:59"`, "12:30:00-15:59"},
		{table.TimeTZ, `"12:30:00-16:00"`, "NULLED"},
		{table.TimeTZ, `"24:00:00Z"`, "NULLED"},
		{table.Time, `"23:59:59.999999"`, "23:59:59.999999"},
		{table.Time, `"12:30:00+01:00"`, "12:30:00"},
		{table.Time, `"noon"`, "NULLED"},
		{table.JSON, `{"b":1,"a":[null,true,"x\ty\\z"],"big":12345678901234567890.5}`, `{"a": [null, true, "x\ty\\z"], "b": 1, "big": 12345678901234567890.5}`},
		{table.JSON, `[]`, "[]"},
		{table.JSON, `"text"`, `"text"`},
		{table.JSON, `7`, "7"},
		{table.JSON, `"{\"not\": \"parsed\"}"`, `"{\"not\": \"parsed\"}"`},
		{table.JSON, `{"a":"\u0000"}`, "NULLED"},
		{table.JSON, `{"a":"\\u0000"}`, `{"a": "\\u0000"}`},
		{table.JSON, `{"\u0000":1}`, "NULLED"},
		{table.JSON, `{"a":"\ud800"}`, "NULLED"},
		{table.JSON, `{"a":"\ufffd \ud83d\ude80"}`, `{"a": "` + "\uFFFD 🚀" + `"}`},
		{table.JSON, `{"a":1e999999}`, "NULLED"},
		{table.JSON, strings.Repeat("[", 501) + strings.Repeat("]", 501), "NULLED"},
		{table.JSON, "{\"a\":\"\xff\"}", "{\"a\": \"\uFFFD\"}"},
	}
	var streams []protocol.ConfiguredStream
	for kind := table.JSON; kind <= table.Time; kind++ {
		streams = append(streams, streamOf(fmt.Sprint("t", kind), `{"n":{"type":"integer"},"v":`+kinds[kind]+`}`))
	}
	var messages []protocol.Message
	for i, test := range tests {
		messages = append(messages, record(fmt.Sprint("t", test.kind), fmt.Sprintf(`{"n":%d,"v":%s}`, i, test.sent)))
	}
	db.write(t, streams, messages...)
	for i, test := range tests {
		row := db.query(t, fmt.Sprintf("SELECT v::text, _airbyte_meta::text FROM t%d WHERE n = %d", test.kind, i))
		want := test.want + `|{"changes": [], "sync_id": 7}`
		if test.want == "NULLED" {
			want = `NULL|{"changes": [{"field": "v", "change": "NULLED", "reason": "DESTINATION_TYPECAST_ERROR"}], "sync_id": 7}`
		}
		if test.kind == table.Boolean {
			want = strings.NewReplacer("t|", "true|", "f|", "false|").Replace(want)
		}
		if diff := cmp.Diff([]string{want}, row); diff != "" {
			t.Errorf("type %d, %s (-want +got):\n%s", test.kind, test.sent, diff)
		}
	}
}

func TestMetaColumns(t *testing.T) {
	t.Parallel()
	db := newDatabase(t)
	with := record("t", `{"n":"not a number"}`)
	with.Record.Meta = []byte(`{"changes":[{"field":"x","change":"TRUNCATED","reason":"SOURCE_FIELD_SIZE_LIMITATION"}]}`)
	db.write(t, []protocol.ConfiguredStream{streamOf("t", `{"n":{"type":"integer"}}`)}, with, record("t", `{"n":1}`))
	got := db.query(t, `SELECT _airbyte_extracted_at::text, _airbyte_generation_id, _airbyte_meta->'changes', _airbyte_raw_id ~ '^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$' FROM t`)
	want := []string{
		`2024-05-01 12:00:00.123+00|3|[{"field": "x", "change": "TRUNCATED", "reason": "SOURCE_FIELD_SIZE_LIMITATION"}, ` +
			`{"field": "n", "change": "NULLED", "reason": "DESTINATION_TYPECAST_ERROR"}]|t`,
		`2024-05-01 12:00:00.123+00|3|[]|t`,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("rows (-want +got):\n%s", diff)
	}
	if got := db.query(t, "SELECT count(DISTINCT _airbyte_raw_id) FROM t"); got[0] != "2" {
		t.Errorf("%s distinct ids, want 2", got[0])
	}
}

// FuzzValue sends any JSON value into a column of every type. COPY must take what the encoder makes of it.
func FuzzValue(f *testing.F) {
	for _, seed := range []string{
		`null`, `"x"`, `1`, `-1.5e3`, `"2024-02-29T12:30:00.1+01:00"`, `"0001-01-01 BC"`, `"12:30"`, `{"a":["\u0000\ud800"]}`, `"\\.\n\t"`, `1e500`,
		`"4713-01-01 BC"`, `"9999-12-31T23:59:59-15:59"`, `123456789012345678901234567890`, "\"\xff\xfe\"", `"\u00`, `[[[[]]]]`, `{"a":1,"a":{}}`,
	} {
		f.Add([]byte(seed))
	}
	db := newDatabase(f)
	var properties []string
	for kind := table.JSON; kind <= table.Time; kind++ {
		properties = append(properties, fmt.Sprintf(`"c%d":%s`, kind, kinds[kind]))
	}
	s := streamOf("t", "{"+strings.Join(properties, ",")+"}")
	cfg, err := parseConfig(db.configJSON(f))
	if err != nil {
		f.Fatal(err)
	}
	streams, err := plan(cfg, &protocol.ConfiguredCatalog{Streams: []protocol.ConfiguredStream{s}})
	if err != nil {
		f.Fatal(err)
	}
	db.exec(f, streams[0].createSQL())
	encode := newEncoder(streams[0])
	sql := "COPY t (" + streams[0].columnList() + ") FROM STDIN"
	f.Fuzz(func(t *testing.T, value []byte) {
		value = []byte(strings.TrimSpace(string(value)))
		if !json.Valid(value) {
			t.Skip()
		}
		data := []byte("{")
		for kind := table.JSON; kind <= table.Time; kind++ {
			data = append(fmt.Appendf(data, `"c%d":`, kind), append(value, ',')...)
		}
		data[len(data)-1] = '}'
		line, err := encode.Append(nil, &protocol.Record{Stream: "t", Data: data, EmittedAt: 1})
		if err != nil {
			t.Fatal(err)
		}
		tag, err := db.conn.PgConn().CopyFrom(t.Context(), strings.NewReader(string(line)), sql)
		if err != nil || tag.RowsAffected() != 1 {
			t.Fatalf("COPY of %q took %d rows: %v", line, tag.RowsAffected(), err)
		}
	})
}
