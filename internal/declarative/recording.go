package declarative

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/airfielddev/airfield/connector"
	"github.com/airfielddev/airfield/internal/declarative/masking"
	"github.com/airfielddev/airfield/internal/template"
	"github.com/airfielddev/airfield/internal/wire/config"
)

// recordedBytes is the most of one answer that is recorded.
const recordedBytes = 16 << 20

// Recording is a trial, and all that was sent and received for it.
type Recording struct {
	Read      config.BuilderStream
	Exchanges []Exchange
}

// Exchange is a request and what was answered, without secrets, and without what changes from one time to the next.
type Exchange struct {
	Request  SentRequest `yaml:"request"`
	Response GivenAnswer `yaml:"response"`
}

// SentRequest is a request.
type SentRequest struct {
	Method  string            `yaml:"method"`
	URL     string            `yaml:"url"`
	Headers map[string]string `yaml:"headers,omitempty"`
	Body    string            `yaml:"body,omitempty"`
}

// GivenAnswer is the answer to a request. Its body is text or, where it is not text, base64.
type GivenAnswer struct {
	Status  int               `yaml:"status"`
	Headers map[string]string `yaml:"headers,omitempty"`
	Body    string            `yaml:"body,omitempty"`
	Base64  string            `yaml:"body_base64,omitempty"`
}

// Record is [Source.Try] that also gives what was sent and received, so that [Source.Replay] can answer it.
func (s *Source) Record(ctx context.Context, in Trial) (Recording, error) {
	t := &trial{in: in.withDefaults(), most: recordedBytes, keeps: true}
	read, err := t.show(ctx, s)
	if err != nil {
		return Recording{}, err
	}
	exchanges, err := t.exchanges()
	return Recording{Read: read, Exchanges: exchanges}, err
}

// Replay is [Source.Record] without the API: requests are answered as they were before. One that was not sent before fails. The
// configuration may have masks in place of its secrets.
func (s *Source) Replay(ctx context.Context, in Trial, answers []Exchange) (Recording, error) {
	t := &trial{in: in.withDefaults(), most: recordedBytes, keeps: true}
	offline := *s
	offline.options.masked = true
	offline.options.Transport = &replayTransport{trial: t, answers: answers, used: make([]bool, len(answers))}
	read, err := t.show(ctx, &offline)
	if err != nil {
		return Recording{}, err
	}
	exchanges, err := t.exchanges()
	return Recording{Read: read, Exchanges: exchanges}, err
}

// exchanges are those that were kept, without secrets.
func (t *trial) exchanges() ([]Exchange, error) {
	list := make([]Exchange, len(t.kept))
	for i := range t.kept {
		e := &t.kept[i]
		request, response := e.print()
		t.hideExchange(request, response)
		list[i] = Exchange{
			Request:  sentRequest(request),
			Response: GivenAnswer{Status: response.Status, Headers: lasting(response.Headers, passingAnswers), Body: response.Body},
		}
		if len(e.received) == recordedBytes {
			return nil, fmt.Errorf("recording the answer to %s: it has more than %d bytes", request.URL, recordedBytes)
		}
		body := e.unpacked()
		if utf8.Valid(body) {
			continue
		}
		if t.mask.Text(string(body)) != string(body) {
			return nil, fmt.Errorf("recording the answer to %s: it is no text, and has a secret in it", request.URL)
		}
		list[i].Response.Body, list[i].Response.Base64 = "", base64.StdEncoding.EncodeToString(body)
	}
	return list, nil
}

func sentRequest(r *config.BuilderRequest) SentRequest {
	return SentRequest{Method: r.HTTPMethod, URL: r.URL, Headers: lasting(r.Headers, passingRequests), Body: r.Body}
}

// Headers that say nothing about a manifest, or change from one time to the next.
var (
	passingRequests = []string{"User-Agent", "Accept-Encoding", "Content-Length", "Cookie"}
	passingAnswers  = []string{
		"Date", "Server", "Content-Length", "Content-Encoding", "Transfer-Encoding", "Connection", "Keep-Alive", "Set-Cookie", "Vary", "Via", "Age",
		"Etag", "Expires", "Last-Modified", "Alt-Svc", "Cf-Ray", "Nel", "Report-To", "Strict-Transport-Security",
	}
)

func lasting(headers map[string]string, without []string) map[string]string {
	kept := map[string]string{}
	for name, value := range headers {
		if !slices.Contains(without, name) && !strings.Contains(name, "Request-Id") {
			kept[name] = value
		}
	}
	return kept
}

// replayTransport answers requests as they were answered before, each answer once.
type replayTransport struct {
	trial   *trial
	answers []Exchange
	used    []bool
}

// RoundTrip finds the first answer to the same request that was not given yet.
func (p *replayTransport) RoundTrip(req *http.Request) (*http.Response, error) {
	body, err := sentBody(req)
	if err != nil {
		return nil, err
	}
	p.trial.mu.Lock()
	defer p.trial.mu.Unlock()
	asked := printRequest(req, body)
	p.trial.mask.LearnRequest(req.Header)
	p.trial.mask.Request(asked)
	for i, e := range p.answers {
		if !p.used[i] && e.Request.Method == asked.HTTPMethod && e.Request.URL == asked.URL && e.Request.Body == asked.Body {
			p.used[i] = true
			return e.Response.answer(req)
		}
	}
	return nil, connector.ConfigError("no answer was recorded to %s %s%s", asked.HTTPMethod, asked.URL, p.nearest(asked.URL))
}

// nearest names the request that was recorded, was not sent yet, and has the most in common with an address.
func (p *replayTransport) nearest(address string) string {
	best, most := "", -1
	for i, e := range p.answers {
		if n := common(address, e.Request.URL); !p.used[i] && n > most {
			best, most = "; the nearest that was is "+e.Request.Method+" "+e.Request.URL, n
		}
	}
	return best
}

// common counts the bytes that two texts begin and end with alike.
func common(a, b string) int {
	n := 0
	for n < len(a) && n < len(b) && a[n] == b[n] {
		n++
	}
	a, b = a[n:], b[n:]
	for len(a) > 0 && len(b) > 0 && a[len(a)-1] == b[len(b)-1] {
		a, b, n = a[:len(a)-1], b[:len(b)-1], n+1
	}
	return n
}

func (a *GivenAnswer) answer(req *http.Request) (*http.Response, error) {
	body := []byte(a.Body)
	if a.Base64 != "" {
		var err error
		if body, err = base64.StdEncoding.DecodeString(a.Base64); err != nil {
			return nil, fmt.Errorf("reading a recorded answer: %w", err)
		}
	}
	header := http.Header{}
	for name, value := range a.Headers {
		header.Set(name, value)
	}
	return &http.Response{
		Status: strconv.Itoa(a.Status) + " " + http.StatusText(a.Status), StatusCode: a.Status, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: header, Body: io.NopCloser(bytes.NewReader(body)), ContentLength: int64(len(body)), Request: req,
	}, nil
}

// Masked is a configuration with masks in place of its secrets: those that the specification calls so, and those whose names do.
func (s *Source) Masked(configuration json.RawMessage) (json.RawMessage, error) {
	v, err := template.DecodeJSON(configuration)
	if err != nil {
		return nil, fmt.Errorf("reading configuration: %w", err)
	}
	var m masking.Masker
	if s.config.Spec != nil {
		m.Learn(secretsIn(s.config.Spec.Schema, v)...)
	}
	m.LearnConfig(v)
	return template.AppendJSON(nil, m.Value(v))
}
