package server_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// declared is a thing as a tool that keeps declarations, such as Terraform, knows it.
type declared struct {
	things  string // the path of the things of this kind
	id      string // the member that names one
	body    string // the declaration
	changed string // the declaration after an edit
	update  string // the method of an edit
	removed int    // the status of a removal
	list    string // the path that lists the things of this kind, where things is not
}

func (w declared) listed() string {
	if w.list != "" {
		return w.list
	}
	return w.things
}

// TestDeclarationsHold does what such a tool does: it creates, reads, sends all it has read back, edits, reads, lists, removes, and
// makes anew what somebody else has removed. When anything that was declared reads differently, or a read differs from the answer to
// the write, the tool edits it for ever.
func TestDeclarationsHold(t *testing.T) {
	t.Parallel()
	d := deploy(t)
	second := d.call(t, "POST", "/v1/workspaces", `{"name":"second"}`).want(200).text("workspaceId")
	tag := func(name string) string {
		return d.call(t, "POST", "/v1/tags", `{"name":"`+name+`","color":"00FF00","workspaceId":"`+d.workspace+`"}`).want(200).body
	}
	ends := fmt.Sprintf(`"sourceId":%q,"destinationId":%q`, d.source(t), d.destination(t))
	zoned := `{"name":"c","prefix":"p_","namespaceDefinition":"custom_format","namespaceFormat":"x_${SOURCE_NAMESPACE}","nonBreakingSchemaUpdatesBehavior":"propagate_fully",
	 "status":"inactive","tags":[` + tag("z") + `,` + tag("a") + `],"schedule":{"scheduleType":"cron","cronExpression":"0 0 6 * * ? Etc/UTC"},"configurations":{"streams":[
	 {"name":"users","syncMode":"incremental_deduped_history","cursorField":["updated_at"],"primaryKey":[["id"]],"selectedFields":[{"fieldPath":["name"]},{"fieldPath":["id"]},{"fieldPath":["updated_at"]}]},
	 {"name":"purchases","syncMode":"incremental_append","cursorField":[],"primaryKey":[],"mappers":[
	  {"type":"hashing","mapperConfiguration":{"targetField":"returned_at","method":"SHA-256","fieldNameSuffix":"_h"}},
	  {"type":"encryption","mapperConfiguration":{"algorithm":"AES","key":"00112233445566778899aabbccddeeff","mode":"CBC","padding":"PKCS5Padding","targetField":"purchased_at","fieldNameSuffix":"_e"}}]},
	 {"name":"products","syncMode":"full_refresh_append"}]}}`
	bare := `{"name":null,"configurations":null,"schedule":null,"dataResidency":null,"namespaceDefinition":"destination","namespaceFormat":null,"prefix":"","nonBreakingSchemaUpdatesBehavior":"ignore","status":null,"tags":null}`
	join := func(body string) string { return "{" + ends + "," + strings.TrimPrefix(body, "{") }
	mapped := `{"name":"m","configurations":{"streams":[{"name":"users","syncMode":"full_refresh_overwrite","mappers":[
	  {"id":"11111111-1111-4111-8111-111111111111","type":"field-renaming","mapperConfiguration":{"originalFieldName":"name","newFieldName":"called"}},
	  {"id":"22222222-2222-4222-8222-222222222222","type":"field-filtering","mapperConfiguration":{"targetField":"telephone"}},
	  {"id":"33333333-3333-4333-8333-333333333333","type":"row-filtering","mapperConfiguration":{"conditions":{"type":"NOT","conditions":[{"type":"EQUAL","fieldName":"gender","comparisonValue":"x"}]}}},
	  {"id":"44444444-4444-4444-8444-444444444444","type":"hashing","mapperConfiguration":{"targetField":"email","method":"MD5","fieldNameSuffix":"_h"}}]}]}}`
	hourly := `{"name":"h","schedule":{"scheduleType":"basic","basicTiming":"Every 3 HOURS"},"namespaceDefinition":"source","nonBreakingSchemaUpdatesBehavior":"disable_connection","status":"active","prefix":"h_"}`
	byHand := `{"name":"i","schedule":{"scheduleType":"manual"},"namespaceDefinition":"destination","nonBreakingSchemaUpdatesBehavior":"propagate_columns","status":"inactive","prefix":""}`
	postgres := `{"host":"db","port":5432,"database":"d","username":"u","password":"s","schemas":["b","a"],"ssl_mode":{"mode":"verify-ca","ca_certificate":"c","client_key":"k"},
	 "replication_method":{"method":"Standard"},"tunnel_method":{"tunnel_method":"NO_TUNNEL"},"more":{"none":null,"big":12345678901234567890,"exact":1.50}}`
	actor := `{"name":"%s","workspaceId":"` + d.workspace + `","definitionId":"%s","secretId":null,"configuration":%s}`
	webhook := `{"name":"%s","organizationId":null,"regionId":null,"notifications":{"failure":{"email":{"enabled":%v},"webhook":{"enabled":true,"url":"https://hooks.example/1"}},"success":{"email":{"enabled":false},"webhook":{"enabled":false}}}}`
	definition := `{"name":"%s","dockerRepository":"acme/source-x","dockerImageTag":"%s","documentationUrl":"https://acme.example"}`
	definitions := "/v1/workspaces/" + d.workspace + "/definitions/"
	described := strings.Replace(manifestText, `"version"`, `"description":"a <b> & c","version"`, 1)
	permission := `{"permissionType":"%s","userId":"00000000-0000-0000-0000-000000000000","workspaceId":"` + second + `","organizationId":null}`

	for name, w := range map[string]declared{
		"workspace":               {"/v1/workspaces", "workspaceId", fmt.Sprintf(webhook, "w", true), fmt.Sprintf(webhook, "x", false), "PATCH", 204, ""},
		"source":                  {"/v1/sources", "sourceId", fmt.Sprintf(actor, "s", fakerID, `{"count":300,"seed":7}`), fmt.Sprintf(actor, "s", fakerID, `{"count":3}`), "PUT", 204, ""},
		"source with secrets":     {"/v1/sources", "sourceId", fmt.Sprintf(actor, "p", postgresID, postgres), fmt.Sprintf(actor, "q", postgresID, strings.Replace(postgres, `"s"`, `"t"`, 1)), "PUT", 204, ""},
		"destination":             {"/v1/destinations", "destinationId", fmt.Sprintf(actor, "d", sqliteID, `{"destination_path":"/local/a.db"}`), fmt.Sprintf(actor, "d", sqliteID, `{"destination_path":"/local/b.db"}`), "PUT", 204, ""},
		"connection":              {"/v1/connections", "connectionId", join(zoned), strings.Replace(zoned, "Etc/UTC", "America/New_York", 1), "PATCH", 204, ""},
		"connection of all":       {"/v1/connections", "connectionId", join(bare), bare, "PATCH", 204, ""},
		"connection with mappers": {"/v1/connections", "connectionId", join(mapped), strings.Replace(mapped, "MD5", "SHA-512", 1), "PATCH", 204, ""},
		"connection by the hour":  {"/v1/connections", "connectionId", join(hourly), byHand, "PATCH", 204, ""},
		"connection by hand":      {"/v1/connections", "connectionId", join(byHand), hourly, "PATCH", 204, ""},
		"tag":                     {"/v1/tags", "tagId", `{"name":"t","color":"FF5500","workspaceId":"` + second + `"}`, `{"name":"u","color":"000000"}`, "PATCH", 204, ""},
		"permission":              {"/v1/permissions", "permissionId", fmt.Sprintf(permission, "workspace_reader"), fmt.Sprintf(permission, "workspace_editor"), "PATCH", 204, "/v1/permissions?userId=00000000-0000-0000-0000-000000000000"},
		"source definition":       {definitions + "sources", "id", fmt.Sprintf(definition, "x", "1"), fmt.Sprintf(definition, "y", "2"), "PUT", 200, ""},
		"destination definition":  {definitions + "destinations", "id", fmt.Sprintf(definition, "x", "1"), fmt.Sprintf(definition, "y", "2"), "PUT", 200, ""},
		"declarative source":      {definitions + "declarative_sources", "id", `{"name":"m","manifest":` + manifestText + `}`, `{"name":"m","manifest":` + described + `}`, "PUT", 200, ""},
	} {
		t.Run(name, func(t *testing.T) { d.keep(t, w) })
	}
}

const (
	postgresID = "decd338e-5647-4c0b-adf4-da0e75f5a750"
	sqliteID   = "b76be0a6-27dc-4560-95f6-2623da0bd7b6"
)

// keep lives the life of a declared thing.
func (d *deployment) keep(t *testing.T, w declared) {
	t.Helper()
	made := d.call(t, "POST", w.things, w.body).want(200)
	one := w.things + "/" + made.text(w.id)
	read := func(declaration, answered string) answer {
		t.Helper()
		a := d.call(t, "GET", one, "").want(200)
		if a.body != answered {
			t.Errorf("the write answered\n%s\nand the read\n%s", answered, a.body)
		}
		holds(t, declaration, a)
		return a
	}
	before := read(w.body, made.body)
	echoed := d.call(t, w.update, one, before.body).want(200)
	if diff := cmp.Diff(unversioned(before), unversioned(echoed)); diff != "" {
		t.Errorf("sending back what was read changed it (-read +echoed):\n%s", diff)
	}
	read(w.changed, d.call(t, w.update, one, w.changed).want(200).body)

	d.lists(t, w.listed(), w.id, made.text(w.id), true)

	d.call(t, "DELETE", one, "").want(w.removed)
	if gone := d.call(t, "GET", one, ""); gone.status != 404 && gone.text("status") != "deprecated" {
		t.Errorf("what was removed reads as %s", gone.body)
	}
	d.lists(t, w.listed(), w.id, made.text(w.id), false)
	if again := d.call(t, "DELETE", one, "").status; again != w.removed && again != 404 {
		t.Errorf("removing it again answers %d", again)
	}
	anew := d.call(t, "POST", w.things, w.body).want(200)
	if anew.text(w.id) == made.text(w.id) {
		t.Errorf("what was made anew has the old id %s", anew.text(w.id))
	}
	one = w.things + "/" + anew.text(w.id)
	read(w.body, anew.body)
	d.call(t, "DELETE", one, "").want(w.removed)
}

// lists checks that a thing is in a list, or that it is not.
func (d *deployment) lists(t *testing.T, path, member, id string, want bool) {
	t.Helper()
	all := d.call(t, "GET", path, "").want(200)
	listed := slices.ContainsFunc(all.at("data").([]any), func(one any) bool { return one.(map[string]any)[member] == id })
	if listed != want {
		t.Errorf("that %s has %s is %v: %s", path, id, listed, all.body)
	}
}

// TestDeclaredTimeZone declares a time zone as Terraform does, whose provider takes it off the expression, asks the Config API for it
// after each write, and looks for it there after each read.
func TestDeclaredTimeZone(t *testing.T) {
	t.Parallel()
	d := deploy(t)
	ends := fmt.Sprintf(`"sourceId":%q,"destinationId":%q`, d.source(t), d.destination(t))
	const bare, zone = "0 30 6 * * ?", "Asia/Kolkata"
	schedule := `"schedule":{"scheduleType":"cron","cronExpression":"` + bare + `"}`
	made := d.call(t, "POST", "/v1/connections", `{`+ends+`,"name":"z","prefix":"p_",`+schedule+`}`).want(200)
	id := made.text("connectionId")
	apply := func(written answer) {
		t.Helper()
		if got := written.text("schedule.cronExpression"); got != bare+" UTC" {
			t.Errorf("the write answered with %q", got)
		}
		data := map[string]any{"cron": map[string]any{"cronExpression": bare, "cronTimeZone": zone}}
		body, err := json.Marshal(map[string]any{"connectionId": id, "scheduleType": "cron", "scheduleData": data})
		if err != nil {
			t.Fatal(err)
		}
		for _, a := range []answer{d.config(t, "/connections/update", string(body)).want(200), d.config(t, "/connections/get", quote("connectionId", id)).want(200)} {
			if diff := cmp.Diff(data, a.at("scheduleData")); diff != "" || a.text("scheduleType") != "cron" {
				t.Errorf("the schedule of type %s (-want +got):\n%s", a.text("scheduleType"), diff)
			}
		}
		want := written.object()
		want["schedule"] = map[string]any{"scheduleType": "cron", "cronExpression": bare + " " + zone}
		if diff := cmp.Diff(want, d.call(t, "GET", "/v1/connections/"+id, "").want(200).object()); diff != "" {
			t.Errorf("more than the schedule has changed (-want +got):\n%s", diff)
		}
	}
	apply(made)
	apply(d.call(t, "PATCH", "/v1/connections/"+id, `{"name":"y",`+schedule+`}`).want(200))
}

// unversioned is an answer without the number that each edit of a manifest counts up.
func unversioned(a answer) map[string]any {
	object := a.object()
	delete(object, "version")
	return object
}

// holds checks that everything that was declared reads as it was declared. What reads masked counts, and so does what is
// declared as null or as nothing.
func holds(t *testing.T, declaration string, a answer) {
	t.Helper()
	said, is := exact(t, declaration), exact(t, a.body)
	for _, unread := range []string{"organizationId", "regionId", "secretId", "dataResidency"} {
		if is[unread] == nil {
			delete(said, unread)
		}
	}
	differences("", said, is, func(at string, want, got any) { t.Errorf("%s was declared as %v and reads %v", at, want, got) })
}

// exact decodes an object with its numbers as they are written.
func exact(t *testing.T, text string) (object map[string]any) {
	t.Helper()
	decoder := json.NewDecoder(strings.NewReader(text))
	decoder.UseNumber()
	if err := decoder.Decode(&object); err != nil {
		t.Fatalf("%v in %s", err, text)
	}
	return object
}

func differences(at string, want, got any, report func(at string, want, got any)) {
	switch w := want.(type) {
	case nil:
	case map[string]any:
		g, _ := got.(map[string]any)
		for name, value := range w {
			differences(at+"/"+name, value, g[name], report)
		}
	case []any:
		g, _ := got.([]any)
		if len(w) > 0 && len(w) != len(g) {
			report(at, want, got)
			return
		}
		for i, value := range w {
			differences(fmt.Sprint(at, "/", i), value, g[i], report)
		}
	default:
		if want != got && got != "**********" {
			report(at, want, got)
		}
	}
}
