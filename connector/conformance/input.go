package conformance

import (
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/airfielddev/airfield/connector"
	"github.com/airfielddev/airfield/protocol"
)

// errBroken ends an input early, as the death of a source does.
var errBroken = errors.New("the source broke off")

// emittedAt is the time of the first record of an input; each record is a millisecond later than the one before.
var emittedAt = time.Date(2024, 5, 1, 12, 0, 0, 0, time.UTC)

// input is what a destination is told, message by message.
type input struct {
	messages []protocol.Message
	ending   error
	states   int
}

func (in *input) rows(s protocol.ConfiguredStream, data ...string) *input {
	for _, text := range data {
		in.messages = append(in.messages, protocol.RecordMessage(protocol.Record{
			Stream: s.Stream.Name, Namespace: s.Stream.Namespace, Data: []byte(text),
			EmittedAt: emittedAt.UnixMilli() + int64(len(in.messages)),
		}))
	}
	return in
}

// state adds a checkpoint whose content tells its place in the input.
func (in *input) state(s protocol.ConfiguredStream) *input {
	in.states++
	blob := json.RawMessage(fmt.Sprintf(`{"position":%d,"exact":9007199254740993}`, in.states))
	in.messages = append(in.messages, protocol.StateMessage(protocol.NewStreamState(s.Descriptor(), blob)))
	return in
}

func (in *input) complete(s protocol.ConfiguredStream) *input {
	in.messages = append(in.messages, protocol.StatusMessage(s.Descriptor(), protocol.StreamComplete, emittedAt))
	return in
}

func (in *input) breaks() *input {
	in.ending = errBroken
	return in
}

// sequence gives out one message at a time and spoils the bytes of each once the next is asked for, so that a destination
// that keeps them is found out.
func (in *input) sequence() connector.Messages {
	return func(yield func(*protocol.Message, error) bool) {
		var data []byte
		for _, m := range in.messages {
			if m.Type == protocol.TypeRecord {
				data = append(data[:0], m.Record.Data...)
				m.Record.Data = data
			}
			if !yield(&m, nil) {
				return
			}
			for i := range data {
				data[i] = '#'
			}
		}
		if in.ending != nil {
			yield(nil, in.ending)
		}
	}
}

// sent lists the states of the input, with the statistics that a destination is to add.
func (in *input) sent() []*protocol.State {
	var states []*protocol.State
	since := map[protocol.StreamDescriptor]int{}
	for _, m := range in.messages {
		switch m.Type {
		case protocol.TypeRecord:
			since[m.Record.Descriptor()]++
		case protocol.TypeState:
			d := m.State.Stream.StreamDescriptor
			state := protocol.NewStreamState(d, m.State.Stream.StreamState)
			state.DestinationStats = &protocol.Stats{RecordCount: protocol.Count(since[d])}
			states, since[d] = append(states, state), 0
		}
	}
	return states
}

func catalog(streams ...protocol.ConfiguredStream) protocol.ConfiguredCatalog {
	return protocol.ConfiguredCatalog{Streams: streams}
}

// stream is an appending stream of generation zero with the given JSON schema properties.
func stream(name, properties string) protocol.ConfiguredStream {
	return protocol.ConfiguredStream{
		Stream: protocol.Stream{
			Name:               name,
			JSONSchema:         json.RawMessage(`{"type":"object","properties":` + properties + `}`),
			SupportedSyncModes: []protocol.SyncMode{protocol.FullRefresh, protocol.Incremental},
		},
		SyncMode:            protocol.FullRefresh,
		DestinationSyncMode: protocol.Append,
		SyncID:              1,
	}
}

// replacing is the stream as a sync sees it that replaces everything of older generations.
func replacing(s protocol.ConfiguredStream, generation int64) protocol.ConfiguredStream {
	s.GenerationID, s.MinimumGenerationID, s.SyncID = generation, generation, generation
	return s
}

// deduplicating is the stream with key id and cursor updated_at.
func deduplicating(s protocol.ConfiguredStream) protocol.ConfiguredStream {
	s.SyncMode, s.DestinationSyncMode = protocol.Incremental, protocol.AppendDedup
	s.PrimaryKey, s.CursorField = [][]string{{"id"}}, []string{"updated_at"}
	return s
}
