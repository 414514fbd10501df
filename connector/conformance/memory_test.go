package conformance_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/airfielddev/airfield/connector"
	"github.com/airfielddev/airfield/connector/conformance"
	"github.com/airfielddev/airfield/protocol"
)

// settings is the configuration of both connectors.
type settings struct {
	Place string `json:"place"`
}

func parse(config json.RawMessage) (string, error) {
	var s settings
	if err := json.Unmarshal(config, &s); err != nil || s.Place == "" {
		return "", connector.ConfigError("place is missing")
	}
	return s.Place, nil
}

func check(config json.RawMessage) (protocol.ConnectionStatus, error) {
	if _, err := parse(config); err != nil {
		return connector.Failed(err), nil
	}
	return connector.Succeeded(), nil
}

func spec() (protocol.Spec, error) {
	return protocol.Spec{
		ConnectionSpecification:       json.RawMessage(`{"type":"object","required":["place"],"properties":{"place":{"type":"string"}}}`),
		SupportedDestinationSyncModes: []protocol.DestinationSyncMode{protocol.Append, protocol.Overwrite, protocol.AppendDedup},
	}, nil
}

// destination keeps rows in memory, with a fault or none.
type destination struct {
	fault string
	mu    sync.Mutex
	keep  map[string]*kept
}

// kept is what is known of one stream at one place.
type kept struct {
	rows       [][]byte
	aside      [][]byte
	generation int64
}

func newDestination(fault string) *destination {
	return &destination{fault: fault, keep: map[string]*kept{}}
}

func (*destination) Spec(context.Context) (protocol.Spec, error) { return spec() }

func (*destination) Check(_ context.Context, config json.RawMessage, _ connector.Emit) (protocol.ConnectionStatus, error) {
	return check(config)
}

func (d *destination) at(place string, stream protocol.StreamDescriptor) *kept {
	key := place + "\n" + stream.Name
	if d.fault != "mix namespaces" {
		key += "\n" + stream.Namespace
	}
	if d.keep[key] == nil {
		d.keep[key] = &kept{}
	}
	return d.keep[key]
}

func (d *destination) visible(config json.RawMessage, stream protocol.StreamDescriptor) []conformance.Row {
	d.mu.Lock()
	defer d.mu.Unlock()
	place, _ := parse(config)
	var rows []conformance.Row
	for _, data := range d.at(place, stream).rows {
		rows = append(rows, d.row(data))
	}
	return rows
}

func (d *destination) row(data []byte) conformance.Row {
	var fields map[string]json.RawMessage
	_ = json.Unmarshal(data, &fields)
	row := conformance.Row{}
	for name, value := range fields {
		var text string
		switch {
		case string(value) == "null":
		case json.Unmarshal(value, &text) == nil:
			row[name] = text
		case d.fault == "round numbers" && value[0] >= '0' && value[0] <= '9':
			var f float64
			_ = json.Unmarshal(value, &f)
			row[name] = fmt.Sprintf("%.0f", f)
		default:
			row[name] = string(value)
		}
	}
	return row
}

// writing is one call of Write.
type writing struct {
	*destination
	place   string
	catalog protocol.ConfiguredCatalog
	counts  map[protocol.StreamDescriptor]protocol.Count
	late    []protocol.Message // states held back by a fault
}

func (d *destination) Write(ctx context.Context, req connector.WriteRequest, in connector.Messages, emit connector.Emit) error {
	place, err := parse(req.Config)
	if err != nil && d.fault != "accept any config" {
		return err
	}
	w := &writing{destination: d, place: place, catalog: req.Catalog, counts: map[protocol.StreamDescriptor]protocol.Count{}}
	for i := range req.Catalog.Streams {
		w.begin(&req.Catalog.Streams[i])
	}
	for m, err := range in {
		if err != nil {
			return err
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := w.hear(m, emit); err != nil {
			return err
		}
	}
	for _, m := range slices.Backward(w.late) {
		if err := emit(m); err != nil {
			return err
		}
	}
	return nil
}

// begin drops what waits aside for an older generation.
func (w *writing) begin(s *protocol.ConfiguredStream) {
	w.mu.Lock()
	defer w.mu.Unlock()
	k := w.at(w.place, s.Descriptor())
	abandoned := k.generation != s.GenerationID && w.fault != "keep abandoned"
	if s.Truncates() && (abandoned || w.fault == "forget aside") {
		k.aside = nil
	}
	k.generation = s.GenerationID
}

func (w *writing) hear(m *protocol.Message, emit connector.Emit) error {
	switch {
	case m.Type == protocol.TypeRecord:
		w.store(&m.Record)
	case m.Type == protocol.TypeState:
		return w.echo(m.State, emit)
	case m.Trace != nil && m.Trace.StreamStatus != nil && m.Trace.StreamStatus.Status == protocol.StreamComplete:
		w.complete(m.Trace.StreamStatus.StreamDescriptor)
	}
	return nil
}

func (w *writing) store(r *protocol.Record) {
	w.mu.Lock()
	defer w.mu.Unlock()
	data := r.Data
	if w.fault != "keep bytes" {
		data = bytes.Clone(data)
	}
	w.counts[r.Descriptor()]++
	if w.fault == "echo early" && w.counts[r.Descriptor()] == 2 {
		return // it is still on its way when the state comes
	}
	s, _ := w.catalog.Stream(r.Descriptor())
	k := w.at(w.place, r.Descriptor())
	target := &k.rows
	if s.Truncates() && w.fault != "swap early" {
		target = &k.aside
	}
	if s.DestinationSyncMode != protocol.AppendDedup {
		*target = append(*target, data)
		return
	}
	*target = w.merge(*target, data)
}

// merge puts a version of a row in the place of an older one.
func (w *writing) merge(rows [][]byte, data []byte) [][]byte {
	row := w.row(data)
	place := slices.IndexFunc(rows, func(other []byte) bool { return w.row(other)["id"] == row["id"] })
	if place >= 0 {
		if w.fault != "arrival wins" && w.row(rows[place])["updated_at"] > row["updated_at"] {
			return rows
		}
		rows = slices.Delete(rows, place, place+1)
	}
	if row["_ab_cdc_deleted_at"] != "" && w.fault != "keep deleted" {
		return rows
	}
	return append(rows, data)
}

func (w *writing) echo(state *protocol.State, emit connector.Emit) error {
	d := state.Stream.StreamDescriptor
	answer := protocol.NewStreamState(d, state.Stream.StreamState)
	answer.DestinationStats = &protocol.Stats{RecordCount: w.counts[d]}
	if w.fault == "echo other stats" {
		answer.DestinationStats.RecordCount++
	}
	w.counts[d] = 0
	if w.fault == "echo backwards" {
		w.late = append(w.late, protocol.StateMessage(answer))
		return nil
	}
	if s, _ := w.catalog.Stream(d); s.Truncates() && w.fault == "swap without end" {
		w.complete(d)
	}
	return emit(protocol.StateMessage(answer))
}

func (w *writing) complete(d protocol.StreamDescriptor) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if s, _ := w.catalog.Stream(d); s.Truncates() && w.fault != "swap early" {
		k := w.at(w.place, d)
		k.rows, k.aside = k.aside, nil
	}
}

// source has two streams of numbers, with a fault or none.
type source struct{ fault string }

const numbers = 40

func (source) Spec(context.Context) (protocol.Spec, error) { return spec() }

func (source) Check(_ context.Context, config json.RawMessage, _ connector.Emit) (protocol.ConnectionStatus, error) {
	return check(config)
}

func (s source) Discover(_ context.Context, config json.RawMessage, _ connector.Emit) (protocol.Catalog, error) {
	if _, err := parse(config); err != nil {
		return protocol.Catalog{}, err
	}
	one := protocol.Stream{
		Name: "one", JSONSchema: json.RawMessage(`{"type":"object","properties":{"n":{"type":"integer"}}}`),
		SupportedSyncModes: []protocol.SyncMode{protocol.FullRefresh, protocol.Incremental}, SourceDefinedCursor: true, DefaultCursorField: []string{"n"},
	}
	two := one
	if s.fault != "same names" {
		two.Name = "two"
	}
	return protocol.Catalog{Streams: []protocol.Stream{one, two}}, nil
}

func (s source) Read(ctx context.Context, req connector.ReadRequest, emit connector.Emit) error {
	if _, err := parse(req.Config); err != nil {
		return err
	}
	states := map[protocol.StreamDescriptor]json.RawMessage{}
	for _, state := range req.State {
		states[state.Stream.StreamDescriptor] = state.Stream.StreamState
	}
	for _, selected := range req.Catalog.Streams {
		if !slices.Contains([]string{"one", "two"}, selected.Stream.Name) {
			if s.fault == "unknown is nothing" {
				continue
			}
			return connector.ConfigError("no stream %s", selected.Stream.Name)
		}
		if err := s.stream(ctx, selected.Descriptor(), states[selected.Descriptor()], emit); err != nil {
			return err
		}
	}
	if s.fault == "ignore cancel" {
		return nil
	}
	return ctx.Err()
}

func (s source) stream(ctx context.Context, d protocol.StreamDescriptor, state json.RawMessage, emit connector.Emit) error {
	last := map[string]int{}
	if state != nil {
		if err := json.Unmarshal(state, &last); err != nil {
			return err
		}
	}
	if err := emit(protocol.StatusMessage(d, protocol.StreamStarted, time.Now())); err != nil {
		return err
	}
	for n := last["n"]; n < numbers; n++ {
		if err := s.number(ctx, d, n, emit); err != nil {
			return err
		}
	}
	if s.fault == "no end" {
		return nil
	}
	return emit(protocol.StatusMessage(d, protocol.StreamComplete, time.Now()))
}

// number emits one record, and a state after each tenth.
func (s source) number(ctx context.Context, d protocol.StreamDescriptor, n int, emit connector.Emit) error {
	if err := ctx.Err(); err != nil && s.fault != "ignore cancel" {
		return err
	}
	data := fmt.Appendf(nil, `{"n":%d}`, n)
	if s.fault == "break lines" {
		data = []byte(strings.ReplaceAll(string(data), ":", ":\n"))
	}
	err := emit(protocol.RecordMessage(protocol.Record{Stream: d.Name, Data: data, EmittedAt: 1}))
	if err != nil && s.fault != "swallow" {
		return err
	}
	if n%10 != 9 {
		return nil
	}
	next := map[string]int{"n": n + 1}
	if s.fault == "state too early" {
		maps.Copy(next, map[string]int{"n": n + 2})
	}
	blob, err := json.Marshal(next)
	if err != nil {
		return err
	}
	state := protocol.NewStreamState(d, blob)
	state.SourceStats = &protocol.Stats{RecordCount: 10}
	if s.fault == "wrong stats" {
		state.SourceStats.RecordCount = 11
	}
	return emit(protocol.StateMessage(state))
}
