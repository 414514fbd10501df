package declarative

import (
	"bytes"
	"testing"

	"github.com/airfielddev/airfield/internal/template"
	"github.com/airfielddev/airfield/protocol"
)

// FuzzDecoders gives any bytes to every decoder. Whatever is decoded can be written as JSON, and is read from the bytes: a decoder
// does not make more values than there is text for.
func FuzzDecoders(f *testing.F) {
	for _, seed := range []string{
		`{"a":[1]}`, "{\"a\":1}\n[2]\n", "a,b\n1,\"x\"\"y\n\"\n2,3,4\n", "<r a=\"1\"><b>x</b><b/><!-- c --><![CDATA[d]]></r>", "one\n\ntwo", "\x1f\x8b", "PK\x03\x04",
	} {
		f.Add([]byte(seed))
	}
	env := &Env{Config: template.NewDict(0), limit: 1 << 20, Log: func(protocol.Level, string, ...any) {}}
	csv, err := (&CSVDecoder{Encoding: "utf-8", Delimiter: ","}).Build(env)
	if err != nil {
		f.Fatal(err)
	}
	xml, err := new(XMLDecoder).Build(env)
	if err != nil {
		f.Fatal(err)
	}
	jsonl := jsonlDecoder{env}
	decoders := map[string]Decoder{
		"json": newJSONDecoder(env), "jsonl": jsonl, "lines": iterableDecoder{}, "csv": csv, "xml": xml,
		"gzip": gzipDecoder{jsonl}, "zip": zipDecoder{inner: jsonl, limit: env.limit}, "gzip in gzip": gzipDecoder{gzipDecoder{csv}},
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		for name, d := range decoders {
			count := 0
			_ = d.Decode(bytes.NewReader(body), func(v any) error {
				count++
				_, err := template.AppendJSON(nil, v)
				return err
			})
			packed := name == "gzip" || name == "zip" || name == "gzip in gzip"
			if !packed && count > len(body)+1 {
				t.Errorf("%s makes %d values of %d bytes", name, count, len(body))
			}
		}
	})
}
