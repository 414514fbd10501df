// Package cron reads Quartz expressions, and plain Unix ones, and tells when they fire.
//
// The grammar is https://www.quartz-scheduler.org/documentation/quartz-2.3.0/tutorials/crontrigger.html: six or seven fields
// from seconds to year, weekdays counted from SUN=1, with L, W and #. Five fields are read as Unix cron: minutes first,
// weekdays counted from SUN=0.
package cron

import "time"

// Schedule is a parsed expression. It is immutable.
type Schedule struct {
	seconds, minutes, hours, months bits
	days                            []dayRule // empty: every day; else any rule that matches
	years                           bits      // offset by firstYear; zero: every year
}

const (
	firstYear = 1970
	lastYear  = firstYear + 127
)

// bits is a small set of numbers. It spans 128 so that years fit.
type bits struct{ low, high uint64 }

func (b *bits) add(n int) {
	if n < 64 {
		b.low |= 1 << n
		return
	}
	b.high |= 1 << (n - 64)
}

func (b bits) has(n int) bool {
	if n < 64 {
		return b.low>>n&1 == 1
	}
	return b.high>>(n-64)&1 == 1
}

// dayRule decides whether a date matches one part of a day field.
type dayRule func(date time.Time) bool

func (s *Schedule) matchesDate(date time.Time) bool {
	if !s.months.has(int(date.Month())) {
		return false
	}
	if s.years != (bits{}) && (date.Year() < firstYear || date.Year() > lastYear || !s.years.has(date.Year()-firstYear)) {
		return false
	}
	for _, matches := range s.days {
		if matches(date) {
			return true
		}
	}
	return len(s.days) == 0
}

func lastOfMonth(date time.Time) int {
	return time.Date(date.Year(), date.Month()+1, 0, 0, 0, 0, 0, time.UTC).Day()
}

func dayInSet(set bits) dayRule {
	return func(date time.Time) bool { return set.has(date.Day()) }
}

func weekdayInSet(set bits) dayRule {
	return func(date time.Time) bool { return set.has(int(date.Weekday())) }
}

// fromEnd matches the day so many days before the last of the month.
func fromEnd(offset int) dayRule {
	return func(date time.Time) bool { return date.Day() == lastOfMonth(date)-offset }
}

// nearestWeekday matches the weekday nearest to a day, within the same month. A day past the month's end never matches.
func nearestWeekday(target func(date time.Time) int) dayRule {
	return func(date time.Time) bool {
		day, last := target(date), lastOfMonth(date)
		if day > last {
			return false
		}
		switch time.Date(date.Year(), date.Month(), day, 0, 0, 0, 0, time.UTC).Weekday() {
		case time.Saturday:
			if day--; day < 1 {
				day = 3
			}
		case time.Sunday:
			if day++; day > last {
				day = last - 2
			}
		}
		return date.Day() == day
	}
}

func lastWeekdayOfMonth(weekday int) dayRule {
	return func(date time.Time) bool {
		return int(date.Weekday()) == weekday && date.Day()+7 > lastOfMonth(date)
	}
}

func nthWeekdayOfMonth(weekday, n int) dayRule {
	return func(date time.Time) bool {
		return int(date.Weekday()) == weekday && (date.Day()-1)/7+1 == n
	}
}
