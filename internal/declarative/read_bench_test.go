package declarative

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/airfielddev/airfield/connector"
	"github.com/airfielddev/airfield/protocol"
)

// answers is a transport that needs no server.
type answers func(*http.Request) string

func (a answers) RoundTrip(r *http.Request) (*http.Response, error) {
	return &http.Response{StatusCode: http.StatusOK, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(a(r))), Request: r}, nil
}

const perPage = 1000

// BenchmarkRead reads pages of a thousand records of some 350 bytes; one operation is one record.
func BenchmarkRead(b *testing.B) {
	records := make([]string, perPage)
	for i := range records {
		records[i] = fmt.Sprintf(`{"id":%d,"object":"customer","email":"person%d@example.com","balance":%d.25,"updated_at":"2024-03-%02dT00:00:00Z",`+
			`"active":true,"phone":null,"address":{"city":"Springfield","line1":"%d Main Street"},"tags":["new","vip"],"notes":"%s"}`,
			1_000_000_000_000+i, i, i, i%28+1, i, strings.Repeat("x", 100))
	}
	benchmarkRead(b, records, `
version: 6.0.0
check: {type: CheckStream, stream_names: [items]}
streams:
  - name: items
    retriever:
      requester: {url: "http://example.com/items"}
      paginator:
        type: DefaultPaginator
        pagination_strategy: {type: PageIncrement, page_size: 1000}
        page_token_option: {type: RequestOption, inject_into: request_parameter, field_name: page}
      record_selector: {extractor: {field_path: [data]}}
    incremental_sync:
      type: DatetimeBasedCursor
      cursor_field: updated_at
      datetime_format: "%Y-%m-%dT%H:%M:%SZ"
      start_datetime: "2024-01-01T00:00:00Z"
      end_datetime: "2025-01-01T00:00:00Z"
    transformations: [{type: AddFields, fields: [{path: [account], value: "{{ config['account'] }}"}]}]
`)
}

// BenchmarkReadTransformed reads records of some 700 bytes that are filtered, changed in several ways and fitted to their schema.
func BenchmarkReadTransformed(b *testing.B) {
	records := make([]string, perPage)
	for i := range records {
		var fields strings.Builder
		for k := range 15 {
			fmt.Fprintf(&fields, `,"field%d":"%d"`, k, k*i)
		}
		records[i] = fmt.Sprintf(`{"id":"%d","updatedAt":"2024-01-%02dT00:00:00.123Z","amount":"%d.50","active":"true","user":{"id":%d,"name":"Ann \u00e9 %d",`+
			`"emails":["a@example.com"],"address":{"street":"Main Street","zip":"12345","geo":{"lat":"1.5","lng":2.5}}},`+
			`"tags":[{"k":"a","v":1},{"k":"b","v":2}],"notes":"%s"%s}`, i, i%28+1, i, i, i, strings.Repeat("x", 60), fields.String())
	}
	benchmarkRead(b, records, `
version: 6.0.0
check: {type: CheckStream, stream_names: [items]}
streams:
  - name: items
    retriever:
      requester: {url: "http://example.com/items"}
      paginator: {type: DefaultPaginator, pagination_strategy: {type: PageIncrement, page_size: 1000}}
      record_selector:
        extractor: {field_path: [data]}
        record_filter: {condition: "{{ record['id']|int % 7 != 0 }}"}
        schema_normalization: Default
    transformations:
      - type: AddFields
        fields:
          - {path: [account], value: "{{ config['account'] }}-{{ record['id'] }}"}
          - {path: [user, zip], value: "{{ record['user']['address']['zip'] }}"}
          - {path: [day], value: "{{ format_datetime(record['updatedAt'], '%Y-%m-%d') }}"}
          - {path: [large], value: "{{ record['amount']|float > 1000 }}", value_type: boolean}
      - {type: RemoveFields, field_pointers: [[notes], [user, emails]]}
      - {type: KeysToSnakeCase}
      - {type: DpathFlattenFields, field_path: [user, address], delete_origin_value: true}
    schema_loader:
      type: InlineSchemaLoader
      schema:
        type: object
        properties:
          id: {type: integer}
          amount: {type: number}
          active: {type: boolean}
          field_1: {type: integer}
          user: {type: object, properties: {id: {type: string}, zip: {type: string}}}
          tags: {type: array, items: {type: object, properties: {k: {type: string}, v: {type: string}}}}
`)
}

// benchmarkRead reads as many records as the benchmark wants, in pages of the same records.
func benchmarkRead(b *testing.B, records []string, manifest string) {
	b.Helper()
	page := `{"data":[` + strings.Join(records, ",") + `]}`
	pages := 0
	source, err := NewSource([]byte(manifest), SourceOptions{Transport: answers(func(*http.Request) string {
		if pages++; pages*perPage > b.N {
			return `{"data":[]}`
		}
		return page
	})})
	if err != nil {
		b.Fatal(err)
	}
	b.SetBytes(int64(len(page) / perPage))
	b.ReportAllocs()
	catalog := protocol.ConfiguredCatalog{Streams: []protocol.ConfiguredStream{{Stream: protocol.Stream{Name: "items"}, SyncMode: protocol.FullRefresh, DestinationSyncMode: protocol.Append}}}
	if err := source.Read(b.Context(), connector.ReadRequest{Config: []byte(`{"account":"acme"}`), Catalog: catalog}, connector.Discard); err != nil {
		b.Fatal(err)
	}
}
