package cron_test

import (
	"errors"
	"testing"
	"time"

	"github.com/airfielddev/airfield/internal/platform/cron"
	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

const stamp = "2006-01-02 15:04:05 Mon"

func fires(t *testing.T, expression, from string, zone *time.Location, n int) []string {
	t.Helper()
	s, err := cron.Parse(expression)
	if err != nil {
		t.Fatal(err)
	}
	at, err := time.ParseInLocation("2006-01-02 15:04:05", from, zone)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for range n {
		next, ok := s.Next(at)
		if !ok {
			return append(got, "never")
		}
		got = append(got, next.Format(stamp))
		at = next
	}
	return got
}

func TestNext(t *testing.T) {
	t.Parallel()
	f := func(expression, from string, want ...string) {
		t.Helper()
		if diff := cmp.Diff(want, fires(t, expression, from, time.UTC, len(want))); diff != "" {
			t.Errorf("%s after %s (-want +got):\n%s", expression, from, diff)
		}
	}
	f("0 0 12 * * ?", "2026-01-01 12:00:00", "2026-01-02 12:00:00 Fri", "2026-01-03 12:00:00 Sat")
	f("0 0/15 * * * ?", "2026-01-01 10:50:01", "2026-01-01 11:00:00 Thu", "2026-01-01 11:15:00 Thu")
	f("*/20 * * * * ?", "2026-01-01 00:00:59", "2026-01-01 00:01:00 Thu", "2026-01-01 00:01:20 Thu")
	f("0 30 4 ? * 2-6", "2026-01-02 05:00:00", "2026-01-05 04:30:00 Mon")
	f("0 0 0 ? * MON,WED", "2026-01-05 00:00:00", "2026-01-07 00:00:00 Wed", "2026-01-12 00:00:00 Mon")
	f("0 0 0 ? * FRI-SUN", "2026-01-01 00:00:00", "2026-01-02 00:00:00 Fri", "2026-01-03 00:00:00 Sat", "2026-01-04 00:00:00 Sun", "2026-01-09 00:00:00 Fri")
	f("0 0 12 29 2 ?", "2026-01-01 00:00:00", "2028-02-29 12:00:00 Tue", "2032-02-29 12:00:00 Sun")
	f("0 0 0 30 2 ?", "2026-01-01 00:00:00", "never")
	f("0 0 0 L * ?", "2026-01-31 00:00:00", "2026-02-28 00:00:00 Sat", "2026-03-31 00:00:00 Tue")
	f("0 0 0 L-3 * ?", "2026-02-01 00:00:00", "2026-02-25 00:00:00 Wed")
	f("0 0 0 LW * ?", "2026-01-31 00:00:00", "2026-02-27 00:00:00 Fri")
	f("0 0 0 15W * ?", "2026-02-01 00:00:00", "2026-02-16 00:00:00 Mon", "2026-03-16 00:00:00 Mon", "2026-04-15 00:00:00 Wed")
	f("0 0 0 1W * ?", "2026-07-31 00:00:00", "2026-08-03 00:00:00 Mon")
	f("0 0 0 ? * 6L", "2026-01-01 00:00:00", "2026-01-30 00:00:00 Fri", "2026-02-27 00:00:00 Fri")
	f("0 0 0 ? * 6#3", "2026-01-01 00:00:00", "2026-01-16 00:00:00 Fri", "2026-02-20 00:00:00 Fri")
	f("0 0 0 ? * MON#5", "2026-01-01 00:00:00", "2026-03-30 00:00:00 Mon")
	f("0 0 0 1 1 ? 2027-2028", "2026-06-01 00:00:00", "2027-01-01 00:00:00 Fri", "2028-01-01 00:00:00 Sat", "never")
	f("0 0 22-2 * * ?", "2026-01-01 21:00:00", "2026-01-01 22:00:00 Thu", "2026-01-01 23:00:00 Thu", "2026-01-02 00:00:00 Fri", "2026-01-02 01:00:00 Fri", "2026-01-02 02:00:00 Fri", "2026-01-02 22:00:00 Fri")
	f("30 4 * * *", "2026-01-01 05:00:00", "2026-01-02 04:30:00 Fri")
	f("0 0 * * 7", "2026-01-01 00:00:00", "2026-01-04 00:00:00 Sun")
	f("0 0 13 * 5", "2026-02-01 00:00:00", "2026-02-06 00:00:00 Fri", "2026-02-13 00:00:00 Fri", "2026-02-20 00:00:00 Fri")
	f("0 0 0 * * *", "2026-01-01 00:00:00", "2026-01-02 00:00:00 Fri")
}

func TestNextAcrossClockChanges(t *testing.T) {
	t.Parallel()
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Skip("no time zone database")
	}
	f := func(expression, from string, want ...string) {
		t.Helper()
		if diff := cmp.Diff(want, fires(t, expression, from, berlin, len(want))); diff != "" {
			t.Errorf("%s after %s (-want +got):\n%s", expression, from, diff)
		}
	}
	// On 2026-03-29 02:00 becomes 03:00; on 2026-10-25 03:00 becomes 02:00.
	f("0 30 2 * * ?", "2026-03-28 03:00:00", "2026-03-29 03:00:00 Sun", "2026-03-30 02:30:00 Mon")
	f("0 0 * * * ?", "2026-03-29 01:00:00", "2026-03-29 03:00:00 Sun", "2026-03-29 04:00:00 Sun")
	f("0 30 2 * * ?", "2026-10-24 03:00:00", "2026-10-25 02:30:00 Sun", "2026-10-26 02:30:00 Mon")
	f("0 0 * * * ?", "2026-10-25 01:00:00", "2026-10-25 02:00:00 Sun", "2026-10-25 02:00:00 Sun", "2026-10-25 03:00:00 Sun")
}

func TestParseRefuses(t *testing.T) {
	t.Parallel()
	for _, expression := range []string{
		"", "* * * *", "a b c d e f", "60 * * * * ?", "0 0 24 * * ?", "0 0 0 32 * ?", "0 0 0 ? 13 ?", "0 0 0 ? * 8", "0 0 0 1 * 2",
		"0 0 0 ? * 2#6", "0 0/0 * * * ?", "0 0 0 ? * XXX", "0 0 0 -1 * ?", "0 1-2-3 0 * * ?", "0 0 0 1 1 ? 1900", "* * * * * * * *",
	} {
		if _, err := cron.Parse(expression); !errors.Is(err, cron.ErrInvalid) {
			t.Errorf("%q: got %v, want ErrInvalid", expression, err)
		}
	}
}

// TestNextOfRandomWeekly asks that a weekly time of day is found within a week and is exactly that time.
func TestNextOfRandomWeekly(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		second := rapid.IntRange(0, 59).Draw(t, "second")
		minute := rapid.IntRange(0, 59).Draw(t, "minute")
		hour := rapid.IntRange(0, 23).Draw(t, "hour")
		weekday := rapid.IntRange(1, 7).Draw(t, "weekday")
		expression := time.Date(0, 1, 1, hour, minute, second, 0, time.UTC).Format("5 4 15") + " ? * " + string(rune('0'+weekday))
		s, err := cron.Parse(expression)
		if err != nil {
			t.Fatal(err)
		}
		start := time.Unix(rapid.Int64Range(0, 4e9).Draw(t, "start"), 0).UTC()
		got, ok := s.Next(start)
		if !ok || !got.After(start) || got.Sub(start) > 7*24*time.Hour {
			t.Fatalf("%s after %s: got %s, %v", expression, start, got, ok)
		}
		h, m, sec := got.Clock()
		if h != hour || m != minute || sec != second || int(got.Weekday()) != weekday-1 {
			t.Fatalf("%s after %s: got %s", expression, start, got.Format(stamp))
		}
	})
}

func FuzzParse(f *testing.F) {
	for _, seed := range []string{"0 0 12 * * ?", "0 0 0 LW * ?", "0 0 0 ? * 6#3", "*/5 * * * *", "0 0 0 1 1 ? 2099"} {
		f.Add(seed)
	}
	start := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	f.Fuzz(func(t *testing.T, expression string) {
		s, err := cron.Parse(expression)
		if err != nil {
			return
		}
		if next, ok := s.Next(start); ok && !next.After(start) {
			t.Errorf("%q fires at %s, which is not after %s", expression, next, start)
		}
	})
}
