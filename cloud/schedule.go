package cloud

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/airfielddev/airfield/internal/wire/config"
	"github.com/airfielddev/airfield/internal/wire/public"
)

// ScheduleType is what starts the syncs of a connection.
type ScheduleType string

// What starts the syncs of a connection.
const (
	ScheduleManual   ScheduleType = "manual"
	ScheduleCron     ScheduleType = "cron"
	ScheduleInterval ScheduleType = "basic"
)

// Schedule is when a connection syncs. The zero value is a connection that syncs when it is told to. Make others with [Cron],
// [CronIn] and [Every].
type Schedule struct {
	Type     ScheduleType  // "": manual
	Cron     string        // a Quartz expression: second, minute, hour, day of month, month, day of week, and maybe year
	TimeZone string        // of Cron, such as "Europe/Berlin"; "": UTC
	Interval time.Duration // whole minutes
}

// Manual is the schedule of a connection that syncs only when it is told to.
func Manual() Schedule { return Schedule{Type: ScheduleManual} }

// Cron is a schedule in UTC. Airbyte takes Quartz expressions such as "0 0 12 * * ?", with whole numbers for the second and the
// minute and at least an hour between syncs; an airfield server takes plain five fields and shorter times too.
func Cron(expression string) Schedule { return Schedule{Type: ScheduleCron, Cron: expression} }

// CronIn is a schedule in a time zone.
func CronIn(expression, timeZone string) Schedule {
	return Schedule{Type: ScheduleCron, Cron: expression, TimeZone: timeZone}
}

// Every is a schedule that syncs an interval after the last sync began. It must be whole minutes.
func Every(interval time.Duration) Schedule {
	return Schedule{Type: ScheduleInterval, Interval: interval}
}

// String is the schedule in words, such as "manual", "0 0 12 * * ? UTC" or "every 24h0m0s".
func (s Schedule) String() string {
	switch s.Type {
	case ScheduleCron:
		return s.Cron + " " + s.zone()
	case ScheduleInterval:
		return "every " + s.Interval.String()
	}
	return string(ScheduleManual)
}

func (s Schedule) zone() string {
	if s.TimeZone == "" {
		return "UTC"
	}
	return s.TimeZone
}

func (s Schedule) check(op, id string) error {
	switch s.Type {
	case "", ScheduleManual:
		return nil
	case ScheduleCron:
		if strings.TrimSpace(s.Cron) == "" {
			return refuse(ErrInvalidInput, op, "connection", id, "the cron expression is empty")
		}
		return nil
	case ScheduleInterval:
		if s.Interval < time.Minute || s.Interval%time.Minute != 0 {
			return refuse(ErrInvalidInput, op, "connection", id, "the interval %s is not whole minutes", s.Interval)
		}
		return nil
	}
	return refuse(ErrInvalidInput, op, "connection", id, "there is no schedule type %q", s.Type)
}

// public is the schedule in the Public API, nil when that API cannot say it.
func (s Schedule) public() *public.Schedule {
	switch {
	case s.Type == ScheduleCron && s.zone() == "UTC":
		return &public.Schedule{ScheduleType: public.ScheduleCron, CronExpression: s.Cron}
	case s.Type == "" || s.Type == ScheduleManual:
		return &public.Schedule{ScheduleType: public.ScheduleManual}
	}
	return nil
}

// config is the schedule in the Config API.
func (s Schedule) config() (config.ScheduleType, *config.ScheduleData) {
	switch s.Type {
	case ScheduleCron:
		return config.ScheduleCron, &config.ScheduleData{
			Cron: &config.CronSchedule{CronExpression: s.Cron, CronTimeZone: s.zone()},
		}
	case ScheduleInterval:
		unit, n := largestUnit(s.Interval)
		return config.ScheduleBasic, &config.ScheduleData{BasicSchedule: &config.BasicSchedule{TimeUnit: unit, Units: n}}
	}
	return config.ScheduleManual, nil
}

// The units of intervals, the largest first. Months have no fixed length and are only read.
var intervalUnits = []struct {
	unit   config.TimeUnit
	length time.Duration
}{
	{config.Weeks, 7 * 24 * time.Hour}, {config.Days, 24 * time.Hour}, {config.Hours, time.Hour}, {config.Minutes, time.Minute},
}

func largestUnit(interval time.Duration) (config.TimeUnit, int64) {
	for _, u := range intervalUnits {
		if interval%u.length == 0 {
			return u.unit, int64(interval / u.length)
		}
	}
	return config.Minutes, int64(interval / time.Minute)
}

func scheduleOf(s public.Schedule) Schedule {
	switch s.ScheduleType {
	case public.ScheduleCron:
		expression, zone := splitCron(s.CronExpression)
		return Schedule{Type: ScheduleCron, Cron: expression, TimeZone: zone}
	case public.ScheduleBasic:
		return Schedule{Type: ScheduleInterval, Interval: parseEvery(s.BasicTiming)}
	}
	return Manual()
}

// splitCron takes the time zone, which servers append to what they were given, off the end of an expression.
func splitCron(text string) (expression, zone string) {
	text = strings.TrimSpace(text)
	at := strings.LastIndexByte(text, ' ')
	if at < 0 {
		return text, "UTC"
	}
	last := text[at+1:]
	if last == "UTC" || last == "GMT" || strings.Contains(last, "/") && !strings.ContainsAny(last[:1], "0123456789*") {
		return strings.TrimSpace(text[:at]), last
	}
	return text, "UTC"
}

// parseEvery reads text such as "Every 24 HOURS". It is 0 for what cannot be read.
func parseEvery(text string) time.Duration {
	fields := strings.Fields(text)
	if len(fields) != 3 {
		return 0
	}
	n, err := strconv.ParseInt(fields[1], 10, 32)
	if err != nil {
		return 0
	}
	unit := config.TimeUnit(strings.ToLower(fields[2]))
	for _, u := range intervalUnits {
		if u.unit == unit || string(u.unit) == string(unit)+"s" {
			return time.Duration(n) * u.length
		}
	}
	if unit == config.Months {
		return time.Duration(n) * 30 * 24 * time.Hour
	}
	return 0
}

var _ fmt.Stringer = Schedule{}
