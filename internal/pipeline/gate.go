package pipeline

import "sync"

// gate lets hooks be called until the attempt has ended. A connector that ignores being stopped may talk on afterwards, and
// must not be heard.
type gate struct {
	mu     sync.RWMutex
	closed bool
}

// enter tells whether the way is open. If so, leave must follow.
func (g *gate) enter() bool {
	g.mu.RLock()
	if g.closed {
		g.mu.RUnlock()
		return false
	}
	return true
}

func (g *gate) leave() { g.mu.RUnlock() }

// close waits for those who are inside.
func (g *gate) close() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.closed = true
}
