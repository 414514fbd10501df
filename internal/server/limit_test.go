package server_test

import (
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/airfielddev/airfield/internal/platform"
	"github.com/airfielddev/airfield/internal/server"
)

func TestRateLimit(t *testing.T) {
	t.Parallel()
	var clock atomic.Int64
	clock.Store(time.Now().UnixNano())
	d := deploy(t, func(c *server.Config) {
		c.RateLimit = 2
		c.Now = func() time.Time { return time.Unix(0, clock.Load()) }
	})
	_, other := d.robot(t, platform.RoleWorkspaceReader)
	for range 4 {
		d.call(t, "GET", "/v1/sources", "").want(200)
	}
	a := d.call(t, "GET", "/v1/sources", "").want(429)
	if a.header.Get("Retry-After") != "1" || a.body != `{"message":"You are being rate limited."}` || !strings.HasPrefix(a.header.Get("Content-Type"), "application/json") {
		t.Errorf("got %v %s", a.header, a.body)
	}
	d.call(t, "GET", "/v1/sources", "", "Authorization", other).want(200)
	clock.Add(int64(500 * time.Millisecond))
	d.call(t, "GET", "/v1/sources", "").want(200)
	d.call(t, "GET", "/v1/sources", "").want(429)
	for range 3 { // beside the two requests for tokens, from the same address
		d.call(t, "GET", "/v1/sources", "", "Authorization", "Bearer wrong")
	}
	d.call(t, "GET", "/v1/sources", "", "Authorization", "Bearer wrong").want(429)
}
