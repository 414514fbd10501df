package server_test

import (
	"strings"
	"testing"
)

func TestMetrics(t *testing.T) {
	t.Parallel()
	d := deploy(t)
	id := d.connection(t)
	d.call(t, "POST", "/v1/jobs", quote("connectionId", id, "jobType", "sync")).want(200)
	d.call(t, "GET", "/v1/sources/"+unknown, "").want(404)
	d.call(t, "GET", "/v1/sources/"+unknown, "").want(404)
	d.call(t, "GET", "/v1/no/such/path", "").want(404)
	a := d.call(t, "GET", "/metrics", "").want(200)
	for _, line := range []string{
		"airfield_jobs{status=\"pending\"} 1\n",
		"airfield_jobs{status=\"running\"} 0\n",
		"airfield_http_request_duration_seconds_count{operation=\"getSource\",code=\"404\"} 2\n",
		"airfield_http_request_duration_seconds_count{operation=\"\",code=\"404\"} 1\n",
		"# TYPE airfield_heap_bytes gauge\n",
	} {
		if !strings.Contains(a.body, line) {
			t.Errorf("%q is not in:\n%s", line, a.body)
		}
	}
	if strings.Contains(a.body, id) || strings.Contains(a.body, unknown) {
		t.Errorf("the metrics name things: %s", a.body)
	}
}
