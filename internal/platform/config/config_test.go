package config_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/airfielddev/airfield/internal/platform/config"
)

const spec = `{
 "$schema": "http://json-schema.org/draft-07/schema#", "type": "object", "required": ["host", "credentials"], "additionalProperties": true,
 "definitions": {"key": {"type": "string", "airbyte_secret": true}},
 "properties": {
  "host": {"type": "string", "pattern": "^(?!http).+$"},
  "port": {"type": "integer", "minimum": 1, "maximum": 65535},
  "mode": {"enum": ["a", "b"]},
  "since": {"type": "string", "format": "date-time"},
  "password": {"type": "string", "minLength": 3, "airbyte_secret": false},
  "keys": {"type": "array", "items": {"$ref": "#/definitions/key"}},
  "servers": {"type": "array", "items": {"type": "object", "properties": {"name": {"type": "string"}, "token": {"type": "string", "airbyte_secret": true}}}},
  "service_account": {"type": "object", "airbyte_secret": true},
  "credentials": {"oneOf": [
   {"type": "object", "required": ["auth", "token"], "properties": {"auth": {"const": "token"}, "token": {"type": "string", "airbyte_secret": true}, "note": {"type": "string"}}},
   {"type": "object", "required": ["auth", "client", "token"], "properties": {"auth": {"const": "oauth"}, "client": {"type": "string"}, "token": {"type": "string", "airbyte_secret": true, "pattern": "^[a-z]+$"}}}
  ]}
 }}`

func compiled(t *testing.T, text string) *config.Schema {
	t.Helper()
	s, err := config.Compile(json.RawMessage(text))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestMasked(t *testing.T) {
	t.Parallel()
	s := compiled(t, spec)
	f := func(in, want string) {
		t.Helper()
		got, err := s.Masked(json.RawMessage(in))
		if err != nil || string(got) != want {
			t.Errorf("%s\n got %s, %v\nwant %s", in, got, err, want)
		}
	}
	f(`{"z":1, "host":"h", "a":123456789012345678901234567890, "big":1.50e+3}`, `{"z":1,"host":"h","a":123456789012345678901234567890,"big":1.50e+3}`)
	f(`{"password":"p","host":"x<&>"}`, `{"password":"**********","host":"x<&>"}`)
	f(`{"password":null}`, `{"password":null}`)
	f(`{"password":""}`, `{"password":"**********"}`)
	f(`{"keys":["a","b"],"servers":[{"name":"n","token":"t"},{"token":"u"}]}`, `{"keys":["**********","**********"],"servers":[{"name":"n","token":"**********"},{"token":"**********"}]}`)
	f(`{"credentials":{"auth":"oauth","client":"c","token":"t"}}`, `{"credentials":{"auth":"oauth","client":"c","token":"**********"}}`)
	f(`{"credentials":{"auth":"unknown","token":"t"}}`, `{"credentials":{"auth":"unknown","token":"**********"}}`)
	f(`{"service_account":{"private_key":"k"}}`, `{"service_account":"**********"}`)
	f(`{}`, `{}`)
}

func TestMaskedByName(t *testing.T) {
	t.Parallel()
	s := compiled(t, `{"type":"object"}`)
	got, err := s.Masked(json.RawMessage(`{"host":"h","apiKey":"k","auth":{"client_secret":"s","tokens":3},"list":[{"Password":"p"}]}`))
	want := `{"host":"h","apiKey":"**********","auth":{"client_secret":"**********","tokens":3},"list":[{"Password":"**********"}]}`
	if err != nil || string(got) != want {
		t.Errorf("got %s, %v\nwant %s", got, err, want)
	}
}

func TestRestored(t *testing.T) {
	t.Parallel()
	s := compiled(t, spec)
	f := func(in, stored, want string) {
		t.Helper()
		got, err := s.Restored(json.RawMessage(in), json.RawMessage(stored))
		if err != nil || string(got) != want {
			t.Errorf("%s over %s\n got %s, %v\nwant %s", in, stored, got, err, want)
		}
	}
	const M = config.Mask
	f(`{"password":"`+M+`","host":"new"}`, `{"host":"old","password":"p"}`, `{"password":"p","host":"new"}`)
	f(`{"host":"`+M+`"}`, `{"host":"old"}`, `{"host":"`+M+`"}`)
	f(`{"password":"fresh"}`, `{"password":"p"}`, `{"password":"fresh"}`)
	f(`{"service_account":"`+M+`"}`, `{"service_account":{"n":1.0}}`, `{"service_account":{"n":1.0}}`)
	f(`{"credentials":{"token":"`+M+`","auth":"oauth","client":"d"}}`, `{"credentials":{"auth":"oauth","client":"c","token":"t"}}`, `{"credentials":{"token":"t","auth":"oauth","client":"d"}}`)
	f(`{"keys":["`+M+`","new"]}`, `{"keys":["a","b"]}`, `{"keys":["a","new"]}`)
	f(`{"servers":[{"name":"b","token":"`+M+`"}]}`, `{"servers":[{"name":"a","token":"1"},{"name":"b","token":"2"}]}`, `{"servers":[{"name":"b","token":"2"}]}`)
	f(`{"servers":[{"name":"renamed","token":"`+M+`"}]}`, `{"servers":[{"name":"a","token":"1"}]}`, `{"servers":[{"name":"renamed","token":"1"}]}`)
	lost := func(in, stored, place string) {
		t.Helper()
		got, err := s.Restored(json.RawMessage(in), json.RawMessage(stored))
		if !errors.Is(err, config.ErrNoSecret) || !strings.HasSuffix(err.Error(), place) {
			t.Errorf("%s over %s: got %s, %v; want ErrNoSecret at %s", in, stored, got, err, place)
		}
	}
	lost(`{"password":"`+M+`"}`, `{}`, "/password")
	lost(`{"credentials":{"auth":"token","token":"`+M+`"}}`, `{"credentials":{"auth":"oauth","client":"c","token":"t"}}`, "/credentials/token")
	lost(`{"servers":[{"name":"c","token":"`+M+`"}]}`, `{"servers":[{"name":"a","token":"1"},{"name":"b","token":"2"}]}`, "/servers/0/token")
}

func TestFaults(t *testing.T) {
	t.Parallel()
	s := compiled(t, spec)
	f := func(in string, want ...string) {
		t.Helper()
		var got []string
		for _, fault := range s.Faults(json.RawMessage(in)) {
			got = append(got, fault.String())
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", in, diff)
		}
	}
	f(`{"host":"h","credentials":{"auth":"token","token":"t"}}`)
	f(`{}`, "/credentials: is required", "/host: is required")
	f(`{"port":1e10000000}`, "a number is too long or too far from 1")
	f(`{"host":"http://x","port":70000,"mode":"c","since":"yesterday","password":"hu","credentials":{"auth":"token","token":"t"}}`,
		"/host: must match the pattern ^(?!http).+$", `/mode: must be one of "a", "b"`, "/password: must have at least 3 characters",
		"/port: must be at most 65535", "/since: must be a valid date-time")
	f(`{"host":7,"credentials":{"auth":"oauth","client":"c","token":"HUNTER2"}}`, "/credentials/token: must match the pattern ^[a-z]+$", "/host: must be string, not number")
	f(`{"host":"h","credentials":{"auth":"what","token":"HUNTER2"}}`, "/credentials: matches none of its 2 forms")
	f(`{"host":"h","credentials":"HUNTER2"}`, "/credentials: matches none of its 2 forms")
	f(`{"host":"h","keys":["k",1],"credentials":{"auth":"token","token":"t"}}`, "/keys/1: must be string, not number")
}

func TestCompileStaysInside(t *testing.T) {
	t.Parallel()
	s, err := config.Compile(json.RawMessage(`{"properties":{"a":{"$ref":"file:///etc/passwd"},"p":{"airbyte_secret":true}}}`))
	if err == nil {
		t.Error("a specification that refers to a file was compiled")
	}
	if got, _ := s.Masked(json.RawMessage(`{"p":"x"}`)); string(got) != `{"p":"**********"}` {
		t.Errorf("its secrets are shown: %s", got)
	}
}

func TestMerge(t *testing.T) {
	t.Parallel()
	f := func(base, patch, want string) {
		t.Helper()
		got, err := config.Merge(json.RawMessage(base), json.RawMessage(patch))
		if err != nil || string(got) != want {
			t.Errorf("%s + %s\n got %s, %v\nwant %s", base, patch, got, err, want)
		}
	}
	f(`{"b":1,"a":{"x":1,"y":[1,2]}}`, `{"c":9007199254740993,"a":{"y":[3]}}`, `{"b":1,"a":{"x":1,"y":[3]},"c":9007199254740993}`)
	f(`{"a":{"x":1}}`, `{"a":null}`, `{"a":null}`)
	f(`{"a":1}`, `{"a":{"x":1}}`, `{"a":{"x":1}}`)
	f(`{"a":1}`, `{}`, `{"a":1}`)
}

func TestNotObject(t *testing.T) {
	t.Parallel()
	for _, text := range []string{``, `null`, `[]`, `"hunter2"`, `{"password":hunter2}`, `{"a":1,"a":2}`, `{} {}`} {
		_, err := config.Canonical(json.RawMessage(text))
		if !errors.Is(err, config.ErrNotObject) || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%s: got %v, want ErrNotObject that quotes nothing", text, err)
		}
	}
}

func TestFindAndWithout(t *testing.T) {
	t.Parallel()
	f := func(text, want string, found bool) {
		t.Helper()
		if got, ok := config.Find(json.RawMessage(text), "sourceType"); got != want || ok != found {
			t.Errorf("%s: got %q, %v", text, got, ok)
		}
	}
	f(`{"sourceType":"faker"}`, "faker", true)
	f(`{"a":[{"b":{"sourceType":"deep"}}]}`, "deep", true)
	f(`{"a":{"sourceType":"inner"},"sourceType":"outer"}`, "outer", true)
	f(`{"sourceType":7}`, "", false)
	got, err := config.Without(json.RawMessage(`{"z":1,"sourceType":"x","a":{"sourceType":"y"}}`), "sourceType")
	if err != nil || string(got) != `{"z":1,"a":{"sourceType":"y"}}` {
		t.Errorf("got %s, %v", got, err)
	}
}

// FuzzCanonical asks that what is accepted means the same after it was written again, and is written the same ever after.
func FuzzCanonical(f *testing.F) {
	f.Add([]byte(`{"a":[1,2.50,{"b":"\u00e9\n"}],"":null}`))
	f.Add([]byte(`{"a":`))
	f.Add([]byte(`{"a":1e400,"b":"\ud800"}`))
	schema, err := config.Compile(json.RawMessage(spec))
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		once, err := config.Canonical(text)
		if err != nil {
			return
		}
		if !json.Valid(once) || !config.Equal(text, once) {
			t.Fatalf("%q became %q", text, once)
		}
		if twice, err := config.Canonical(once); err != nil || !bytes.Equal(once, twice) {
			t.Errorf("%q became %q, then %q, %v", text, once, twice, err)
		}
		masked, err := schema.Masked(once)
		if err != nil {
			t.Fatal(err)
		}
		if back, err := schema.Restored(masked, once); err == nil && !config.Equal(back, once) {
			t.Errorf("%s came back as %s", once, back)
		}
	})
}
