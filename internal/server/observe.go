package server

import (
	"context"
	"crypto/rand"
	"errors"
	"log/slog"
	"net/http"
	"net/url"
	"regexp"
	"runtime/debug"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/airfielddev/airfield/internal/server/endpoint"
)

const writeTimeout = time.Minute

var wellFormedID = regexp.MustCompile(`^[A-Za-z0-9._:-]{1,128}$`)

// record is what the access log tells about one request.
type record struct {
	id        string
	operation string
	err       error
}

type recordKey struct{}

// note adds to the access log what a request was for and how it failed.
func note(ctx context.Context, operation string, err error) {
	if rec, ok := ctx.Value(recordKey{}).(*record); ok {
		rec.operation, rec.err = operation, err
	}
}

// wrap does for every request what no route should have to think of.
func (s *Server) wrap(next http.Handler) http.Handler {
	sameOrigin := http.NewCrossOriginProtection()
	sameOrigin.SetDenyHandler(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		endpoint.RefusePublic(w, endpoint.ProblemOf(endpoint.Forbidden("Requests from the pages of another site are refused.")))
	}))
	inner := sameOrigin.Handler(next)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		rec := &record{id: requestID(r)}
		out := &recorder{ResponseWriter: w}
		out.Header().Set(endpoint.RequestIDHeader, rec.id)
		out.Header().Set("X-Content-Type-Options", "nosniff")
		r = cleaned(r.WithContext(context.WithValue(r.Context(), recordKey{}, rec)))
		began := s.cfg.Now()
		defer func() {
			s.rescue(out, rec, recover())
			s.logRequest(r, out, rec, s.cfg.Now().Sub(began))
		}()
		if err := errors.Join(s.sameMachine(r), readable(r.URL), plain(out, r)); err != nil {
			endpoint.RefusePublic(out, endpoint.ProblemOf(err))
			return
		}
		inner.ServeHTTP(out, r)
	})
}

// readable refuses addresses with bytes that no store keeps in a text.
func readable(u *url.URL) error {
	query, err := url.QueryUnescape(u.RawQuery)
	if err != nil {
		query = "" // it is refused where it is read
	}
	for _, text := range []string{u.Path, query} {
		if !utf8.ValidString(text) || strings.ContainsRune(text, 0) {
			return endpoint.BadRequest("The address of the request is not UTF-8 without U+0000.")
		}
	}
	return nil
}

// requestID is what the caller calls the request, or a new name.
func requestID(r *http.Request) string {
	if id := r.Header.Get(endpoint.RequestIDHeader); wellFormedID.MatchString(id) {
		return id
	}
	return rand.Text()
}

// cleaned drops doubled slashes, and the one at the end of a path: some clients put a path after an address that ends with one,
// and a redirect would turn their POST into a GET.
func cleaned(r *http.Request) *http.Request {
	if !strings.Contains(r.URL.Path, "//") && !strings.HasSuffix(r.URL.Path, "/") {
		return r
	}
	u := *r.URL
	u.Path, u.RawPath = singleSlashes(u.Path), singleSlashes(u.RawPath)
	if isOperation(u.Path) {
		u.Path, u.RawPath = strings.TrimSuffix(u.Path, "/"), strings.TrimSuffix(u.RawPath, "/")
	}
	r.URL = &u
	return r
}

var apiRoot = regexp.MustCompile(`^(/api)?(/public|/airfield)?/v1/.`)

// isOperation tells whether a path is below the root of an API.
func isOperation(path string) bool { return apiRoot.MatchString(path) }

func singleSlashes(path string) string {
	for strings.Contains(path, "//") {
		path = strings.ReplaceAll(path, "//", "/")
	}
	return path
}

// rescue answers for a handler that panicked, unless it had already begun to answer.
func (s *Server) rescue(w *recorder, rec *record, reason any) {
	if reason == nil {
		return
	}
	if err, ok := reason.(error); ok && errors.Is(err, http.ErrAbortHandler) {
		panic(reason)
	}
	s.log.Error("handler panicked", "request_id", rec.id, "operation", rec.operation, "reason", reason, "stack", string(debug.Stack()))
	if w.status == 0 {
		endpoint.RefusePublic(w, endpoint.ProblemOf(endpoint.Crashed()))
	}
}

// logRequest counts the request and tells the log of it. It leaves out the query and every header, which may hold secrets.
func (s *Server) logRequest(r *http.Request, w *recorder, rec *record, took time.Duration) {
	s.meter.add(rec.operation, w.Status(), took)
	attrs := []slog.Attr{
		slog.String("request_id", rec.id),
		slog.String("method", r.Method),
		slog.String("path", r.URL.Path),
		slog.Int("status", w.Status()),
		slog.Int64("bytes", w.bytes),
		slog.Float64("duration_ms", float64(took.Microseconds())/1000),
	}
	if rec.operation != "" {
		attrs = append(attrs, slog.String("operation", rec.operation))
	}
	level := slog.LevelInfo
	if rec.err != nil {
		attrs = append(attrs, slog.String("error", rec.err.Error()))
	}
	if w.Status() >= http.StatusInternalServerError && w.Status() != http.StatusNotImplemented {
		level = slog.LevelError
	}
	s.log.LogAttrs(r.Context(), level, "request answered", attrs...)
}

// recorder remembers what was answered, and gives a slow reader a minute for it.
type recorder struct {
	http.ResponseWriter
	status int
	bytes  int64
}

// Status is the status that was sent; nothing sent means 200.
func (w *recorder) Status() int {
	if w.status == 0 {
		return http.StatusOK
	}
	return w.status
}

// WriteHeader sends the status and starts the clock for the body.
func (w *recorder) WriteHeader(status int) {
	if w.status == 0 {
		w.status = status
	}
	// Writers that know no deadlines are those of tests.
	_ = http.NewResponseController(w.ResponseWriter).SetWriteDeadline(time.Now().Add(writeTimeout))
	w.ResponseWriter.WriteHeader(status)
}

// Write sends a part of the body.
func (w *recorder) Write(p []byte) (int, error) {
	if w.status == 0 {
		w.WriteHeader(http.StatusOK)
	}
	n, err := w.ResponseWriter.Write(p)
	w.bytes += int64(n)
	return n, err
}

// Unwrap lets [http.ResponseController] reach the connection.
func (w *recorder) Unwrap() http.ResponseWriter { return w.ResponseWriter }
