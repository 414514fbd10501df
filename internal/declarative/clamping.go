package declarative

import (
	"errors"
	"fmt"
	"time"

	"github.com/airfielddev/airfield/internal/template"
	"github.com/airfielddev/airfield/manifest"
)

// Clamping moves the bounds of slices to whole days, weeks or months.
type Clamping struct {
	Target  manifest.Template `manifest:"target,required"` // DAY, WEEK or MONTH
	Details ClampingDetails   `manifest:"target_details"`
}

// ClampingDetails say more of a target.
type ClampingDetails struct {
	Weekday string `manifest:"weekday"` // of WEEK: the day weeks begin on
}

// UnmarshalManifest checks a target that is written down.
func (c *Clamping) UnmarshalManifest(d *manifest.Decoder, n *manifest.Node) {
	type plain Clamping
	d.Decode(n, (*plain)(c))
	if !c.Target.Present() || !c.Target.Constant() {
		return
	}
	if _, err := c.of(c.Target.Source()); err != nil {
		d.Problem(n, manifest.CodeUnworkable, "%s", err)
	}
}

// clamp moves a moment to the beginning of a unit: the same one or the next, or, downwards, the same or the one before.
type clamp struct {
	floor, ceiling func(time.Time) time.Time
	unit           template.Duration // what an end is short of the next unit's beginning, unless there is a granularity
}

// build gives nil for no clamping.
func (c *Clamping) build(env *Env) (*clamp, error) {
	if c == nil {
		return nil, nil
	}
	target, err := c.Target.Text(env.Vars())
	if err != nil {
		return nil, err
	}
	return c.of(target)
}

func (c *Clamping) of(target string) (*clamp, error) {
	switch target {
	case "DAY":
		return newClamp("PT1S", midnight, func(t time.Time) time.Time { return t.AddDate(0, 0, 1) })
	case "WEEK":
		day, err := weekday(c.Details.Weekday)
		if err != nil {
			return nil, err
		}
		begin := func(t time.Time) time.Time { return midnight(t).AddDate(0, 0, -int(t.Weekday()-day+7)%7) }
		// A moment on the first day of a week counts as that day's beginning, whatever its time.
		return newClamp("P1D", begin, func(t time.Time) time.Time { return t.AddDate(0, 0, 7) }, midnight)
	case "MONTH":
		begin := func(t time.Time) time.Time { return midnight(t).AddDate(0, 0, 1-t.Day()) }
		return newClamp("P1D", begin, func(t time.Time) time.Time { return t.AddDate(0, 1, 0) }, midnight)
	}
	return nil, fmt.Errorf("clamping to %q: want DAY, WEEK or MONTH", target)
}

// newClamp makes a clamp of the beginning of a unit and the step to the next. Moments are looked at after the given preparation.
func newClamp(unit string, floor, next func(time.Time) time.Time, prepare ...func(time.Time) time.Time) (*clamp, error) {
	d, err := template.ParseDuration(unit)
	ceiling := func(t time.Time) time.Time {
		for _, f := range prepare {
			t = f(t)
		}
		begin := floor(t)
		if begin.Equal(t) {
			return begin
		}
		return next(begin)
	}
	return &clamp{floor: floor, ceiling: ceiling, unit: d}, err
}

func midnight(t time.Time) time.Time {
	return time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, t.Location())
}

func weekday(name string) (time.Weekday, error) {
	switch name {
	case "MONDAY":
		return time.Monday, nil
	case "TUESDAY":
		return time.Tuesday, nil
	case "WEDNESDAY":
		return time.Wednesday, nil
	case "THURSDAY":
		return time.Thursday, nil
	case "FRIDAY":
		return time.Friday, nil
	case "SATURDAY":
		return time.Saturday, nil
	case "SUNDAY":
		return time.Sunday, nil
	case "":
		return 0, errors.New("clamping to WEEK needs target_details.weekday")
	}
	return 0, fmt.Errorf("clamping to WEEK: %q is no weekday, want MONDAY to SUNDAY", name)
}
