package declarative

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"

	"github.com/airfielddev/airfield/internal/declarative/dpath"
	"github.com/airfielddev/airfield/internal/template"
	"github.com/airfielddev/airfield/manifest"
	"github.com/airfielddev/airfield/protocol"
)

// ParentStreamConfig says how the records of a stream become partitions of another.
type ParentStreamConfig struct {
	Stream        Of[*Stream]           `manifest:"stream,required,default=DeclarativeStream"`
	Key           manifest.Template     `manifest:"parent_key,required"`      // the field of the parent's record; a/b is a path
	Field         manifest.Template     `manifest:"partition_field,required"` // what the partition calls it
	RequestOption *RequestOption        `manifest:"request_option,default=RequestOption"`
	Incremental   bool                  `manifest:"incremental_dependency"` // the parent's state is kept in that of the child
	Lazy          []manifest.Template   `manifest:"lazy_read_pointer"`      // where in the parent's record the child's first page is
	Extra         [][]manifest.Template `manifest:"extra_fields"`           // other fields of the parent's record that come along
}

// UnmarshalManifest checks the pointer.
func (c *ParentStreamConfig) UnmarshalManifest(d *manifest.Decoder, n *manifest.Node) {
	type plain ParentStreamConfig
	d.Decode(n, (*plain)(c))
	for i := range c.Lazy {
		if strings.Contains(c.Lazy[i].Source(), "*") {
			d.ProblemOf(n, "lazy_read_pointer", manifest.CodeInvalidValue, "want a path without wildcards")
		}
	}
}

// Build makes the stream.
func (c *ParentStreamConfig) Build(env *Env) (*parentStream, error) {
	p := &parentStream{option: c.RequestOption, incremental: c.Incremental, log: env.Log, bounds: env.bounds}
	var err error
	if p.stream, err = c.Stream.Build(env); err != nil {
		return nil, err
	}
	if err := p.stream.ready(); err != nil {
		return nil, err
	}
	env.AddParent(p.stream.Name)
	key, err := c.Key.Text(env.Vars())
	if err != nil {
		return nil, err
	}
	p.key = dpath.Parse(strings.Split(strings.TrimPrefix(key, "/"), "/"))
	if p.field, err = c.Field.Text(env.Vars()); err != nil {
		return nil, err
	}
	if p.lazy, err = pathOf(c.Lazy, env.Vars()); err != nil {
		return nil, err
	}
	for _, templates := range c.Extra {
		path, err := pathOf(templates, env.Vars())
		if err != nil {
			return nil, err
		}
		p.extra = append(p.extra, extraField{name: strings.Join(path.Keys(), "."), path: path})
	}
	return p, nil
}

// parentStream is a stream whose records are partitions of another.
type parentStream struct {
	stream      *Stream
	key         dpath.Path
	field       string
	option      *RequestOption
	incremental bool
	lazy        dpath.Path
	extra       []extraField
	bounds      *bounds
	log         func(level protocol.Level, format string, args ...any)
}

type extraField struct {
	name string
	path dpath.Path
}

// open begins to read the parent of a stream with the given state.
func (p *parentStream) open(child *template.Dict) (*parentRead, error) {
	state, err := p.stateIn(child)
	if err != nil {
		return nil, err
	}
	cursor, err := p.stream.Open(state)
	return &parentRead{parentStream: p, cursor: cursor, lazily: len(p.lazy) > 0 && child.Len() == 0}, err
}

// stateIn finds the parent's state in the child's. A child that was not incremental by its parent before has its own state or, from
// earlier versions, nothing but a value: both are where the parent stands too.
func (p *parentStream) stateIn(child *template.Dict) (json.RawMessage, error) {
	if !p.incremental || child.Len() == 0 {
		return nil, nil
	}
	if v, _ := child.Get("parent_state"); v != nil {
		if parents, ok := v.(*template.Dict); ok {
			if state, ok := parents.Get(p.stream.Name); ok {
				return template.AppendJSON(nil, state)
			}
		}
	}
	if state, ok := child.Get("state"); ok {
		return template.AppendJSON(nil, state)
	}
	sync := p.stream.incremental()
	if child.Len() != 1 || sync == nil {
		return nil, nil
	}
	for _, v := range child.All() {
		switch v.(type) {
		case string, int64, float64:
			d := template.NewDict(1)
			d.Set(sync.Field(), v)
			return template.AppendJSON(nil, d)
		}
	}
	return nil, nil
}

// partition makes a partition of a record; false when the record has no key.
func (p *parentStream) partition(record *template.Dict, of Slice, lazily bool) (Slice, bool, error) {
	key, _, err := p.key.Get(record)
	if err != nil || key == nil {
		return Slice{}, false, err
	}
	partition := template.NewDict(2)
	partition.Set(p.field, key)
	partition.Set(parentSliceKey, orEmpty(of.Partition))
	s := Slice{Partition: partition}
	if lazily {
		page, found := p.lazy.First(record)
		if !found {
			page = []any{}
		}
		s.Extra = template.NewDict(1 + len(p.extra))
		s.Extra.Set(firstPageKey, page)
	}
	for _, f := range p.extra {
		if s.Extra == nil {
			s.Extra = template.NewDict(len(p.extra))
		}
		value, _, err := f.path.Get(record)
		if err != nil {
			return Slice{}, false, fmt.Errorf("finding extra field %s: %w", f.name, err)
		}
		s.Extra.Set(f.name, value)
	}
	return s, true, nil
}

// firstPageKey is where a slice carries the first page of its records, when the parent's record came with it.
const firstPageKey = "child_response"

// carriesPage tells whether the first page of a slice need not be asked for.
func (s Slice) carriesPage() bool {
	if s.Extra == nil {
		return false
	}
	_, ok := s.Extra.Get(firstPageKey)
	return ok
}

// firstPage is the first page of a slice that carries it, as if it had been asked for.
func (s Slice) firstPage() (*Response, error) {
	page, _ := s.Extra.Get(firstPageKey)
	body, err := template.AppendJSON(nil, page)
	return &Response{Status: http.StatusOK, Header: http.Header{}, Body: body}, err
}
