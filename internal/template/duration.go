package template

import (
	"math"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// Duration is an ISO 8601 duration: years and months, which are as long as the calendar says, and a span of time.
type Duration struct {
	years, months float64
	span          timedelta
}

// calendarDuration is a Duration with years or months inside an evaluation; without them it is a timedelta.
type calendarDuration = Duration

// durationForm has a group for the sign and one for the number of each unit.
var durationForm = regexp.MustCompile(`^([+-])?P` +
	`(?:(\d+(?:[,.]\d+)?)Y)?(?:(\d+(?:[,.]\d+)?)M)?(?:(\d+(?:[,.]\d+)?)W)?(?:(\d+(?:[,.]\d+)?)D)?` +
	`(?:T(?:(\d+(?:[,.]\d+)?)H)?(?:(\d+(?:[,.]\d+)?)M)?(?:(\d+(?:[,.]\d+)?)S)?)?\n?$`)

// ParseDuration reads a duration such as P1Y2M3DT4H5M6.5S or P2W; any part may have a fraction. The error is of
// kind [ErrValue].
func ParseDuration(text string) (Duration, error) {
	m := durationForm.FindStringSubmatch(text)
	if m == nil || strings.HasSuffix(strings.TrimSpace(text), "P") {
		return Duration{}, valueErr("this is no ISO 8601 duration")
	}
	var n [7]float64
	for i := range n {
		n[i], _ = strconv.ParseFloat(strings.Replace(m[i+2], ",", ".", 1), 64) // empty is zero
		if n[i] > 1e12 {
			return Duration{}, valueErr("duration out of range")
		}
	}
	span, err := spanOf(n[2]*7, n[3], n[4], n[5], n[6])
	d := Duration{n[0], n[1], span}
	if err == nil && m[1] == "-" {
		d, err = d.negate()
	}
	return d, err
}

// spanOf adds up weeks (in days), days, hours, minutes and seconds. Whole units count exactly; only fractions are
// rounded, to a microsecond.
func spanOf(counts ...float64) (timedelta, error) {
	units := [...]int64{microsPerDay, microsPerDay, 3600 * microsPerSecond, 60 * microsPerSecond, microsPerSecond}
	var span timedelta
	fractions := 0.0
	for i, n := range counts {
		whole, part := math.Modf(n)
		fractions += part * float64(units[i])
		perDay := microsPerDay / units[i]
		var err error
		if span, err = newTimedelta(span.days+int64(whole)/perDay, span.micros+int64(whole)%perDay*units[i]); err != nil {
			return span, err
		}
	}
	return newTimedelta(span.days, span.micros+int64(math.RoundToEven(fractions)))
}

// Micros is the duration in microseconds; false for one with years or months, which have no fixed length, or of more than 290,000 years.
func (d Duration) Micros() (int64, bool) {
	const days = math.MaxInt64/microsPerDay - 1
	if d.years != 0 || d.months != 0 || d.span.days > days || d.span.days < -days {
		return 0, false
	}
	return d.span.days*microsPerDay + d.span.micros, true
}

func (d Duration) negate() (Duration, error) {
	span, err := d.span.negate()
	return Duration{-d.years, -d.months, span}, err
}

// native gives the value the duration has inside an evaluation.
func (d Duration) native() any {
	if d.years == 0 && d.months == 0 {
		return d.span
	}
	return &d
}

// AddTo gives the moment a duration after t. Years and months go first; a day the month does not have becomes its
// last. The error is of kind [ErrValue]: years or months with a fraction, or a year that is not between 1 and 9999.
func (d Duration) AddTo(t time.Time) (time.Time, error) {
	if d.years != math.Trunc(d.years) || d.months != math.Trunc(d.months) {
		return t, valueErr("fractional years or months are not supported for dates")
	}
	if d.years != 0 || d.months != 0 {
		months := float64(t.Year())*12 + float64(t.Month()) - 1 + d.years*12 + d.months
		year, month := math.Floor(months/12), int(math.Mod(months, 12))+1
		if year < 1 || year > 9999 {
			return t, valueErr("date value out of range")
		}
		day := min(t.Day(), daysIn(int(year), month))
		t = time.Date(int(year), time.Month(month), day, t.Hour(), t.Minute(), t.Second(), t.Nanosecond(), t.Location())
	}
	return d.span.addTo(t)
}

// SubtractFrom gives the moment a duration before t, as [Duration.AddTo] does.
func (d Duration) SubtractFrom(t time.Time) (time.Time, error) {
	n, err := d.negate()
	if err != nil {
		return t, err
	}
	return n.AddTo(t)
}

func daysIn(year, month int) int {
	return time.Date(year, time.Month(month)+1, 0, 0, 0, 0, 0, time.UTC).Day()
}

// add adds two durations.
func (d Duration) add(o Duration) (any, error) {
	span, err := d.span.add(o.span)
	return &Duration{d.years + o.years, d.months + o.months, span}, err
}

func (d *Duration) appendStr(b []byte) []byte {
	if d.years != 0 {
		b = append(strconv.AppendInt(b, int64(d.years), 10), " years, "...)
	}
	if d.months != 0 {
		b = append(strconv.AppendInt(b, int64(d.months), 10), " month"...)
		if d.months > 1 {
			b = append(b, 's')
		}
		b = append(b, ", "...)
	}
	return d.span.appendStr(b)
}

func (d *Duration) appendRepr(b []byte) []byte {
	b = append(b, "isodate.duration.Duration("...)
	for _, n := range []int64{d.span.days, d.span.micros / microsPerSecond, d.span.micros % microsPerSecond} {
		b = append(strconv.AppendInt(b, n, 10), ", "...)
	}
	b = strconv.AppendInt(append(b, "years="...), int64(d.years), 10)
	b = strconv.AppendInt(append(b, ", months="...), int64(d.months), 10)
	return append(b, ')')
}

func (d *Duration) attribute(name string) any {
	switch name {
	case "years":
		return wholeOr(d.years)
	case "months":
		return wholeOr(d.months)
	}
	return d.span.attribute(name)
}

// wholeOr is a number as an integer, if it is one.
func wholeOr(f float64) any {
	if f == math.Trunc(f) && math.Abs(f) < 1<<62 {
		return int64(f)
	}
	return f
}
