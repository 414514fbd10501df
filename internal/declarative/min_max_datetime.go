package declarative

import (
	"cmp"
	"fmt"
	"time"

	"github.com/airfielddev/airfield/internal/template"
	"github.com/airfielddev/airfield/manifest"
)

// MinMaxDatetime is a moment, kept between two others. A manifest may write a text in its place, which is the moment alone.
type MinMaxDatetime struct {
	Datetime manifest.Template `manifest:"datetime,required"`
	Format   string            `manifest:"datetime_format,holds=datetimes"` // "": that of the cursor
	Min      manifest.Template `manifest:"min_datetime"`
	Max      manifest.Template `manifest:"max_datetime"`
}

// UnmarshalManifest reads both spellings.
func (m *MinMaxDatetime) UnmarshalManifest(d *manifest.Decoder, n *manifest.Node) {
	if n.Kind() == manifest.Scalar {
		d.Decode(n, &m.Datetime)
		return
	}
	type plain MinMaxDatetime
	d.Decode(n, (*plain)(m))
}

// check looks at the moments that are written down, unless their format is at fault already.
func (m *MinMaxDatetime) check(d *manifest.Decoder, n *manifest.Node, format string) {
	format = cmp.Or(m.Format, format)
	if template.CheckTimeFormat(format) != nil {
		return
	}
	if n.Kind() == manifest.Scalar {
		checkMoment(d, n, &m.Datetime, format)
		return
	}
	d.In("datetime", func() { checkMoment(d, n.Get("datetime"), &m.Datetime, format) })
	for name, limit := range map[string]*manifest.Template{"min_datetime": &m.Min, "max_datetime": &m.Max} {
		if limit.Source() != "" {
			d.In(name, func() { checkMoment(d, n.Get(name), limit, format) })
		}
	}
}

func checkMoment(d *manifest.Decoder, n *manifest.Node, t *manifest.Template, format string) {
	if !t.Present() || !t.Constant() {
		return
	}
	text, err := t.Text(nil)
	if err == nil {
		_, err = template.ParseTime(text, format)
	}
	if err != nil {
		d.Problem(n, manifest.CodeUnworkable, "want a datetime of format %q, found %s", format, n.Describe())
	}
}

// at evaluates the moment.
func (m *MinMaxDatetime) at(env *Env, format string) (time.Time, error) {
	if m.Format != "" {
		format = m.Format
	}
	t, given, err := momentOf(&m.Datetime, env, format)
	if err != nil {
		return t, err
	}
	if !given {
		return t, &manifest.PlaceError{Place: m.Datetime.Place(), Err: fmt.Errorf("%s is empty, where a datetime is needed", cmp.Or(m.Datetime.Source(), "it"))}
	}
	low, given, err := momentOf(&m.Min, env, format)
	if err != nil {
		return t, err
	}
	if given {
		t = later(t, low)
	}
	high, given, err := momentOf(&m.Max, env, format)
	if err == nil && given {
		t = earlier(t, high)
	}
	return t, err
}

// momentOf evaluates a template to a moment. One that is absent or evaluates to nothing gives none.
func momentOf(t *manifest.Template, env *Env, format string) (moment time.Time, given bool, err error) {
	if !t.Present() {
		return moment, false, nil
	}
	v, err := t.Value(env.Vars())
	if err != nil {
		return moment, false, err
	}
	text := template.Str(v)
	if text == "" {
		return moment, false, nil
	}
	moment, err = template.ParseTime(text, format)
	if err != nil {
		err = &manifest.PlaceError{Place: t.Place(), Err: fmt.Errorf("reading %q as a datetime of format %q: %w", text, format, err)}
	}
	return moment, true, err
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

func earlier(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}
