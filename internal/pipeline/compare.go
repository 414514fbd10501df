package pipeline

import (
	"bytes"
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	"github.com/airfielddev/airfield/internal/rawjson"
	"github.com/airfielddev/airfield/protocol"
)

// sameState tells whether an echo is the state that was sent. A destination may have spelled the JSON in its own way, so
// values are compared when the bytes differ.
func sameState(sent, echo *protocol.State) bool {
	if sent.Kind() != echo.Kind() {
		return false
	}
	switch sent.Kind() {
	case protocol.StateTypeStream:
		return sameJSON(sent.Stream.StreamState, echo.Stream.StreamState)
	case protocol.StateTypeGlobal:
		return echo.Global != nil && sameGlobal(sent.Global, echo.Global)
	}
	return sameJSON(sent.Data, echo.Data)
}

func sameGlobal(a, b *protocol.GlobalState) bool {
	return sameJSON(a.SharedState, b.SharedState) && slices.EqualFunc(a.StreamStates, b.StreamStates,
		func(x, y protocol.StreamState) bool {
			return x.StreamDescriptor == y.StreamDescriptor && sameJSON(x.StreamState, y.StreamState)
		})
}

func sameJSON(a, b json.RawMessage) bool {
	if bytes.Equal(a, b) || rawjson.IsNull(a) && rawjson.IsNull(b) {
		return true
	}
	x, errX := decode(a)
	y, errY := decode(b)
	return errX == nil && errY == nil && sameValue(x, y)
}

func decode(text json.RawMessage) (value any, err error) {
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	err = d.Decode(&value)
	return value, err
}

func sameValue(a, b any) bool {
	switch x := a.(type) {
	case map[string]any:
		y, ok := b.(map[string]any)
		return ok && sameObject(x, y)
	case []any:
		y, ok := b.([]any)
		return ok && slices.EqualFunc(x, y, sameValue)
	case json.Number:
		y, ok := b.(json.Number)
		return ok && sameNumber(x.String(), y.String())
	}
	return a == b
}

func sameObject(a, b map[string]any) bool {
	if len(a) != len(b) {
		return false
	}
	for key, x := range a {
		y, ok := b[key]
		if !ok || !sameValue(x, y) {
			return false
		}
	}
	return true
}

// sameNumber takes 1 and 1.0 for the same, as programs do that decode numbers and write them again.
func sameNumber(a, b string) bool {
	if a == b {
		return true
	}
	if whole(a) && whole(b) {
		return false
	}
	x, errX := strconv.ParseFloat(a, 64)
	y, errY := strconv.ParseFloat(b, 64)
	return errX == nil && errY == nil && x == y
}

func whole(number string) bool { return !strings.ContainsAny(number, ".eE") }
