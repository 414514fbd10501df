package server

import (
	"bytes"
	"container/list"
	"crypto/sha256"
	"io"
	"net/http"
	"sync"
	"time"

	"github.com/airfielddev/airfield/internal/server/access"
	"github.com/airfielddev/airfield/internal/server/endpoint"
)

const (
	idempotencyHeader = "Idempotency-Key"
	keptAnswers       = 4096
	keptFor           = 24 * time.Hour
	longestKey        = 255
)

// answers remembers what POSTs with an Idempotency-Key were answered, so that one that is sent again does nothing twice. The
// memory is that of the process.
type answers struct {
	now   func() time.Time
	mu    sync.Mutex
	byKey map[answerKey]*list.Element
	order *list.List // of *answer, the oldest first
}

type answerKey struct {
	caller string
	path   string
	key    string
}

type answer struct {
	key    answerKey
	body   [sha256.Size]byte // of the request
	at     time.Time
	done   bool
	status int
	header http.Header
	text   []byte
}

func newAnswers(now func() time.Time) *answers {
	return &answers{now: now, byKey: map[answerKey]*list.Element{}, order: list.New()}
}

// begin returns the answer that was given before, or nil after it noted that one is being made.
func (a *answers) begin(key answerKey, body [sha256.Size]byte) (earlier *answer) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.forget()
	if e, ok := a.byKey[key]; ok {
		copied := *e.Value.(*answer)
		return &copied
	}
	a.byKey[key] = a.order.PushBack(&answer{key: key, body: body, at: a.now()})
	return nil
}

// end keeps an answer. A failure of the server is not kept, because trying again may help.
func (a *answers) end(key answerKey, status int, header http.Header, text []byte) {
	a.mu.Lock()
	defer a.mu.Unlock()
	e, ok := a.byKey[key]
	if !ok {
		return
	}
	if status >= http.StatusInternalServerError || status == 0 {
		a.order.Remove(e)
		delete(a.byKey, key)
		return
	}
	kept := e.Value.(*answer)
	kept.done, kept.status, kept.header, kept.text = true, status, header, text
}

func (a *answers) forget() {
	for e := a.order.Front(); e != nil; e = a.order.Front() {
		oldest := e.Value.(*answer)
		if a.order.Len() < keptAnswers && a.now().Sub(oldest.at) < keptFor {
			return
		}
		a.order.Remove(e)
		delete(a.byKey, oldest.key)
	}
}

// keyed tells whether an operation heeds the key.
func keyed(r endpoint.Route) bool {
	return r.Method == http.MethodPost && r.Role != endpoint.Anonymous
}

// idempotent gives a POST that is sent again under the same key the answer that it got the first time.
func (s *Server) idempotent(route endpoint.Route, next http.Handler, refuse endpoint.Refuse) http.Handler {
	if !keyed(route) {
		return next
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		key := r.Header.Get(idempotencyHeader)
		if key == "" {
			next.ServeHTTP(w, r)
			return
		}
		if err := s.once(w, r, key, route, next); err != nil {
			note(r.Context(), route.Operation, err)
			refuse(w, endpoint.ProblemOf(err))
		}
	})
}

func (s *Server) once(w http.ResponseWriter, r *http.Request, key string, route endpoint.Route, next http.Handler) error {
	if len(key) > longestKey {
		return endpoint.BadRequest("The header %s may have at most %d characters.", idempotencyHeader, longestKey)
	}
	body, err := endpoint.Read(r.Body)
	if err != nil {
		return err
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	id, sum := answerKey{access.From(r.Context()).ApplicationID, r.URL.Path, key}, sha256.Sum256(body)
	earlier := s.answers.begin(id, sum)
	switch {
	case earlier == nil:
		copied := &copier{ResponseWriter: w}
		// A panic leaves status 0, so that the key is free again.
		defer func() { s.answers.end(id, copied.status, copied.Header().Clone(), copied.text.Bytes()) }()
		next.ServeHTTP(copied, r)
		return nil
	case earlier.body != sum:
		return endpoint.Conflict("The %s was used before with another body. Use a new one for a new request.", idempotencyHeader)
	case !earlier.done:
		return endpoint.StillRunning("The first request with this %s is still being worked on.", idempotencyHeader)
	}
	if err := route.Permit(r); err != nil { // which may have changed since
		return err
	}
	replay(w, earlier)
	return nil
}

func replay(w http.ResponseWriter, a *answer) {
	if kind := a.header.Get("Content-Type"); kind != "" {
		w.Header().Set("Content-Type", kind)
	}
	w.Header().Set("Idempotency-Replayed", "true")
	w.WriteHeader(a.status)
	w.Write(a.text)
}

// copier keeps what is answered.
type copier struct {
	http.ResponseWriter
	status int
	text   bytes.Buffer
}

// WriteHeader keeps the status.
func (c *copier) WriteHeader(status int) {
	c.status = status
	c.ResponseWriter.WriteHeader(status)
}

// Write keeps a part of the body.
func (c *copier) Write(p []byte) (int, error) {
	if c.status == 0 {
		c.WriteHeader(http.StatusOK)
	}
	c.text.Write(p)
	return c.ResponseWriter.Write(p)
}

// Unwrap lets [http.ResponseController] reach the connection.
func (c *copier) Unwrap() http.ResponseWriter { return c.ResponseWriter }
