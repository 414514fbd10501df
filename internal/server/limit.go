package server

import (
	"math"
	"net"
	"net/http"
	"strconv"
	"sync"
	"time"

	"github.com/airfielddev/airfield/internal/server/access"
	"github.com/airfielddev/airfield/internal/server/endpoint"
)

// limiter lets each caller make so many requests a second, and twice as many at once after a pause.
type limiter struct {
	perSecond float64
	now       func() time.Time

	mu      sync.Mutex
	buckets map[string]bucket
}

// bucket is how many requests a caller may still make at a time.
type bucket struct {
	left float64
	at   time.Time
}

const keptBuckets = 10_000

func newLimiter(perSecond int, now func() time.Time) *limiter {
	return &limiter{perSecond: float64(perSecond), now: now, buckets: map[string]bucket{}}
}

// take counts a request, or tells how long the caller has to wait for the next.
func (l *limiter) take(caller string) (wait time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := l.now()
	b := l.refilled(caller, now)
	if b.left < 1 {
		return time.Duration((1 - b.left) / l.perSecond * float64(time.Second))
	}
	if len(l.buckets) >= keptBuckets {
		l.forget(now)
	}
	l.buckets[caller] = bucket{b.left - 1, now}
	return 0
}

func (l *limiter) refilled(caller string, now time.Time) bucket {
	b, ok := l.buckets[caller]
	if !ok {
		return bucket{2 * l.perSecond, now}
	}
	return bucket{min(2*l.perSecond, b.left+now.Sub(b.at).Seconds()*l.perSecond), now}
}

// forget drops those who may make all their requests again.
func (l *limiter) forget(now time.Time) {
	for caller := range l.buckets {
		if l.refilled(caller, now).left >= 2*l.perSecond {
			delete(l.buckets, caller)
		}
	}
}

// limited tells whether a request is one too many, and if so answers it. Callers are counted by their application, and those who
// have not proven who they are by their address.
func (s *Server) limited(w http.ResponseWriter, r *http.Request) bool {
	if s.limiter == nil {
		return false
	}
	caller := access.From(r.Context()).ApplicationID
	if caller == "" {
		caller = r.RemoteAddr
		if host, _, err := net.SplitHostPort(caller); err == nil {
			caller = host
		}
	}
	wait := s.limiter.take(caller)
	if wait <= 0 {
		return false
	}
	w.Header().Set("Retry-After", strconv.Itoa(int(math.Ceil(wait.Seconds()))))
	// The body is a text of this program: printing it cannot fail.
	_ = endpoint.WriteJSON(w, http.StatusTooManyRequests, map[string]string{"message": "You are being rate limited."})
	return true
}
