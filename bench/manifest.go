package main

import (
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"time"
)

const (
	pageRecords = 1000
	// cdkShare is how many times fewer records the Python CDK reads: rates are compared.
	cdkShare = 20
)

//go:embed cdk.py
var cdkProgram string

// manifestComparisons measure a manifest that reads pages of an API on this machine, beside Airbyte's Python CDK with the same one.
func manifestComparisons(s settings) []comparison {
	c := comparison{"manifest: pages of 1000 to dev-null", "records/s", ofManifest(s.rows), nil, ""}
	if s.python == "" {
		fmt.Fprintln(os.Stderr, "AIRFIELD_TEST_PYTHON is not set: the Python CDK is not measured")
		return []comparison{c}
	}
	c.limit, c.limitIs = ofCDK(s), "the Python CDK with the same manifest"
	return []comparison{c}
}

const pagesManifest = `
version: 6.0.0
type: DeclarativeSource
check: {type: CheckStream, stream_names: [items]}
streams:
  - type: DeclarativeStream
    name: items
    primary_key: [id]
    retriever:
      type: SimpleRetriever
      requester:
        type: HttpRequester
        url_base: "{{ config['base'] }}"
        path: /items
        authenticator: {type: BearerAuthenticator, api_token: "{{ config['key'] }}"}
      paginator:
        type: DefaultPaginator
        pagination_strategy: {type: PageIncrement, page_size: 1000, inject_on_first_request: true}
        page_token_option: {type: RequestOption, inject_into: request_parameter, field_name: page}
        page_size_option: {type: RequestOption, inject_into: request_parameter, field_name: limit}
      record_selector:
        type: RecordSelector
        extractor: {type: DpathExtractor, field_path: [data]}
    incremental_sync:
      type: DatetimeBasedCursor
      cursor_field: updated_at
      datetime_format: "%Y-%m-%dT%H:%M:%SZ"
      start_datetime: "2024-01-01T00:00:00Z"
      end_datetime: "2025-01-01T00:00:00Z"
    transformations:
      - type: AddFields
        fields: [{path: [account], value: "{{ config['account'] }}"}]
    schema_loader:
      type: InlineSchemaLoader
      schema: {type: object, properties: {id: {type: integer}, updated_at: {type: string, format: date-time}}}
spec:
  type: Spec
  connection_specification:
    type: object
    properties: {base: {type: string}, key: {type: string, airbyte_secret: true}, account: {type: string}}
`

// pagesServer answers with pages of records until so many were given.
func pagesServer(ctx context.Context, records int64) (address string, end func(), err error) {
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return "", nil, err
	}
	page := pageOfRecords()
	server := &http.Server{ReadHeaderTimeout: time.Minute, Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		n, err := strconv.ParseInt(r.FormValue("page"), 10, 64)
		if err != nil || n*pageRecords >= records {
			_, _ = w.Write([]byte(`{"data":[]}`))
			return
		}
		_, _ = w.Write(page)
	})}
	go func() { _ = server.Serve(listener) }()
	return "http://" + listener.Addr().String(), func() { _ = server.Close() }, nil
}

// pageOfRecords are records of about 350 bytes, with numbers, texts, lists and objects.
func pageOfRecords() []byte {
	var b strings.Builder
	b.WriteString(`{"has_more":true,"data":[`)
	for i := range pageRecords {
		if i > 0 {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, `{"id":%d,"object":"customer","email":"person%d@example.com","name":"Ann Ex\u00e4mple %d","balance":%d.25,`+
			`"created":17040672%02d,"updated_at":"2024-03-%02dT%02d:00:00Z","active":true,"phone":null,`+
			`"address":{"city":"Springfield","line1":"%d Main Street","postal_code":"%05d"},"tags":["new","vip","t%d"],"notes":"%s"}`,
			1_000_000_000_000+i, i, i, i, i%100, i%28+1, i%24, i, i, i%7, strings.Repeat("x", 40))
	}
	b.WriteString("]}")
	return []byte(b.String())
}

func pagesConfig(address string) json.RawMessage {
	return encode(map[string]any{"base": address, "key": "secret", "account": "acme"})
}

func ofManifest(records int64) side {
	return func(ctx context.Context) (sample, error) {
		address, end, err := pagesServer(ctx, records)
		if err != nil {
			return sample{}, err
		}
		defer end()
		return measured(oneSync{
			Source: "pages", Manifest: pagesManifest, SourceConfig: pagesConfig(address), Stream: "items", Destination: "destination-dev-null",
			DestinationConfig: encode(map[string]any{"test_destination": map[string]any{"test_destination_type": "SILENT"}}),
		})(ctx)
	}
}

func ofCDK(s settings) side {
	return func(ctx context.Context) (sample, error) {
		address, end, err := pagesServer(ctx, s.rows/cdkShare)
		if err != nil {
			return sample{}, err
		}
		defer end()
		cmd := exec.CommandContext(ctx, s.python, "-c", cdkProgram)
		cmd.Stdin, cmd.Stderr = jsonBody(map[string]any{"manifest": pagesManifest, "config": pagesConfig(address), "stream": "items"}), os.Stderr
		o, err := outcomeOf(cmd)
		if err != nil {
			return sample{}, fmt.Errorf("the Python CDK: %w", err)
		}
		if o.Rows != s.rows/cdkShare {
			return sample{}, errors.New("the Python CDK has not read all records")
		}
		return o.sample(), nil
	}
}
