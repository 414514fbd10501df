package publicapi

import (
	"net/url"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/airfielddev/airfield/internal/platform"
	"github.com/airfielddev/airfield/internal/wire/public"
)

func TestDuration(t *testing.T) {
	t.Parallel()
	f := func(d time.Duration, want string) {
		t.Helper()
		if got := duration(d); got != want {
			t.Errorf("duration(%v) = %q, want %q", d, got, want)
		}
	}
	f(0, "PT0S")
	f(999*time.Millisecond, "PT0S")
	f(9*time.Second, "PT9S")
	f(2*time.Minute+5*time.Second, "PT2M5S")
	f(26*time.Hour+3*time.Minute, "PT26H3M")
	f(time.Hour, "PT1H")
	f(time.Hour+time.Second, "PT1H1S")
	f(-time.Second, "PT0S")
}

func TestMomentAlwaysHasSecondsInUTC(t *testing.T) {
	t.Parallel()
	zone := time.FixedZone("", 2*3600)
	if got, want := moment(time.Date(2026, 1, 2, 5, 4, 0, 700, zone)), "2026-01-02T03:04:00Z"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestOrder(t *testing.T) {
	t.Parallel()
	f := func(text string, byUpdated, descending, ok bool) {
		t.Helper()
		u, d, err := order(text)
		if u != byUpdated || d != descending || (err == nil) != ok {
			t.Errorf("order(%q) = %v, %v, %v", text, u, d, err)
		}
	}
	f("", false, false, true)
	f("createdAt|DESC", false, true, true)
	f("createdAt|ASC", false, false, true)
	f("UPDATEDAT|DESC", true, true, true)
	f("x updatedAt|ASC y", true, false, true)
	f("createdAt", false, false, false)
	f("createdAt|desc", false, false, false)
	f("status|ASC", false, false, false)
}

func TestScheduleSurvivesBeingSentBack(t *testing.T) {
	t.Parallel()
	f := func(sent, echoed public.Schedule) {
		t.Helper()
		s, err := readSchedule(sent)
		if err != nil {
			t.Errorf("%+v: %v", sent, err)
			return
		}
		got := printSchedule(s)
		if diff := cmp.Diff(echoed, got); diff != "" {
			t.Errorf("%+v is echoed otherwise (-want +got):\n%s", sent, diff)
		}
		again, err := readSchedule(got)
		if err != nil || again != s {
			t.Errorf("the echo of %+v reads as %+v, %v", sent, again, err)
		}
	}
	f(public.Schedule{ScheduleType: "manual"}, public.Schedule{ScheduleType: "manual"})
	f(public.Schedule{ScheduleType: "cron", CronExpression: "0 0 12 * * ?"},
		public.Schedule{ScheduleType: "cron", CronExpression: "0 0 12 * * ? UTC"})
	f(public.Schedule{ScheduleType: "cron", CronExpression: " 0 0 12 * * ? UTC "},
		public.Schedule{ScheduleType: "cron", CronExpression: "0 0 12 * * ? UTC"})
	f(public.Schedule{ScheduleType: "cron", CronExpression: "0 0 9 ? * MON-FRI US/Pacific"},
		public.Schedule{ScheduleType: "cron", CronExpression: "0 0 9 ? * MON-FRI US/Pacific"})
	f(public.Schedule{ScheduleType: "cron", CronExpression: "0 0 9 ? * SAT"},
		public.Schedule{ScheduleType: "cron", CronExpression: "0 0 9 ? * SAT UTC"})
	f(public.Schedule{ScheduleType: "basic", BasicTiming: "every 24 hours"},
		public.Schedule{ScheduleType: "basic", BasicTiming: "Every 24 HOURS"})
}

func TestScheduleRefuses(t *testing.T) {
	t.Parallel()
	for _, s := range []public.Schedule{
		{},
		{ScheduleType: "hourly"},
		{ScheduleType: "cron"},
		{ScheduleType: "cron", CronExpression: "UTC"},
		{ScheduleType: "basic"},
		{ScheduleType: "basic", BasicTiming: "Every 0 HOURS"},
		{ScheduleType: "basic", BasicTiming: "Every 99999999999 HOURS"},
		{ScheduleType: "basic", BasicTiming: "Every 2 FORTNIGHTS"},
	} {
		if got, err := readSchedule(s); err == nil {
			t.Errorf("%+v reads as %+v, want an error", s, got)
		}
	}
}

func TestPageLinks(t *testing.T) {
	t.Parallel()
	query := url.Values{"workspaceIds": {"a,b"}}
	f := func(w window, more bool, previous, next string) {
		t.Helper()
		got := page("http://h:1", "sources", query, w, more, []int{1})
		if got.Previous != previous || got.Next != next {
			t.Errorf("%+v more=%v: previous %q next %q, want %q %q", w, more, got.Previous, got.Next, previous, next)
		}
	}
	f(window{20, 0}, false, "", "")
	f(window{20, 0}, true, "", "http://h:1/v1/sources?limit=20&offset=20&workspaceIds=a%2Cb")
	f(window{20, 10}, false, "http://h:1/v1/sources?limit=20&offset=0&workspaceIds=a%2Cb", "")
	f(window{5, 20}, true, "http://h:1/v1/sources?limit=5&offset=15&workspaceIds=a%2Cb", "http://h:1/v1/sources?limit=5&offset=25&workspaceIds=a%2Cb")
}

func TestCutDropsTheRowBeyondThePage(t *testing.T) {
	t.Parallel()
	rows, more := cut([]int{1, 2, 3}, window{Limit: 2})
	if !more || !cmp.Equal(rows, []int{1, 2}) {
		t.Errorf("got %v %v", rows, more)
	}
	rows, more = cut([]int{1, 2}, window{Limit: 2})
	if more || !cmp.Equal(rows, []int{1, 2}) {
		t.Errorf("got %v %v", rows, more)
	}
}

func TestPrintJob(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 1, 2, 3, 4, 0, 0, time.UTC)
	pending := platform.Job{ID: 7, ConnectionID: "c", Type: platform.JobReset, Status: platform.JobPending, CreatedAt: at, UpdatedAt: at}
	want := public.JobResponse{JobID: 7, Status: "pending", JobType: "reset", StartTime: "2026-01-02T03:04:00Z", ConnectionID: "c"}
	if diff := cmp.Diff(want, printJob(pending)); diff != "" {
		t.Errorf("pending (-want +got):\n%s", diff)
	}
	done := platform.Job{ID: 8, ConnectionID: "c", Type: platform.JobSync, Status: platform.JobSucceeded, CreatedAt: at, UpdatedAt: at.Add(125 * time.Second)}
	want = public.JobResponse{
		JobID: 8, Status: "succeeded", JobType: "sync", StartTime: "2026-01-02T03:04:00Z", ConnectionID: "c",
		LastUpdatedAt: "2026-01-02T03:06:05Z", Duration: "PT2M5S",
	}
	if diff := cmp.Diff(want, printJob(done)); diff != "" {
		t.Errorf("succeeded (-want +got):\n%s", diff)
	}
	if counted := printCounted(done); counted.BytesSynced == nil || counted.RowsSynced == nil {
		t.Error("a job that is read has no counts")
	}
}
