package declarative

import (
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/airfielddev/airfield/connector"
	"github.com/airfielddev/airfield/internal/template"
	"github.com/airfielddev/airfield/manifest"
)

// DatetimeBasedCursor reads a stream by the time its records changed, in slices, and remembers how far it came. With a partition
// router, it does so for every partition.
type DatetimeBasedCursor struct {
	Field        manifest.Template `manifest:"cursor_field,required"`
	Format       string            `manifest:"datetime_format,required,holds=datetimes"`
	Formats      []string          `manifest:"cursor_datetime_formats,holds=alternates"` // of values in records, tried before Format
	Start        MinMaxDatetime    `manifest:"start_datetime,required,default=MinMaxDatetime"`
	End          *MinMaxDatetime   `manifest:"end_datetime,default=MinMaxDatetime"` // nil: now
	StartOption  *RequestOption    `manifest:"start_time_option,default=RequestOption"`
	EndOption    *RequestOption    `manifest:"end_time_option,default=RequestOption"`
	StartKey     manifest.Template `manifest:"partition_field_start"`
	EndKey       manifest.Template `manifest:"partition_field_end"`
	Step         manifest.Template `manifest:"step,holds=duration"`               // an ISO 8601 duration; nothing: one slice
	Granularity  string            `manifest:"cursor_granularity,holds=duration"` // the smallest difference between two values
	Lookback     manifest.Template `manifest:"lookback_window,holds=duration"`
	Clamping     *Clamping         `manifest:"clamping"`
	DataFeed     bool              `manifest:"is_data_feed"`               // records come newest first, and cannot be asked for by time
	ClientSide   bool              `manifest:"is_client_side_incremental"` // records come in any order, likewise
	Strict       bool              `manifest:"is_compare_strictly"`        // the start of a slice must lie before its end
	Global       bool              `manifest:"global_substream_cursor"`    // one state for all partitions
	CatalogField bool              `manifest:"allow_catalog_defined_cursor_field"`
}

// UnmarshalManifest checks what the fields say together.
func (c *DatetimeBasedCursor) UnmarshalManifest(d *manifest.Decoder, n *manifest.Node) {
	type plain DatetimeBasedCursor
	d.Decode(n, (*plain)(c))
	if end := n.Get("end_datetime"); !end.Null() && end.Kind() == manifest.Scalar && end.Text() == "" {
		c.End = nil
	}
	if c.Step.Present() != (c.Granularity != "") {
		d.Problem(n, manifest.CodeInvalidValue, "step and cursor_granularity go together, but one of them is missing")
	}
	c.checkMoments(d, n)
}

// checkMoments looks at the moments that are written down.
func (c *DatetimeBasedCursor) checkMoments(d *manifest.Decoder, n *manifest.Node) {
	if start := n.Get("start_datetime"); !start.Null() {
		d.In("start_datetime", func() { c.Start.check(d, start, c.Format) })
	}
	if c.End != nil {
		d.In("end_datetime", func() { c.End.check(d, n.Get("end_datetime"), c.Format) })
	}
}

// Build evaluates what depends on the configuration alone.
func (c *DatetimeBasedCursor) Build(env *Env) (IncrementalSync, error) {
	r := &datetimeRules{
		env: env, format: c.Format, endsAt: c.End, startOption: c.StartOption, endOption: c.EndOption,
		strict: c.Strict, dataFeed: c.DataFeed, filters: c.ClientSide, wide: c.Global,
		unreadable: new(sync.Once),
	}
	r.formats = append(append(r.formats, c.Formats...), c.Format)
	if err := c.names(r); err != nil {
		return nil, err
	}
	var err error
	if r.start, err = c.Start.at(env, c.Format); err != nil {
		r.unstarted = connector.ConfigError("evaluating start_datetime: %w", err)
	}
	if r.clamp, err = c.Clamping.build(env); err != nil {
		return nil, err
	}
	return &datetimeSync{rules: r, catalogField: c.CatalogField}, c.durations(r)
}

func (c *DatetimeBasedCursor) names(r *datetimeRules) error {
	for _, name := range []struct {
		template *manifest.Template
		fallback string
		to       *string
	}{{&c.Field, "", &r.field}, {&c.StartKey, "start_time", &r.startKey}, {&c.EndKey, "end_time", &r.endKey}} {
		var err error
		if *name.to, err = name.template.Text(r.env.Vars()); err != nil {
			return err
		}
		if *name.to == "" {
			*name.to = name.fallback
		}
	}
	return nil
}

func (c *DatetimeBasedCursor) durations(r *datetimeRules) (err error) {
	granularity := manifest.NewTemplate(c.Granularity)
	if r.granularity, err = durationOf(&granularity, r.env); err != nil {
		return fmt.Errorf("evaluating cursor_granularity: %w", err)
	}
	if r.lookback, err = durationOf(&c.Lookback, r.env); err != nil {
		return fmt.Errorf("evaluating lookback_window: %w", err)
	}
	if r.step, err = durationOf(&c.Step, r.env); err != nil {
		return fmt.Errorf("evaluating step: %w", err)
	}
	if r.step != nil && !plus(r.start, r.step).After(r.start) {
		return errors.New("evaluating step: it is negative")
	}
	return nil
}

// durationOf is nil for a duration that is absent or evaluates to nothing, and for none at all such as PT0S.
func durationOf(t *manifest.Template, env *Env) (*template.Duration, error) {
	text, err := t.Text(env.Vars())
	if err != nil || text == "" {
		return nil, err
	}
	d, err := template.ParseDuration(text)
	if err != nil {
		return nil, fmt.Errorf("%q is no ISO 8601 duration", text)
	}
	if d == (template.Duration{}) {
		return nil, nil
	}
	return &d, nil
}

// datetimeSync makes the cursors of a stream, or of a stream with partitions.
type datetimeSync struct {
	rules        *datetimeRules
	catalogField bool
}

// Field is the name of the field that records are compared by.
func (s *datetimeSync) Field() string { return s.rules.field }

// FiltersRecords tells whether records are to be filtered by the cursor after they were transformed.
func (s *datetimeSync) FiltersRecords() bool { return s.rules.filters }

// FieldFromCatalog tells whether whoever selects the stream may choose another cursor field.
func (s *datetimeSync) FieldFromCatalog() bool { return s.catalogField }

// By is the same for another field, where that may be chosen.
func (s *datetimeSync) By(field string) IncrementalSync {
	rules := *s.rules
	rules.field = field
	return &datetimeSync{rules: &rules, catalogField: s.catalogField}
}

// Ready tells why no read can begin, whatever the state.
func (s *datetimeSync) Ready() error { return s.rules.unstarted }

// Open makes the cursor of one read.
func (s *datetimeSync) Open(in CursorInput) (Cursor, error) {
	if err := s.Ready(); err != nil {
		return nil, err
	}
	var cursor Cursor
	state, err := decodeState(in.State)
	if err == nil {
		if in.Router == nil {
			cursor, err = newDatetimeRun(s.rules, state)
		} else {
			cursor, err = newPartitionRun(s.rules, in, state)
		}
	}
	if err != nil {
		return nil, fmt.Errorf("reading state of stream %s: %w", in.Stream, err)
	}
	return cursor, nil
}

// Reached is the moment a state stands for; false when it cannot be told.
func (s *datetimeSync) Reached(state *template.Dict, partitioned bool) (time.Time, bool) {
	return s.rules.reached(state, partitioned)
}
