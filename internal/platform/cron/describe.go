package cron

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Describe puts an expression into words: "every 15 minutes", "at 03:00 on Monday, Friday". What has no plain words is told as it is
// written. The error is that of [Parse].
func Describe(expression string) (string, error) {
	if _, err := Parse(expression); err != nil {
		return "", err
	}
	f := strings.Fields(strings.ToUpper(expression))
	weekday := quartzWeekday
	if len(f) == 5 {
		f, weekday = append([]string{"0"}, f...), unixWeekdayName
	}
	words := []string{timesOf(f[0], f[1], f[2])}
	days := daysOf(f[3], f[5], weekday)
	if days != "" {
		words = append(words, days)
	}
	if restricts(f[4]) {
		words = append(words, "in "+listed(f[4], "months ", monthName))
	}
	if len(f) == 7 && restricts(f[6]) {
		words = append(words, "in "+listed(f[6], "", func(year string) (string, bool) { return year, true }))
	}
	return strings.Join(words, " "), nil
}

// timesOf tells of the times of a day.
func timesOf(second, minute, hour string) string {
	s, exactSecond := number(second)
	m, exactMinute := number(minute)
	everyHour := !restricts(hour)
	switch n, stepped := step(minute, 60); {
	case exactSecond && exactMinute && !everyHour:
		if times, ok := clock(hour, m, s); ok {
			return "at " + times
		}
		if n, stepped := step(hour, 24); stepped && s == 0 && m == 0 {
			return fmt.Sprintf("every %d hours", n)
		}
	case exactSecond && s == 0 && exactMinute && m == 0:
		return "every hour"
	case exactSecond && s == 0 && exactMinute:
		return fmt.Sprintf("at minute %d of every hour", m)
	case exactSecond && s == 0 && everyHour && stepped:
		return fmt.Sprintf("every %d minutes", n)
	case exactSecond && s == 0 && everyHour && minute == "*":
		return "every minute"
	}
	return fmt.Sprintf("at seconds %s, minutes %s, hours %s", second, minute, hour)
}

// clock are the times at some hours; false when the hours are not single ones.
func clock(hours string, minute, second int) (string, bool) {
	var times []string
	for _, text := range strings.Split(hours, ",") {
		h, ok := number(text)
		if !ok {
			return "", false
		}
		at := fmt.Sprintf("%02d:%02d", h, minute)
		if second != 0 {
			at += fmt.Sprintf(":%02d", second)
		}
		times = append(times, at)
	}
	return strings.Join(times, ", "), true
}

// daysOf tells of days, "" when they are all.
func daysOf(day, weekday string, name func(string) (string, bool)) string {
	var words []string
	switch {
	case day == "L":
		words = append(words, "on the last day of the month")
	case restricts(day):
		words = append(words, "on day "+day+" of the month")
	}
	if restricts(weekday) {
		words = append(words, "on "+listed(weekday, "weekdays ", name))
	}
	return strings.Join(words, " or ")
}

// listed are the names of single values and of ranges; a field that has others is told as it is written, after what it is.
func listed(text, what string, name func(string) (string, bool)) string {
	var names []string
	for _, part := range strings.Split(text, ",") {
		from, to, ranged := strings.Cut(part, "-")
		first, ok := name(from)
		if ranged && ok {
			var last string
			last, ok = name(to)
			first += " to " + last
		}
		if !ok {
			return what + text
		}
		names = append(names, first)
	}
	return strings.Join(names, ", ")
}

func number(text string) (int, bool) {
	n, err := strconv.Atoi(text)
	return n, err == nil
}

// step is how far values are apart that begin with 0; false when those of all rounds are not equally far apart.
func step(text string, round int) (int, bool) {
	start, by, ok := strings.Cut(text, "/")
	n, exact := number(by)
	return n, ok && exact && (start == "*" || start == "0") && n > 1 && round%n == 0
}

func monthName(text string) (string, bool) { return named(text, monthField.names, time.January) }

// quartzWeekday counts from SUN=1, unixWeekdayName from SUN=0.
func quartzWeekday(text string) (string, bool) {
	if n, ok := number(text); ok {
		text = strconv.Itoa(n - 1)
	}
	return named(text, weekdayField.names, time.Sunday)
}

func unixWeekdayName(text string) (string, bool) {
	if text == "7" {
		text = "0"
	}
	return named(text, weekdayField.names, time.Sunday)
}

// named is the whole name of a number or of three letters.
func named[T interface {
	~int
	fmt.Stringer
}](text, short string, first T) (string, bool) {
	if n, ok := number(text); ok {
		return (T(n)).String(), true
	}
	at := strings.Index(short, text)
	if len(text) != 3 || at < 0 || at%3 != 0 {
		return "", false
	}
	return (first + T(at/3)).String(), true
}
