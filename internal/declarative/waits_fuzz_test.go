package declarative

import (
	"net/http"
	"testing"
	"time"
)

func TestResetTime(t *testing.T) {
	t.Parallel()
	for header, want := range map[string]int64{"1764000000": 1764000000, "1764000000.5": 1764000000, "1764000000000": 1764000000, "30": 30} {
		if got := resetTime(header).Unix(); got != want {
			t.Errorf("%s: got %d, want %d", header, got, want)
		}
	}
	for _, header := range []string{"", "soon", "-1", "NaN", "Inf", "1e300"} {
		if got := resetTime(header); !got.IsZero() {
			t.Errorf("%s: got %s, want no time", header, got)
		}
	}
}

// FuzzWaits takes any header and any body for what an API says of waiting: a wait is never negative, and never longer than a day.
func FuzzWaits(f *testing.F) {
	for _, seed := range []string{"5", "-1", "1e300", "NaN", "Inf", "0x1p4", "Mon, 23 Nov 2026 19:48:43 GMT", "wait 7 seconds", "1709251300", " 12 ", "", "１２"} {
		f.Add(seed, []byte(`{"wait":`+seed+`}`))
	}
	f.Add("3", []byte(`{"wait":"12 seconds"}`))
	f.Add("3", []byte(`{"wait":[1]}`))
	env := quietEnv(f, "{}")
	strategies := map[string]Backoff{}
	add := func(name string, strategy Backoff, err error) {
		if err != nil {
			f.Fatal(err)
		}
		strategies[name] = strategy
	}
	header := component(f, "WaitTimeFromHeader", `{type: WaitTimeFromHeader, header: X-Wait}`, new(WaitTimeFromHeader))
	b, err := header.Build(env)
	add("header", b, err)
	pattern := component(f, "WaitTimeFromHeader", `{type: WaitTimeFromHeader, header: X-Wait, regex: '[-0-9.e]+', max_waiting_time_in_seconds: 600}`, new(WaitTimeFromHeader))
	b, err = pattern.Build(env)
	add("pattern", b, err)
	until := component(f, "WaitUntilTimeFromHeader", `{type: WaitUntilTimeFromHeader, header: X-Wait, min_wait: 3}`, new(WaitUntilTimeFromHeader))
	b, err = until.Build(env)
	add("until", b, err)
	body := component(f, "WaitTimeFromResponse", `{type: WaitTimeFromResponse, wait_time_in_seconds: "{{ response['wait'] }}"}`, new(WaitTimeFromResponse))
	b, err = body.Build(env)
	add("body", b, err)
	f.Add("1764000000000", []byte(`{}`))
	f.Fuzz(func(t *testing.T, value string, body []byte) {
		r := &Response{Status: http.StatusTooManyRequests, Header: http.Header{"X-Wait": {value}}, Body: body}
		if reset := resetTime(value); !reset.IsZero() && (reset.Year() < 1970 || reset.Year() > 5138) {
			t.Errorf("%q: the budget starts anew in the year %d", value, reset.Year())
		}
		for name, s := range strategies {
			wait, err := s.Wait(r, 1)
			if wait < 0 || wait > 24*time.Hour || err != nil && wait != 0 {
				t.Errorf("%s: %q and %q make it wait %s, %v", name, value, body, wait, err)
			}
		}
	})
}
