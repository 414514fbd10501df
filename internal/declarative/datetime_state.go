package declarative

import (
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/airfielddev/airfield/internal/template"
)

// noCursorKey is what a full refresh leaves in a state.
const noCursorKey = "__ab_no_cursor_state_message"

// decodeState reads a state as an object; one that is absent or null is empty. What full refreshes leave in a state says
// nothing to a cursor.
func decodeState(raw json.RawMessage) (*template.Dict, error) {
	d, err := decodeRaw(raw)
	if err != nil {
		return nil, err
	}
	d.Delete(noCursorKey)
	d.Delete("__ab_full_refresh_sync_complete")
	return d, nil
}

func decodeRaw(raw json.RawMessage) (*template.Dict, error) {
	if len(raw) == 0 {
		return template.NewDict(0), nil
	}
	v, err := template.DecodeJSON(raw)
	switch v := v.(type) {
	case nil:
		return template.NewDict(0), err
	case *template.Dict:
		if err == nil {
			_, err = template.AppendJSON(nil, v) // what cannot be written again is refused now, not at the end of a sync
		}
		return v, err
	}
	return nil, errors.New("want an object")
}

// resume makes a timeline of a state: either {field: value}, or the intervals that were read. A state whose other keys mean nothing
// here is given back, for them to be written again.
func (r *datetimeRules) resume(state *template.Dict, lookback time.Duration) (timeline, *template.Dict, error) {
	if ranges(state) {
		line, err := r.resumeIntervals(state)
		return line, nil, err
	}
	v, _ := state.Get(r.field)
	reached := r.start
	if v != nil {
		t, err := r.parse(v)
		if err == nil && lookback > 0 {
			_, t, err = r.coarse(later(t.Add(-lookback), r.start))
		}
		if err != nil {
			return timeline{}, nil, err
		}
		reached = later(r.start, t)
	}
	line := timeline{read: []interval{{start: r.start, end: reached, latest: reached}}, floor: reached}
	return line, beside(state, r.field), nil
}

// ranges tells a state that lists intervals.
func ranges(state *template.Dict) bool {
	kind, _ := state.Get("state_type")
	return kind == "date-range" || kind == "integer"
}

func (r *datetimeRules) resumeIntervals(state *template.Dict) (timeline, error) {
	v, _ := state.Get("slices")
	list, ok := v.([]any)
	if !ok && v != nil {
		return timeline{}, errors.New("slices: want a list")
	}
	if len(list) == 0 {
		return timeline{read: []interval{{start: r.start, end: r.start, latest: r.start}}, floor: r.start}, nil
	}
	read := make([]interval, len(list))
	for i, v := range list {
		d, ok := v.(*template.Dict)
		if !ok {
			return timeline{}, fmt.Errorf("slices[%d]: want an object", i)
		}
		var err error
		if read[i], err = r.resumeInterval(d); err != nil {
			return timeline{}, fmt.Errorf("slices[%d]: %w", i, err)
		}
	}
	line := timeline{read: r.merged(read)}
	if line.floor = line.read[0].latest; line.floor.IsZero() {
		line.floor = line.read[0].end
	}
	return line, nil
}

func (r *datetimeRules) resumeInterval(d *template.Dict) (i interval, err error) {
	start, _ := d.Get("start")
	if i.start, err = r.parse(start); err != nil {
		return i, fmt.Errorf("start: %w", err)
	}
	end, _ := d.Get("end")
	if i.end, err = r.parse(end); err != nil {
		return i, fmt.Errorf("end: %w", err)
	}
	if latest, _ := d.Get("most_recent_cursor_value"); latest != nil {
		if i.latest, err = r.parse(latest); err != nil {
			return i, fmt.Errorf("most_recent_cursor_value: %w", err)
		}
	}
	return i, nil
}

// state writes how far a timeline goes.
func (r *datetimeRules) state(l *timeline, other *template.Dict) (*template.Dict, error) {
	text, err := r.text(l.value())
	if err != nil {
		return nil, fmt.Errorf("writing a state: %w", err)
	}
	d := template.NewDict(1)
	if other != nil {
		for key, value := range other.All() {
			d.Set(template.Str(key), value)
		}
	}
	d.Set(r.field, text)
	return d, nil
}

// reached is the moment a state stands for; false when it cannot be told. States with partitions are told by what is common
// to all of them.
func (r *datetimeRules) reached(state *template.Dict, partitioned bool) (time.Time, bool) {
	if partitioned {
		v, _ := state.Get("state")
		state, _ = v.(*template.Dict)
	}
	if state == nil {
		return time.Time{}, false
	}
	if ranges(state) {
		v, _ := state.Get("slices")
		if list, ok := v.([]any); !ok || len(list) == 0 {
			return time.Time{}, false
		}
		line, err := r.resumeIntervals(state)
		return line.floor, err == nil
	}
	v, _ := state.Get(r.field)
	if v == nil || v == "" {
		return time.Time{}, false
	}
	t, err := r.parse(v)
	return t, err == nil
}

// beside is a state that says more than how far the cursor came; nil for any other.
func beside(state *template.Dict, field string) *template.Dict {
	_, has := state.Get(field)
	if state.Len() == 0 || has && state.Len() == 1 {
		return nil
	}
	return state
}
