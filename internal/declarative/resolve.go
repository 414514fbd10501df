package declarative

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/airfielddev/airfield/internal/template"
	"github.com/airfielddev/airfield/manifest"
	"github.com/airfielddev/airfield/protocol"
)

// Manifest is the manifest as it was written, as JSON.
func (s *Source) Manifest() (json.RawMessage, error) { return s.doc.MarshalJSON() }

// Resolved is the manifest with its references followed and its parameters handed down.
func (s *Source) Resolved() (json.RawMessage, error) {
	return manifest.Resolve(s.doc, manifestType, &s.config, Registry())
}

// FullyResolved is [Source.Resolved] with the streams that a configuration makes of templates, so many of each template. Every
// stream says which template it was made of. Secrets of the configuration do not get into the manifest but by its own doing.
func (s *Source) FullyResolved(ctx context.Context, config json.RawMessage, limit int) (json.RawMessage, error) {
	text, err := s.Resolved()
	if err != nil {
		return nil, err
	}
	v, err := template.DecodeJSON(text)
	if err != nil {
		return nil, fmt.Errorf("reading the resolved manifest: %w", err)
	}
	root, ok := v.(*template.Dict)
	if !ok {
		return text, nil
	}
	list, _ := root.Get("streams")
	streams, _ := list.([]any)
	for _, stream := range streams {
		if d, ok := stream.(*template.Dict); ok {
			d.Set(originKey, nil)
		}
	}
	if len(s.config.DynamicStreams.list) > 0 {
		made, err := s.made(ctx, config, limit)
		if err != nil {
			return nil, err
		}
		streams = append(streams, made...)
	}
	root.Set("streams", streams)
	return template.AppendJSON(nil, root)
}

// originKey is where a stream says which template it was made of.
const originKey = "dynamic_stream_name"

// made are the streams that a configuration makes of templates.
func (s *Source) made(ctx context.Context, config json.RawMessage, limit int) ([]any, error) {
	r, err := s.begin(config, func(protocol.Message) error { return nil })
	if err != nil {
		return nil, err
	}
	list, err := r.dynamic(ctx)
	if err != nil {
		return nil, r.explained(err)
	}
	var streams []any
	of := map[string]int{}
	for _, l := range list {
		d, ok := l.written().(*template.Dict)
		if of[l.origin]++; !ok || of[l.origin] > limit {
			continue
		}
		d.Set(originKey, l.origin)
		streams = append(streams, d)
	}
	return streams, nil
}
