package file

import (
	"bytes"
	"encoding/json"
	"testing"
)

// FuzzRows checks that whatever is in a file, each row of it is a JSON object on one line.
func FuzzRows(f *testing.F) {
	for _, seed := range []string{
		"a,b\n1,\"x\ny\"\n", "\xef\xbb\xbfa\n\xff\n", "a,a,\n2024-01-01 10:00:00,true,1e5\n", "[{\"a\":\n1}, {}]", "{\"a\":1}\n{\"b\":\"\xff\"}\r\n",
		"\x1f\x8b\x08", "BZh9", "[", "{}{}", "-\n-", "a\n-0\n00\n0.\n.5\n1e\n", "PAR1",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, content []byte) {
		for _, format := range []format{csvFormat{}, jsonFormat{}, jsonFormat{lines: true}} {
			columns := inferBytes(format, content)
			in := &input{}
			if in.unwrap(bytes.NewReader(content)) != nil {
				continue
			}
			rows, err := format.rows(in, readerOptions{}, columns)
			for n := 0; err == nil && n < 1000; n++ {
				var data []byte
				if data, err = rows.next(); err == nil && (!json.Valid(data) || data[0] != '{' || bytes.ContainsAny(data, "\r\n")) {
					t.Errorf("%T gave %q", format, data)
				}
			}
		}
	})
}

func inferBytes(f format, content []byte) []column {
	in := &input{}
	if in.unwrap(bytes.NewReader(content)) != nil {
		return nil
	}
	columns, err := f.infer(in, readerOptions{}, 1<<20)
	if err != nil {
		return nil
	}
	return columns
}
