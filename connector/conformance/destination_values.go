package conformance

import (
	"strings"
	"testing"

	"github.com/airfielddev/airfield/protocol"
)

// wide has a column of every kind that sources declare.
const wide = `{
	"id": {"type": "integer"},
	"big": {"type": ["null", "integer"]},
	"ratio": {"type": ["null", "number"]},
	"flag": {"type": ["null", "boolean"]},
	"text": {"type": ["null", "string"]},
	"day": {"type": ["null", "string"], "format": "date"},
	"at": {"type": ["null", "string"], "format": "date-time", "airbyte_type": "timestamp_with_timezone"},
	"object": {"type": ["null", "object"], "properties": {"a": {"type": "integer"}}},
	"list": {"type": ["null", "array"], "items": {"type": "string"}}
}`

func (s destinationSuite) testValues(t *testing.T) {
	config, things := s.Config(t), stream("things", wide)
	long := strings.Repeat("0123456789", 20_000)
	s.write(t, config, catalog(things), new(input).rows(things,
		`{"id":1,"big":9007199254740993,"ratio":0.1,"flag":true,"text":"plain","day":"2024-02-29","at":"2024-02-29T12:30:00.123456Z","object":{"a":9007199254740993,"b":null},"list":["x","y"]}`,
		`{"id":2,"big":9223372036854775807,"ratio":-12345.678,"flag":false,"text":"Zürich, 東京, \ud83d\ude80","at":"2024-02-29T12:30:00+02:00"}`,
		`{"id":3,"big":-9223372036854775808,"ratio":3,"text":"quote \" comma , semicolon ; tab \t back \\ slash\r\nnew line"}`,
		`{"id":4,"big":null,"ratio":null,"flag":null,"text":null,"day":null,"at":null,"object":null,"list":null}`,
		`{"id":5,"text":""}`,
		`{"text":"\u003cescaped\u003e","id":6,"list":[]}`,
		`{"id":7,"text":"`+long+`"}`,
	).state(things).complete(things))
	s.want(t, config, things,
		Row{"id": "1", "big": "9007199254740993", "ratio": "0.1", "flag": "true", "text": "plain", "day": "2024-02-29",
			"at": "2024-02-29T12:30:00.123456Z", "object": `{"a":9007199254740993,"b":null}`, "list": `["x","y"]`},
		Row{"id": "2", "big": "9223372036854775807", "ratio": "-12345.678", "flag": "false", "text": "Zürich, 東京, 🚀", "at": "2024-02-29T10:30:00Z"},
		Row{"id": "3", "big": "-9223372036854775808", "ratio": "3", "text": "quote \" comma , semicolon ; tab \t back \\ slash\r\nnew line"},
		Row{"id": "4"},
		Row{"id": "5", "text": ""},
		Row{"id": "6", "text": "<escaped>", "list": "[]"},
		Row{"id": "7", "text": long},
	)
}

// testMisfits sends values that a column cannot hold. The row arrives, and its other columns are as they were sent.
func (s destinationSuite) testMisfits(t *testing.T) {
	config, things := s.Config(t), stream("things", wide)
	s.write(t, config, catalog(things), new(input).rows(things,
		`{"id":1,"text":"kept","big":"not a number","ratio":"neither","flag":"perhaps","day":"2024-02-30","at":"yesterday"}`,
		`{"id":2,"text":"kept","big":123456789012345678901234567890,"ratio":1e400}`,
		`{"id":3,"text":"kept","big":{"nested":1},"flag":[true],"object":"text","list":7}`,
		`{"id":4,"text":"kept","undeclared":"column"}`,
	).state(things).complete(things))
	got, err := s.visibleColumns(t, config, things.Descriptor(), "id", "text")
	if err != nil {
		t.Fatal(err)
	}
	s.compare(t, got, Row{"id": "1", "text": "kept"}, Row{"id": "2", "text": "kept"}, Row{"id": "3", "text": "kept"}, Row{"id": "4", "text": "kept"})
}

func (s destinationSuite) visibleColumns(t *testing.T, config []byte, d protocol.StreamDescriptor, columns ...string) ([]string, error) {
	t.Helper()
	if s.Rows == nil {
		return nil, nil
	}
	rows, err := s.Rows(t.Context(), config, d)
	var narrow []Row
	for _, row := range rows {
		kept := Row{}
		for _, column := range columns {
			if value, ok := row[column]; ok {
				kept[column] = value
			}
		}
		narrow = append(narrow, kept)
	}
	return normal(narrow), err
}

// testNames uses names that are awkward as files, tables and columns.
func (s destinationSuite) testNames(t *testing.T) {
	const properties = `{"Order ID":{"type":"integer"},"select":{"type":"string"},"a.b":{"type":"string"},"ünï \"q\"":{"type":"string"}}`
	names := []string{`Orders "2024"`, "été/../../up", "select", "user's; drop", strings.Repeat("long_name_", 12) + "one", strings.Repeat("long_name_", 12) + "two"}
	config := s.Config(t)
	var streams []protocol.ConfiguredStream
	in := new(input)
	for _, name := range names {
		streams = append(streams, stream(name, properties))
		in.rows(streams[len(streams)-1], `{"Order ID":1,"select":`+quote(name)+`,"a.b":"dotted","ünï \"q\"":"odd"}`)
	}
	for _, one := range streams {
		in.state(one).complete(one)
	}
	s.write(t, config, catalog(streams...), in)
	for i, one := range streams {
		s.want(t, config, one, Row{"Order ID": "1", "select": names[i], "a.b": "dotted", `ünï "q"`: "odd"})
	}
}
