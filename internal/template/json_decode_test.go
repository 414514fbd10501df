package template

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"testing"
)

// slowJSON reads JSON by the tokens of encoding/json.
func slowJSON(data []byte) (any, error) {
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	v, err := slowValue(d)
	if err != nil {
		return nil, err
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("more than one value")
	}
	return v, nil
}

func slowValue(d *json.Decoder) (any, error) {
	t, err := d.Token()
	if err != nil {
		return nil, err
	}
	switch t := t.(type) {
	case json.Number:
		return numberOf(t.String()), nil
	case json.Delim:
		items, o := []any{}, NewDict(0)
		for d.More() {
			var key any
			if t == '{' {
				if key, err = d.Token(); err != nil {
					return nil, err
				}
			}
			v, err := slowValue(d)
			if err != nil {
				return nil, err
			}
			if t == '{' {
				o.Set(key.(string), v)
			}
			items = append(items, v)
		}
		_, err := d.Token()
		if t == '{' {
			return o, err
		}
		return items, err
	}
	return t, nil
}

func FuzzDecodeJSON(f *testing.F) {
	for _, seed := range []string{
		`{"a":1,"b":[1.5,-0,1e5,12345678901234567890,-9223372036854775808,null,true,false],"a":"x"}`, `"\u00e9\ud83d\ude00\ud83d\n\/"`, "\"\xff\xc3\"",
		`[1,]`, `{"a" : {"a\u0062":{}} , "":[ ]}`, `01`, `-`, `1.`, `1e`, `tru`, `nul`, `"\x"`, `{"a":1}{`, ` 1 `, `[[[[]]]]`, `"a`, "\"\t\"", `1E+2`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		got, err := DecodeJSON(data)
		if valid := json.Valid(data); valid != (err == nil) {
			t.Fatalf("%q: valid %t, got %v", data, valid, err)
		}
		if err != nil {
			return
		}
		want, err := slowJSON(data)
		if err != nil {
			t.Fatal(err)
		}
		if spell(got) != spell(want) {
			t.Fatalf("%q: got %s, want %s", data, spell(got), spell(want))
		}
	})
}
