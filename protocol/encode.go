package protocol

import (
	"encoding/json"
	"fmt"
	"strconv"
	"unicode/utf8"
)

// Append writes the message as one line of JSON, without the line break, and returns the extended buffer.
func (m *Message) Append(dst []byte) ([]byte, error) {
	if m.Type == TypeRecord {
		return m.Record.append(dst), nil
	}
	key, payload := m.payload()
	if key == "" {
		return dst, fmt.Errorf("encoding message: unknown type %q", m.Type)
	}
	body, err := json.Marshal(payload)
	if err != nil {
		return dst, fmt.Errorf("encoding %s message: %w", m.Type, err)
	}
	dst = append(dst, `{"type":"`...)
	dst = append(dst, m.Type...)
	dst = append(dst, `","`...)
	dst = append(dst, key...)
	dst = append(dst, `":`...)
	return append(append(dst, body...), '}'), nil
}

// MarshalJSON writes the message as one JSON object.
func (m Message) MarshalJSON() ([]byte, error) { return m.Append(nil) }

func (m *Message) payload() (key string, value any) {
	switch m.Type {
	case TypeState:
		return "state", m.State
	case TypeLog:
		return "log", m.Log
	case TypeTrace:
		return "trace", m.Trace
	case TypeControl:
		return "control", m.Control
	case TypeSpec:
		return "spec", m.Spec
	case TypeConnectionStatus:
		return "connectionStatus", m.ConnectionStatus
	case TypeCatalog:
		return "catalog", m.Catalog
	}
	return "", nil
}

func (r *Record) append(dst []byte) []byte {
	dst = append(dst, `{"type":"RECORD","record":{"stream":`...)
	dst = appendString(dst, r.Stream)
	if r.Namespace != "" {
		dst = append(dst, `,"namespace":`...)
		dst = appendString(dst, r.Namespace)
	}
	dst = append(dst, `,"data":`...)
	dst = append(dst, r.Data...)
	dst = append(dst, `,"emitted_at":`...)
	dst = strconv.AppendInt(dst, r.EmittedAt, 10)
	if r.Meta != nil {
		dst = append(dst, `,"meta":`...)
		dst = append(dst, r.Meta...)
	}
	if r.File != nil {
		dst = r.File.append(append(dst, `,"file_reference":`...))
	}
	return append(dst, '}', '}')
}

func (f *FileReference) append(dst []byte) []byte {
	dst = appendString(append(dst, `{"staging_file_url":`...), f.StagingFileURL)
	dst = appendString(append(dst, `,"source_file_relative_path":`...), f.SourceFileRelativePath)
	dst = strconv.AppendInt(append(dst, `,"file_size_bytes":`...), f.FileSizeBytes, 10)
	return append(dst, '}')
}

// appendString quotes s, by hand when it is plain text, which names of streams nearly always are.
func appendString(dst []byte, s string) []byte {
	for i := range len(s) {
		if c := s[i]; c < ' ' || c == '"' || c == '\\' || c >= utf8.RuneSelf {
			quoted, err := json.Marshal(s)
			if err != nil {
				return append(dst, `""`...)
			}
			return append(dst, quoted...)
		}
	}
	dst = append(dst, '"')
	dst = append(dst, s...)
	return append(dst, '"')
}
