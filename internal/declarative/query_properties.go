package declarative

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/airfielddev/airfield/internal/declarative/dpath"
	"github.com/airfielddev/airfield/internal/template"
	"github.com/airfielddev/airfield/manifest"
)

// QueryProperties asks an API for certain properties of its records, with several requests for a page when there are too many of
// them for one.
type QueryProperties struct {
	List     propertyList      `manifest:"property_list,required"`
	Always   []string          `manifest:"always_include_properties"` // in each request
	Chunking *PropertyChunking `manifest:"property_chunking"`         // nil: all in one request
	Selector *PropertySelector `manifest:"property_selector"`         // nil: also those that nobody selected
}

// PropertyChunking says how many properties go into a request, and which records of several requests are one.
type PropertyChunking struct {
	Kind  string      `manifest:"property_limit_type,required"` // characters or property_count
	Limit int         `manifest:"property_limit"`               // 0: none
	Merge *GroupByKey `manifest:"record_merge_strategy"`        // nil: by id
}

// GroupByKey takes records with the same values of some fields for one.
type GroupByKey struct {
	Key names `manifest:"key,required"`
}

// PropertySelector asks for those properties alone that the catalog of a read has in its schema.
type PropertySelector struct {
	Transformations []Of[Transformation] `manifest:"transformations"` // of the object that holds the schema's properties
}

// names is one name or a list.
type names []string

// UnmarshalManifest reads both spellings.
func (l *names) UnmarshalManifest(d *manifest.Decoder, n *manifest.Node) {
	if n.Kind() == manifest.Scalar && !n.Null() {
		*l = names{n.Text()}
		return
	}
	d.Decode(n, (*[]string)(l))
}

// UnmarshalManifest checks the kind.
func (c *PropertyChunking) UnmarshalManifest(d *manifest.Decoder, n *manifest.Node) {
	type plain PropertyChunking
	d.Decode(n, (*plain)(c))
	if c.Kind != "" && c.Kind != limitCharacters && c.Kind != limitCount {
		d.ProblemOf(n, "property_limit_type", manifest.CodeInvalidValue, "want characters or property_count, found %q", c.Kind)
	}
}

const (
	limitCharacters = "characters"
	limitCount      = "property_count"
	// separatorSize is what counts for the comma between two properties, as it is written in a URL.
	separatorSize = 3
)

// propertyList is written down, or asked for.
type propertyList struct {
	list     []string
	endpoint *PropertiesFromEndpoint
}

// UnmarshalManifest reads both.
func (l *propertyList) UnmarshalManifest(d *manifest.Decoder, n *manifest.Node) {
	if n.Null() {
		return
	}
	if n.Kind() == manifest.Sequence {
		d.Decode(n, &l.list)
		return
	}
	d.Decode(n, &l.endpoint)
}

// PropertiesFromEndpoint finds a property in each record that a retriever gives.
type PropertiesFromEndpoint struct {
	Path      []manifest.Template `manifest:"property_field_path,required"`
	Retriever Of[Retriever]       `manifest:"retriever,required"`
}

// properties are query properties at work.
type properties struct {
	*QueryProperties
	endpoint *endpointProperties // nil: the list is written down
	selected map[string]bool     // nil: all
}

func (c *QueryProperties) build(env *Env) (*properties, error) {
	p := &properties{QueryProperties: c}
	var err error
	if c.List.endpoint != nil {
		if p.endpoint, err = c.List.endpoint.build(env); err != nil {
			return nil, err
		}
	}
	if c.Selector != nil {
		p.selected, err = c.Selector.selected(env)
	}
	return p, err
}

// selected are the properties of the stream in the catalog; nil when there is no catalog, or no schema in it.
func (c *PropertySelector) selected(env *Env) (map[string]bool, error) {
	transformations, err := buildAll(env, c.Transformations)
	if err != nil {
		return nil, err
	}
	var schema struct {
		Properties json.RawMessage `json:"properties"`
	}
	if text := env.schemas[env.Stream()]; len(text) > 0 {
		if err := json.Unmarshal(text, &schema); err != nil {
			return nil, fmt.Errorf("reading schema of stream %s in the catalog: %w", env.Stream(), err)
		}
	}
	if schema.Properties == nil {
		return nil, nil
	}
	v, err := template.DecodeJSON(schema.Properties)
	if err != nil {
		return nil, err
	}
	d, ok := v.(*template.Dict)
	if !ok {
		return nil, nil
	}
	for _, t := range transformations {
		if err := t.Transform(d, Slice{}); err != nil {
			return nil, err
		}
	}
	selected := make(map[string]bool, d.Len())
	for name := range d.All() {
		selected[template.Str(name)] = true
	}
	return selected, nil
}

// chunks are the properties of each request for a page.
func (p *properties) chunks(ctx context.Context) ([][]string, error) {
	list := p.List.list
	if p.endpoint != nil {
		var err error
		if list, err = p.endpoint.list(ctx); err != nil {
			return nil, err
		}
	}
	if p.Chunking != nil && p.Chunking.Limit == 0 {
		return [][]string{slices.Concat(list, p.Always)}, nil
	}
	if p.selected != nil {
		list = slices.DeleteFunc(slices.Clone(list), func(name string) bool { return !p.selected[name] })
	}
	if p.Chunking == nil {
		return [][]string{slices.Concat(p.Always, list)}, nil
	}
	return p.Chunking.divide(list, p.Always), nil
}

// divide makes chunks of a list. What is in all of them does not count for their size.
func (c *PropertyChunking) divide(list, always []string) [][]string {
	var chunks [][]string
	chunk, size := slices.Clone(always), 0
	for _, name := range list {
		cost := 1
		if c.Kind == limitCharacters {
			cost = utf8.RuneCountInString(name) + separatorSize
		}
		if size+cost > c.Limit {
			chunks = append(chunks, chunk)
			chunk, size = slices.Clone(always), 0
		}
		chunk = append(chunk, name)
		size += cost
	}
	return append(chunks, chunk)
}

// mergeKey tells records apart that are not one; "" for a record that stands alone.
func (p *properties) mergeKey(record *template.Dict) string {
	if p.Chunking == nil {
		return ""
	}
	fields := names{"id"}
	if p.Chunking.Merge != nil {
		fields = p.Chunking.Merge.Key
	}
	values := make([]string, len(fields))
	for i, field := range fields {
		v, _ := record.Get(field)
		if !truthy(v) {
			return ""
		}
		values[i] = template.Str(v)
	}
	return strings.Join(values, ",")
}

// endpointProperties asks for properties, once.
type endpointProperties struct {
	retriever Retriever
	path      dpath.Path

	mu    sync.Mutex
	found []string // nil: not asked yet
}

func (c *PropertiesFromEndpoint) build(env *Env) (*endpointProperties, error) {
	env = env.in(dynamicProperties)
	env.records = nil
	env.AddParent(dynamicProperties)
	e := new(endpointProperties)
	var err error
	if e.path, err = pathOf(c.Path, env.Vars()); err != nil {
		return nil, err
	}
	e.retriever, err = c.Retriever.Build(env)
	return e, err
}

func (e *endpointProperties) list(ctx context.Context) ([]string, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.found != nil {
		return e.found, nil
	}
	list := []string{}
	err := e.retriever.Read(ctx, Query{}, func(record *template.Dict) error {
		v, ok, err := e.path.Get(record)
		if !ok {
			v = []any{} // what the reference puts in its place
		}
		list = append(list, template.Str(v))
		return err
	})
	if err != nil {
		return nil, err
	}
	e.found = list
	return list, nil
}
