package file

import (
	"bytes"
	"encoding/json"
	"testing"

	"github.com/parquet-go/parquet-go"
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

// FuzzParquet checks that a damaged file is an error, or still gives objects, and never a panic.
func FuzzParquet(f *testing.F) {
	type nested struct {
		ID   int64             `parquet:"id"`
		Name *string           `parquet:"name,optional"`
		Tags []string          `parquet:"tags,list"`
		Map  map[string]string `parquet:"map"`
	}
	var seed bytes.Buffer
	w := parquet.NewGenericWriter[nested](&seed)
	if _, err := w.Write([]nested{{ID: 1, Tags: []string{"a", "b"}, Map: map[string]string{"k": "v"}}, {ID: 2}}); err != nil {
		f.Fatal(err)
	}
	if err := w.Close(); err != nil {
		f.Fatal(err)
	}
	f.Add(seed.Bytes())
	f.Fuzz(func(t *testing.T, content []byte) {
		in := &input{}
		if in.unwrap(bytes.NewReader(content)) != nil {
			return
		}
		rows, err := parquetFormat{}.rows(in, readerOptions{}, nil)
		for n := 0; err == nil && n < 1000; n++ {
			var data []byte
			if data, err = rows.next(); err == nil && (!json.Valid(data) || data[0] != '{') {
				t.Errorf("got %q", data)
			}
		}
		if err := in.Close(); err != nil {
			t.Error(err)
		}
	})
}
