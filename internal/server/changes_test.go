package server_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/airfielddev/airfield/internal/platform"
)

// edits are the events of a connection that are not about jobs, the oldest first.
func (d *deployment) edits(t *testing.T, connection string) (all []map[string]any) {
	t.Helper()
	for _, e := range d.config(t, "/connections/events/list", quote("connectionId", connection)).want(200).at("events").([]any) {
		event := e.(map[string]any)
		if !strings.HasSuffix(event["eventType"].(string), "_STARTED") {
			all = append([]map[string]any{event}, all...)
		}
	}
	return all
}

func TestChangesOfAConnectionAreEvents(t *testing.T) {
	t.Parallel()
	d := deploy(t)
	c := d.connection(t)
	with := func(rest, why string) {
		t.Helper()
		d.config(t, "/connections/update_with_reason", `{"connectionUpdate":{"connectionId":"`+c+`"`+rest+`}`+why+`}`).want(200)
	}
	with(`,"prefix":"p_","name":"renamed"`, `,"updateReason":"the tables clash"`)
	with(`,"prefix":"p_"`, `,"updateReason":"nothing is changed"`)
	with(`,"status":"inactive"`, `,"updateReason":"too dear","autoUpdate":true`)
	d.call(t, "PATCH", "/v1/connections/"+c, `{"status":"active","schedule":{"scheduleType":"cron","cronExpression":"0 0 3 * * ?"}}`).want(200)
	d.call(t, "PATCH", "/v1/connections/"+c, `{"configurations":{"streams":[{"name":"users"}]}}`).want(200)
	var got []string
	for _, e := range d.edits(t, c) {
		user := "nobody"
		if u, ok := e["user"].(map[string]any); ok {
			user = u["id"].(string)
		}
		got = append(got, fmt.Sprint(e["eventType"], " ", user, " ", e["summary"]))
	}
	want := []string{
		"CONNECTION_SETTINGS_UPDATE " + platform.DefaultUser + " map[patches:map[name:map[from:people <> nowhere to:renamed] prefix:map[from: to:p_]] updateReason:the tables clash]",
		"CONNECTION_DISABLED nobody map[disabledReason:too dear]",
		"CONNECTION_ENABLED " + platform.DefaultUser + " map[]",
		"CONNECTION_SETTINGS_UPDATE " + platform.DefaultUser + " map[patches:map[scheduleData:map[from:<nil> to:map[cron:map[cronExpression:0 0 3 * * ? cronTimeZone:UTC]]] scheduleType:map[from:manual to:cron]]]",
		"SCHEMA_CONFIG_UPDATE " + platform.DefaultUser + " map[streams:[map[name:products] map[name:purchases]]]",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("events (-want +got):\n%s", diff)
	}
}

func TestOneChangeOfAConnection(t *testing.T) {
	t.Parallel()
	d := deploy(t)
	c, other := d.connection(t), d.connection(t)
	d.call(t, "PATCH", "/v1/connections/"+c, `{"status":"inactive"}`).want(200)
	id := d.edits(t, c)[0]["id"].(string)
	ask := func(connection string) answer {
		return d.config(t, "/connections/events/get", quote("connectionId", connection, "connectionEventId", id))
	}
	if a := ask(c).want(200); a.text("eventType") != "CONNECTION_DISABLED" || a.at("details") == nil {
		t.Errorf("got %s", a.body)
	}
	ask(other).want(404).problem()
	a := d.config(t, "/connections/events/list_minimal", `{"workspaceId":"`+d.workspace+`","eventTypes":["CONNECTION_DISABLED"],
		"createdAtStart":"2000-01-01T00:00:00Z","createdAtEnd":"2200-01-01T00:00:00Z"}`).want(200)
	if events := a.at("events").([]any); len(events) != 1 || events[0].(map[string]any)["connectionId"] != c {
		t.Errorf("the workspace has %s", a.body)
	}
}
