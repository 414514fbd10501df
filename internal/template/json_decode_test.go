package template

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
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

// manyKeys is a list of objects with n keys, the last of which come twice.
func manyKeys(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, `"k%d":{"v":%d},`, i, i)
	}
	object := "{" + b.String() + fmt.Sprintf(`"k%d":1,"k0":2}`, n-1)
	return "[" + object + "," + object + `,{"k1":1,"k0":2,"k1":3}]`
}

func FuzzDecodeJSON(f *testing.F) {
	for _, seed := range []string{
		`{"a":1,"b":[1.5,-0,1e5,12345678901234567890,-9223372036854775808,null,true,false],"a":"x"}`, `"\u00e9\ud83d\ude00\ud83d\n\/"`, "\"\xff\xc3\"",
		`[1,]`, `{"a" : {"a\u0062":{}} , "":[ ]}`, `01`, `-`, `1.`, `1e`, `tru`, `nul`, `"\x"`, `{"a":1}{`, ` 1 `, `[[[[]]]]`, `"a`, "\"\t\"", `1E+2`,
		`[{"a":1,"b":{"x":1}},{"b":{"y":2,"x":1},"a":3},{"a":1,"c":2,"b":{"x":2}},{"c":1,"a":2,"c":3,"d":4,"d":5}]`,
		`[{"a":1,"b":2},{"b":1,"\u0061":2,"a":3,"b":4},{"\u00e4":1,"b":2,"ä":3}]`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(decodesAsTokens)
}

// decodesAsTokens holds what is decoded to what encoding/json makes of it.
func decodesAsTokens(t *testing.T, data []byte) {
	t.Helper()
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
}

// Objects with so many keys are maps, of which no shape is made.
func TestDecodeJSONOfManyKeys(t *testing.T) {
	t.Parallel()
	for _, n := range []int{maxShape - 1, maxShape, maxShape + 1, 2 * maxShape, maxShaped + 1} {
		decodesAsTokens(t, []byte(manyKeys(n)))
	}
}

// FuzzJSONMembers holds what is read of a text in parts to what is read of it as a whole.
func FuzzJSONMembers(f *testing.F) {
	for _, seed := range []string{
		`{"a":1,"b":[1,{"c":"\u00e9\""}],"a":{"x":[]}}`, `{"\u0061":1,"ä":2,"\u00e4":[3],"":4}`, `{"a":"\x"}`, "{\"a\":\"\t\"}", `[{"a":1},[2],null]`, `{"a":1} x`,
		`{"a":-}`, `{"a":tru}`, `{"a":"b\\"}`, "{\"\xff\":1}", ` [ 1 , 2 ] `, `{"a":1.5e3,"b":nul}`,
		"\xef\xbb\xbf{\"a\":[NaN,-Infinity,1e999]}", `{"a":-NaN,"b":Infin}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		whole, err := DecodeLooseJSON(data)
		if got := ValidLooseJSON(data); got != (err == nil) {
			t.Fatalf("%q: valid %t, want %v", data, got, err)
		}
		object, isObject := whole.(*Dict)
		var names []string
		if isObject {
			for key := range object.All() {
				names = append(names, Str(key))
			}
		}
		values, ok := JSONMembers(data, names...)
		if ok != isObject {
			t.Fatalf("%q: object %t, got %t", data, isObject, ok)
		}
		if err != nil {
			return
		}
		for i, name := range names {
			want, _ := object.Get(name)
			got, err := DecodeLooseJSON(values[i])
			if err != nil || spell(got) != spell(want) {
				t.Fatalf("%q: member %q is %q, %v, want %s", data, name, values[i], err, spell(want))
			}
		}
		items := []any{}
		err = JSONElements(data, func(v any) error {
			items = append(items, v)
			return nil
		})
		want, isList := whole.([]any)
		if !isList {
			want = []any{whole}
		}
		if err != nil || spell(items) != spell(want) {
			t.Fatalf("%q: elements %s, %v, want %s", data, spell(items), err, spell(want))
		}
	})
}
