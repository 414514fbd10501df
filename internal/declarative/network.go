package declarative

import (
	"context"
	"net"
	"net/http"
	"sync"
	"time"
)

// patience is how long a requester waits. The zero value waits as long as is usual.
type patience struct {
	connect   time.Duration // for a connection, and again for its encryption; 0: as usual
	answer    time.Duration // for an answer to begin, and for each further piece of it; 0: as usual
	keepAlive bool          // whether a connection that is quiet is asked whether it is still there, as Airbyte does
}

// keepAlive finds out within two minutes that a connection is no longer there.
var keepAlive = net.KeepAliveConfig{Enable: true, Idle: time.Minute, Interval: 10 * time.Second, Count: 6}

type patienceKey struct{}

// withPatience tells the network how long to wait.
func withPatience(ctx context.Context, p patience) context.Context {
	if p == (patience{}) {
		return ctx
	}
	return context.WithValue(ctx, patienceKey{}, p)
}

// network makes the connections of one source. Requesters that wait equally long share them.
type network struct {
	refusePrivate bool

	mu         sync.Mutex
	transports map[patience]*http.Transport
}

func newNetwork(refusePrivate bool) *network {
	return &network{refusePrivate: refusePrivate, transports: map[patience]*http.Transport{}}
}

// RoundTrip sends a request over a connection of the request's patience.
func (n *network) RoundTrip(req *http.Request) (*http.Response, error) {
	p, _ := req.Context().Value(patienceKey{}).(patience)
	return n.transport(p).RoundTrip(req)
}

func (n *network) transport(p patience) *http.Transport {
	n.mu.Lock()
	defer n.mu.Unlock()
	t := n.transports[p]
	if t == nil {
		t = newTransport(n.refusePrivate, p)
		n.transports[p] = t
	}
	return t
}

// CloseIdleConnections closes what nobody uses.
func (n *network) CloseIdleConnections() {
	n.mu.Lock()
	defer n.mu.Unlock()
	for _, t := range n.transports {
		t.CloseIdleConnections()
	}
}
