package declarative

import (
	"fmt"
	"strings"
	"testing"
)

// BenchmarkLoad makes a source of a manifest of half a megabyte: parsing, references, components, templates and all checks.
func BenchmarkLoad(b *testing.B) {
	var text strings.Builder
	text.WriteString("version: 6.0.0\ntype: DeclarativeSource\ncheck: {type: CheckStream, stream_names: [stream_0]}\n" +
		"definitions:\n  requester: {type: HttpRequester, url_base: \"https://{{ config['host'] }}\", path: \"{{ parameters['path'] }}\"}\nstreams:\n")
	for i := 0; text.Len() < 500<<10; i++ {
		fmt.Fprintf(&text, `  - type: DeclarativeStream
    name: stream_%d
    primary_key: [id]
    $parameters: {path: /items/%d}
    retriever:
      type: SimpleRetriever
      requester: {$ref: "#/definitions/requester"}
      record_selector: {type: RecordSelector, extractor: {type: DpathExtractor, field_path: [data]}}
    schema_loader:
      type: InlineSchemaLoader
      schema:
        type: object
        properties:
`, i, i)
		for field := range 40 {
			fmt.Fprintf(&text, "          field_%d:\n            description: What the API says about field %d of an item of this kind.\n            type: [string, 'null']\n", field, field)
		}
	}
	b.SetBytes(int64(text.Len()))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := NewSource([]byte(text.String()), SourceOptions{}); err != nil {
			b.Fatal(err)
		}
	}
}
