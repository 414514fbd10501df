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

// walk lists sources page by page, and returns their names.
func (d *deployment) walk(t *testing.T, size int, rest string) (names []string) {
	t.Helper()
	cursor := ""
	for range 10 {
		body := fmt.Sprintf(`{"workspaceId":%q,"pageSize":%d%s%s}`, d.workspace, size, cursor, rest)
		rows := d.config(t, "/sources/list", body).want(200).at("sources").([]any)
		for _, row := range rows {
			s := row.(map[string]any)
			names, cursor = append(names, s["name"].(string)), fmt.Sprintf(`,"cursor":%q`, s["sourceId"])
		}
		if len(rows) < size {
			break
		}
	}
	return names
}

// Sources come in the order and the state that are asked for, on whichever page they are.
func TestSourcesListInOrder(t *testing.T) {
	t.Parallel()
	d := deploy(t)
	definition := d.call(t, "POST", "/v1/workspaces/"+d.workspace+"/definitions/declarative_sources",
		`{"name":"Aardvarks","manifest":`+manifestText+`}`).want(200).text("id")
	make := func(name, definition, configuration string) string {
		body := `{"name":"` + name + `","workspaceId":"` + d.workspace + `","definitionId":"` + definition + `","configuration":` + configuration + `}`
		return d.call(t, "POST", "/v1/sources", body).want(200).text("sourceId")
	}
	busy := make("busy", fakerID, `{"count":10}`)
	make("animals", definition, `{}`)
	paused := make("paused", fakerID, `{"count":10}`)
	make("zebra", fakerID, `{"count":10}`)
	destination := d.destination(t)
	connect := func(source, rest string) string {
		body := `{"sourceId":"` + source + `","destinationId":"` + destination + `"` + rest + `}`
		return d.call(t, "POST", "/v1/connections", body).want(200).text("connectionId")
	}
	ended(t, d, connect(busy, ""), 1)
	connect(paused, `,"status":"inactive"`)
	for rest, want := range map[string]string{
		``:                                  "busy animals paused zebra",
		`,"sortKey":"actorName_asc"`:        "animals busy paused zebra",
		`,"sortKey":"actorName_desc"`:       "zebra paused busy animals",
		`,"filters":{"states":["active"]}`:  "busy",
		`,"filters":{"searchTerm":"aard"}`:  "animals",
		`,"filters":{"searchTerm":"ZEBRA"}`: "zebra",
		`,"sortKey":"actorName_desc","filters":{"states":["inactive"]}`: "zebra paused animals",
	} {
		for size := 1; size < 6; size++ {
			if got := strings.Join(d.walk(t, size, rest), " "); got != want {
				t.Errorf("%s by %d: got %s, want %s", rest, size, got, want)
			}
		}
	}
	for rest, first := range map[string]string{
		`,"sortKey":"actorDefinitionName_asc"`: "animals", `,"sortKey":"lastSync_desc"`: "busy",
	} {
		if got := d.walk(t, 2, rest); len(got) != 4 || got[0] != first {
			t.Errorf("%s: got %v, want four with %s first", rest, got, first)
		}
	}
	for rest, last := range map[string]string{
		`,"sortKey":"actorDefinitionName_desc"`: "animals", `,"sortKey":"lastSync_asc"`: "busy",
	} {
		if got := d.walk(t, 3, rest); len(got) != 4 || got[3] != last {
			t.Errorf("%s: got %v, want four with %s last", rest, got, last)
		}
	}
	a := d.config(t, "/sources/list", `{"workspaceId":"`+d.workspace+`","pageSize":1,"filters":{"states":["active"]}}`).want(200)
	if a.at("num_connections") != 1.0 || a.at("page_size") != 1.0 {
		t.Errorf("the page does not tell of all: %s", a.body)
	}
	s := a.at("sources").([]any)[0].(map[string]any)
	if s["status"] != "active" || s["numConnections"] != 1.0 || s["lastSync"] == nil || fmt.Sprint(s["connectionJobStatuses"]) != "map[succeeded:1]" {
		t.Errorf("the source that has synced: %v", s)
	}
	if a := d.config(t, "/sources/get", quote("sourceId", paused)).want(200); a.text("status") != "inactive" || a.at("numConnections") != 1.0 {
		t.Errorf("the source whose connection is paused: %s", a.body)
	}
}

func TestDestinationsListInOrder(t *testing.T) {
	t.Parallel()
	d := deploy(t)
	used, idle := d.destination(t), d.destination(t)
	d.call(t, "POST", "/v1/connections", quote("sourceId", d.source(t), "destinationId", used)).want(200)
	for states, want := range map[string]string{"active": used, "inactive": idle} {
		a := d.config(t, "/destinations/list", `{"workspaceId":"`+d.workspace+`","sortKey":"lastSync_asc","filters":{"states":["`+states+`"]}}`)
		if got := a.found("destinations", "destinationId"); len(got) != 1 || got[0] != want {
			t.Errorf("%s: got %v, want %s", states, got, want)
		}
	}
}
