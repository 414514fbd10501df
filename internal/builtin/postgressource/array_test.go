package postgressource

import (
	"encoding/json"
	"testing"
)

// FuzzRow checks that whatever text a server sends becomes valid JSON, alone and as an array.
func FuzzRow(f *testing.F) {
	for _, seed := range []string{`{1,2}`, `[0:1]={a,"b\"c"}`, `{{NULL},{x}}`, `{`, `}`, `{,}`, "{\"\xff\"}", `2024-01-01 00:00:00+00 BC`, `NaN`, "tab\t\x00"} {
		f.Add([]byte(seed))
	}
	name, err := newColumn("v")
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, value []byte) {
		list := name
		list.array, list.delimiter = true, ','
		row, _ := appendRow(nil, []column{name, list}, [][]byte{value, value}, nil)
		if !json.Valid(row) {
			t.Errorf("%q became %q", value, row)
		}
	})
}
