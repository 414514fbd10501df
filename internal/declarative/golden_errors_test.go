package declarative

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/airfielddev/airfield/protocol"
)

func TestGoldenVerdicts(t *testing.T) {
	t.Parallel()
	for _, v := range golden[struct {
		Case     string
		Handlers [][]any
		Status   int
		Body     json.RawMessage
		Headers  map[string]string
		Action   Action
		Failure  protocol.FailureType `json:"failure_type"`
		Message  string               `json:"error_message"`
	}](t, "error_handling.json") {
		handlers := []any{}
		for _, filters := range v.Handlers {
			handlers = append(handlers, map[string]any{"type": "DefaultErrorHandler", "response_filters": filters})
		}
		slot := handlers[0]
		if len(handlers) > 1 {
			slot = map[string]any{"type": "CompositeErrorHandler", "error_handlers": handlers}
		}
		config, err := json.Marshal(map[string]any{"slot": slot})
		if err != nil {
			t.Fatal(err)
		}
		handler, err := buildOne[ErrorHandler](t, testEnv(), string(config))
		if err != nil {
			t.Fatalf("%s: %v", config, err)
		}
		r := &Response{Status: v.Status, Header: http.Header{}, Body: v.Body, URL: "https://h/x"}
		var plain string
		if json.Unmarshal(v.Body, &plain) == nil {
			r.Body = []byte(plain)
		}
		for name, value := range v.Headers {
			r.Header.Set(name, value)
		}
		got, err := handler.Judge(r, nil)
		if err != nil {
			t.Fatalf("%s: %v", config, err)
		}
		want := Verdict{Action: v.Action, Failure: v.Failure, Message: v.Message}
		if v.Message == "" || strings.HasPrefix(v.Message, "Response was not ok") {
			want.Message = got.Message // the wording is ours
		}
		if got != want {
			t.Errorf("%s: status %d, body %s, with %s: got %+v, want %+v", v.Case, v.Status, v.Body, config, got, want)
		}
	}
}
