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

func TestConnectionsOfDefinition(t *testing.T) {
	t.Parallel()
	d := deploy(t)
	id := d.connection(t)
	list := func(definition, kind string) []string {
		return d.config(t, "/connections/list_by_actor_definition", quote("actorDefinitionId", definition, "actorType", kind)).found("connections", "connectionId")
	}
	if got := list(fakerID, "source"); !slices.Equal(got, []string{id}) {
		t.Errorf("by the source: got %v, want %s", got, id)
	}
	if got := list(knownThings["devNull"], "destination"); !slices.Equal(got, []string{id}) {
		t.Errorf("by the destination: got %v, want %s", got, id)
	}
	if got := list(fakerID, "destination"); len(got) > 0 {
		t.Errorf("the source's definition has destinations: %v", got)
	}
	d.config(t, "/connections/update_with_reason", `{"connectionUpdate":{"connectionId":"`+id+`","name":"renamed"},"updateReason":"r"}`).want(200)
	if got := d.config(t, "/connections/get", quote("connectionId", id)).want(200).text("name"); got != "renamed" {
		t.Errorf("the name is %s", got)
	}
	workspace := d.config(t, "/workspaces/get", quote("workspaceId", d.workspace)).want(200).text("name")
	source := d.config(t, "/connections/get", quote("connectionId", id)).want(200).text("sourceId")
	if a := d.config(t, "/sources/get_with_metadata", quote("sourceId", source)).want(200); a.text("metadata.workspaceName") != workspace || a.text("sourceId") != source {
		t.Errorf("got %s", a.body)
	}
	d.config(t, "/workspaces/delete", quote("workspaceId", d.workspace)).want(204)
	if a := d.config(t, "/workspaces/get_by_connection_id_with_tombstone", quote("connectionId", id)).want(200); a.text("workspaceId") != d.workspace || a.at("tombstone") != true {
		t.Errorf("got %s", a.body)
	}
	d.config(t, "/workspaces/get_by_connection_id", quote("connectionId", id)).want(404)
}

func TestVersionsAreResolved(t *testing.T) {
	t.Parallel()
	d := deploy(t)
	resolve := func(tag, kind string) answer {
		return d.config(t, "/actor_definition_versions/resolve", quote("actorDefinitionId", fakerID, "dockerImageTag", tag, "actorType", kind))
	}
	tag := d.config(t, "/actor_definition_versions/get_default", quote("actorDefinitionId", fakerID)).want(200).text("dockerImageTag")
	if a := resolve(tag, "source").want(200); a.text("dockerImageTag") != tag || a.text("dockerRepository") == "" {
		t.Errorf("got %s", a.body)
	}
	resolve("0.0.0-none", "source").want(404).problem()
	resolve(tag, "destination").want(404).problem()
}
