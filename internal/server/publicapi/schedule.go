package publicapi

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/airfielddev/airfield/internal/platform"
	"github.com/airfielddev/airfield/internal/server/endpoint"
	"github.com/airfielddev/airfield/internal/wire/public"
)

const utc = "UTC"

// readSchedule reads what printSchedule prints, so that what was read can be sent back.
func readSchedule(s public.Schedule) (platform.Schedule, error) {
	if err := endpoint.Require("schedule.scheduleType", string(s.ScheduleType)); err != nil {
		return platform.Schedule{}, err
	}
	if err := endpoint.Known("schedule.scheduleType", s.ScheduleType); err != nil {
		return platform.Schedule{}, err
	}
	switch s.ScheduleType {
	case public.ScheduleCron:
		return readCron(s.CronExpression)
	case public.ScheduleBasic:
		return readBasic(s.BasicTiming)
	default:
		return platform.Schedule{Type: platform.ScheduleManual}, nil
	}
}

func readCron(expression string) (platform.Schedule, error) {
	fields, zone := cutZone(strings.TrimSpace(expression))
	if zone == utc {
		fields = strings.TrimSpace(strings.ReplaceAll(fields, utc, ""))
	}
	if fields == "" {
		return platform.Schedule{}, endpoint.BadRequest("Missing cron expression in the schedule.")
	}
	return platform.Schedule{Type: platform.ScheduleCron, Cron: fields, TimeZone: zone}, nil
}

// cutZone takes the name of a time zone off the end of a cron expression. No field of an expression is the name of one.
func cutZone(expression string) (fields, zone string) {
	i := strings.LastIndexAny(expression, " \t")
	name := expression[i+1:]
	if _, err := time.LoadLocation(name); i < 0 || err != nil || name == "Local" {
		return expression, utc
	}
	return strings.TrimSpace(expression[:i]), name
}

var (
	basicTiming = regexp.MustCompile(`(?i)^\s*every\s+(\d+)\s+([a-z]+)\s*$`)
	timeUnits   = []string{"minutes", "hours", "days", "weeks", "months"}
)

func readBasic(timing string) (platform.Schedule, error) {
	found := basicTiming.FindStringSubmatch(timing)
	if found == nil || !slices.Contains(timeUnits, strings.ToLower(found[2])) {
		return platform.Schedule{}, endpoint.BadRequest("The member \"schedule.basicTiming\" must read like \"Every 24 HOURS\", with one of %v; it is %q.", timeUnits, timing)
	}
	units, err := strconv.ParseInt(found[1], 10, 32)
	if err != nil || units < 1 {
		return platform.Schedule{}, endpoint.BadRequest("The number in \"schedule.basicTiming\" must be from 1 to 2147483647; it is %s.", found[1])
	}
	return platform.Schedule{Type: platform.ScheduleBasic, Units: units, TimeUnit: strings.ToLower(found[2])}, nil
}

func printSchedule(s platform.Schedule) public.Schedule {
	switch s.Type {
	case platform.ScheduleCron:
		return public.Schedule{ScheduleType: public.ScheduleCron, CronExpression: s.Cron + " " + cmp.Or(s.TimeZone, utc)}
	case platform.ScheduleBasic:
		timing := fmt.Sprintf("Every %d %s", s.Units, strings.ToUpper(s.TimeUnit))
		return public.Schedule{ScheduleType: public.ScheduleBasic, BasicTiming: timing}
	default:
		return public.Schedule{ScheduleType: public.ScheduleManual}
	}
}
