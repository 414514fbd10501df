package mapping_test

import (
	"bytes"
	"crypto/md5"
	"encoding/hex"
	"encoding/json"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/airfielddev/airfield/protocol"
)

// FuzzApply compares the rewriting of records with one by the standard library, which knows objects as maps. What comes out is
// always valid, whatever the record and its meta object hold.
func FuzzApply(f *testing.F) {
	for _, seed := range []string{
		`{"id":1,"email":"bob","at":"2026","address":{"city":"x"}}`, `{"id":7}`, `{"id":"\u0037"}`, `{"email":null,"email":[1, {}]}`,
		`{"\u0065mail":"\ud83d\ude00","when":1,"email_hashed":2}`, `{"email":"\ud800","at":"\\","":{"a":"}"}}`, `{`, `{"a":1,}`,
	} {
		f.Add([]byte(seed), []byte(`{"changes":[]}`))
		f.Add([]byte(seed), []byte(`{"x":1,"changes":[{"field":"a"}]}`))
	}
	const notSeven = `row-filtering {"conditions":{"type":"NOT","conditions":[{"type":"EQUAL","fieldName":"id","comparisonValue":"7"}]}}`
	lines := []string{notSeven, md5Email, `field-renaming {"originalFieldName":"at","newFieldName":"when"}`, `field-filtering {"targetField":"address"}`}
	m := open(f, users(protocol.Append), nil, lines...)
	lossy := open(f, users(protocol.Append), nil, `encryption {"algorithm":"RSA","targetField":"email","fieldNameSuffix":"_e","publicKey":"`+publicKey+`"}`)
	f.Fuzz(func(t *testing.T, data, meta []byte) {
		got, _, keep, err := m.Apply(data, nil)
		var fields map[string]json.RawMessage
		if !utf8.Valid(data) || json.Unmarshal(data, &fields) != nil || fields == nil {
			return
		}
		if err != nil {
			t.Fatalf("valid object %q: %v", data, err)
		}
		want, wanted := mapped(fields)
		if keep != wanted {
			t.Fatalf("%q: kept %v, want %v", data, keep, wanted)
		}
		if keep {
			compare(t, data, got, want)
		}
		if !json.Valid(meta) || bytes.TrimSpace(meta)[0] != '{' {
			return
		}
		if got, gotMeta, _, err := lossy.Apply(data, meta); err != nil || !json.Valid(got) || !json.Valid(gotMeta) {
			t.Fatalf("%q with %q became %q with %q, %v", data, meta, got, gotMeta, err)
		}
	})
}

// mapped does by the book what the mappers of the fuzz target do.
func mapped(fields map[string]json.RawMessage) (map[string]json.RawMessage, bool) {
	if id, ok := fields["id"]; ok && plainText(id) == "7" {
		return nil, false
	}
	if email, ok := fields["email"]; ok {
		delete(fields, "email")
		sum := md5.Sum([]byte(plainText(email)))
		fields["email_hashed"] = json.RawMessage(`"` + hex.EncodeToString(sum[:]) + `"`)
	}
	if at, ok := fields["at"]; ok {
		delete(fields, "at")
		fields["when"] = at
	}
	delete(fields, "address")
	return fields, true
}

func plainText(value json.RawMessage) string {
	var s string
	if value[0] == '"' && json.Unmarshal(value, &s) == nil {
		return s
	}
	var out bytes.Buffer
	if json.Compact(&out, value) != nil {
		return ""
	}
	return out.String()
}

func compare(t *testing.T, data, got []byte, want map[string]json.RawMessage) {
	t.Helper()
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(got, &fields); err != nil {
		t.Fatalf("%q became %q: %v", data, got, err)
	}
	if diff := cmp.Diff(want, fields); diff != "" {
		t.Fatalf("%q became %q (-want +got):\n%s", data, got, diff)
	}
}

func BenchmarkApply(b *testing.B) {
	record := []byte(`{"id":1234,"created_at":"2020-11-07T02:31:55+00:00","updated_at":"2026-11-07T02:31:55+00:00","name":"Alexandra","title":"M.A.",` +
		`"age":47,"email":"alexandra1987+1234@example.com","telephone":"+1-202-555-0143","gender":"Fluid","language":"English","weight":61,` +
		`"address":{"street_number":"12","city":"Springfield","state":"Maine","postal_code":"04101","country_code":"US"}}`)
	stream := users(protocol.Append)
	stream.Stream.JSONSchema = json.RawMessage(`{}`)
	const key = `"key":"00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"`
	for _, c := range []struct {
		name  string
		lines []string
	}{
		{"nothing", nil},
		{"rename", []string{renameEmail}},
		{"filter", []string{dropBob}},
		{"md5", []string{md5Email}},
		{"sha256", []string{`hashing {"targetField":"email","method":"SHA-256","fieldNameSuffix":"_h"}`}},
		{"aes", []string{`encryption {"algorithm":"AES","targetField":"email","fieldNameSuffix":"_e",` + key + `,"mode":"CBC","padding":"PKCS5Padding"}`}},
		{"rsa", []string{`encryption {"algorithm":"RSA","targetField":"email","fieldNameSuffix":"_e","publicKey":"` + publicKey + `"}`}},
		{"four", []string{dropBob, md5Email, `field-renaming {"originalFieldName":"name","newFieldName":"who"}`, `field-filtering {"targetField":"telephone"}`}},
	} {
		b.Run(c.name, func(b *testing.B) {
			m := open(b, stream, nil, c.lines...)
			b.SetBytes(int64(len(record)))
			b.ReportAllocs()
			for b.Loop() {
				if _, _, keep, err := m.Apply(record, nil); err != nil || !keep {
					b.Fatal(keep, err)
				}
			}
		})
	}
}
