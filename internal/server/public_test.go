package server_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestWorkspaceLife(t *testing.T) {
	t.Parallel()
	d := deploy(t)
	id := d.call(t, "POST", "/v1/workspaces", `{"name":"new","regionId":null}`).want(200).text("workspaceId")
	a := d.call(t, "PATCH", "/v1/workspaces/"+strings.ToUpper(id), `{"name":"newer","workspaceId":"ignored"}`).want(200)
	want := map[string]any{"workspaceId": id, "name": "newer", "dataResidency": "auto", "notifications": map[string]any{}}
	if diff := cmp.Diff(want, a.object()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if a := d.call(t, "DELETE", "/v1/workspaces/"+id, "").want(204); a.body != "" {
		t.Errorf("the body is %q", a.body)
	}
	d.call(t, "GET", "/v1/workspaces/"+id, "").want(404).problem()
	list := func(query string) int {
		return len(d.call(t, "GET", "/v1/workspaces"+query, "").want(200).at("data").([]any))
	}
	if list("") != 1 || list("?includeDeleted=true") != 2 {
		t.Errorf("%d and with deleted ones %d workspaces, want 1 and 2", list(""), list("?includeDeleted=true"))
	}
	d.call(t, "POST", "/v1/workspaces", `{}`).want(400).problem()
}

func TestSourceLife(t *testing.T) {
	t.Parallel()
	d := deploy(t)
	body := `{"name":"people","workspaceId":"` + d.workspace + `","configuration":{"count":10,"sourceType":"FAKER","seed":1},"unknown":{"a":1}}`
	body = strings.Replace(body, "FAKER", "faker", 1)
	a := d.call(t, "POST", "/v1/sources", body).want(200)
	id := a.text("sourceId")
	if a.text("sourceType") != "faker" || a.text("definitionId") != fakerID || a.at("configuration.count") != 10.0 || a.at("configuration.sourceType") != nil {
		t.Errorf("got %s", a.body)
	}
	if created, ok := a.at("createdAt").(float64); !ok || created < 1.7e9 || created > 1e10 {
		t.Errorf("createdAt is %v, want Unix seconds", a.at("createdAt"))
	}
	a = d.call(t, "PATCH", "/v1/sources/"+id, `{"configuration":{"count":11}}`).want(200)
	if a.at("configuration.count") != 11.0 || a.at("configuration.seed") != 1.0 || a.text("name") != "people" {
		t.Errorf("after the patch: %s", a.body)
	}
	a = d.call(t, "PUT", "/v1/sources/"+id, `{"name":"folk","configuration":{"count":12}}`).want(200)
	if a.at("configuration.count") != 12.0 || a.at("configuration.seed") != nil || a.text("name") != "folk" {
		t.Errorf("after the put: %s", a.body)
	}
	d.call(t, "PATCH", "/v1/sources/"+id, `{"configuration":[]}`).want(422).problem()
	d.call(t, "PUT", "/v1/sources/"+id, `{"name":"x","configuration":{"count":"many"}}`).want(422).problem()
	d.call(t, "DELETE", "/v1/sources/"+id, "").want(204)
	d.call(t, "GET", "/v1/sources/"+id, "").want(404).problem()
	d.call(t, "DELETE", "/v1/sources/"+id, "").want(404).problem()
}

func TestSourceCreationRefuses(t *testing.T) {
	t.Parallel()
	d := deploy(t)
	f := func(body string, status int, title string) {
		t.Helper()
		a := d.call(t, "POST", "/v1/sources", strings.ReplaceAll(body, "W", d.workspace)).want(status)
		a.problem()
		if a.text("title") != title {
			t.Errorf("%s: title %q, want %q", body, a.text("title"), title)
		}
	}
	f(`{"name":"s","workspaceId":"W","configuration":{"sourceType":"no-such-thing"}}`, 400, "value-not-found")
	a := d.call(t, "POST", "/v1/sources", `{"name":"s","workspaceId":"`+d.workspace+`","configuration":{"sourceType":"fakr"}}`).want(400)
	if !strings.Contains(a.body, "There is no connector called fakr. Did you mean faker?") {
		t.Errorf("got %s", a.body)
	}
	f(`{"name":"s","workspaceId":"W","configuration":{"count":1}}`, 422, "unprocessable-entity")
	f(`{"name":"s","workspaceId":"W","configuration":{"sourceType":"faker","count":"x"}}`, 422, "unprocessable-entity")
	f(`{"name":"s","workspaceId":"W","definitionId":"`+unknown+`","configuration":{}}`, 404, "resource-not-found")
	f(`{"name":"s","workspaceId":"`+unknown+`","configuration":{"sourceType":"faker"}}`, 404, "resource-not-found")
	f(`{"name":"s","workspaceId":"W"}`, 400, "bad-request")
	f(`{"workspaceId":"W","configuration":{"sourceType":"faker"}}`, 400, "bad-request")
	f(`{"name":"s","workspaceId":"W","configuration":"x"}`, 422, "unprocessable-entity")
	f(`{"name":"s","workspaceId":"W","secretId":"x","configuration":{"sourceType":"faker"}}`, 400, "bad-request")
}

func TestPagination(t *testing.T) {
	t.Parallel()
	d := deploy(t)
	for i := range 25 {
		body := fmt.Sprintf(`{"name":"s%d","workspaceId":%q,"configuration":{"sourceType":"faker"}}`, i, d.workspace)
		d.call(t, "POST", "/v1/sources", body).want(200)
	}
	path, names, pages := "/v1/sources?workspaceIds="+d.workspace, []string{}, 0
	for path != "" {
		a := d.call(t, "GET", path, "").want(200)
		for _, s := range a.at("data").([]any) {
			names = append(names, s.(map[string]any)["name"].(string))
		}
		pages++
		next := a.text("next")
		if next != "" && !strings.HasPrefix(next, d.url+"/v1/sources?") {
			t.Fatalf("next is %q", next)
		}
		path = strings.TrimPrefix(next, d.url)
	}
	distinct := slices.Compact(slices.Sorted(slices.Values(names))) // those of one millisecond have no order
	if len(names) != 25 || len(distinct) != 25 || pages != 2 {
		t.Errorf("%d sources on %d pages: %v", len(names), pages, names)
	}
	a := d.call(t, "GET", "/api/public/v1/sources?limit=5&offset=20", "").want(200)
	if a.text("next") != "" || a.text("previous") != d.url+"/v1/sources?includeDeleted=false&limit=5&offset=15" {
		t.Errorf("got %s", a.body[:200])
	}
	for _, bad := range []string{"limit=0", "limit=101", "limit=x", "offset=-1", "includeDeleted=maybe"} {
		d.call(t, "GET", "/v1/sources?"+bad, "").want(400).problem()
	}
	for _, name := range []string{"workspaceIds", "workspaceId"} {
		a = d.call(t, "GET", "/v1/sources?"+name+"="+unknown, "").want(200)
		if a.body != `{"previous":"","next":"","data":[]}` {
			t.Errorf("an empty page is %s", a.body)
		}
	}
}

func TestConnectionLife(t *testing.T) {
	t.Parallel()
	d := deploy(t)
	source, destination := d.source(t), d.destination(t)
	a := d.call(t, "POST", "/v1/connections", `{"sourceId":"`+source+`","destinationId":"`+destination+`","prefix":"","namespaceDefinition":"DESTINATION","nonBreakingSchemaUpdatesBehavior":"disable_connection","configurations":{"streams":[{"name":"users","syncMode":"incremental_deduped_history"}]}}`).want(200)
	id := a.text("connectionId")
	var got struct {
		Configurations json.RawMessage
		Tags           []any
	}
	if err := json.Unmarshal([]byte(a.body), &got); err != nil {
		t.Fatal(err)
	}
	want := `{"streams":[{"name":"users","syncMode":"incremental_deduped_history","cursorField":["updated_at"],"primaryKey":[["id"]],"mappers":[]}]}`
	if string(got.Configurations) != want || got.Tags == nil {
		t.Errorf("got %s, want streams %s", a.body, want)
	}
	if a.text("name") != "people <> nowhere" || a.text("schedule.scheduleType") != "manual" || a.text("nonBreakingSchemaUpdatesBehavior") != "disable_connection" || a.text("namespaceDefinition") != "destination" {
		t.Errorf("got %s", a.body)
	}

	patch := func(body string) answer { t.Helper(); return d.call(t, "PATCH", "/v1/connections/"+id, body) }
	a = patch(`{"schedule":{"scheduleType":"cron","cronExpression":"0 0 12 * * ?"},"namespaceDefinition":"custom_format","namespaceFormat":"x_${SOURCE_NAMESPACE}","prefix":"p_"}`).want(200)
	if a.text("schedule.cronExpression") != "0 0 12 * * ? UTC" || a.text("namespaceDefinition") != "custom_format" || a.text("prefix") != "p_" || a.text("nonBreakingSchemaUpdatesBehavior") != "disable_connection" {
		t.Errorf("after the patch: %s", a.body)
	}
	a = patch(`{"schedule":{"scheduleType":"cron","cronExpression":"0 0 12 * * ? UTC"},"prefix":"","configurations":{"streams":[]}}`).want(200)
	if a.text("schedule.cronExpression") != "0 0 12 * * ? UTC" || a.at("prefix") != "" || len(a.at("configurations.streams").([]any)) != 1 {
		t.Errorf("after sending the echo back: %s", a.body)
	}
	patch(`{"schedule":{"scheduleType":"cron"}}`).want(400).problem()
	patch(`{"schedule":{"scheduleType":"cron","cronExpression":"whenever"}}`).want(400).problem()
	patch(`{"status":"locked"}`).want(400).problem()
	patch(`{"status":"sleepy"}`).want(400).problem()
	patch(`{"configurations":{"streams":[{"name":"nobody"}]}}`).want(400).problem()
	patch(`{"configurations":{"streams":[{"name":"users","selectedFields":[]}]}}`).want(400).problem()
	patch(`{"configurations":{"streams":[{"name":"users","syncMode":"sideways"}]}}`).want(400).problem()

	d.call(t, "DELETE", "/v1/connections/"+id, "").want(204)
	d.call(t, "DELETE", "/v1/connections/"+id, "").want(204)
	if a := d.call(t, "GET", "/v1/connections/"+id, "").want(200); a.text("status") != "deprecated" {
		t.Errorf("a deleted connection has status %q", a.text("status"))
	}
	if a := d.call(t, "GET", "/v1/connections", "").want(200); len(a.at("data").([]any)) != 0 {
		t.Errorf("the list has deleted ones: %s", a.body)
	}
	if a := d.call(t, "GET", "/v1/connections?includeDeleted=true", "").want(200); len(a.at("data").([]any)) != 1 {
		t.Errorf("the list lacks deleted ones: %s", a.body)
	}
}

func TestConnectionWithoutStreamsSelectsAll(t *testing.T) {
	t.Parallel()
	d := deploy(t)
	a := d.call(t, "GET", "/v1/connections/"+d.connection(t), "").want(200)
	offered := d.call(t, "GET", "/v1/streams?sourceId="+a.text("sourceId")+"&destinationId="+a.text("destinationId"), "").want(200)
	var streams []struct {
		StreamName      string
		StreamNamespace *string `json:"streamnamespace"`
		SyncModes       []string
	}
	if err := json.Unmarshal([]byte(offered.body), &streams); err != nil {
		t.Fatalf("%v: no bare array: %s", err, offered.body)
	}
	if n := len(a.at("configurations.streams").([]any)); n != len(streams) || n == 0 {
		t.Errorf("%d of %d streams are selected", n, len(streams))
	}
	if len(streams[0].SyncModes) == 0 {
		t.Errorf("no sync modes: %s", offered.body)
	}
	d.call(t, "GET", "/v1/streams", "").want(400).problem()
}

func TestJobs(t *testing.T) {
	t.Parallel()
	d := deploy(t)
	id := d.connection(t)
	a := d.call(t, "POST", "/v1/jobs", `{"connectionId":"`+id+`","jobType":"SYNC"}`).want(200)
	if a.text("status") != "pending" || a.text("jobType") != "sync" || !strings.HasSuffix(a.text("startTime"), "Z") || len(a.text("startTime")) != 20 {
		t.Errorf("got %s", a.body)
	}
	if o := a.object(); o["bytesSynced"] != nil || o["duration"] != nil || o["lastUpdatedAt"] != nil {
		t.Errorf("a new job tells too much: %s", a.body)
	}
	job := fmt.Sprint(a.at("jobId"))
	if a := d.call(t, "GET", "/v1/jobs/"+job, "").want(200); a.at("bytesSynced") != 0.0 || a.at("rowsSynced") != 0.0 {
		t.Errorf("a job that is read has no counts: %s", a.body)
	}
	busy := d.call(t, "POST", "/v1/jobs", `{"connectionId":"`+id+`","jobType":"sync"}`).want(409)
	busy.problem()
	if busy.text("title") != "try-again-later" || !strings.Contains(busy.text("data.message"), id) || fmt.Sprint(busy.at("data.jobId")) != job {
		t.Errorf("got %s", busy.body)
	}
	if a := d.call(t, "DELETE", "/v1/jobs/"+job, "").want(200); a.text("status") != "cancelled" || a.object()["bytesSynced"] != nil {
		t.Errorf("got %s", a.body)
	}
	second := fmt.Sprint(d.call(t, "POST", "/v1/jobs", `{"connectionId":"`+id+`","jobType":"clear"}`).want(200).at("jobId"))
	ids := func(query string) []string {
		t.Helper()
		var out []string
		for _, j := range d.call(t, "GET", "/v1/jobs?"+query, "").want(200).at("data").([]any) {
			out = append(out, fmt.Sprint(j.(map[string]any)["jobId"]))
		}
		return out
	}
	for query, want := range map[string][]string{
		"connectionId=" + id:                                    {job, second},
		"connectionId=" + id + "&workspaceIds=" + unknown:       {job, second},
		"workspaceIds=" + unknown:                               nil,
		"orderBy=createdAt|DESC":                                {second, job},
		"limit=1":                                               {job},
		"jobType=reset":                                         {second},
		"jobType=sync&status=CANCELLED":                         {job},
		"status=queued":                                         {second},
		"createdAtStart=2000-01-01T00:00:00Z&jobType=sync":      {job},
		"createdAtEnd=2000-01-01T00:00:00Z":                     nil,
		"updatedAtStart=2000-01-01T00:00:00%2B01:00&limit=1":    {job},
		"orderBy=updatedAt|ASC&limit=1&offset=1&workspaceIds=,": {second},
	} {
		if diff := cmp.Diff(want, ids(query)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", query, diff)
		}
	}
	for _, bad := range []string{"orderBy=status|ASC", "orderBy=createdAt", "status=odd", "jobType=odd", "createdAtStart=today"} {
		d.call(t, "GET", "/v1/jobs?"+bad, "").want(400).problem()
	}
	d.call(t, "POST", "/v1/jobs", `{"connectionId":"`+id+`","jobType":"refresh"}`).want(422).problem()
	d.call(t, "POST", "/v1/jobs", `{"connectionId":"`+id+`","jobType":"dance"}`).want(400).problem()
	d.call(t, "GET", "/v1/jobs/first", "").want(400).problem()
}

func TestInactiveConnectionsDoNotSync(t *testing.T) {
	t.Parallel()
	d := deploy(t)
	id := d.connection(t)
	d.call(t, "PATCH", "/v1/connections/"+id, `{"status":"inactive"}`).want(200)
	a := d.call(t, "POST", "/v1/jobs", `{"connectionId":"`+id+`","jobType":"sync"}`).want(409)
	a.problem()
	if a.text("title") != "state-conflict" {
		t.Errorf("got %s", a.body)
	}
}

func TestApplications(t *testing.T) {
	t.Parallel()
	d := deploy(t)
	made := d.call(t, "POST", "/v1/applications", `{"name":"robot"}`).want(200)
	body := `{"client_id":"` + made.text("clientId") + `","client_secret":"` + made.text("clientSecret") + `"}`
	d.call(t, "POST", "/applications/token", body).want(200)
	list := d.call(t, "GET", "/v1/applications", "").want(200)
	if len(list.at("applications").([]any)) != 2 || strings.Contains(list.body, made.text("clientSecret")) {
		t.Errorf("got %s", list.body)
	}
	d.call(t, "DELETE", "/v1/applications/"+made.text("id"), "").want(200)
	d.call(t, "POST", "/applications/token", body).want(401).problem()
	d.call(t, "GET", "/v1/applications/"+made.text("id"), "").want(404).problem()
}

func TestDefinitions(t *testing.T) {
	t.Parallel()
	d := deploy(t)
	base := "/v1/workspaces/" + d.workspace + "/definitions/"
	if a := d.call(t, "GET", base+"sources", "").want(200); !strings.Contains(a.body, fakerID) {
		t.Errorf("the faker is missing: %s", a.body)
	}
	d.call(t, "GET", base+"destinations/"+fakerID, "").want(404).problem()
	d.call(t, "PUT", base+"sources/"+fakerID, `{"name":"x","dockerImageTag":"1"}`).want(400).problem()
	d.call(t, "DELETE", base+"sources/"+fakerID, "").want(400).problem()
	d.call(t, "POST", base+"declarative_sources", `{"name":"m","manifest":"text"}`).want(422).problem()
	a := d.call(t, "GET", "/v1/connector_definitions?type=source", "").want(200)
	if !strings.Contains(a.body, `"connectorDefinitionType":"source"`) {
		t.Errorf("got %s", a.body)
	}
	d.call(t, "GET", "/v1/connector_definitions?type=pipe", "").want(400).problem()
}

func TestCustomSourcesHaveNoType(t *testing.T) {
	t.Parallel()
	d := deploy(t)
	definition := d.call(t, "POST", "/v1/workspaces/"+d.workspace+"/definitions/declarative_sources", `{"name":"m","manifest":`+manifestText+`}`).want(200).text("id")
	a := d.call(t, "POST", "/v1/sources", `{"name":"c","workspaceId":"`+d.workspace+`","definitionId":"`+definition+`","configuration":{"key":"k","plain":"p"}}`).want(200)
	if kind, there := a.object()["sourceType"]; !there || kind != "" || a.text("configuration.key") != "**********" {
		t.Errorf("got %s", a.body)
	}
	d.call(t, "GET", "/v1/workspaces/"+d.workspace+"/definitions/sources/"+definition, "").want(404).problem()
	second := d.call(t, "POST", "/v1/workspaces", `{"name":"other"}`).want(200).text("workspaceId")
	d.call(t, "GET", "/v1/workspaces/"+second+"/definitions/declarative_sources/"+definition, "").want(404).problem()
}

func TestResourceAllocationIsWrittenAsSent(t *testing.T) {
	t.Parallel()
	d := deploy(t)
	id := d.source(t)
	a := d.call(t, "PATCH", "/v1/sources/"+id, `{"resourceAllocation":{"default":{"cpu_request":"1"}}}`).want(200)
	if a.text("resourceAllocation.default.cpu_request") != "1" {
		t.Errorf("got %s", a.body)
	}
	if a := d.call(t, "PATCH", "/v1/sources/"+id, `{"name":"x"}`).want(200); a.object()["resourceAllocation"] != nil {
		t.Errorf("leaving it out keeps it: %s", a.body)
	}
}

func TestHealth(t *testing.T) {
	t.Parallel()
	d := deploy(t)
	if a := d.call(t, "GET", "/v1/health", "", "Authorization", "").want(200); a.body != "Successful operation" {
		t.Errorf("got %q", a.body)
	}
	if a := d.call(t, "GET", "/api/v1/health", "", "Authorization", "").want(200); a.body != `{"available":true}` {
		t.Errorf("got %q", a.body)
	}
	if a := d.call(t, "GET", "/api/airfield/v1/health", "", "Authorization", "").want(200); a.text("status") != "ok" {
		t.Errorf("got %q", a.body)
	}
	if a := d.call(t, "GET", "/v1/", "").want(302); a.header.Get("Location") != "https://reference.airbyte.com/" {
		t.Errorf("got %v", a.header)
	}
}
