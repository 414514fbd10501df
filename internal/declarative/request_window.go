package declarative

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/airfielddev/airfield/connector"
	"github.com/airfielddev/airfield/internal/template"
	"github.com/airfielddev/airfield/manifest"
	"github.com/airfielddev/airfield/protocol"
)

// RequestWindowSplitting says how a slice is divided, where the API finds the time that it asks for too long.
type RequestWindowSplitting struct {
	Least  string `manifest:"min_split_window"` // an ISO 8601 duration that is not divided any further; "": the cursor's granularity is
	Advice string `manifest:"failure_message"`  // what the person who runs the sync can do when nothing is short enough
}

// maxSplits is how often in a row a slice is divided.
const maxSplits = 10

// UnmarshalManifest checks the duration.
func (c *RequestWindowSplitting) UnmarshalManifest(d *manifest.Decoder, n *manifest.Node) {
	type plain RequestWindowSplitting
	d.Decode(n, (*plain)(c))
	if c.Least == "" {
		return
	}
	if length, ok := fixedLength(c.Least); !ok || length <= 0 {
		d.ProblemOf(n, "min_split_window", manifest.CodeInvalidValue, "want an ISO 8601 duration of days, hours, minutes and seconds, found %q", c.Least)
	}
}

// fixedLength reads a duration without years and months, in microseconds.
func fixedLength(text string) (int64, bool) {
	d, err := template.ParseDuration(text)
	if err != nil {
		return 0, false
	}
	return d.Micros()
}

// checkSplitting sees that somebody divides the slices that the API finds too long.
func (c *SimpleRetriever) checkSplitting(d *manifest.Decoder, n *manifest.Node) {
	uses := resolvesTo(&c.Requester, SplitWindow)
	switch {
	case uses && c.Splitting == nil:
		d.ProblemOf(n, "requester", manifest.CodeMissingField, "the action SPLIT_REQUEST_WINDOW goes with request_window_splitting, which is missing")
	case c.Splitting != nil && !uses:
		d.WarnOf(n, "request_window_splitting", manifest.CodeInvalidValue, "no response filter has the action SPLIT_REQUEST_WINDOW")
	}
	if c.Splitting != nil && c.asksForProperties() {
		d.ProblemOf(n, "request_window_splitting", manifest.CodeInvalidValue,
			"request_window_splitting does not go with query properties, where a page has several requests")
	}
}

// checkLess sees that a stream's slices can be divided, and its pages asked for again, where its retriever does so.
func (c *StreamConfig) checkLess(d *manifest.Decoder, n *manifest.Node) {
	r, ok := c.Retriever.Component().(*SimpleRetriever)
	if !ok || r.Splitting == nil && r.Reduction == nil {
		return
	}
	if c.FileUploader != nil {
		d.ProblemOf(n, "file_uploader", manifest.CodeInvalidValue,
			"a file_uploader does not go with page_size_reduction and request_window_splitting, which read records again")
	}
	if r.Splitting == nil || c.Incremental.Present() && c.Incremental.Component() == nil {
		return
	}
	cursor, ok := c.Incremental.Component().(*DatetimeBasedCursor)
	if !ok {
		d.Problem(n, manifest.CodeInvalidValue, "request_window_splitting goes with a DatetimeBasedCursor that has a cursor_granularity")
		return
	}
	d.In("incremental_sync", func() { cursor.checkDivisible(d, n.Get("incremental_sync")) })
}

// checkDivisible sees that slices can be divided into requests that differ.
func (c *DatetimeBasedCursor) checkDivisible(d *manifest.Decoder, n *manifest.Node) {
	unit, fixed := fixedLength(c.Granularity)
	switch finest := finestUnit(c.Format); {
	case c.Granularity == "" || !fixed || unit <= 0:
		d.Problem(n, manifest.CodeInvalidValue,
			"request_window_splitting goes with a cursor_granularity of days, hours, minutes and seconds that is greater than zero")
	case finest > 0 && unit < finest.Microseconds():
		d.ProblemOf(n, "cursor_granularity", manifest.CodeInvalidValue,
			"request_window_splitting goes with a cursor_granularity that datetime_format can write, %s or more", finest)
	}
	if c.ClientSide {
		d.ProblemOf(n, "is_client_side_incremental", manifest.CodeInvalidValue,
			"request_window_splitting does not go with is_client_side_incremental, where requests do not say which time they are about")
	}
}

// finestUnit is the smallest difference that a format can write; 0 for one of dates in words alone.
func finestUnit(format string) time.Duration {
	for _, unit := range []struct {
		length     time.Duration
		directives []string
	}{
		{time.Microsecond, []string{"%epoch_microseconds", "%s_as_float", "%f"}},
		{time.Millisecond, []string{"%_ms", "%ms"}},
		{time.Second, []string{"%S", "%s"}},
		{time.Minute, []string{"%M"}},
		{time.Hour, []string{"%H", "%I"}},
		{24 * time.Hour, []string{"%d"}},
	} {
		for _, directive := range unit.directives {
			if strings.Contains(format, directive) {
				return unit.length
			}
		}
	}
	return 0
}

// window reads a slice, in two halves if the API finds the whole too long, and so on.
func (r *simpleRetriever) window(ctx context.Context, q Query, depth int, yield func(*template.Dict) error) error {
	records := 0
	err := r.slice(ctx, q, func(record *template.Dict) error {
		records++
		return yield(record)
	})
	less, ok := errors.AsType[*lessWanted](err)
	if !ok {
		return err
	}
	halves, err := r.halves(q, depth, less)
	if err != nil {
		return err
	}
	if records > 0 {
		r.env.Log(protocol.LevelWarn, "stream %s: %d records come twice, since the API wants a shorter time to be asked for after it gave them",
			r.env.Stream(), records)
	}
	for _, half := range halves {
		if err := r.window(ctx, half, depth+1, yield); err != nil {
			return err
		}
	}
	return nil
}

// halves divides a slice of which the API wants less, or says why that cannot be.
func (r *simpleRetriever) halves(q Query, depth int, why *lessWanted) ([]Query, error) {
	m, ok := q.remainder.(*remainder)
	if r.splitting == nil || !ok || why.action != SplitWindow {
		return nil, connector.ConfigError("stream %s: %s, which its retriever is not set up for", r.env.Stream(), why)
	}
	failed := func(format string, args ...any) error {
		message := fmt.Sprintf(format, args...)
		return &connector.Error{Type: protocol.FailureTransient, Message: advised(message, r.splitting.Advice), Internal: message + " " + why.Error()}
	}
	if depth == maxSplits {
		return nil, failed("The API rejects the time that stream %s asks for, also after it was divided %d times.", r.env.Stream(), maxSplits)
	}
	least, _ := fixedLength(r.splitting.Least)
	halves, err := m.halves(q, least)
	if err == nil && halves == nil {
		err = failed("The API rejects the time that stream %s asks for, which cannot be divided any further.", r.env.Stream())
	}
	return halves, err
}

// halves divides a slice; nil when it cannot be divided any further, or is as short as a least length in microseconds.
func (m *remainder) halves(q Query, least int64) ([]Query, error) {
	start, err := m.bound(q, m.rules.startKey)
	if err != nil {
		return nil, err
	}
	end, err := m.bound(q, m.rules.endKey)
	if err != nil || m.rules.granularity == nil {
		return nil, err
	}
	unit, fixed := m.rules.granularity.Micros()
	length := end.UnixMicro() - start.UnixMicro()
	if !fixed || unit <= 0 || length < unit || length <= least {
		return nil, nil
	}
	middle := start.UnixMicro() + (length/unit+1)/2*unit
	at := func(micros int64) time.Time { return time.UnixMicro(micros).In(start.Location()) }
	var halves []Query
	for _, half := range [][2]time.Time{{start, at(middle - unit)}, {at(middle), end}} {
		interval, _, err := m.rules.slice(half[0], half[1])
		if err != nil {
			return nil, err
		}
		part, err := m.part(q, interval)
		if err != nil {
			return nil, err
		}
		halves = append(halves, part)
	}
	return halves, nil
}

// bound is the start or the end of a slice.
func (m *remainder) bound(q Query, key string) (time.Time, error) {
	text, _ := orEmpty(q.Slice.Interval).Get(key)
	t, err := m.rules.parse(text)
	if err != nil {
		return t, fmt.Errorf("dividing a slice: %w", err)
	}
	return t, nil
}

// part is the query for another interval of what a query is about.
func (m *remainder) part(of Query, interval *template.Dict) (Query, error) {
	s := of.Slice
	s.Interval = interval
	q, err := m.rules.query(s, m.floor, m.also)
	q.Schema, q.job = of.Schema, of.job
	return q, err
}
