package transport

import (
	"net/http"
	"strings"
	"testing"
	"time"
	"unicode/utf8"
)

func FuzzProblem(f *testing.F) {
	f.Add(`{"status":409,"type":"t","title":"x","detail":"d","data":{"message":"m"}}`, "application/json")
	f.Add(`{"errorId":"1","data":[1,2],"message":7}`, "application/json")
	f.Add(`"text"`, "")
	f.Add("<html>", "text/html")
	f.Add("\xff\xfe", "text/plain")
	f.Fuzz(func(t *testing.T, text, contentType string) {
		e := &Error{Op: "x", Status: 500}
		e.readBody([]byte(text), contentType)
		if !strings.Contains(e.Error(), "500") {
			t.Errorf("the status is lost: %s", e.Error())
		}
		if utf8.ValidString(text) && !utf8.ValidString(e.Detail) {
			t.Errorf("detail %q of valid text is not valid", e.Detail)
		}
	})
}

func FuzzRetryAfter(f *testing.F) {
	f.Add("7")
	f.Add("-1")
	f.Add("Mon, 23 Nov 2026 13:00:00 GMT")
	f.Fuzz(func(t *testing.T, value string) {
		if d, _ := retryAfter(http.Header{"Retry-After": {value}}, time.Unix(0, 0)); d < 0 {
			t.Errorf("Retry-After %q gives %s", value, d)
		}
	})
}
