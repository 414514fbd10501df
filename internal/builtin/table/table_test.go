package table

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/quick"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/airfielddev/airfield/connector"
	"github.com/airfielddev/airfield/protocol"
)

func TestTypeOf(t *testing.T) {
	t.Parallel()
	for schema, want := range map[string]Type{
		`{"type":"string"}`:                              String,
		`{"type":["null","string"]}`:                     String,
		`{"type":["string"]}`:                            String,
		`{"type":"string","format":"email"}`:             String,
		`{"type":"boolean"}`:                             Boolean,
		`{"type":"integer"}`:                             Integer,
		`{"type":"number","airbyte_type":"integer"}`:     Integer,
		`{"type":"string","airbyte_type":"big_integer"}`: Integer,
		`{"type":"number"}`:                              Number,
		`{"type":["integer","number","null"]}`:           Number,
		`{"type":"string","airbyte_type":"big_number"}`:  Number,
		`{"type":"string","format":"date"}`:              Date,
		`{"type":"string","format":"date-time"}`:         TimestampTZ,
		`{"type":"string","format":"date-time","airbyte_type":"timestamp_without_timezone"}`: Timestamp,
		`{"type":["null","string"],"format":"time","airbyte_type":"time_with_timezone"}`:     TimeTZ,
		`{"type":"string","format":"time","airbyte_type":"time_without_timezone"}`:           Time,
		`{"type":"object","properties":{"a":{"type":"string"}}}`:                             JSON,
		`{"type":"array"}`:              JSON,
		`{"type":["string","integer"]}`: JSON,
		`{"type":"null"}`:               JSON,
		`{}`:                            JSON,
		`true`:                          JSON,
		`{"oneOf":[{"type":"null"},{"type":"string","format":"date"}]}`: Date,
		`{"anyOf":[{"type":"integer"},{"type":["null","integer"]}]}`:    Integer,
		`{"anyOf":[{"type":"integer"},{"type":"string"}]}`:              JSON,
		`{"oneOf":[{"oneOf":[{"type":"boolean"}]}]}`:                    Boolean,
	} {
		if got := TypeOf(json.RawMessage(schema)); got != want {
			t.Errorf("TypeOf(%s) = %d, want %d", schema, got, want)
		}
	}
}

func TestColumns(t *testing.T) {
	t.Parallel()
	schema := `{"properties":{"z":{"type":"integer"},"a b":{"type":"string"},"a_b":{"type":"string"},"_airbyte_meta":{"type":"object"},"z":{"type":"string"}}}`
	got := Columns(json.RawMessage(schema), Naming{})
	want := []Column{
		{"z", "z", Integer}, {"a b", "a_b_" + Hash("a b"), String}, {"a_b", "a_b", String},
		{"_airbyte_meta", "_airbyte_meta_" + Hash("_airbyte_meta"), JSON},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("columns (-want +got):\n%s", diff)
	}
	if got := Columns(json.RawMessage(`{}`), Naming{}); got != nil {
		t.Errorf("columns of a schema without properties: %v", got)
	}
}

func TestName(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"users": "users", "Order ID": "Order_ID", "été": "ete", "Straße": "Straße", "東京": "東京", "한국": "한국", "हिन्दी": "हिन्दी", "2024": "_2024",
		"": "_", "a\x00b": "a_b", "a\"b;--": "a_b___", "\xff": "_", "_x": "_x", "Ａ": "A",
	} {
		if got := (Naming{}).Name(text); got != want {
			t.Errorf("Name(%q) = %q, want %q", text, got, want)
		}
	}
	long := strings.Repeat("é東", 50)
	name := Naming{MaxBytes: 63}.Name(long)
	if len(name) > 63 || !utf8.ValidString(name) || !strings.HasSuffix(name, Hash(long)) {
		t.Errorf("long name %q", name)
	}
}

// TestDistinct holds for any texts: no name twice, none reserved, none too long, and the same answer each time.
func TestDistinct(t *testing.T) {
	t.Parallel()
	naming := Naming{MaxBytes: 20, FoldCase: true}
	reserved := []string{"id", "meta"}
	holds := func(texts []string, more uint8) bool {
		texts = append(texts, "id", "ID", "meta", "a b", "a-b", "A_B", strings.Repeat("x", int(more)), strings.Repeat("x", int(more)+1))
		slices.Sort(texts)
		texts = slices.Compact(texts)
		names := naming.Distinct(texts, reserved...)
		seen := map[string]bool{"id": true, "meta": true}
		for _, name := range names {
			folded := strings.ToLower(name)
			if seen[folded] || len(name) > 20+hashLen || !utf8.ValidString(name) {
				return false
			}
			seen[folded] = true
		}
		return slices.Equal(names, naming.Distinct(texts, reserved...))
	}
	if err := quick.Check(holds, nil); err != nil {
		t.Error(err)
	}
}

func TestKeyOf(t *testing.T) {
	t.Parallel()
	columns := []Column{{"id", "id", Integer}, {"doc", "doc", JSON}}
	s := &protocol.ConfiguredStream{
		Stream:     protocol.Stream{Name: "users"},
		PrimaryKey: [][]string{{"doc", "a", "b"}, {"id"}}, CursorField: []string{"doc", "at"},
	}
	key, err := KeyOf(s, columns)
	want := &Key{Paths: []Path{{1, []string{"a", "b"}}, {0, []string{}}}, Cursor: &Path{1, []string{"at"}}}
	if diff := cmp.Diff(want, key); err != nil || diff != "" {
		t.Errorf("error %v, key (-want +got):\n%s", err, diff)
	}
	for _, bad := range [][][]string{nil, {{}}, {{"nope"}}, {{"id", "x"}}} {
		s.PrimaryKey = bad
		if _, err := KeyOf(s, columns); connector.FailureOf(err) != protocol.FailureConfig || !strings.Contains(err.Error(), "users") {
			t.Errorf("key %v: %v is not a config_error that names the stream", bad, err)
		}
	}
}

// TestRow reads records whose fields come in changing order, are missing, unknown, escaped or named twice.
func TestRow(t *testing.T) {
	t.Parallel()
	row := NewRow([]Column{{Field: "a"}, {Field: "b"}, {Field: "c d"}})
	for _, test := range []struct {
		data string
		want string
	}{
		{`{"a":1,"b":2,"c d":3}`, "1 2 3"},
		{`{"b":2,"a":1}`, "1 2 -"},
		{`{"x":0,"a":1,"y":{"a":9},"b":"2"}`, `1 "2" -`},
		{`{"a":1,"b":2,"c d":3}`, "1 2 3"},
		{`{"c\u0020d":3}`, "- - 3"},
		{`{"a":1,"a":2}`, "2 - -"},
		{`{}`, "- - -"},
	} {
		if err := row.Set([]byte(test.data)); err != nil {
			t.Fatal(err)
		}
		var cells []string
		for i := range 3 {
			cell := "-"
			if v := row.Value(i); v != nil {
				cell = string(v)
			}
			cells = append(cells, cell)
		}
		if got := strings.Join(cells, " "); got != test.want {
			t.Errorf("%s: %s, want %s", test.data, got, test.want)
		}
	}
	if row.Set([]byte(`[1]`)) == nil {
		t.Error("an array was taken for a record")
	}
}

func TestMetaStartsAnew(t *testing.T) {
	t.Parallel()
	c := NewChanges(5)
	c.Nulled("a\x00\"b")
	got := string(c.Append(nil, []byte(`{"changes":[{"field":"s","change":"NULLED","reason":"R"}],"other":1}`)))
	want := `{"sync_id":5,"changes":[{"field":"s","change":"NULLED","reason":"R"},{"field":"a\"b","change":"NULLED","reason":"DESTINATION_TYPECAST_ERROR"}]}`
	if got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	for _, meta := range []string{"", "null", "{}", "[broken"} {
		if got := string(c.Append(nil, []byte(meta))); got != `{"sync_id":5,"changes":[]}` {
			t.Errorf("meta %q: %s", meta, got)
		}
	}
}

func TestIDsAndClock(t *testing.T) {
	t.Parallel()
	ids, seen := NewIDs(), map[string]bool{}
	for range 1000 {
		id := string(ids.Append(nil))
		if len(id) != 36 || id[14] != '4' || !strings.ContainsRune("89ab", rune(id[19])) || seen[id] {
			t.Fatalf("id %q is no new UUID of version 4", id)
		}
		seen[id] = true
	}
	var clock Clock
	for _, millis := range []int64{0, 0, 1714564800123, -1} {
		got := string(clock.Append([]byte("x"), millis))
		want := map[int64]string{0: "x1970-01-01T00:00:00.000Z", 1714564800123: "x2024-05-01T12:00:00.123Z", -1: "x1969-12-31T23:59:59.999Z"}[millis]
		if got != want {
			t.Errorf("clock at %d: %s, want %s", millis, got, want)
		}
	}
}

// FuzzAppendString compares with encoding/json, whose reading of broken text is the one that is promised.
func FuzzAppendString(f *testing.F) {
	for _, seed := range []string{`"a"`, `"\u00e9\ud83d\ude80\ud83d"`, `"\n\\\"\/"`, "\"\xff\"", `"\ud800\u0041"`, `"\ud800\ud800\udc00"`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, quoted []byte) {
		var want string
		if len(quoted) < 2 || quoted[0] != '"' || quoted[len(quoted)-1] != '"' || json.Unmarshal(quoted, &want) != nil {
			t.Skip()
		}
		if got := AppendString(nil, quoted); string(got) != want {
			t.Errorf("AppendString(%q) = %q, want %q", quoted, got, want)
		}
	})
}

// FuzzAppend holds every type to its word: what fits is written in the one form of the type, what does not changes nothing.
func FuzzAppend(f *testing.F) {
	for _, seed := range []string{`1`, `"1e5"`, `"2024-02-29T12:30:00.5+01:00"`, `"12:30Z"`, `{"a":"\u0000"}`, `"0001-01-01 BC"`, `""`, `"-"`, `-`, `1e`, `"`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, value []byte) {
		for kind := JSON; kind <= Time; kind++ {
			for _, rules := range []Rules{{}, {NoNUL: true}} {
				got, ok := kind.Append([]byte("before"), value, rules)
				if !strings.HasPrefix(string(got), "before") || !ok && string(got) != "before" {
					t.Fatalf("type %d, %q: %q, %v", kind, value, got, ok)
				}
				if !ok || !json.Valid(value) || (kind == String || kind == JSON) {
					continue
				}
				text := got[len("before"):]
				again, ok := kind.Append(nil, fmt.Appendf(nil, "%q", text), rules)
				if !ok || string(again) != string(text) {
					t.Errorf("type %d, %q: %q is not read as it was written: %q, %v", kind, value, text, again, ok)
				}
			}
		}
	})
}

func BenchmarkRow(b *testing.B) {
	columns := make([]Column, 16)
	data := []byte("{")
	for i := range columns {
		columns[i].Field = fmt.Sprintf("field_%d", i)
		data = fmt.Appendf(data, `"field_%d":"some text of it",`, i)
	}
	data[len(data)-1] = '}'
	row := NewRow(columns)
	b.SetBytes(int64(len(data)))
	b.ReportAllocs()
	for b.Loop() {
		if err := row.Set(data); err != nil {
			b.Fatal(err)
		}
	}
}
