package declarative

import (
	"net"
	"net/http"
	"net/http/httptrace"
	"syscall"
	"testing"
)

// TestKeepAlive looks at the options of the connection that is made.
func TestKeepAlive(t *testing.T) {
	t.Parallel()
	a := pages(t, map[string]string{"/": "{}"})
	n := newNetwork(false)
	defer n.CloseIdleConnections()
	var got []int
	trace := &httptrace.ClientTrace{GotConn: func(info httptrace.GotConnInfo) {
		raw, err := info.Conn.(*net.TCPConn).SyscallConn()
		if err != nil {
			t.Error(err)
			return
		}
		err = raw.Control(func(fd uintptr) {
			for _, option := range []int{syscall.TCP_KEEPIDLE, syscall.TCP_KEEPINTVL, syscall.TCP_KEEPCNT} {
				value, err := syscall.GetsockoptInt(int(fd), syscall.IPPROTO_TCP, option)
				if err != nil {
					t.Error(err)
				}
				got = append(got, value)
			}
		})
		if err != nil {
			t.Error(err)
		}
	}}
	ctx := httptrace.WithClientTrace(withPatience(t.Context(), patience{keepAlive: true}), trace)
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, a.URL, nil)
	if err != nil {
		t.Fatal(err)
	}
	answer, err := n.RoundTrip(req)
	if err != nil {
		t.Fatal(err)
	}
	answer.Body.Close()
	equal(t, "idle, interval and count", got, []int{60, 10, 6})
}
