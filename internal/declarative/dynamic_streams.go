package declarative

import (
	"context"
	"errors"
	"fmt"
	"strconv"

	"github.com/airfielddev/airfield/connector"
	"github.com/airfielddev/airfield/internal/template"
	"github.com/airfielddev/airfield/manifest"
	"github.com/airfielddev/airfield/protocol"
)

// DynamicDeclarativeStream makes streams of a template: one for each set of values that its resolver finds.
type DynamicDeclarativeStream struct {
	Name       string                 `manifest:"name"`
	Template   manifest.Fragment      `manifest:"stream_template,required,default=DeclarativeStream"`
	Resolver   Of[ComponentsResolver] `manifest:"components_resolver,required"`
	OuterFirst *bool                  `manifest:"use_parent_parameters"` // nil: yes
}

// ComponentsResolver finds the values that make streams of a template.
type ComponentsResolver interface {
	// Each calls yield for each stream to make, with the variables that its mappings see beside those of the environment.
	Each(ctx context.Context, yield func(vars map[string]any) error) error
	// Mapping says what of them goes where.
	Mapping() *mapping
}

// UnmarshalManifest also looks for what cannot run here in the template. Other problems may go away with the values.
func (c *DynamicDeclarativeStream) UnmarshalManifest(d *manifest.Decoder, n *manifest.Node) {
	type plain DynamicDeclarativeStream
	d.Decode(n, (*plain)(c))
	if t := n.Get("stream_template"); !t.Null() {
		d.In("stream_template", func() {
			var stream Of[*Stream]
			d.Try(t, &stream, manifest.CodeCustomComponent, manifest.CodeUnsupported, manifest.CodeUnknownComponent, manifest.CodeTemplate)
		})
	}
}

// Build makes the resolver.
func (c *DynamicDeclarativeStream) Build(env *Env) (*dynamicStreams, error) {
	name := c.Name
	if name == "" {
		name = "__http_components_resolver"
	}
	env = env.in(name)
	env.records = nil
	env.AddParent(name)
	resolver, err := c.Resolver.Build(env)
	return &dynamicStreams{DynamicDeclarativeStream: c, env: env, resolver: resolver}, err
}

type dynamicStreams struct {
	*DynamicDeclarativeStream

	env      *Env
	resolver ComponentsResolver
}

// maxDynamicStreams bounds what one template becomes.
const maxDynamicStreams = 10_000

// list makes the streams. What is wrong with one of them is its problem, or that of all.
func (s *dynamicStreams) list(ctx context.Context) ([]*listedStream, error) {
	var list []*listedStream
	whole := s.Template.Value()
	err := s.resolver.Each(ctx, func(vars map[string]any) error {
		if len(list) == maxDynamicStreams {
			return fmt.Errorf("there are more than %d of them", maxDynamicStreams)
		}
		vars["config"], vars["stream_template_config"] = s.env.Config, whole
		stream := s.Template
		if err := s.resolver.Mapping().write(&stream, vars); err != nil {
			return err
		}
		l, err := s.stream(&stream)
		if err != nil {
			return err
		}
		list = append(list, l)
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("making streams of template %s: %w", s.Template.Place().Path, err)
	}
	return list, nil
}

var errNoName = errors.New("the name of a stream is not a text")

func (s *dynamicStreams) stream(filled *manifest.Fragment) (*listedStream, error) {
	d, _ := filled.Value().(*template.Dict)
	name, _ := orEmpty(d).Get("name")
	text, ok := name.(string)
	if !ok {
		return nil, errNoName
	}
	outerFirst := s.OuterFirst == nil || *s.OuterFirst
	l := &listedStream{name: text, path: s.Template.Place().Path, written: func() any { return filled.Resolved(outerFirst) }}
	for _, p := range filled.Decode(&l.slot, outerFirst).Errors() {
		if !breaksPart(p) {
			return nil, fmt.Errorf("stream %s: %s: %s", text, p.Path, p.Message)
		}
		if l.problem == nil {
			l.problem = &p
		}
	}
	return l, nil
}

// outOfReach tells a problem that is not the manifest's fault.
func outOfReach(p manifest.Problem) bool {
	return p.Code == manifest.CodeCustomComponent || p.Code == manifest.CodeUnsupported
}

// breaksPart tells a problem of which nothing is felt but where it stands.
func breaksPart(p manifest.Problem) bool {
	return outOfReach(p) || p.Code == manifest.CodeTemplate || p.Code == manifest.CodeUnworkable
}

// DynamicStreamList is the templates of a manifest.
type DynamicStreamList struct{ list []listedTemplate }

type listedTemplate struct {
	path    string
	slot    Of[*dynamicStreams]
	problem *manifest.Problem // why it cannot be used; nil: it can
}

// UnmarshalManifest reads the list.
func (l *DynamicStreamList) UnmarshalManifest(d *manifest.Decoder, n *manifest.Node) {
	if n.Null() {
		return
	}
	if n.Kind() != manifest.Sequence {
		d.Problem(n, manifest.CodeWrongType, "want a list, found %s", n.Describe())
		return
	}
	l.list = make([]listedTemplate, len(n.Items()))
	for i, item := range n.Items() {
		d.In("["+strconv.Itoa(i)+"]", func() {
			l.list[i].path = d.Place(item).Path
			d.Decode(item, &l.list[i].slot)
		})
	}
}

// name is what checks call the template: its own name or, without one, its number.
func (t *listedTemplate) name(i int) string {
	if c, ok := t.slot.Component().(*DynamicDeclarativeStream); ok && c.Name != "" {
		return c.Name
	}
	return "dynamic_stream_" + strconv.Itoa(i)
}

// dynamic makes the streams of all templates, once in a run.
func (r *run) dynamic(ctx context.Context) ([]*listedStream, error) {
	if r.made != nil {
		return r.made, nil
	}
	all := []*listedStream{}
	seen := map[string]bool{}
	for i := range r.config.DynamicStreams.list {
		t := &r.config.DynamicStreams.list[i]
		if t.problem != nil {
			r.log(protocol.LevelWarn, "the streams of %s are left out: %s", t.path, located(t.problem))
			continue
		}
		d, err := t.slot.Build(r.env)
		if err != nil {
			return nil, err
		}
		list, err := d.list(ctx)
		if err != nil {
			return nil, err
		}
		for _, l := range list {
			if seen[l.name] {
				return nil, connector.ConfigError("there are two dynamic streams called %s; check the configuration", l.name)
			}
			seen[l.name] = true
			l.origin = t.name(i)
		}
		all = append(all, list...)
	}
	r.made = all
	return all, nil
}
