package server_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestConfigState(t *testing.T) {
	t.Parallel()
	d := deploy(t)
	id := d.connection(t)
	get := func() map[string]any {
		t.Helper()
		return d.config(t, "/state/get", quote("connectionId", id)).want(200).object()
	}
	if diff := cmp.Diff(map[string]any{"stateType": "not_set", "connectionId": id}, get()); diff != "" {
		t.Errorf("at first (-want +got):\n%s", diff)
	}
	set := func(state string) answer {
		t.Helper()
		return d.config(t, "/state/create_or_update_safe", `{"connectionId":"`+id+`","connectionState":`+state+`}`)
	}
	set(`{"stateType":"stream","connectionId":"` + id + `","streamState":[
	  {"streamDescriptor":{"name":"users"},"streamState":{"cursor":"2026"}},{"streamDescriptor":{"name":"purchases","namespace":"n"},"streamState":{"id":12345678901234567890}}]}`).want(200)
	a := set(`{"stateType":"stream","streamState":[{"streamDescriptor":{"name":"users"},"streamState":null}]}`).want(200)
	if !strings.Contains(a.body, "12345678901234567890") || strings.Contains(a.body, "users") {
		t.Errorf("after deleting one and keeping one: %s", a.body)
	}
	set(`{"stateType":"odd"}`).want(400).problem()
	set(`{"stateType":"global"}`).want(400).problem()
	set(`{}`).want(400).problem()

	d.call(t, "POST", "/v1/jobs", `{"connectionId":"`+id+`","jobType":"sync"}`).want(200)
	a = set(`{"stateType":"stream","streamState":[]}`).want(423)
	a.problem()
	if a.text("message") != "State cannot be updated while a sync is running for this connection." {
		t.Errorf("got %s", a.body)
	}
}

func TestConfigGlobalState(t *testing.T) {
	t.Parallel()
	for _, spelling := range []string{"shared_state", "sharedState"} {
		d := deploy(t)
		id := d.connection(t)
		body := `{"connectionId":"` + id + `","connectionState":{"stateType":"global","globalState":{"` + spelling + `":{"lsn":42},"streamStates":[{"streamDescriptor":{"name":"users"},"streamState":{}}]}}}`
		d.config(t, "/state/create_or_update", body).want(200)
		want := map[string]any{"stateType": "global", "connectionId": id, "globalState": map[string]any{
			"shared_state": map[string]any{"lsn": 42.0},
			"streamStates": []any{map[string]any{"streamDescriptor": map[string]any{"name": "users"}, "streamState": map[string]any{}}},
		}}
		if diff := cmp.Diff(want, d.config(t, "/state/get", quote("connectionId", id)).object()); diff != "" {
			t.Errorf("%s (-want +got):\n%s", spelling, diff)
		}
	}
}

func TestConfigConnections(t *testing.T) {
	t.Parallel()
	d := deploy(t)
	source, destination := d.source(t), d.destination(t)
	catalog, err := json.Marshal(d.config(t, "/sources/discover_schema", quote("sourceId", source)).want(200).at("catalog"))
	if err != nil {
		t.Fatal(err)
	}
	selected := strings.Replace(string(catalog), `"selected":false`, `"selected":true`, 1)
	body := `{"sourceId":"` + source + `","destinationId":"` + destination + `","status":"active","syncCatalog":` + selected + `,
	 "scheduleType":"basic","scheduleData":{"basicSchedule":{"timeUnit":"hours","units":24}}}`
	a := d.config(t, "/connections/create", body).want(200)
	id := a.text("connectionId")
	if a.text("namespaceDefinition") != "source" || a.at("schedule.units") != 24.0 || a.at("created_at") == nil || len(a.at("syncCatalog.streams").([]any)) != 1 {
		t.Errorf("got %s", a.body)
	}
	if p := d.call(t, "GET", "/v1/connections/"+id, "").want(200); p.text("schedule.basicTiming") != "Every 24 HOURS" {
		t.Errorf("the Public API shows %s", p.body)
	}
	web := d.config(t, "/web_backend/connections/get", `{"connectionId":"`+id+`","withRefreshedCatalog":true}`).want(200)
	all := web.at("syncCatalog.streams").([]any)
	count := 0
	for _, s := range all {
		if s.(map[string]any)["config"].(map[string]any)["selected"].(bool) {
			count++
		}
	}
	if len(all) < 2 || count != 1 || web.text("source.sourceId") != source || web.text("destination.destinationId") != destination ||
		web.text("sourceActorDefinitionVersion.dockerRepository") == "" || web.text("schemaChange") != "no_change" {
		t.Errorf("%d streams, %d selected: %s", len(all), count, web.body)
	}
	everything := strings.ReplaceAll(string(catalog), `"selected":false`, `"selected":true`)
	web = d.config(t, "/web_backend/connections/update", `{"connectionId":"`+id+`","syncCatalog":`+everything+`,"skipReset":true,"prefix":"x_","status":"inactive"}`).want(200)
	if web.text("prefix") != "x_" || web.text("status") != "inactive" || web.text("scheduleType") != "basic" {
		t.Errorf("after the update: %s", web.body)
	}
	if n := len(d.config(t, "/connections/get", quote("connectionId", id)).at("syncCatalog.streams").([]any)); n != len(all) {
		t.Errorf("%d of %d streams are selected", n, len(all))
	}
	status := d.config(t, "/connections/status", `{"connectionIds":["`+id+`"]}`).want(200)
	if !strings.HasPrefix(status.body, "[") || !strings.Contains(status.body, `"connectionSyncStatus":"paused"`) {
		t.Errorf("got %s", status.body)
	}
	d.config(t, "/connections/update", `{"connectionId":"`+id+`","scheduleType":"cron"}`).want(400).problem()
	if a := d.config(t, "/connections/update", `{"connectionId":"`+id+`","scheduleType":"manual"}`).want(200); a.text("scheduleType") != "manual" {
		t.Errorf("got %s", a.body)
	}
	if list := d.config(t, "/web_backend/connections/list", quote("workspaceId", d.workspace)).want(200); len(list.at("connections").([]any)) != 1 {
		t.Errorf("got %s", list.body)
	}
	d.config(t, "/connections/delete", quote("connectionId", id)).want(204)
	if list := d.config(t, "/connections/list", quote("workspaceId", d.workspace)).want(200); len(list.at("connections").([]any)) != 0 {
		t.Errorf("got %s", list.body)
	}
	if list := d.config(t, "/connections/list_all", quote("workspaceId", d.workspace)).want(200); len(list.at("connections").([]any)) != 1 {
		t.Errorf("got %s", list.body)
	}
}

func TestConfigJobs(t *testing.T) {
	t.Parallel()
	d := deploy(t)
	id := d.connection(t)
	a := d.config(t, "/connections/sync", quote("connectionId", id)).want(200)
	if a.text("job.configType") != "sync" || a.text("job.configId") != id || a.at("attempts") == nil {
		t.Errorf("got %s", a.body)
	}
	job := fmt.Sprint(a.at("job.id"))
	d.config(t, "/connections/sync", quote("connectionId", id)).want(409).problem()
	if a := d.config(t, "/jobs/get_last_replication_job", quote("connectionId", id)).want(200); fmt.Sprint(a.at("job.id")) != job {
		t.Errorf("got %s", a.body)
	}
	if a := d.config(t, "/jobs/cancel", `{"id":`+job+`}`).want(200); a.text("job.status") != "cancelled" {
		t.Errorf("got %s", a.body)
	}
	second := fmt.Sprint(d.config(t, "/connections/clear/stream", `{"connectionId":"`+id+`","streams":[{"streamName":"users"}]}`).want(200).at("job.id"))
	list := d.config(t, "/jobs/list", `{"configTypes":["sync","CLEAR","reset_connection"],"configId":"`+id+`","pagination":{"pageSize":1}}`).want(200)
	jobs := list.at("jobs").([]any)
	if len(jobs) != 1 || fmt.Sprint(jobs[0].(map[string]any)["job"].(map[string]any)["id"]) != second || list.at("totalJobCount") != 2.0 {
		t.Errorf("got %s, want the newest first", list.body)
	}
	if list := d.config(t, "/jobs/list", `{"configTypes":["get_spec"]}`).want(200); list.body != `{"jobs":[],"totalJobCount":0}` {
		t.Errorf("got %s", list.body)
	}
	d.config(t, "/jobs/list", `{"configTypes":["odd"]}`).want(400).problem()
	d.config(t, "/jobs/list", `{}`).want(400).problem()
	d.config(t, "/jobs/get", `{"id":0}`).want(400).problem()
	d.config(t, "/connections/clear/stream", `{"connectionId":"`+id+`","streams":[]}`).want(400).problem()
}

func TestCronIsDescribed(t *testing.T) {
	t.Parallel()
	d := deploy(t)
	a := d.config(t, "/web_backend/describe_cron_expression", quote("cronExpression", "0 0 3 ? * MON")).want(200)
	if a.text("description") != "at 03:00 on Monday" || a.text("cronExpression") != "0 0 3 ? * MON" {
		t.Errorf("got %s", a.body)
	}
	next := a.at("nextExecutions").([]any)
	for i, at := range next {
		when := time.Unix(int64(at.(float64)), 0).UTC()
		if when.Weekday() != time.Monday || when.Hour() != 3 || i > 0 && at.(float64)-next[i-1].(float64) != 7*24*3600 {
			t.Errorf("execution %d is at %v", i, when)
		}
	}
	if len(next) != 3 {
		t.Errorf("%d executions", len(next))
	}
	d.config(t, "/web_backend/describe_cron_expression", quote("cronExpression", "0 0 25 * * ?")).want(422).problem()
}
