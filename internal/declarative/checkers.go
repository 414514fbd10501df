package declarative

import (
	"context"
	"slices"

	"github.com/airfielddev/airfield/connector"
	"github.com/airfielddev/airfield/internal/template"
)

// Checker says which streams a check tries.
type Checker interface {
	Choose(ctx context.Context, r *run) ([]*listedStream, error)
}

// CheckStream tries the streams it names, and some of those made of templates.
type CheckStream struct {
	StreamNames   []string             `manifest:"stream_names"`
	DynamicChecks []DynamicStreamCheck `manifest:"dynamic_streams_check_configs"`
	Overrides     any                  `manifest:"config_overrides"` // an object
}

// DynamicStreamCheck tries the first streams of a template.
type DynamicStreamCheck struct {
	Name  string `manifest:"dynamic_stream_name,required"`
	Count *int   `manifest:"stream_count"` // nil: all
}

// Build makes the checker.
func (c *CheckStream) Build(*Env) (Checker, error) { return c, nil }

// names are those of the manifest, or those the configuration puts in their place.
func (c *CheckStream) names(config *template.Dict) []string {
	v, _ := config.Get("__airbyte_check_stream_names")
	list, ok := v.([]any)
	if !ok || len(list) == 0 {
		return c.StreamNames
	}
	names := make([]string, len(list))
	for i, name := range list {
		names[i] = template.Str(name)
	}
	return names
}

// Choose gives the streams. Templates are left alone where no stream of theirs is to be tried.
func (c *CheckStream) Choose(ctx context.Context, r *run) ([]*listedStream, error) {
	names := c.names(r.env.Config)
	if names == nil && c.DynamicChecks == nil {
		return nil, connector.ConfigError("the check of the manifest has neither stream_names nor dynamic_streams_check_configs")
	}
	all, err := r.static()
	if err != nil {
		return nil, err
	}
	missing := slices.ContainsFunc(names, func(name string) bool { return named(all, name) == nil })
	if missing || len(c.DynamicChecks) > 0 {
		if all, err = r.streams(ctx); err != nil {
			return nil, err
		}
	}
	var chosen []*listedStream
	for _, name := range names {
		l := named(all, name)
		if l == nil {
			return nil, unknownStream(name, all)
		}
		chosen = append(chosen, l)
	}
	for _, check := range c.DynamicChecks {
		some, err := check.of(r, all)
		if err != nil {
			return nil, err
		}
		chosen = append(chosen, some...)
	}
	return chosen, nil
}

// of are the streams to be tried of one template.
func (c *DynamicStreamCheck) of(r *run, all []*listedStream) ([]*listedStream, error) {
	known := false
	for i := range r.config.DynamicStreams.list {
		t := &r.config.DynamicStreams.list[i]
		if t.name(i) != c.Name {
			continue
		}
		if known = true; t.problem != nil {
			return nil, connector.ConfigError("the streams of %s cannot be read: %w", c.Name, located(t.problem))
		}
	}
	if !known {
		return nil, connector.ConfigError("there are no dynamic streams called %s in the manifest", c.Name)
	}
	var some []*listedStream
	for _, l := range all {
		if l.origin == c.Name {
			some = append(some, l)
		}
	}
	return first(some, c.Count), nil
}

// first are as many elements as are wanted, or all.
func first(list []*listedStream, count *int) []*listedStream {
	if count == nil {
		return list
	}
	return list[:max(0, min(*count, len(list)))]
}

// CheckDynamicStream tries the first streams, however they are called.
type CheckDynamicStream struct {
	Count        int  `manifest:"stream_count,required"`
	Availability bool `manifest:"use_check_availability"` // else it is enough that there are streams
	Overrides    any  `manifest:"config_overrides"`       // an object
}

// Build makes the checker.
func (c *CheckDynamicStream) Build(*Env) (Checker, error) { return c, nil }

// Choose gives the streams.
func (c *CheckDynamicStream) Choose(ctx context.Context, r *run) ([]*listedStream, error) {
	all, err := r.streams(ctx)
	if err != nil {
		return nil, err
	}
	if len(all) == 0 {
		return nil, connector.ConfigError("the source has no streams")
	}
	if !c.Availability {
		return nil, nil
	}
	return first(all, &c.Count), nil
}
