package declarative

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/airfielddev/airfield/internal/template"
	"github.com/airfielddev/airfield/manifest"
	"github.com/airfielddev/airfield/protocol"
)

// StateDelegatingStream is read in one way the first time and in another from then on.
type StateDelegatingStream struct {
	Name        string            `manifest:"name,required"`
	Full        Of[*Stream]       `manifest:"full_refresh_stream,required"`
	Incremental Of[*Stream]       `manifest:"incremental_stream,required"`
	Retention   manifest.Template `manifest:"api_retention_period,holds=duration"` // how far back the incremental stream can be read; nothing: forever
}

// UnmarshalManifest checks that both streams bear the name.
func (c *StateDelegatingStream) UnmarshalManifest(d *manifest.Decoder, n *manifest.Node) {
	type plain StateDelegatingStream
	d.Decode(n, (*plain)(c))
	for _, field := range []string{"full_refresh_stream", "incremental_stream"} {
		name := n.Get(field)
		if name.Null() || name.Kind() != manifest.Mapping {
			continue
		}
		if name = name.Get("name"); !name.Null() && name.Text() != c.Name {
			d.In(field+".name", func() {
				d.Problem(name, manifest.CodeInvalidValue, "want the name of the stream around it, %q, found %q", c.Name, name.Text())
			})
		}
	}
}

// Build makes both streams.
func (c *StateDelegatingStream) Build(env *Env) (*Stream, error) {
	full, err := c.Full.Build(env)
	if err != nil {
		return nil, err
	}
	incremental, err := c.Incremental.Build(env)
	if err != nil {
		return nil, err
	}
	retention, err := durationOf(&c.Retention, env)
	if err != nil {
		return nil, fmt.Errorf("evaluating api_retention_period: %w", err)
	}
	choices := &choices{full: full, incremental: incremental, retention: retention, env: env}
	if err := choices.check(); err != nil {
		return nil, err
	}
	s := *full
	s.choices = choices
	if s.Incremental == nil {
		s.Incremental = incremental.Incremental
	}
	return &s, nil
}

// choices are the ways in which a stream can be read.
type choices struct {
	full, incremental *Stream
	retention         *template.Duration
	env               *Env
}

// chosenCursor is the cursor of the stream that was chosen.
type chosenCursor struct {
	Cursor

	stream *Stream
}

// State is how far the stream has been read.
func (c chosenCursor) State() (json.RawMessage, error) {
	if s, ok := c.Cursor.(stater); ok {
		return s.State()
	}
	return noCursorState, nil
}

// dated is a cursor that can tell what moment a state stands for.
type dated interface {
	Reached(state *template.Dict, partitioned bool) (time.Time, bool)
}

func (c *choices) check() error {
	if c.retention == nil {
		return nil
	}
	for _, s := range []*Stream{c.full, c.incremental} {
		if _, ok := s.Incremental.(dated); s.Incremental != nil && !ok {
			return fmt.Errorf("stream %s: api_retention_period needs a cursor of datetimes", s.Name)
		}
	}
	return nil
}

// open chooses a stream and begins to read it.
func (c *choices) open(state json.RawMessage) (Cursor, error) {
	raw, err := decodeRaw(state)
	if err != nil {
		return nil, fmt.Errorf("reading state of stream %s: %w", c.full.Name, err)
	}
	s := c.incremental
	switch {
	case raw.Len() == 0:
		s = c.full
	case c.expired(raw):
		c.env.Log(protocol.LevelWarn, "the state of stream %s is older than the API remembers; the stream is read in full", c.full.Name)
		s, state = c.full, nil
	}
	cursor, err := s.Open(state)
	return chosenCursor{Cursor: cursor, stream: s}, err
}

// expired tells whether a state is too old, or cannot be read, to go on from.
func (c *choices) expired(state *template.Dict) bool {
	if c.retention == nil {
		return false
	}
	if _, full := state.Get(noCursorKey); full && c.full.Incremental == nil {
		return false
	}
	oldest := minus(c.env.Now(), c.retention)
	for _, s := range []*Stream{c.full, c.incremental} {
		d, ok := s.Incremental.(dated)
		if !ok {
			continue
		}
		if reached, ok := d.Reached(state, s.Retriever.Router() != nil); ok {
			return reached.Before(oldest)
		}
	}
	return true
}

// incremental is the cursor that states of the stream are made by.
func (s *Stream) incremental() IncrementalSync {
	if s.choices != nil {
		return s.choices.incremental.Incremental
	}
	return s.Incremental
}
