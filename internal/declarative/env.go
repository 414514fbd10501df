package declarative

import (
	"context"
	"encoding/json"
	"net/http"
	"sync"
	"time"

	"github.com/airfielddev/airfield/internal/template"
	"github.com/airfielddev/airfield/manifest"
	"github.com/airfielddev/airfield/protocol"
)

// Env is what components are built with: the configuration, and the world outside. One Env serves one check, discover or read.
type Env struct {
	Config *template.Dict
	// Now is the clock.
	Now func() time.Time
	// Sleep waits, unless ctx is done first.
	Sleep func(ctx context.Context, d time.Duration) error
	// Log writes a line to the job's log. It is never nil.
	Log func(level protocol.Level, format string, args ...any)
	// Control emits a control message, such as a changed configuration. It is never nil.
	Control func(protocol.Control) error

	base      *manifest.Template // the URL of the requester that is being built
	stream    string             // the stream that is being built; "": none
	records   *recordRules       // of that stream
	transport http.RoundTripper
	limit     int64          // of bytes in a response
	patience  time.Duration  // with a response that does not go on; 0: for ever
	cache     *responseCache // nil: nothing is kept
	bodies    *sync.Pool     // buffers of responses that were read
	parents   *nameSet       // streams that others are partitioned by
	lineage   *lineage
	budget    *apiBudget
	tokens    *tokenStore
	schemas   map[string]json.RawMessage // of the streams that were selected; nil: nobody selects
	pools     *poolStore
	jobs      *jobBudget
	bounds    *bounds      // nil: everything is read
	rejected  func(Action) // is told that the latest page was none, since less is to be asked for; nil: nobody wants to know
}

// bounds limit a read that shows what a stream is like.
type bounds struct {
	slices int  // of each stream
	pages  int  // of each slice
	once   bool // no request is repeated
}

// enough tells whether no more than so many slices are to be read.
func (b *bounds) enough(slices int) bool { return b != nil && slices >= b.slices }

// lastPage tells whether the page of a number, counted from 0, has no other after it.
func (b *bounds) lastPage(number int) bool { return b != nil && number+1 >= b.pages }

// sendsOnce tells whether no request is repeated.
func (b *bounds) sendsOnce() bool { return b != nil && b.once }

// Vars are the variables that every template may use.
func (e *Env) Vars() map[string]any {
	return map[string]any{"config": e.Config}
}

// Stream is the name of the stream that is being built.
func (e *Env) Stream() string { return e.stream }

// AddParent tells that others are partitioned by the records of a stream, so that its responses are kept for whoever asks next.
func (e *Env) AddParent(stream string) {
	e.parents.add(stream)
	e.lineage.add(e.stream, stream)
}

// in is the environment of a stream.
func (e *Env) in(stream string) *Env {
	c := *e
	c.stream = stream
	return &c
}

// at is the environment of what belongs to a requester of a URL.
func (e *Env) at(base *manifest.Template) *Env {
	c := *e
	c.base = base
	return &c
}

// uncached is the environment for requests whose answers change.
func (e *Env) uncached() *Env {
	c := *e
	c.cache = nil
	return &c
}

// nested is the environment of a retriever inside a stream, whose records are none of the stream's yet.
func (e *Env) nested() *Env {
	c := *e
	c.records, c.parents = nil, nil
	return &c
}

// recordRules are what a stream asks of the records its retriever gives.
type recordRules struct {
	transformations []Transformation
	clientSide      bool // the cursor filters records, after they were transformed
	normalizes      bool // the selector brings values into the types of the schema
}

// nameSet is a set for several goroutines.
type nameSet struct{ names sync.Map }

func (s *nameSet) add(name string) { s.names.Store(name, true) }

func (s *nameSet) has(name string) bool {
	if s == nil {
		return false
	}
	_, ok := s.names.Load(name)
	return ok
}
