package declarative

import (
	"context"
	"fmt"

	"github.com/airfielddev/airfield/internal/template"
	"github.com/airfielddev/airfield/manifest"
)

// Selector makes records of responses: it extracts them, drops those that a filter does not want, and transforms the rest.
type Selector struct {
	Extractor       Of[Extractor]  `manifest:"extractor,required,default=DpathExtractor"`
	Filter          Of[Filter]     `manifest:"record_filter,default=RecordFilter"`
	Normalization   *Normalization `manifest:"schema_normalization"`
	TransformBefore *bool          `manifest:"transform_before_filtering"`
}

// UnmarshalManifest checks that the extractor is one of pages.
func (c *Selector) UnmarshalManifest(d *manifest.Decoder, n *manifest.Node) {
	type plain Selector
	d.Decode(n, (*plain)(c))
	if c.Extractor.Name() == "ResponseToFileExtractor" {
		d.In("extractor", func() {
			d.ProblemOf(n, "extractor", manifest.CodeInvalidValue, "a ResponseToFileExtractor is a download_extractor of an AsyncRetriever")
		})
	}
}

// Filter tells whether a record is wanted.
type Filter interface {
	Wants(record any, slice Slice) (bool, error)
}

// Build makes the selector.
func (c *Selector) Build(env *Env) (RecordSelector, error) { return c.build(env) }

func (c *Selector) build(env *Env) (*selector, error) {
	s := &selector{rules: env.records}
	if s.rules == nil {
		s.rules = new(recordRules)
	}
	var err error
	if s.extractor, err = c.Extractor.Build(env); err != nil {
		return nil, err
	}
	if combined, ok := s.extractor.(*combinedExtractor); ok {
		combined.count()
	}
	if s.filter, err = c.Filter.Build(env); err != nil {
		return nil, err
	}
	s.transformFirst = s.rules.clientSide
	if c.TransformBefore != nil {
		s.transformFirst = *c.TransformBefore
	}
	s.rules.normalizes = c.Normalization != nil && *c.Normalization == normalizeDefault
	return s, nil
}

type selector struct {
	extractor      Extractor
	filter         Filter // nil: every record
	rules          *recordRules
	transformFirst bool
}

func (s *selector) Select(ctx context.Context, body any, q Query, yield func(*template.Dict) error) (raw int, err error) {
	err = s.extractor.Extract(ctx, body, func(v any) error {
		raw++
		return s.take(v, q, yield)
	})
	return raw, err
}

// take gives what was extracted to yield, if it is a record that is wanted.
func (s *selector) take(v any, q Query, yield func(*template.Dict) error) error {
	record, ok := v.(*template.Dict)
	if _, dropped := v.(droppedRecord); dropped {
		return nil
	}
	if !ok {
		return s.refuse(v, q)
	}
	wanted, err := s.shape(record, q)
	if err != nil || !wanted {
		return err
	}
	return yield(record)
}

// refuse is the error about what is no object, unless a filter takes it away.
func (s *selector) refuse(v any, q Query) error {
	if s.filter != nil && !s.transformFirst {
		if wanted, err := s.filter.Wants(v, q.Slice); err != nil || !wanted {
			return err
		}
	}
	return fmt.Errorf("a record is not an object but %s; see whether field_path leads to the records", jsonKind(v))
}

// jsonKind names the type of a value of a response.
func jsonKind(v any) string {
	switch v.(type) {
	case nil:
		return "null"
	case bool:
		return "a boolean"
	case string:
		return "a text"
	case []any:
		return "a list"
	}
	return "a number"
}

// shape filters and transforms a record.
func (s *selector) shape(record *template.Dict, q Query) (bool, error) {
	if s.transformFirst {
		if err := s.transform(record, q.Slice); err != nil {
			return false, err
		}
	}
	if q.Admit != nil && q.Old == nil && !q.Admit(record) {
		return false, nil
	}
	if s.filter != nil {
		if wanted, err := s.filter.Wants(record, q.Slice); err != nil || !wanted {
			return false, err
		}
	}
	if !s.transformFirst {
		if err := s.transform(record, q.Slice); err != nil {
			return false, err
		}
	}
	if q.Schema != nil {
		normalizeObject(record, q.Schema, q.Schema)
	}
	return true, nil
}

func (s *selector) transform(record *template.Dict, slice Slice) error {
	for _, t := range s.rules.transformations {
		if err := t.Transform(record, slice); err != nil {
			return err
		}
	}
	return nil
}

// RecordFilter wants the records for which a condition holds.
type RecordFilter struct {
	Condition manifest.Template `manifest:"condition"`
}

// Build makes the filter.
func (c *RecordFilter) Build(env *Env) (Filter, error) {
	if !c.Condition.Present() || c.Condition.Source() == "" {
		return nil, nil
	}
	return &recordFilter{condition: &c.Condition, env: env}, nil
}

type recordFilter struct {
	condition *manifest.Template
	env       *Env
}

func (f *recordFilter) Wants(record any, slice Slice) (bool, error) {
	vars := slice.Vars(f.env.Vars())
	vars["record"] = record
	vars["next_page_token"] = nil
	return f.condition.Bool(vars)
}
