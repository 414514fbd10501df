package misfit

import (
	"bytes"
	"encoding/json"
	"errors"
	"strconv"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// ErrNumber means that a number is beyond what anybody counts with. Comparing it with another would take for ever, or more memory than
// there is.
var ErrNumber = errors.New("a number is too long or too far from 1")

// The bounds of numbers: far beyond those of a float64.
const (
	maxDigits   = 1000
	maxExponent = 1000
)

// Parse reads a schema, or a document that is to be held to one. The error is [ErrNumber], or tells that it is no JSON.
func Parse(text []byte) (any, error) {
	v, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		return nil, err
	}
	if !countable(v) {
		return nil, ErrNumber
	}
	return v, nil
}

// countable tells whether all numbers of a value are within bounds.
func countable(v any) bool {
	switch v := v.(type) {
	case json.Number:
		return bounded(v.String())
	case []any:
		for _, item := range v {
			if !countable(item) {
				return false
			}
		}
	case map[string]any:
		for _, member := range v {
			if !countable(member) {
				return false
			}
		}
	}
	return true
}

func bounded(number string) bool {
	if len(number) > maxDigits {
		return false
	}
	_, exponent, found := strings.Cut(strings.ToLower(number), "e")
	if !found {
		return true
	}
	n, err := strconv.Atoi(exponent)
	return err == nil && -maxExponent <= n && n <= maxExponent
}
