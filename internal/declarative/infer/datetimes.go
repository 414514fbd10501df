package infer

import (
	"strconv"
	"strings"

	"github.com/airfielddev/airfield/internal/template"
)

// candidates are the formats that are tried, in this order.
var candidates = []string{
	"%Y-%m-%d",
	"%Y-%m-%d %H:%M:%S",
	"%Y-%m-%dT%H:%M:%SZ",
	"%Y-%m-%dT%H:%M:%S.%fZ",
	"%Y-%m-%d %H:%M:%S.%f%z",
	"%Y-%m-%dT%H:%M:%S.%f%z",
	"%s",
	"%ms",
	"%d/%m/%Y %H:%M",
	"%Y-%m",
	"%d-%m-%Y",
}

// Formats tells which fields of records are moments, and how they are written. Fields of the first record are looked at, and
// those that are something else in a later one are dropped. The zero Formats has seen no records.
type Formats struct {
	begun bool
	names []string
	found map[string]string
}

// Add shows a record.
func (f *Formats) Add(record *template.Dict) {
	if !f.begun {
		f.begin(record)
		return
	}
	for name, format := range f.found {
		value, _ := record.Get(name)
		if !mayBeMoment(value) || !fits(value, format) {
			delete(f.found, name)
		}
	}
}

func (f *Formats) begin(record *template.Dict) {
	f.begun, f.found = true, map[string]string{}
	for key, value := range record.All() {
		if !mayBeMoment(value) {
			continue
		}
		for _, format := range candidates {
			if fits(value, format) {
				name := template.Str(key)
				f.found[name] = format
				f.names = append(f.names, name)
				break
			}
		}
	}
}

// JSON is the formats by the names of fields.
func (f *Formats) JSON() *template.Dict {
	d := template.NewDict(len(f.found))
	for _, name := range f.names {
		if format, ok := f.found[name]; ok {
			d.Set(name, format)
		}
	}
	return d
}

// mayBeMoment tells texts, and whole numbers that are seconds or milliseconds between 2001 and 2033, from the rest.
func mayBeMoment(value any) bool {
	switch v := value.(type) {
	case string:
		n, err := strconv.ParseInt(strings.TrimSpace(v), 10, 64)
		return err != nil || inOurTime(n)
	case int64:
		return inOurTime(v)
	}
	return false
}

func inOurTime(n int64) bool {
	const seconds, milliseconds = 1_000_000_000, 1_000_000_000_000
	return n >= seconds && n < 2*seconds || n >= milliseconds && n < 2*milliseconds
}

func fits(value any, format string) bool {
	_, err := template.ParseTime(value, format)
	return err == nil
}
