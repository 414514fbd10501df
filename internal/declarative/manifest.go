package declarative

import (
	"slices"
	"strconv"

	"github.com/airfielddev/airfield/manifest"
)

// Manifest is a whole manifest.
type Manifest struct {
	Version        string                 `manifest:"version,required"`
	Check          Of[Checker]            `manifest:"check,required,default=CheckStream"`
	Streams        StreamList             `manifest:"streams,default=DeclarativeStream"`
	DynamicStreams DynamicStreamList      `manifest:"dynamic_streams"`
	Spec           *Spec                  `manifest:"spec,default=Spec"`
	Concurrency    *ConcurrencyLevel      `manifest:"concurrency_level"`
	Budget         Of[*apiBudget]         `manifest:"api_budget"`
	StreamGroups   map[string]StreamGroup `manifest:"stream_groups"`
	Definitions    any                    `manifest:"definitions"`
	Schemas        any                    `manifest:"schemas"`
	Metadata       any                    `manifest:"metadata"`
	AsyncJobs      manifest.Template      `manifest:"max_concurrent_async_job_count,holds=whole"`
}

// ConcurrencyLevel is how many slices are read at once.
type ConcurrencyLevel struct {
	Default manifest.Template `manifest:"default_concurrency,required,holds=whole"`
	Max     int               `manifest:"max_concurrency"`
}

// UnmarshalManifest warns of a level that only a configuration bounds.
func (c *ConcurrencyLevel) UnmarshalManifest(d *manifest.Decoder, n *manifest.Node) {
	type plain ConcurrencyLevel
	d.Decode(n, (*plain)(c))
	if c.Max == 0 && slices.Contains(c.Default.Names(), "config") {
		d.WarnOf(n, "default_concurrency", manifest.CodeMissingField, "Airbyte refuses a manifest that lets the configuration choose it without a max_concurrency")
	}
}

const defaultConcurrency = 2

// maxConcurrency bounds what a manifest or a configuration may ask for.
const maxConcurrency = 64

func (c *ConcurrencyLevel) level(env *Env) (int, error) {
	if c == nil {
		return defaultConcurrency, nil
	}
	n, given, err := c.Default.Int(env.Vars())
	if err != nil {
		return 0, err
	}
	if !given {
		n = defaultConcurrency
	}
	if c.Max > 0 {
		n = min(n, int64(c.Max))
	}
	return int(max(1, min(n, maxConcurrency))), nil
}

// StreamList is the streams of a manifest, those of conditions among them.
type StreamList struct {
	list []listedStream
}

// listedStream is a stream of a manifest, usable or not.
type listedStream struct {
	name      string
	path      string // its place in the manifest
	node      *manifest.Node
	slot      Of[*Stream]
	condition *manifest.Template // over the configuration; nil: none
	problem   *manifest.Problem  // why it cannot be read; nil: it can
	origin    string             // the template it was made of; "": none
	written   func() any         // of a template: the stream as a manifest would have it
}

// UnmarshalManifest reads streams and conditions.
func (l *StreamList) UnmarshalManifest(d *manifest.Decoder, n *manifest.Node) {
	if n.Null() {
		return
	}
	if n.Kind() != manifest.Sequence {
		d.Problem(n, manifest.CodeWrongType, "want a list, found %s", n.Describe())
		return
	}
	for i, item := range n.Items() {
		d.In("["+strconv.Itoa(i)+"]", func() { l.add(d, item, nil) })
	}
}

func (l *StreamList) add(d *manifest.Decoder, n *manifest.Node, condition *manifest.Template) {
	if n.Kind() == manifest.Mapping && n.Get("type") != nil && n.Get("type").Text() == "ConditionalStreams" {
		condition = new(manifest.Template)
		d.In("condition", func() { d.Decode(n.Get("condition"), condition) })
		streams := n.Get("streams")
		if streams.Null() {
			return
		}
		for i, item := range streams.Items() {
			d.In("streams["+strconv.Itoa(i)+"]", func() { l.add(d, item, condition) })
		}
		return
	}
	s := listedStream{path: d.Place(n).Path, node: n, condition: condition}
	if name := n.Get("name"); !name.Null() {
		s.name = name.Text()
	}
	d.Decode(n, &s.slot)
	l.list = append(l.list, s)
}

// included tells whether the configuration wants the stream.
func (s *listedStream) included(env *Env) (bool, error) {
	if s.condition == nil {
		return true, nil
	}
	return s.condition.Bool(env.Vars())
}
