package declarative

import (
	"context"
	"fmt"

	"github.com/airfielddev/airfield/internal/template"
	"github.com/airfielddev/airfield/manifest"
)

// HTTPComponentsResolver makes a stream of each record that a retriever gives.
type HTTPComponentsResolver struct {
	Retriever Of[Retriever]      `manifest:"retriever,required,default=SimpleRetriever"`
	Mappings  []ComponentMapping `manifest:"components_mapping,required,default=ComponentMappingDefinition"`
}

// UnmarshalManifest checks the mappings.
func (c *HTTPComponentsResolver) UnmarshalManifest(d *manifest.Decoder, n *manifest.Node) {
	type plain HTTPComponentsResolver
	d.Decode(n, (*plain)(c))
	checkMapping(d, n, c.Mappings)
}

// Build makes the retriever.
func (c *HTTPComponentsResolver) Build(env *Env) (ComponentsResolver, error) {
	retriever, err := c.Retriever.Build(env)
	return &httpResolver{retriever: retriever, mapping: mapping{list: c.Mappings}}, err
}

type httpResolver struct {
	retriever Retriever
	mapping   mapping
}

func (r *httpResolver) Mapping() *mapping { return &r.mapping }

func (r *httpResolver) Each(ctx context.Context, yield func(map[string]any) error) error {
	cursor, err := newFullCursor(r.retriever.Router())
	if err != nil {
		return err
	}
	return cursor.Each(ctx, func(slice Slice) error {
		q, err := cursor.Query(slice)
		if err != nil {
			return err
		}
		return r.retriever.Read(ctx, q, func(record *template.Dict) error {
			return yield(map[string]any{"components_values": record, "stream_slice": slice.Dict()})
		})
	})
}

// ConfigComponentsResolver makes a stream of each element of a list in the configuration; of several lists, of each combination.
type ConfigComponentsResolver struct {
	Streams  streamConfigs      `manifest:"stream_config,required,default=StreamConfig"`
	Mappings []ComponentMapping `manifest:"components_mapping,required,default=ComponentMappingDefinition"`
}

// ComponentsConfig is a list in the configuration.
type ComponentsConfig struct {
	Pointer  []manifest.Template `manifest:"configs_pointer,required"`
	Defaults []any               `manifest:"default_values"` // further elements
}

type streamConfigs []ComponentsConfig

// UnmarshalManifest reads one list or several.
func (c *streamConfigs) UnmarshalManifest(d *manifest.Decoder, n *manifest.Node) {
	if n.Null() {
		return
	}
	if n.Kind() == manifest.Sequence {
		d.Decode(n, (*[]ComponentsConfig)(c))
		return
	}
	*c = make(streamConfigs, 1)
	d.Decode(n, &(*c)[0])
}

// Build looks into the configuration.
func (c *ConfigComponentsResolver) Build(env *Env) (ComponentsResolver, error) {
	r := &configResolver{mapping: mapping{list: c.Mappings, yaml: true, keepTexts: true, creates: true}}
	for i := range c.Streams {
		values, err := c.Streams[i].values(env)
		if err != nil {
			return nil, err
		}
		r.lists = append(r.lists, values)
	}
	return r, nil
}

func (c *ComponentsConfig) values(env *Env) ([]any, error) {
	path, err := pathOf(c.Pointer, env.Vars())
	if err != nil {
		return nil, err
	}
	v, found, err := path.Get(env.Config)
	if err != nil {
		return nil, fmt.Errorf("following configs_pointer: %w", err)
	}
	var values []any
	switch list, ok := v.([]any); {
	case ok:
		values = append(values, list...)
	case found:
		values = append(values, v)
	}
	return append(values, c.Defaults...), nil
}

type configResolver struct {
	lists   [][]any
	mapping mapping
}

func (r *configResolver) Mapping() *mapping { return &r.mapping }

func (r *configResolver) Each(ctx context.Context, yield func(map[string]any) error) error {
	return combine(r.lists, nil, func(combination []combined) error {
		if err := ctx.Err(); err != nil {
			return err
		}
		return yield(map[string]any{"components_values": merged(combination)})
	})
}

// combined is an element of one of several lists, and its number there.
type combined struct {
	number int
	value  any
}

// combine calls yield for each combination of elements, of which the last list's change first.
func combine(lists [][]any, chosen []combined, yield func([]combined) error) error {
	if len(chosen) == len(lists) {
		return yield(chosen)
	}
	for i, value := range lists[len(chosen)] {
		if err := combine(lists, append(chosen, combined{i, value}), yield); err != nil {
			return err
		}
	}
	return nil
}

// merged is a combination as one object. What is no object in it goes by the number of its list.
func merged(combination []combined) *template.Dict {
	all := template.NewDict(len(combination))
	for i, c := range combination {
		d, ok := c.value.(*template.Dict)
		if !ok {
			name := fmt.Sprintf("source_config_%d", i)
			if _, taken := all.Get(name); !taken {
				all.Set(name, template.Tuple{int64(c.number), c.value})
			}
			continue
		}
		for key, value := range d.All() {
			all.Set(template.Str(key), value)
		}
	}
	return all
}

// ParametrizedComponentsResolver makes a stream of each element of a list in the manifest.
type ParametrizedComponentsResolver struct {
	Parameters StreamParameters   `manifest:"stream_parameters,required"`
	Mappings   []ComponentMapping `manifest:"components_mapping,required,default=ComponentMappingDefinition"`
}

// StreamParameters is the list.
type StreamParameters struct {
	List []any `manifest:"list_of_parameters_for_stream,required"`
}

// UnmarshalManifest checks the mappings.
func (c *ParametrizedComponentsResolver) UnmarshalManifest(d *manifest.Decoder, n *manifest.Node) {
	type plain ParametrizedComponentsResolver
	d.Decode(n, (*plain)(c))
	checkMapping(d, n, c.Mappings)
}

// Build makes the resolver.
func (c *ParametrizedComponentsResolver) Build(*Env) (ComponentsResolver, error) {
	return &fixedResolver{values: c.Parameters.List, mapping: mapping{list: c.Mappings, yaml: true, creates: true}}, nil
}

type fixedResolver struct {
	values  []any
	mapping mapping
}

func (r *fixedResolver) Mapping() *mapping { return &r.mapping }

func (r *fixedResolver) Each(_ context.Context, yield func(map[string]any) error) error {
	for _, value := range r.values {
		if err := yield(map[string]any{"components_values": value}); err != nil {
			return err
		}
	}
	return nil
}
