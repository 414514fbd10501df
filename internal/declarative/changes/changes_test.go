package changes_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/airfielddev/airfield/internal/declarative"
	"github.com/airfielddev/airfield/internal/declarative/changes"
)

const base = `
version: 6.0.0
type: DeclarativeSource
check: {type: CheckStream, stream_names: [users]}
definitions:
  requester: {type: HttpRequester, url: https://api.example.com/v1, http_method: GET}
streams:
  - type: DeclarativeStream
    name: users
    primary_key: [id]
    retriever:
      type: SimpleRetriever
      requester: {$ref: "#/definitions/requester"}
      record_selector: {type: RecordSelector, extractor: {type: DpathExtractor, field_path: [data]}}
      partition_router: {type: ListPartitionRouter, values: [a, b], cursor_field: shop}
    incremental_sync: {type: DatetimeBasedCursor, cursor_field: at, datetime_format: "%Y-%m-%d", start_datetime: "2026-01-01"}
    schema_loader:
      type: InlineSchemaLoader
      schema:
        type: object
        properties:
          id: {type: integer}
          at: {type: string, format: date}
          of: {type: [object, "null"], properties: {shop: {type: string}}}
spec:
  type: Spec
  connection_specification:
    type: object
    required: [key]
    properties:
      key: {type: string, airbyte_secret: true}
      region: {type: string, enum: [eu, us], default: eu}
`

func between(t *testing.T, before, after string) []string {
	t.Helper()
	var texts [2][]byte
	for i, text := range []string{before, after} {
		source, err := declarative.NewSource([]byte(text), declarative.SourceOptions{})
		if err != nil {
			t.Fatal(err)
		}
		if texts[i], err = source.Resolved(); err != nil {
			t.Fatal(err)
		}
	}
	list, err := changes.Between(texts[0], texts[1])
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	for _, c := range list {
		mark := ""
		if c.Breaking {
			mark = "! "
		}
		if c.Breaking != (c.Why != "") {
			t.Errorf("%s is breaking without a reason, or the other way round", c.Path)
		}
		lines = append(lines, fmt.Sprintf("%s%s %s: %s -> %s", mark, c.Kind, c.Path, c.Old, c.New))
	}
	return lines
}

func TestBetween(t *testing.T) {
	t.Parallel()
	second := "\n  - type: DeclarativeStream\n    name: orders\n    retriever:\n      type: SimpleRetriever\n      requester: {$ref: \"#/definitions/requester\"}\n" +
		"      record_selector: {type: RecordSelector, extractor: {type: DpathExtractor, field_path: []}}\nspec:"
	for name, c := range map[string]struct {
		replace []string // pairs
		want    []string
	}{
		"nothing":                   {nil, nil},
		"how it is read":            {[]string{"api.example.com/v1", "api.example.com/v2", "[data]", "[items]", "values: [a, b]", "values: [a, b, c]"}, nil},
		"a stream more":             {[]string{"\nspec:", second}, []string{"added streams.orders:  -> "}},
		"another name":              {[]string{"name: users", "name: people", "stream_names: [users]", "stream_names: [people]"}, []string{"changed check.streams: users -> people", "added streams.people:  -> ", "! removed streams.users:  -> "}},
		"another key":               {[]string{"primary_key: [id]", "primary_key: [[of, shop], [id]]"}, []string{"! changed streams.users.primary_key: id -> of.shop, id"}},
		"one spelling for another":  {[]string{"primary_key: [id]", "primary_key: id"}, nil},
		"another cursor":            {[]string{"cursor_field: at", "cursor_field: changed_at"}, []string{"! changed streams.users.cursor: at -> changed_at"}},
		"states written in new way": {[]string{`datetime_format: "%Y-%m-%d"`, `datetime_format: "%s"`}, []string{"! changed streams.users.cursor_format: %Y-%m-%d -> %s"}},
		"other partitions":          {[]string{"cursor_field: shop", "cursor_field: store"}, []string{"! changed streams.users.partitions: shop -> store"}},
		"a field more":              {[]string{"id: {type: integer}", "id: {type: integer}\n          name: {type: string}"}, []string{"added streams.users.fields.name:  -> string"}},
		"a field inside less":       {[]string{", properties: {shop: {type: string}}", ""}, []string{"! removed streams.users.fields.of.shop: string -> "}},
		"another type":              {[]string{"id: {type: integer}", "id: {type: string}"}, []string{"! changed streams.users.fields.id: integer -> string"}},
		"a type with null":          {[]string{"id: {type: integer}", "id: {type: [integer, 'null']}"}, []string{"changed streams.users.fields.id: integer -> integer|null"}},
		"a setting more":            {[]string{"required: [key]", "required: [key, shop]", "region:", "shop: {type: string}\n      region:"}, []string{"! added spec.shop:  -> string"}},
		"a setting with a default":  {[]string{"required: [key]", "required: [key, shop]", "region:", "shop: {type: string, default: x}\n      region:"}, []string{"added spec.shop:  -> string"}},
		"a setting now required":    {[]string{"required: [key]", "required: [key, region]", ", default: eu", ""}, []string{"removed spec.region.default: \"eu\" -> ", "! changed spec.region.required: no -> yes"}},
		"choices":                   {[]string{"[eu, us]", "[eu, ap]"}, []string{"! removed spec.region.choices: \"us\" -> ", "added spec.region.choices:  -> \"ap\""}},
		"a secret no more":          {[]string{", airbyte_secret: true", ""}, []string{"changed spec.key.secret: yes -> no"}},
		"a setting of a choice":     {[]string{"region:", "auth: {type: object, oneOf: [{properties: {token: {type: string}}}]}\n      region:"}, []string{"added spec.auth:  -> object", "added spec.auth.token:  -> string"}},
		"a field of a list's items": {[]string{"properties: {shop: {type: string}}", "items: {properties: {x: {type: integer}}}"}, []string{"! removed streams.users.fields.of.shop: string -> ", "added streams.users.fields.of[].x:  -> integer"}},
		"one of several types":      {[]string{"id: {type: integer}", "id: {oneOf: [{type: integer}, {type: string, format: date}]}"}, []string{"! changed streams.users.fields.id: integer -> integer|string(date)"}},
		"no increments":             {[]string{`    incremental_sync: {type: DatetimeBasedCursor, cursor_field: at, datetime_format: "%Y-%m-%d", start_datetime: "2026-01-01"}` + "\n", ""}, []string{"! removed streams.users.incremental: at -> "}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for i := 0; i+1 < len(c.replace); i += 2 {
				if !strings.Contains(base, c.replace[i]) {
					t.Fatalf("the manifest has no %q", c.replace[i])
				}
			}
			after := strings.NewReplacer(c.replace...).Replace(base)
			if diff := cmp.Diff(c.want, between(t, base, after)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestBetweenBackIsTheOpposite(t *testing.T) {
	t.Parallel()
	less := strings.Replace(base, "          id: {type: integer}\n", "", 1)
	if diff := cmp.Diff([]string{"added streams.users.fields.id:  -> integer"}, between(t, less, base)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

const otherStreams = `
version: 6.0.0
type: DeclarativeSource
check: {type: CheckStream, stream_names: [parents]}
definitions:
  retriever: &retriever
    type: SimpleRetriever
    requester: {type: HttpRequester, url: https://api.example.com/v1}
    record_selector: {type: RecordSelector, extractor: {type: DpathExtractor, field_path: []}}
  stream: &stream {type: DeclarativeStream, primary_key: id, retriever: *retriever}
streams:
  - {<<: *stream, name: parents, schema_loader: [{type: InlineSchemaLoader, schema: {properties: {a: {type: string}}}}, {type: InlineSchemaLoader, schema: {properties: {b: {type: string}}}}]}
  - type: ConditionalStreams
    condition: "{{ config.more }}"
    streams:
      - type: DeclarativeStream
        name: children
        incremental_sync: {type: DatetimeBasedCursor, cursor_field: at, datetime_format: "%s", start_datetime: "0"}
        retriever:
          <<: *retriever
          partition_router:
            type: GroupingPartitionRouter
            group_size: 10
            underlying_partition_router:
              type: SubstreamPartitionRouter
              parent_stream_configs: [{type: ParentStreamConfig, stream: {$ref: "#/streams/0"}, parent_key: id, partition_field: parent}]
  - type: StateDelegatingStream
    name: twofold
    full_refresh_stream: {<<: *stream, name: twofold}
    incremental_stream: {<<: *stream, name: twofold, incremental_sync: {type: DatetimeBasedCursor, cursor_field: at, datetime_format: "%s", start_datetime: "0"}}
dynamic_streams:
  - &dynamic
    type: DynamicDeclarativeStream
    name: tables
    stream_template: {<<: *stream, name: x}
    components_resolver:
      type: HttpComponentsResolver
      retriever: *retriever
      components_mapping: [{type: ComponentMappingDefinition, field_path: [name], value: "{{ components_values.name }}"}]
  - {<<: *dynamic, name: ""}
`

func TestBetweenOtherStreams(t *testing.T) {
	t.Parallel()
	f := func(before, after string, want ...string) {
		t.Helper()
		if !strings.Contains(otherStreams, before) {
			t.Fatalf("the manifest has no %q", before)
		}
		if diff := cmp.Diff(want, between(t, otherStreams, strings.Replace(otherStreams, before, after, 1))); diff != "" {
			t.Errorf("%s (-want +got):\n%s", after, diff)
		}
	}
	f("{b: {type: string}}", "{b: {type: integer}}", "! changed streams.parents.fields.b: string -> integer")
	f("name: children", "name: kids", "! removed streams.children:  -> ", "added streams.kids:  -> ")
	f("partition_field: parent", "partition_field: of", "! changed streams.children.partitions: parent -> of")
	f("name: twofold, incremental_sync: {type: DatetimeBasedCursor, cursor_field: at", "name: twofold, incremental_sync: {type: DatetimeBasedCursor, cursor_field: seen",
		"! changed streams.twofold.cursor: at -> seen")
	f("name: tables", "name: sheets", "added streams.template sheets:  -> ", "! removed streams.template tables:  -> ")
	f("stream_template: {<<: *stream, name: x}", "stream_template: {<<: *stream, name: x, primary_key: [id, of]}",
		"! changed streams.template dynamic_stream_1.primary_key: id -> id, of", "! changed streams.template tables.primary_key: id -> id, of")
}
