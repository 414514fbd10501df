package mapping_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/airfielddev/airfield/internal/pipeline/mapping"
	"github.com/airfielddev/airfield/protocol"
)

const usersSchema = `{"type":"object","required":["id","email"],"properties":{"id":{"type":"integer"},"email":{"type":["null","string"]},` +
	`"at":{"type":"string","format":"date-time"},"address":{"type":"object","properties":{"city":{"type":"string"}}}}}`

// users is a stream in a mode of writing.
func users(mode protocol.DestinationSyncMode) protocol.ConfiguredStream {
	return protocol.ConfiguredStream{
		Stream: protocol.Stream{
			Name: "users", JSONSchema: json.RawMessage(usersSchema),
			DefaultCursorField: []string{"at"}, SourceDefinedPrimaryKey: [][]string{{"id"}, {"address", "city"}},
		},
		SyncMode: protocol.Incremental, DestinationSyncMode: mode,
		CursorField: []string{"at"}, PrimaryKey: [][]string{{"id"}, {"address", "city"}},
	}
}

// list reads mappers from a line each: the type, then the configuration.
func list(lines ...string) []mapping.Mapper {
	var mappers []mapping.Mapper
	for _, line := range lines {
		kind, config, _ := strings.Cut(line, " ")
		mappers = append(mappers, mapping.Mapper{Type: mapping.Type(kind), Config: json.RawMessage(config)})
	}
	return mappers
}

func open(tb testing.TB, stream protocol.ConfiguredStream, selected mapping.Selection, lines ...string) *mapping.Mapping {
	tb.Helper()
	m, err := mapping.New(stream, selected, list(lines...))
	if err != nil {
		tb.Fatal(err)
	}
	return m
}

const (
	md5Email    = `hashing {"targetField":"email","method":"MD5","fieldNameSuffix":"_hashed"}`
	renameEmail = `field-renaming {"originalFieldName":"email","newFieldName":"mail"}`
	dropEmail   = `field-filtering {"targetField":"email"}`
	keepBob     = `row-filtering {"conditions":{"type":"EQUAL","fieldName":"email","comparisonValue":"bob"}}`
	dropBob     = `row-filtering {"conditions":{"type":"NOT","conditions":[{"type":"EQUAL","fieldName":"email","comparisonValue":"bob"}]}}`
)

func TestApply(t *testing.T) {
	t.Parallel()
	f := func(data, want string, lines ...string) {
		t.Helper()
		got, meta, keep, err := open(t, users(protocol.Append), nil, lines...).Apply([]byte(data), nil)
		if err != nil || keep != (want != "") || string(got) != want || meta != nil {
			t.Errorf("%s\n got %s, %s, %v, %v\nwant %s", data, got, meta, keep, err, want)
		}
	}
	f(`{"id":1.50, "email" :"bob","x":[1, {"é":"\u00e9"}]}`, `{"id":1.50,"email":"bob","x":[1, {"é":"\u00e9"}]}`, keepBob)
	f(`{"id":1,"email":"alice"}`, ``, keepBob)
	f(`{"id":1}`, ``, keepBob)
	f(`{"id":1,"email":"b\u006fb"}`, `{"id":1,"email":"b\u006fb"}`, keepBob)
	f(`{"id":1,"email":"bob"}`, ``, dropBob)
	f(`{"id":1,"email":null}`, `{"id":1,"email":null}`, dropBob)
	f(`{"id":1}`, `{"id":1}`, dropBob)
	const either = `row-filtering {"conditions":{"type":"NOT","conditions":[{"type":"NOT","conditions":[` +
		`{"type":"EQUAL","fieldName":"id","comparisonValue":"7"},{"type":"EQUAL","fieldName":"email","comparisonValue":"null"}]}]}}`
	f(`{"id":7,"email":"x"}`, `{"id":7,"email":"x"}`, either)
	f(`{"id":8,"email":null}`, `{"id":8,"email":null}`, either)
	f(`{"id":8,"email":"x"}`, ``, either)

	f(`{"id":1,"email":"bob","z":true}`, `{"id":1,"mail":"bob","z":true}`, renameEmail)
	f(`{"id":1,"mail":"not in the schema","email":"bob"}`, `{"id":1,"mail":"bob"}`, renameEmail)
	f(`{"id":1,"mail":"not in the schema"}`, `{"id":1,"mail":"not in the schema"}`, renameEmail)
	f(`{"id":1,"email":"bob"}`, `{"id":1,"email":"bob"}`, `field-renaming {"originalFieldName":"email","newFieldName":"email"}`)
	f(`{"id":1,"email":"bob"}`, `{"id":1,"a\"\\b":"bob"}`, `field-renaming {"originalFieldName":"email","newFieldName":"a\"\\b"}`)
	f(`{"email":"bob","id":1,"email":"carol"}`, `{"id":1}`, dropEmail)
	f(`{"\u0065mail":"bob","id":1}`, `{"id":1}`, dropEmail)
	f(`{"email":"bob"}`, `{}`, dropEmail)

	// In order: the filter sees the name that the mapper before it has given, and no later mapper sees a row that is left out.
	f(`{"email":"bob"}`, `{"mail_h":"9f9d51bc70ef21ca5c14f307980a29d8"}`, renameEmail,
		`row-filtering {"conditions":{"type":"EQUAL","fieldName":"mail","comparisonValue":"bob"}}`,
		`hashing {"targetField":"mail","method":"MD5","fieldNameSuffix":"_h"}`)
	f(`{"email":"bob"}`, `{"email_hashed":"10fd9fbe1c6861fb0a14a57e78f871c5"}`, `hashing {"targetField":"email","method":"MD5","fieldNameSuffix":""}`,
		md5Email)
}

// What several fields of one name hold is disguised in all of them.
func TestNothingSlipsThrough(t *testing.T) {
	t.Parallel()
	m := open(t, users(protocol.Append), nil, md5Email)
	data, _, _, err := m.Apply([]byte(`{"email":"bob","\u0065mail":"bob","email":{"a":"bob"},"email_hashed":"bob"}`), nil)
	if err != nil || strings.Contains(string(data), "bob") || strings.Count(string(data), `"email_hashed"`) != 3 {
		t.Errorf("got %s, %v", data, err)
	}
}

func TestSelection(t *testing.T) {
	t.Parallel()
	m := open(t, users(protocol.Append), mapping.Select([][]string{{"id"}, {"email"}}), renameEmail)
	data, _, _, err := m.Apply([]byte(`{"id":1,"email":"bob","at":"2026","mail":"x"}`), nil)
	if want := `{"id":1,"mail":"bob"}`; err != nil || string(data) != want {
		t.Errorf("got %s, %v; want %s", data, err, want)
	}
	schema := string(m.Stream().Stream.JSONSchema)
	if want := `{"type":"object","required":["id","mail"],"properties":{"id":{"type":"integer"},"mail":{"type":["null","string"]}}}`; schema != want {
		t.Errorf("got %s\nwant %s", schema, want)
	}
	_, err = mapping.New(users(protocol.Append), mapping.Select([][]string{{"id"}}), list(renameEmail))
	wantFault(t, err, mapping.FieldNotFound)
}

func TestStream(t *testing.T) {
	t.Parallel()
	before := users(protocol.Append)
	after := open(t, before, nil, md5Email, `field-renaming {"originalFieldName":"at","newFieldName":"when"}`,
		`field-filtering {"targetField":"address"}`, `hashing {"targetField":"id","method":"SHA-256","fieldNameSuffix":"#"}`).Stream()
	want := users(protocol.Append)
	want.Stream.JSONSchema = json.RawMessage(`{"type":"object","required":["id#","email_hashed"],"properties":{"id#":{"type":"string"},` +
		`"email_hashed":{"type":"string"},"when":{"type":"string","format":"date-time"}}}`)
	want.CursorField, want.Stream.DefaultCursorField = []string{"when"}, []string{"when"}
	want.PrimaryKey, want.Stream.SourceDefinedPrimaryKey = [][]string{{"id#"}}, [][]string{{"id#"}}
	if diff := cmp.Diff(want, after); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(users(protocol.Append), before); diff != "" {
		t.Errorf("the stream itself was changed (-want +got):\n%s", diff)
	}
	after = open(t, before, nil, `field-filtering {"targetField":"at"}`, `hashing {"targetField":"address","method":"MD5","fieldNameSuffix":""}`).Stream()
	if len(after.CursorField) > 0 || !cmp.Equal(after.PrimaryKey, [][]string{{"id"}}) {
		t.Errorf("cursor %v and key %v lead into what is gone", after.CursorField, after.PrimaryKey)
	}
	anything := before
	anything.Stream.JSONSchema = json.RawMessage(`{"type":"object"}`)
	if got := string(open(t, anything, nil, dropEmail).Stream().Stream.JSONSchema); got != `{"type":"object"}` {
		t.Errorf("a schema without properties became %s", got)
	}
}

func wantFault(t *testing.T, err error, want ...mapping.Reason) {
	t.Helper()
	faults, _ := errors.AsType[mapping.Faults](err)
	var got []mapping.Reason
	for _, f := range faults {
		got = append(got, f.Reason)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
}

func TestFaults(t *testing.T) {
	t.Parallel()
	f := func(mode protocol.DestinationSyncMode, want mapping.Reason, words, line string) {
		t.Helper()
		_, err := mapping.New(users(mode), nil, list(line))
		wantFault(t, err, want)
		if err != nil && !strings.Contains(err.Error(), words) {
			t.Errorf("%q does not say %q", err, words)
		}
	}
	const (
		plain = protocol.Append
		dedup = protocol.AppendDedup
		aes   = `encryption {"algorithm":"AES","targetField":"email","fieldNameSuffix":"","key":"00112233445566778899aabbccddeeff",`
	)
	f(plain, mapping.UnknownType, `"shuffling"`, `shuffling {}`)
	f(plain, mapping.BadSetting, "object", `hashing []`)
	f(plain, mapping.BadSetting, "object", `hashing {"targetField":`)
	f(plain, mapping.MissingSetting, "targetField", `field-filtering {}`)
	f(plain, mapping.MissingSetting, "fieldNameSuffix", `hashing {"targetField":"email","method":"MD5"}`)
	f(plain, mapping.BadSetting, "string", `field-filtering {"targetField":7}`)
	f(plain, mapping.BadSetting, "empty", `field-renaming {"originalFieldName":"email","newFieldName":""}`)
	f(plain, mapping.BadSetting, `"MD2". It is one of MD5, SHA-1,`, `hashing {"targetField":"email","method":"MD2","fieldNameSuffix":""}`)
	f(plain, mapping.BadSetting, "EQUAL, NOT", `row-filtering {"conditions":{"type":"AND","conditions":[]}}`)
	f(plain, mapping.BadSetting, "list", `row-filtering {"conditions":{"type":"NOT","conditions":[]}}`)
	f(plain, mapping.MissingSetting, "comparisonValue", `row-filtering {"conditions":{"type":"NOT","conditions":[{"type":"EQUAL","fieldName":"id"}]}}`)
	f(plain, mapping.FieldNotFound, "nope", `row-filtering {"conditions":{"type":"EQUAL","fieldName":"nope","comparisonValue":""}}`)
	f(plain, mapping.FieldNotFound, "nope", `field-filtering {"targetField":"nope"}`)
	f(plain, mapping.FieldNotFound, "nope", `hashing {"targetField":"nope","method":"MD5","fieldNameSuffix":"_h"}`)
	f(plain, mapping.FieldExists, "email", `field-renaming {"originalFieldName":"id","newFieldName":"email"}`)
	f(plain, mapping.Unsuitable, "ECB", aes+`"mode":"ECB","padding":"PKCS5Padding"}`)
	f(plain, mapping.Unsuitable, "NoPadding", aes+`"mode":"GCM","padding":"PKCS5Padding"}`)
	f(plain, mapping.Unsuitable, "PKCS5Padding", aes+`"mode":"CBC","padding":"NoPadding"}`)
	f(plain, mapping.BadSetting, "CBC, CFB", aes+`"mode":"XTS","padding":"NoPadding"}`)
	f(plain, mapping.Unsuitable, "64 hexadecimal", strings.Replace(aes, "0011", "00", 1)+`"mode":"CTR","padding":"NoPadding"}`)
	f(plain, mapping.Unsuitable, "64 hexadecimal", strings.Replace(aes, "0011", "zz11", 1)+`"mode":"CTR","padding":"NoPadding"}`)
	f(plain, mapping.Unsuitable, "DER", `encryption {"algorithm":"RSA","targetField":"email","fieldNameSuffix":"","publicKey":"some public key"}`)
	f(dedup, mapping.Unsuitable, "cursor", `hashing {"targetField":"at","method":"MD5","fieldNameSuffix":""}`)
	f(dedup, mapping.Unsuitable, "cursor", `field-filtering {"targetField":"at"}`)
	f(dedup, mapping.Unsuitable, "primary key", `field-filtering {"targetField":"id"}`)
	f(protocol.Update, mapping.Unsuitable, "primary key", `field-filtering {"targetField":"id"}`)
	f(dedup, mapping.Unsuitable, "primary key", `hashing {"targetField":"address","method":"MD5","fieldNameSuffix":""}`)
	f(dedup, mapping.Unsuitable, "primary key", strings.Replace(aes, "email", "id", 1)+`"mode":"CTR","padding":"NoPadding"}`)
	// A key that is hashed still tells which rows are the same.
	open(t, users(dedup), nil, `hashing {"targetField":"id","method":"MD5","fieldNameSuffix":""}`,
		`field-renaming {"originalFieldName":"at","newFieldName":"when"}`)
	_, err := mapping.New(users(plain), nil, list(dropEmail, md5Email, renameEmail, `field-filtering {"targetField":"id"}`))
	wantFault(t, err, mapping.FieldNotFound, mapping.FieldNotFound)
	if faults, _ := errors.AsType[mapping.Faults](err); len(faults) != 2 || faults[0].Mapper != 1 || faults[1].Mapper != 2 {
		t.Errorf("the faults are not at mappers 1 and 2: %v", err)
	}
}

// A value that cannot be changed is left out, and the record tells so; the row itself arrives.
func TestLostValues(t *testing.T) {
	t.Parallel()
	rsa := `encryption {"algorithm":"RSA","targetField":"email","fieldNameSuffix":"_e","publicKey":"` + publicKey + `"}`
	long := `{"id":1,"email":"` + strings.Repeat("x", 300) + `"}`
	f := func(meta, want string) {
		t.Helper()
		data, got, keep, err := open(t, users(protocol.Append), nil, rsa).Apply([]byte(long), []byte(meta))
		if err != nil || !keep || string(data) != `{"id":1}` || string(got) != want {
			t.Errorf("%s\n got %s with %s, %v, %v\nwant %s", meta, data, got, keep, err, want)
		}
	}
	const change = `{"field":"email_e","change":"NULLED","reason":"PLATFORM_SERIALIZATION_ERROR"}`
	f(``, `{"changes":[`+change+`]}`)
	f(`{}`, `{"changes":[`+change+`]}`)
	f(`{"changes":[]}`, `{"changes":[`+change+`]}`)
	f(`{"changes":[ ],"more":7}`, `{"more":7,"changes":[`+change+`]}`)
	f(`{"changes":[{"field":"a"}]}`, `{"changes":[{"field":"a"},`+change+`]}`)
	f(`{"changes":[[]]}`, `{"changes":[[],`+change+`]}`)
	f(`{"changes":null}`, `{"changes":[`+change+`]}`)
}

func TestNotAnObject(t *testing.T) {
	t.Parallel()
	m := open(t, users(protocol.Append), nil, dropEmail)
	for _, data := range []string{``, `[]`, `{"a":1`, `7`} {
		if got, _, _, err := m.Apply([]byte(data), nil); err == nil {
			t.Errorf("%q became %s", data, got)
		}
	}
}
