package airfieldtest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/airfielddev/airfield/connector"
	"github.com/airfielddev/airfield/internal/wire"
	"github.com/airfielddev/airfield/internal/wire/public"
	"github.com/airfielddev/airfield/protocol"
)

// Faults makes a server misbehave in the ways that real ones do. It is safe for concurrent use.
type Faults struct {
	mu      sync.Mutex
	faults  []*Injected
	reads   []*ReadFault
	issued  map[string]bool // access tokens that are good
	expired map[string]bool
}

// Fault is what goes wrong with some requests. Which they are is said by Method and Path, what happens by the rest; Delay goes
// with both of the others.
type Fault struct {
	Method     string        // "": any
	Path       string        // the end of the URL's path, such as "/jobs"; or a part of it between asterisks, such as "*/sources/*"; "": any
	Times      int           // how many requests; 0: one; negative: all from now on
	Status     int           // answer so, without doing what was asked; 0: do it
	RetryAfter time.Duration // with Status: how long to wait, in whole seconds
	LoseAnswer bool          // do what was asked, and cut the connection instead of answering
	Delay      time.Duration // wait so long before anything else
}

// Injected is a fault that waits for its requests, or has met them.
type Injected struct {
	fault Fault
	hits  int
	mu    *sync.Mutex
}

// Hits is how many requests the fault has met.
func (i *Injected) Hits() int {
	i.mu.Lock()
	defer i.mu.Unlock()
	return i.hits
}

// Inject lets requests go wrong from now on. Of several faults that a request matches, the one that was injected first is met.
func (f *Faults) Inject(fault Fault) *Injected {
	if fault.Times == 0 {
		fault.Times = 1
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	injected := &Injected{fault: fault, mu: &f.mu}
	f.faults = append(f.faults, injected)
	return injected
}

// Clear lets everything go well again.
func (f *Faults) Clear() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.faults, f.reads, f.expired = nil, nil, nil
}

// ExpireTokens makes the server refuse all access tokens that it has given out.
func (f *Faults) ExpireTokens() {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.expired == nil {
		f.expired = map[string]bool{}
	}
	maps.Copy(f.expired, f.issued)
	f.issued = nil
}

// ReadFault breaks a source in the middle.
type ReadFault struct {
	Connector string // the name of the source, such as "source-faker"; "": any
	AtRecord  int64  // the record that does not come, counted from 1 over all streams
	Times     int    // how many reads; 0: one; negative: all from now on
	Err       error  // how the source fails; nil: a system error
}

// BreakRead lets a source fail when it is read. Whether the job gets another attempt is up to the error and [WithAttempts].
func (f *Faults) BreakRead(fault ReadFault) {
	if fault.Times == 0 {
		fault.Times = 1
	}
	if fault.Err == nil {
		fault.Err = &connector.Error{
			Type: protocol.FailureSystem, Message: fmt.Sprintf("the source was told to fail at record %d", fault.AtRecord),
		}
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.reads = append(f.reads, &fault)
}

// nextRead is the fault that a read of this source meets, nil for none.
func (f *Faults) nextRead(name string) *ReadFault {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, fault := range f.reads {
		if fault.Times != 0 && (fault.Connector == "" || fault.Connector == name) {
			fault.Times--
			return fault
		}
	}
	return nil
}

// next is the fault that a request meets, nil for none.
func (f *Faults) next(r *http.Request) *Fault {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, i := range f.faults {
		if i.fault.Times != 0 && i.fault.matches(r) {
			i.fault.Times--
			i.hits++
			fault := i.fault
			return &fault
		}
	}
	return nil
}

func (fault Fault) matches(r *http.Request) bool {
	if fault.Method != "" && !strings.EqualFold(fault.Method, r.Method) {
		return false
	}
	if part, ok := strings.CutPrefix(fault.Path, "*"); ok {
		return strings.Contains(r.URL.Path, strings.TrimSuffix(part, "*"))
	}
	return strings.HasSuffix(r.URL.Path, fault.Path)
}

func (f *Faults) wrap(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fault := f.next(r)
		if fault == nil {
			f.pass(w, r, next)
			return
		}
		if !wait(r, fault.Delay) {
			return
		}
		switch {
		case fault.Status != 0:
			fault.refuse(w)
		case fault.LoseAnswer:
			next.ServeHTTP(&lost{header: http.Header{}}, r)
			panic(http.ErrAbortHandler) // how a handler tells net/http to cut the connection
		default:
			f.pass(w, r, next)
		}
	})
}

// wait tells whether the caller is still there afterwards.
func wait(r *http.Request, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-r.Context().Done():
		return false
	}
}

func (fault Fault) refuse(w http.ResponseWriter) {
	if fault.RetryAfter > 0 {
		w.Header().Set("Retry-After", strconv.Itoa(int(fault.RetryAfter.Seconds())))
	}
	problem(w, fault.Status, wire.ProblemUnexpected, "The server was told to answer so.")
}

func problem(w http.ResponseWriter, status int, kind, detail string) {
	w.Header().Set("Content-Type", "application/problem+json")
	w.WriteHeader(status)
	body := wire.Problem{Status: status, Type: kind, Title: http.StatusText(status), Detail: detail}
	if err := json.NewEncoder(w).Encode(body); err != nil {
		return // the caller is gone
	}
}

// pass lets a request through unless its token has expired, and remembers the tokens that are given out.
func (f *Faults) pass(w http.ResponseWriter, r *http.Request, next http.Handler) {
	if strings.HasSuffix(r.URL.Path, "/applications/token") {
		w = &tokens{ResponseWriter: w, faults: f}
	} else if f.isExpired(strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")) {
		problem(w, http.StatusUnauthorized, wire.ProblemInvalidAPIKey, "The token has expired.")
		return
	}
	next.ServeHTTP(w, r)
}

func (f *Faults) isExpired(token string) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.expired[token]
}

func (f *Faults) remember(token string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.issued == nil {
		f.issued = map[string]bool{}
	}
	f.issued[token] = true
	delete(f.expired, token) // tokens of one second look alike
}

// tokens reads along when a token is given out.
type tokens struct {
	http.ResponseWriter

	faults *Faults
	body   bytes.Buffer
}

func (t *tokens) Write(p []byte) (int, error) {
	t.body.Write(p)
	var answer public.TokenResponse
	if json.Unmarshal(t.body.Bytes(), &answer) == nil && answer.AccessToken != "" {
		t.faults.remember(answer.AccessToken)
	}
	return t.ResponseWriter.Write(p)
}

// lost takes an answer that nobody will see.
type lost struct{ header http.Header }

func (l *lost) Header() http.Header         { return l.header }
func (l *lost) Write(p []byte) (int, error) { return len(p), nil }
func (l *lost) WriteHeader(int)             {}
