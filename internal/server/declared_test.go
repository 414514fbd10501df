package server_test

import (
	"encoding/json"
	"fmt"
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
	gone    int    // the status of a read after it
}

// TestDeclarationsHold does what such a tool does: it creates, reads, sends all it has read back, edits, reads and removes. When
// anything that was declared reads differently, or a read differs from the answer to the write, the tool edits it for ever.
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
	postgres := `{"host":"db","port":5432,"database":"d","username":"u","password":"s","schemas":["b","a"],"ssl_mode":{"mode":"verify-ca","ca_certificate":"c","client_key":"k"},
	 "replication_method":{"method":"Standard"},"tunnel_method":{"tunnel_method":"NO_TUNNEL"},"more":{"none":null,"big":12345678901234567890,"exact":1.50}}`
	actor := `{"name":"%s","workspaceId":"` + d.workspace + `","definitionId":"%s","secretId":null,"configuration":%s}`
	webhook := `{"name":"%s","organizationId":null,"regionId":null,"notifications":{"failure":{"email":{"enabled":%v},"webhook":{"enabled":true,"url":"https://hooks.example/1"}},"success":{"email":{"enabled":false},"webhook":{"enabled":false}}}}`
	definition := `{"name":"%s","dockerRepository":"acme/source-x","dockerImageTag":"%s","documentationUrl":"https://acme.example"}`
	definitions := "/v1/workspaces/" + d.workspace + "/definitions/"
	described := strings.Replace(manifestText, `"version"`, `"description":"a <b> & c","version"`, 1)
	permission := `{"permissionType":"%s","userId":"00000000-0000-0000-0000-000000000000","workspaceId":"` + second + `","organizationId":null}`

	for name, w := range map[string]declared{
		"workspace":              {"/v1/workspaces", "workspaceId", fmt.Sprintf(webhook, "w", true), fmt.Sprintf(webhook, "x", false), "PATCH", 204, 404},
		"source":                 {"/v1/sources", "sourceId", fmt.Sprintf(actor, "s", fakerID, `{"count":300,"seed":7}`), fmt.Sprintf(actor, "s", fakerID, `{"count":3}`), "PUT", 204, 404},
		"source with secrets":    {"/v1/sources", "sourceId", fmt.Sprintf(actor, "p", postgresID, postgres), fmt.Sprintf(actor, "q", postgresID, strings.Replace(postgres, `"s"`, `"t"`, 1)), "PUT", 204, 404},
		"destination":            {"/v1/destinations", "destinationId", fmt.Sprintf(actor, "d", sqliteID, `{"destination_path":"/local/a.db"}`), fmt.Sprintf(actor, "d", sqliteID, `{"destination_path":"/local/b.db"}`), "PUT", 204, 404},
		"connection":             {"/v1/connections", "connectionId", join(zoned), strings.Replace(zoned, "Etc/UTC", "America/New_York", 1), "PATCH", 204, 200},
		"connection of all":      {"/v1/connections", "connectionId", join(bare), bare, "PATCH", 204, 200},
		"tag":                    {"/v1/tags", "tagId", `{"name":"t","color":"FF5500","workspaceId":"` + second + `"}`, `{"name":"u","color":"000000"}`, "PATCH", 204, 404},
		"permission":             {"/v1/permissions", "permissionId", fmt.Sprintf(permission, "workspace_reader"), fmt.Sprintf(permission, "workspace_editor"), "PATCH", 204, 404},
		"source definition":      {definitions + "sources", "id", fmt.Sprintf(definition, "x", "1"), fmt.Sprintf(definition, "y", "2"), "PUT", 200, 404},
		"destination definition": {definitions + "destinations", "id", fmt.Sprintf(definition, "x", "1"), fmt.Sprintf(definition, "y", "2"), "PUT", 200, 404},
		"declarative source":     {definitions + "declarative_sources", "id", `{"name":"m","manifest":` + manifestText + `}`, `{"name":"m","manifest":` + described + `}`, "PUT", 200, 404},
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

	d.call(t, "DELETE", one, "").want(w.removed)
	d.call(t, "GET", one, "").want(w.gone)
	if again := d.call(t, "DELETE", one, "").status; again != w.removed && again != 404 {
		t.Errorf("removing it again answers %d", again)
	}
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
