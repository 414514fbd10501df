package manifest_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/airfielddev/airfield/manifest"
)

// BenchmarkParse reads a manifest of half a megabyte and follows its references.
func BenchmarkParse(b *testing.B) {
	var text strings.Builder
	text.WriteString("version: 6.0.0\ntype: DeclarativeSource\ndefinitions:\n  requester: {type: HttpRequester, url_base: https://api.example.com}\nstreams:\n")
	for i := 0; text.Len() < 500<<10; i++ {
		fmt.Fprintf(&text, "  - type: DeclarativeStream\n    name: stream_%d\n    $parameters: {path: /items/%d}\n    retriever:\n      type: SimpleRetriever\n"+
			"      requester: {$ref: \"#/definitions/requester\"}\n    schema_loader:\n      type: InlineSchemaLoader\n      schema:\n        type: object\n        properties:\n", i, i)
		for field := range 40 {
			fmt.Fprintf(&text, "          field_%d:\n            type:\n              - string\n              - 'null'\n", field)
		}
	}
	b.SetBytes(int64(text.Len()))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := manifest.Parse("manifest.yaml", []byte(text.String())); err != nil {
			b.Fatal(err)
		}
	}
}
