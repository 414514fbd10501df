package declarative

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/airfielddev/airfield/connector"
	"github.com/airfielddev/airfield/internal/template"
	"github.com/airfielddev/airfield/manifest"
	"github.com/airfielddev/airfield/protocol"
)

// outcome is what is compared of one run.
type outcome struct {
	Requests []string
	Records  map[string][]string
	States   map[string]string // the last of each stream
	Files    []string          // of the records: where they are, how large they are said to be, and what is in them
	Statuses map[string][]protocol.StreamRunStatus
	Failure  protocol.FailureType // of the first thing that failed; "": nothing did
	Controls []string             // configurations sent back
	Answer   string               // to check, discover and spec
	Waited   float64              // seconds

	raw []*protocol.State
	why string
}

// TestDifferential does the same things with this runtime and with Airbyte's CDK against the same API, and expects the same requests,
// records, states and endings.
func TestDifferential(t *testing.T) {
	t.Parallel()
	reference := newOracle(t)
	for _, file := range scenarioFiles(t) {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			a := newMockAPI(t)
			s := readScenario(t, file, a.URL)
			var ours, theirs outcome
			for i, p := range s.runs {
				ours, theirs = s.native(t, a, p, theirs.raw), s.python(t, a, reference, p, ours.raw)
				compareOutcomes(t, i, p, ours, theirs)
			}
		})
	}
}

func (s scenario) catalog(p runPlan) protocol.ConfiguredCatalog {
	var c protocol.ConfiguredCatalog
	for _, name := range p.Read {
		stream := protocol.ConfiguredStream{
			Stream:   protocol.Stream{Name: name, JSONSchema: json.RawMessage("{}"), SupportedSyncModes: []protocol.SyncMode{protocol.FullRefresh, protocol.Incremental}},
			SyncMode: protocol.FullRefresh, DestinationSyncMode: protocol.Append, CursorField: p.Cursor, IncludeFiles: p.Files,
		}
		if p.Incremental {
			stream.SyncMode = protocol.Incremental
		}
		c.Streams = append(c.Streams, stream)
	}
	return c
}

// states are those that a run begins with.
func (s scenario) states(t *testing.T, p runPlan, before []*protocol.State) []*protocol.State {
	t.Helper()
	if p.Resume {
		return before
	}
	var states []*protocol.State
	for _, state := range p.State {
		parsed := new(protocol.State)
		if err := json.Unmarshal(encoded(t, state), parsed); err != nil {
			t.Fatal(err)
		}
		states = append(states, parsed)
	}
	return states
}

func (s scenario) native(t *testing.T, a *mockAPI, p runPlan, before []*protocol.State) outcome {
	t.Helper()
	a.begin(s.rules)
	c := newClock()
	staging := t.TempDir()
	said := new(heard)
	emit := func(m protocol.Message) error {
		m.Record.Data = slices.Clone(m.Record.Data)
		return said.emit(m)
	}
	source, err := NewSource([]byte(s.manifest), SourceOptions{File: "manifest.yaml", Now: c.Now, Sleep: c.Sleep, Concurrency: 1})
	if err == nil {
		err = s.command(t, source, p, staging, before, emit)
	}
	o := gather(said.messages)
	o.Files = filesOf(t, said.messages, staging)
	o.Requests = a.requests()
	for _, d := range c.slept {
		o.Waited += d.Seconds()
	}
	if err != nil {
		o.Failure, o.why = connector.FailureOf(err), err.Error()
		if _, broken := errors.AsType[manifest.Problems](err); broken {
			o.Failure = protocol.FailureConfig
		}
	}
	return o
}

func (s scenario) command(t *testing.T, source *Source, p runPlan, staging string, before []*protocol.State, emit connector.Emit) error {
	t.Helper()
	config := s.configFor(t, p)
	switch p.command() {
	case "check":
		status, err := source.Check(t.Context(), config, emit)
		return errors.Join(err, emit(protocol.Message{Type: protocol.TypeConnectionStatus, ConnectionStatus: &status}))
	case "discover":
		catalog, err := source.Discover(t.Context(), config, emit)
		if err != nil {
			return err
		}
		return emit(protocol.Message{Type: protocol.TypeCatalog, Catalog: &catalog})
	case "spec":
		spec, err := source.Spec(t.Context())
		return errors.Join(err, emit(protocol.Message{Type: protocol.TypeSpec, Spec: &spec}))
	}
	req := connector.ReadRequest{Config: config, Catalog: s.catalog(p), State: s.states(t, p, before), Staging: staging}
	return source.Read(t.Context(), req, emit)
}

func (s scenario) python(t *testing.T, a *mockAPI, reference *oracle, p runPlan, before []*protocol.State) outcome {
	t.Helper()
	a.begin(s.rules)
	c := oracleCase{Command: p.command(), Manifest: s.manifest, Config: s.configFor(t, p)}
	if c.Command == "read" {
		catalog := s.catalog(p)
		c.Catalog = &catalog
	}
	if states := s.states(t, p, before); len(states) > 0 {
		c.State = encoded(t, states)
	}
	answer := reference.run(t, c)
	var messages []protocol.Message
	for _, line := range answer.Messages {
		var m protocol.Message
		if err := m.Parse([]byte(line)); err != nil {
			t.Fatalf("%s: %v", line, err)
		}
		messages = append(messages, m)
	}
	o := gather(messages)
	o.Files = filesOf(t, messages, reference.staging)
	o.Requests, o.Waited = a.requests(), answer.Waited
	if answer.Failed && o.Failure == "" {
		o.Failure = protocol.FailureSystem
	}
	o.why += strings.Join(answer.Causes, "; ")
	return o
}

// gather picks what is compared from messages.
func gather(messages []protocol.Message) outcome {
	o := outcome{Records: map[string][]string{}, States: map[string]string{}, Statuses: map[string][]protocol.StreamRunStatus{}}
	last := map[string]*protocol.State{}
	for _, m := range messages {
		switch m.Type {
		case protocol.TypeRecord:
			o.Records[m.Record.Stream] = append(o.Records[m.Record.Stream], canonical(m.Record.Data))
		case protocol.TypeState:
			name := m.State.Stream.StreamDescriptor.Name
			last[name], o.States[name] = m.State, canonical(m.State.Stream.StreamState)
		case protocol.TypeControl:
			o.Controls = append(o.Controls, canonical(m.Control.ConnectorConfig.Config))
		case protocol.TypeTrace:
			o.trace(m.Trace)
		default:
			o.answer(m)
		}
	}
	o.forget(last)
	for _, name := range slices.Sorted(maps.Keys(last)) {
		o.raw = append(o.raw, last[name])
	}
	return o
}

// anyUUID is what files without a name are called.
var anyUUID = regexp.MustCompile(`[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}`)

// filesOf describes the files that records came with.
func filesOf(t *testing.T, messages []protocol.Message, staging string) []string {
	t.Helper()
	var found []string
	for _, m := range messages {
		f := m.Record.File
		if f == nil {
			continue
		}
		content, err := os.ReadFile(f.StagingFileURL)
		if err != nil {
			t.Fatal(err)
		}
		place := strings.TrimPrefix(f.StagingFileURL, staging)
		text := fmt.Sprintf("%s in %s, %d bytes: %s", f.SourceFileRelativePath, place, f.FileSizeBytes, content)
		found = append(found, anyUUID.ReplaceAllString(text, "UUID"))
	}
	return found
}

// forget leaves out the state with which the reference says of a stream without a cursor that it was read, though it was not.
func (o *outcome) forget(last map[string]*protocol.State) {
	for name, statuses := range o.Statuses {
		if slices.Contains(statuses, protocol.StreamIncomplete) && o.States[name] == `{"__ab_no_cursor_state_message":true}` {
			delete(o.States, name)
			delete(last, name)
		}
	}
}

func (o *outcome) trace(t *protocol.Trace) {
	switch {
	case t.StreamStatus != nil:
		name := t.StreamStatus.StreamDescriptor.Name
		o.Statuses[name] = append(o.Statuses[name], t.StreamStatus.Status)
	case t.Error != nil && o.Failure == "":
		o.Failure, o.why = t.Error.FailureType, t.Error.Message+" "+t.Error.InternalMessage
		if o.Failure == "" {
			o.Failure = protocol.FailureSystem
		}
	}
}

func (o *outcome) answer(m protocol.Message) {
	switch {
	case m.ConnectionStatus != nil:
		o.Answer, o.why = string(m.ConnectionStatus.Status), m.ConnectionStatus.Message
	case m.Catalog != nil:
		text, _ := json.Marshal(m.Catalog)
		o.Answer = canonical(text)
	case m.Spec != nil:
		text, _ := json.Marshal(m.Spec)
		o.Answer = canonical(text)
	}
}

// compareOutcomes holds the native runtime to what the reference did.
func compareOutcomes(t *testing.T, run int, p runPlan, ours, theirs outcome) {
	t.Helper()
	if p.Unordered {
		ours.sort()
		theirs.sort()
	}
	if p.Shuffled {
		ours.sortKeys(t)
		theirs.sortKeys(t)
	}
	differed := false
	differs := maps.Clone(p.Differs)
	compare := func(what string, want, got any) {
		diff := cmp.Diff(want, got)
		_, known := differs[what]
		delete(differs, what)
		if known && diff == "" {
			t.Errorf("run %d: %s are said to differ, and do not", run, what)
		}
		if !known && diff != "" {
			differed = true
			t.Errorf("run %d: %s (-reference +native):\n%s", run, what, diff)
		}
	}
	compare("requests", theirs.Requests, ours.Requests)
	compare("records", theirs.Records, ours.Records)
	compare("files", theirs.Files, ours.Files)
	compare("states", theirs.States, ours.States)
	compare("statuses", theirs.Statuses, ours.Statuses)
	compare("failure", theirs.Failure, ours.Failure)
	compare("controls", theirs.Controls, ours.Controls)
	compare("answer", theirs.Answer, ours.Answer)
	compare("waits", math.Round(theirs.Waited*100), math.Round(ours.Waited*100))
	if len(differs) > 0 {
		t.Errorf("run %d: nothing is compared under the names %v", run, slices.Sorted(maps.Keys(differs)))
	}
	if differed {
		t.Logf("run %d: reference: %s", run, theirs.why)
		t.Logf("run %d: native: %s", run, ours.why)
	}
}

func (o *outcome) sort() {
	slices.Sort(o.Requests)
	for _, records := range o.Records {
		slices.Sort(records)
	}
}

func (o *outcome) sortKeys(t *testing.T) {
	t.Helper()
	for _, records := range o.Records {
		for i, record := range records {
			var v any
			d := json.NewDecoder(strings.NewReader(record))
			d.UseNumber()
			if err := d.Decode(&v); err != nil {
				t.Fatal(err)
			}
			records[i] = string(encoded(t, v))
		}
	}
}

// canonical is JSON written in one way: keys in their order, numbers that are the same written the same. Other text stays as it is.
func canonical(text []byte) string {
	v, err := template.DecodeJSON(text)
	if err != nil {
		return string(text)
	}
	again, err := template.AppendJSON(nil, v)
	if err != nil {
		return string(text)
	}
	return string(again)
}
