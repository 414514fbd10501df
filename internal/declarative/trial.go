package declarative

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/airfielddev/airfield/connector"
	"github.com/airfielddev/airfield/internal/declarative/infer"
	"github.com/airfielddev/airfield/internal/declarative/masking"
	"github.com/airfielddev/airfield/internal/template"
	"github.com/airfielddev/airfield/internal/wire/config"
	"github.com/airfielddev/airfield/manifest"
	"github.com/airfielddev/airfield/protocol"
)

// Trial says which stream to try, and how much of it to read.
type Trial struct {
	Config  json.RawMessage
	Stream  string
	State   []*protocol.State
	Slices  int           // 0: 5
	Pages   int           // of each slice; 0: 5
	Records int           // 0: 1000
	Timeout time.Duration // 0: none
	Repeat  bool          // what fails is tried again, as in a sync
	Refuse  bool          // a trial that cannot begin is an error that matches [ErrInput], rather than one in the logs
}

// The limits of a trial that sets none.
const (
	TrialSlices  = 5
	TrialPages   = 5
	TrialRecords = 1000
)

// shownTotal is how much is received before a trial ends, in bytes.
const shownTotal = 32 << 20

// Try reads the beginning of a stream, one slice after the other, and shows everything that went on: requests, responses,
// records and states of each page and slice, and what the records look like. Whatever goes wrong is told in the logs of the
// answer; the error is that of ctx or, where the trial is to be refused, matches [ErrInput]. Nothing that is shown holds a secret of the configuration, nor one that was obtained with it, but
// for LatestConfigUpdate, which is to be kept rather than shown.
func (s *Source) Try(ctx context.Context, in Trial) (config.BuilderStream, error) {
	t := &trial{in: in.withDefaults(), most: shownBytes}
	return t.show(ctx, s)
}

// show reads, and tells what went on.
func (t *trial) show(ctx context.Context, s *Source) (config.BuilderStream, error) {
	within := ctx
	if t.in.Timeout > 0 {
		var cancel context.CancelFunc
		within, cancel = context.WithTimeout(ctx, t.in.Timeout)
		defer cancel()
	}
	err := t.read(within, s)
	if ctx.Err() != nil {
		return config.BuilderStream{}, ctx.Err()
	}
	if t.in.Refuse && errors.Is(err, ErrInput) {
		return config.BuilderStream{}, &connector.Error{Type: connector.FailureOf(err), Message: t.mask.Text(err.Error()), Cause: ErrInput}
	}
	if err != nil {
		t.fail(err)
	}
	for _, p := range s.problems {
		if p.Severity == manifest.Warning {
			p.Place = manifest.Place{Path: p.Path}
			t.out.Logs = append(t.out.Logs, config.BuilderLog{Level: string(protocol.LevelWarn), Message: strings.Replace(p.String(), "warning: ", "", 1)})
		}
	}
	return t.answer(), nil
}

func (in Trial) withDefaults() Trial {
	in.Slices = cmp.Or(in.Slices, TrialSlices)
	in.Pages = cmp.Or(in.Pages, TrialPages)
	in.Records = cmp.Or(in.Records, TrialRecords)
	return in
}

// trial is one trial at work. What it gathers has its secrets until it is answered.
type trial struct {
	in      Trial
	run     *run
	stream  *Stream
	cursor  Cursor
	schema  infer.Schema
	formats infer.Formats
	mask    masking.Masker
	most    int64 // of a body that is shown, in bytes
	keeps   bool  // exchanges are kept

	mu       sync.Mutex // requests may be sent from several goroutines
	out      config.BuilderStream
	slice    *config.BuilderSlice // that is being read; nil: none
	state    json.RawMessage      // the latest; nil: none
	slices   int
	records  int
	received int
	kept     []exchange
}

func (t *trial) read(ctx context.Context, s *Source) error {
	var err error
	if t.run, err = s.begin(t.in.Config, t.take); err != nil {
		return err
	}
	t.mask.Learn(t.run.secrets...)
	t.mask.LearnConfig(t.run.env.Config)
	t.run.env.transport = &watchedTransport{t.run.env.transport, t.most, t.seen}
	t.run.env.rejected = t.reject
	t.run.env.bounds = &bounds{pages: t.in.Pages, slices: t.in.Slices, once: !t.in.Repeat}
	list, err := t.run.streams(ctx)
	if err != nil {
		return err
	}
	if t.stream, err = t.run.find(list, t.in.Stream); err != nil {
		return err
	}
	descriptor := protocol.StreamDescriptor{Name: t.in.Stream}
	if t.cursor, err = t.stream.Open(stateOf(t.in.State, descriptor)); err != nil {
		return ofInput(err)
	}
	var failure error
	err = t.cursor.Each(ctx, func(slice Slice) error {
		if err := t.one(ctx, slice); err != nil {
			if errors.Is(err, errEnough) || ctx.Err() != nil {
				return err
			}
			failure = err
			t.fail(err)
		}
		if t.slices++; t.slices == t.in.Slices {
			return errEnough
		}
		return nil
	})
	if err != nil && !errors.Is(err, errEnough) {
		return err
	}
	if failure != nil && t.stream.Incremental == nil {
		return nil
	}
	final, err := t.cursor.Final()
	t.checkpoint(final)
	return err
}

// one reads a slice.
func (t *trial) one(ctx context.Context, slice Slice) error {
	descriptor, err := template.AppendJSON(nil, slice.Dict())
	if err != nil {
		return fmt.Errorf("encoding slice: %w", err)
	}
	t.mu.Lock()
	t.slice = &config.BuilderSlice{SliceDescriptor: descriptor}
	t.mu.Unlock()
	defer t.end()
	err = t.stream.ReadSlice(ctx, t.cursor, slice, func(record *template.Dict) error {
		if err := t.record(record); err != nil {
			return err
		}
		return t.cursor.Observe(slice, record)
	})
	if err != nil {
		return err
	}
	state, err := t.cursor.Close(slice)
	t.checkpoint(state)
	return err
}

// end puts a slice with the others. One that sent no request and has no records is not worth showing.
func (t *trial) end() {
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.slice.Pages) > 0 || len(t.slice.AuxiliaryRequests) > 0 {
		t.slice.State = stateList(t.state)
		t.out.Slices = append(t.out.Slices, *t.slice)
	}
	t.slice = nil
}

func stateList(state json.RawMessage) []json.RawMessage {
	if state == nil {
		return nil
	}
	return []json.RawMessage{state}
}

func (t *trial) record(record *template.Dict) error {
	text, err := template.AppendJSON(nil, record)
	if err != nil {
		return fmt.Errorf("encoding record: %w", err)
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.records == t.in.Records || t.received > shownTotal {
		return errEnough
	}
	t.schema.Add(record)
	t.formats.Add(record)
	if len(t.slice.Pages) == 0 {
		t.slice.Pages = append(t.slice.Pages, config.BuilderPage{})
	}
	page := &t.slice.Pages[len(t.slice.Pages)-1]
	page.Records = append(page.Records, text)
	t.records++
	return nil
}

// checkpoint notes a state; that of the end belongs to the last slice.
func (t *trial) checkpoint(state json.RawMessage) {
	if state == nil {
		return
	}
	message, err := json.Marshal(protocol.NewStreamState(protocol.StreamDescriptor{Name: t.in.Stream}, state))
	if err != nil {
		t.fail(fmt.Errorf("encoding state: %w", err))
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.state = message
	if n := len(t.out.Slices); n > 0 && t.slice == nil {
		t.out.Slices[n-1].State = stateList(message)
	}
}

// seen is told of every exchange.
func (t *trial) seen(e exchange) {
	request, response := e.print()
	why, auxiliary := purposeOf(e.request.Context())
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.keeps {
		t.kept = append(t.kept, e)
	}
	if redirects(e.response) {
		return // what it leads to is worth showing
	}
	t.received += len(response.Body)
	t.mask.LearnRequest(e.request.Header)
	if why.kind == kindAuth && response.Status < 400 {
		t.mask.LearnAnswer(response.Body)
	}
	switch {
	case !auxiliary && t.slice != nil:
		t.slice.Pages = append(t.slice.Pages, config.BuilderPage{Request: request, Response: response})
		return
	case !auxiliary:
		why = purpose{kind: "HTTP", title: "Request", description: "Request performed beside the pages of stream '" + t.in.Stream + "'"}
	}
	into := &t.out.AuxiliaryRequests
	if t.slice != nil && strings.HasPrefix(why.kind, kindAsync) {
		into = &t.slice.AuxiliaryRequests
	}
	*into = append(*into, config.BuilderAuxiliary{
		Title: why.title, Type: why.kind, Description: why.description, Request: request, Response: response,
	})
}

// reject takes the latest page for none: the API wants less to be asked for.
func (t *trial) reject(a Action) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.slice == nil || len(t.slice.Pages) == 0 {
		return
	}
	last := len(t.slice.Pages) - 1
	page := t.slice.Pages[last]
	t.slice.Pages = t.slice.Pages[:last]
	why := purposeRejected(t.in.Stream, a)
	t.out.AuxiliaryRequests = append(t.out.AuxiliaryRequests, config.BuilderAuxiliary{
		Title: why.title, Type: why.kind, Description: why.description, Request: page.Request, Response: page.Response,
	})
}

// take takes what the source says beside records and states.
func (t *trial) take(m protocol.Message) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	switch {
	case m.Log != nil && m.Log.Level != protocol.LevelDebug && m.Log.Level != protocol.LevelTrace:
		t.out.Logs = append(t.out.Logs, config.BuilderLog{Level: string(m.Log.Level), Message: m.Log.Message})
	case m.Control != nil && m.Control.ConnectorConfig != nil:
		t.out.LatestConfigUpdate = ownConfig(m.Control.ConnectorConfig.Config)
	}
	return nil
}

func (t *trial) fail(err error) {
	line := config.BuilderLog{Level: string(protocol.LevelError), Message: err.Error()}
	var e *connector.Error
	if errors.As(err, &e) && e.Internal != e.Message {
		line.InternalMessage = e.Internal
	}
	if errors.Is(err, context.DeadlineExceeded) && t.in.Timeout > 0 {
		line.Message = fmt.Sprintf("The read was stopped after %s.", t.in.Timeout)
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.out.Logs = append(t.out.Logs, line)
}
