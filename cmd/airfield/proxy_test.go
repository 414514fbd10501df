package main_test

import (
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"sync"
	"testing"
)

// prefix is the path that the proxy has before that of the server, and takes off.
const prefix = "/data/airfield"

// proxy stands before a server that may be killed and started again at another address. It lets requests end before, and those that
// come meanwhile wait.
type proxy struct {
	server   *server
	url      string // what clients know the server by
	restarts chan chan struct{}
	serving  sync.RWMutex
}

// startProxy starts a server and a proxy before it.
func startProxy(t *testing.T) *proxy {
	t.Helper()
	listener := httptest.NewUnstartedServer(nil)
	p := &proxy{url: "http://" + listener.Listener.Addr().String() + prefix, restarts: make(chan chan struct{})}
	p.server = startServerWith(t, []string{"--public-url", p.url})
	mux := http.NewServeMux()
	mux.Handle(prefix+"/", http.StripPrefix(prefix, http.HandlerFunc(p.pass)))
	mux.HandleFunc("POST /restart", p.restart)
	listener.Config.Handler = mux
	listener.Start()
	t.Cleanup(listener.Close)
	return p
}

// pass hands a request to where the server is now.
func (p *proxy) pass(w http.ResponseWriter, r *http.Request) {
	p.serving.RLock()
	defer p.serving.RUnlock()
	c, err := p.server.credentials()
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadGateway)
		return
	}
	root, err := url.Parse(c.APIRoot)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadGateway)
		return
	}
	to := &url.URL{Scheme: root.Scheme, Host: root.Host}
	(&httputil.ReverseProxy{
		Rewrite:   func(r *httputil.ProxyRequest) { r.SetURL(to) },
		Transport: &http.Transport{DisableKeepAlives: true},
	}).ServeHTTP(w, r)
}

// restart asks for the server to be killed and started again, and answers when it has been.
func (p *proxy) restart(w http.ResponseWriter, r *http.Request) {
	back := make(chan struct{})
	select {
	case p.restarts <- back:
		<-back
		w.WriteHeader(http.StatusNoContent)
	case <-r.Context().Done():
	}
}

// restarting kills the server and starts it again whenever that is asked for, until done is closed.
func (p *proxy) restarting(done <-chan struct{}) {
	for {
		select {
		case back := <-p.restarts:
			p.serving.Lock()
			p.server.kill()
			p.server.start()
			p.serving.Unlock()
			close(back)
		case <-done:
			return
		}
	}
}

// TestClientsBehindProxy runs the scripts at the address of a proxy, before a server that is killed in the middle of what the clients
// wait for and started again.
func TestClientsBehindProxy(t *testing.T) {
	t.Parallel()
	for _, c := range clients {
		if !c.proxied {
			continue
		}
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			c.python(t)
			p := startProxy(t)
			root, err := url.Parse(p.url)
			if err != nil {
				t.Fatal(err)
			}
			done := make(chan struct{})
			go func() {
				defer close(done)
				c.drive(t, p.server, "AIRFIELD_CASES=proxy", "AIRFIELD_API_ROOT="+p.url+"/api/public/v1", "AIRFIELD_RESTART="+root.Scheme+"://"+root.Host+"/restart")
			}()
			p.restarting(done)
		})
	}
}
