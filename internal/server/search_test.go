package server_test

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// found lists the ids that a search answers with.
func (a answer) found(list, member string) []string {
	a.t.Helper()
	ids := []string{}
	for _, row := range a.want(200).at(list).([]any) {
		ids = append(ids, row.(map[string]any)[member].(string))
	}
	slices.Sort(ids)
	return ids
}

func sorted(ids ...string) []string {
	slices.Sort(ids)
	return append([]string{}, ids...)
}

func TestSearchOfSources(t *testing.T) {
	t.Parallel()
	d := deploy(t)
	other := d.call(t, "POST", "/v1/workspaces", `{"name":"other"}`).want(200).text("workspaceId")
	people := d.source(t)
	make := func(workspace, name, configuration string) string {
		body := `{"name":"` + name + `","workspaceId":"` + workspace + `","configuration":` + configuration + `}`
		return d.call(t, "POST", "/v1/sources", body).want(200).text("sourceId")
	}
	many := make(d.workspace, "many", `{"sourceType":"faker","count":1000,"seed":1}`)
	elsewhere := make(other, "people", `{"sourceType":"faker","count":10,"seed":2}`)
	for body, want := range map[string][]string{
		`{}`:                                                    sorted(people, many, elsewhere),
		`{"workspaceId":"` + other + `"}`:                       {elsewhere},
		`{"sourceId":"` + many + `"}`:                           {many},
		`{"name":"people"}`:                                     sorted(people, elsewhere),
		`{"name":"People"}`:                                     {},
		`{"sourceDefinitionId":"` + fakerID + `"}`:              sorted(people, many, elsewhere),
		`{"sourceDefinitionId":"` + unknown + `"}`:              {},
		`{"sourceName":"no such name"}`:                         {},
		`{"connectionConfiguration":{"seed":1}}`:                sorted(people, many),
		`{"connectionConfiguration":{"count":10.0,"seed":1}}`:   {people},
		`{"connectionConfiguration":{"seed":1,"unheard":null}}`: {},
		`{"name":"people","connectionConfiguration":{"seed":2},"workspaceId":"` + d.workspace + `"}`: {},
	} {
		if diff := cmp.Diff(want, d.config(t, "/sources/search", body).found("sources", "sourceId")); diff != "" {
			t.Errorf("%s (-want +got):\n%s", body, diff)
		}
	}
	title := d.config(t, "/sources/get", quote("sourceId", people)).want(200).text("sourceName")
	if got := d.config(t, "/sources/search", quote("sourceName", title)).found("sources", "sourceId"); len(got) != 3 {
		t.Errorf("%d sources are called %s, want 3", len(got), title)
	}
	d.config(t, "/sources/search", `{"connectionConfiguration":["seed"]}`).want(422).problem()
}

func TestSearchOfConnections(t *testing.T) {
	t.Parallel()
	d := deploy(t)
	source, destination, second := d.source(t), d.destination(t), d.destination(t)
	make := func(destination, rest string) string {
		body := `{"sourceId":"` + source + `","destinationId":"` + destination + `"` + rest + `}`
		return d.call(t, "POST", "/v1/connections", body).want(200).text("connectionId")
	}
	plain := make(destination, `,"name":"plain"`)
	nightly := make(destination, `,"name":"nightly","prefix":"n_","namespaceDefinition":"source","schedule":{"scheduleType":"cron","cronExpression":"0 0 3 * * ?"}`)
	idle := make(second, `,"name":"idle","status":"inactive"`)
	gone := make(second, `,"name":"gone"`)
	d.config(t, "/connections/delete", quote("connectionId", gone)).want(204)
	for body, want := range map[string][]string{
		`{}`:                                      sorted(plain, nightly, idle),
		`{"name":"idle"}`:                         {idle},
		`{"connectionId":"` + plain + `"}`:        {plain},
		`{"status":"inactive"}`:                   {idle},
		`{"status":"deprecated"}`:                 {gone},
		`{"prefix":"n_"}`:                         {nightly},
		`{"namespaceDefinition":"source"}`:        {nightly},
		`{"scheduleType":"cron"}`:                 {nightly},
		`{"scheduleType":"manual"}`:               sorted(plain, idle),
		`{"destinationId":"` + second + `"}`:      {idle},
		`{"destination":{"name":"no such name"}}`: {},
		`{"destination":{"destinationId":"` + second + `"},"source":{"name":"people"}}`:                         {idle},
		`{"source":{"workspaceId":"` + unknown + `"}}`:                                                          {},
		`{"scheduleData":{"cron":{"cronExpression":"0 0 3 * * ?","cronTimeZone":"UTC"}}}`:                       {nightly},
		`{"scheduleData":{"cron":{"cronExpression":"0 0 3 * * ?","cronTimeZone":"Asia/Tokyo"}}}`:                {},
		`{"scheduleType":"cron","scheduleData":{"cron":{"cronExpression":"0 0 4 * * ?","cronTimeZone":"UTC"}}}`: {},
	} {
		if diff := cmp.Diff(want, d.config(t, "/connections/search", body).found("connections", "connectionId")); diff != "" {
			t.Errorf("%s (-want +got):\n%s", body, diff)
		}
	}
}
