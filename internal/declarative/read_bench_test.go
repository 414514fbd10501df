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

// BenchmarkRead reads pages of a thousand records of some 350 bytes; one operation is one record.
func BenchmarkRead(b *testing.B) {
	const perPage = 1000
	records := make([]string, perPage)
	for i := range records {
		records[i] = fmt.Sprintf(`{"id":%d,"object":"customer","email":"person%d@example.com","balance":%d.25,"updated_at":"2024-03-%02dT00:00:00Z",`+
			`"active":true,"phone":null,"address":{"city":"Springfield","line1":"%d Main Street"},"tags":["new","vip"],"notes":"%s"}`,
			1_000_000_000_000+i, i, i, i%28+1, i, strings.Repeat("x", 100))
	}
	page := `{"data":[` + strings.Join(records, ",") + `]}`
	pages := 0
	source, err := NewSource([]byte(`
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
`), SourceOptions{Transport: answers(func(*http.Request) string {
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
