package conformance

import (
	"bytes"
	"encoding/json"
	"math/big"
	"slices"
	"strings"
	"time"
)

// Row is one stored row as text: strings as they are, numbers in decimal, booleans as true or false, dates and times in the
// format of RFC 3339, objects and arrays as JSON. A column that is null or that the row does not have is absent. Columns that the destination
// adds on its own, such as _airbyte_raw_id, are left out.
type Row map[string]string

// normal makes rows comparable: values that mean the same are spelled the same, and the order is that of their text.
func normal(rows []Row) []string {
	out := make([]string, 0, len(rows))
	for _, row := range rows {
		spelled := make(Row, len(row))
		for column, value := range row {
			spelled[column] = canonical(value)
		}
		text, err := json.Marshal(spelled)
		if err != nil {
			text = []byte(err.Error())
		}
		out = append(out, string(text))
	}
	slices.Sort(out)
	return out
}

// canonical spells a value in one way, whatever the destination made of it: 1.50 as 1.5, 12:00+02:00 as 10:00Z.
func canonical(value string) string {
	if number, ok := new(big.Rat).SetString(value); ok && !strings.Contains(value, "/") {
		return number.RatString()
	}
	if at, err := time.Parse(time.RFC3339Nano, value); err == nil {
		return at.UTC().Format(time.RFC3339Nano)
	}
	if strings.HasPrefix(value, "{") || strings.HasPrefix(value, "[") {
		return canonicalJSON(value)
	}
	return value
}

func canonicalJSON(text string) string {
	decoder := json.NewDecoder(bytes.NewReader([]byte(text)))
	decoder.UseNumber()
	var value any
	if decoder.Decode(&value) != nil {
		return text
	}
	spelled, err := json.Marshal(value)
	if err != nil {
		return text
	}
	return string(spelled)
}

func quote(text string) string {
	quoted, err := json.Marshal(text)
	if err != nil {
		return `""`
	}
	return string(quoted)
}
