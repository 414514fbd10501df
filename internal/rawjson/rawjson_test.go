package rawjson_test

import (
	"encoding/json"
	"testing"
	"unicode/utf8"

	"github.com/airfielddev/airfield/internal/rawjson"
	"github.com/google/go-cmp/cmp"
)

func TestFields(t *testing.T) {
	t.Parallel()
	f := func(text string, want ...string) {
		t.Helper()
		var got []string
		fields := rawjson.Fields([]byte(text))
		for fields.Next() {
			got = append(got, string(fields.Key()), string(fields.Value()))
		}
		if fields.Err() != nil {
			t.Errorf("%s: %v", text, fields.Err())
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: fields differ (-want +got):\n%s", text, diff)
		}
	}
	f(`{}`)
	f(` { } `)
	f(`{"a":1}`, "a", "1")
	f("{\n\"a\" : -1.5e3 ,\t\"b\":\"x\"}", "a", "-1.5e3", "b", `"x"`)
	f(`{"a":{"b":[1,{"c":"}"}]},"d":null}`, "a", `{"b":[1,{"c":"}"}]}`, "d", "null")
	f(`{"a\"b":"c\\"}`, `a"b`, `"c\\"`)
	f(`{"a":"\\\"","b":true}`, "a", `"\\\""`, "b", "true")
	f(`{"ü":"ä"}`, "ü", `"ä"`)
}

func TestFieldsOfGarbage(t *testing.T) {
	t.Parallel()
	for _, text := range []string{``, `[]`, `{`, `{"a"`, `{"a":`, `{"a":"`, `{"a":{`, `{"a":1`, `{a:1}`, `{"a"}`, `"x"`} {
		fields := rawjson.Fields([]byte(text))
		for fields.Next() {
		}
		if fields.Err() == nil {
			t.Errorf("%q: no error", text)
		}
	}
}

func TestGetPath(t *testing.T) {
	t.Parallel()
	text := []byte(`{"a":{"b":"x\u00e9"},"n":null}`)
	if got, ok := rawjson.String(rawjson.GetPath(text, []string{"a", "b"})); !ok || got != "xé" {
		t.Errorf("a.b = %q, %v", got, ok)
	}
	if got := rawjson.GetPath(text, []string{"a", "c"}); got != nil {
		t.Errorf("a.c = %q, want nothing", got)
	}
	if !rawjson.IsNull(rawjson.Get(text, "n")) || !rawjson.IsNull(rawjson.Get(text, "zzz")) {
		t.Error("null and absent must both be null")
	}
}

// FuzzFields compares the walker with the standard library on whatever is a valid object, and asks only for an end on the rest.
func FuzzFields(f *testing.F) {
	for _, seed := range []string{`{"a":1,"b":[{}],"c":"\\\""}`, `{"a":{"a":1}}`, `{`, `{"\u0061":"\ud83d\ude00"}`, `{"a":1,}`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		got := map[string]json.RawMessage{}
		fields := rawjson.Fields(text)
		for fields.Next() {
			got[string(fields.Key())] = fields.Value()
		}
		var want map[string]json.RawMessage
		if !utf8.Valid(text) || json.Unmarshal(text, &want) != nil || want == nil {
			return // the standard library replaces bytes that are no UTF-8, and the walker moves them as they are
		}
		if fields.Err() != nil {
			t.Fatalf("valid object %q: %v", text, fields.Err())
		}
		for key, value := range want {
			if string(got[key]) != string(value) {
				t.Errorf("field %q of %q: got %q, want %q", key, text, got[key], value)
			}
		}
	})
}
