package server_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/airfielddev/airfield/internal/platform"
)

// ended makes so many jobs of a connection that came to their end, and returns their ids.
func ended(t *testing.T, d *deployment, connection string, n int) (ids []int64) {
	t.Helper()
	for range n {
		job := must(d.platform.CreateJob(t.Context(), connection, platform.JobSync, platform.JobOptions{}))(t)
		attempt(t, d.platform, job.ID, "a")
		must(d.platform.FinishAttempt(t.Context(), job.ID, 0, platform.AttemptResult{Status: platform.OutcomeSucceeded}))(t)
		ids = append(ids, job.ID)
	}
	return ids
}

// A list of jobs that is to include an old one has as many whole pages as that takes.
func TestJobsListIncludesAJob(t *testing.T) {
	t.Parallel()
	d := deploy(t)
	connection := d.connection(t)
	ids := ended(t, d, connection, 5)
	f := func(id int64, size int, want ...int64) {
		t.Helper()
		a := d.config(t, "/jobs/list", fmt.Sprintf(`{"configTypes":["sync"],"configId":%q,"includingJobId":%d,"pagination":{"pageSize":%d}}`, connection, id, size)).want(200)
		var got []int64
		for _, j := range a.at("jobs").([]any) {
			got = append(got, int64(j.(map[string]any)["job"].(map[string]any)["id"].(float64)))
		}
		if fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("including %d by %d: got %v, want %v", id, size, got, want)
		}
	}
	f(ids[4], 2, ids[4], ids[3])
	f(ids[2], 2, ids[4], ids[3], ids[2], ids[1])
	f(ids[0], 5, ids[4], ids[3], ids[2], ids[1], ids[0])
	f(999, 2)
}

func TestHistoriesOfAConnection(t *testing.T) {
	t.Parallel()
	d := deploy(t)
	connection := d.connection(t)
	ids := ended(t, d, connection, 3)
	for _, path := range []string{"/connections/history/uptime", "/connections/history/data"} {
		a := d.config(t, path, fmt.Sprintf(`{"connectionId":%q,"numberOfJobs":2}`, connection)).want(200)
		first, last := fmt.Sprintf(`"jobId":%d,`, ids[1]), fmt.Sprintf(`"jobId":%d,`, ids[2])
		if at := strings.Index(a.body, first); at < 0 || strings.Index(a.body, last) < at || strings.Contains(a.body, fmt.Sprintf(`"jobId":%d,`, ids[0])) {
			t.Errorf("%s: not the last two jobs, the oldest first: %s", path, a.body)
		}
	}
	events := d.config(t, "/connections/events/list", fmt.Sprintf(`{"connectionId":%q,"eventTypes":["SYNC_SUCCEEDED"],"pagination":{"pageSize":1,"rowOffset":1}}`, connection)).want(200).at("events").([]any)
	if len(events) != 1 {
		t.Fatalf("events %v", events)
	}
	event := events[0].(map[string]any)
	if got := event["summary"].(map[string]any)["jobId"]; got != float64(ids[1]) {
		t.Errorf("the second event from the end is of job %v, want %d", got, ids[1])
	}
	one := d.config(t, "/connections/events/get", fmt.Sprintf(`{"connectionId":%q,"connectionEventId":%q}`, connection, event["id"])).want(200)
	if one.text("eventType") != "SYNC_SUCCEEDED" || one.at("details.jobId") != float64(ids[1]) {
		t.Errorf("the event is %s", one.body)
	}
	d.config(t, "/connections/events/get", fmt.Sprintf(`{"connectionId":%q,"connectionEventId":%q}`, connection, unknown)).want(404).problem()
}
