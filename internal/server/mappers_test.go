package server_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const (
	serverKey  = "00112233445566778899aabbccddeeff"
	maskedKey  = "**********"
	encryption = `{"type":"encryption","mapperConfiguration":{"algorithm":"AES","targetField":"email","fieldNameSuffix":"_e","key":"` + serverKey + `","mode":"GCM","padding":"NoPadding"}}`
)

// The key of a mapper goes in through either API and comes out of none; what is read can be written back.
func TestMapperKeys(t *testing.T) {
	t.Parallel()
	d := deploy(t)
	ends := `"sourceId":"` + d.source(t) + `","destinationId":"` + d.destination(t) + `"`
	streams := func(mapper string) string {
		return `"configurations":{"streams":[{"name":"users","mappers":[` + mapper + `]}]}`
	}
	masked := func(a answer) {
		t.Helper()
		if strings.Contains(a.body, serverKey) || strings.Contains(a.body, "_secret") || !strings.Contains(a.body, `"key":"`+maskedKey+`"`) {
			t.Errorf("got %s", a.body)
		}
	}
	a := d.call(t, "POST", "/v1/connections", `{`+ends+`,`+streams(encryption)+`}`).want(200)
	masked(a)
	id := a.text("connectionId")
	a = d.call(t, "GET", "/v1/connections/"+id, "").want(200)
	masked(a)
	masked(d.call(t, "GET", "/v1/connections", "").want(200))
	configurations, err := json.Marshal(a.at("configurations"))
	if err != nil {
		t.Fatal(err)
	}
	masked(d.call(t, "PATCH", "/v1/connections/"+id, `{"configurations":`+string(configurations)+`}`).want(200))
	a = d.call(t, "POST", "/api/v1/web_backend/connections/get", `{"connectionId":"`+id+`"}`).want(200)
	masked(a)
	catalog, err := json.Marshal(a.at("syncCatalog"))
	if err != nil {
		t.Fatal(err)
	}
	masked(d.call(t, "POST", "/api/v1/web_backend/connections/update", `{"connectionId":"`+id+`","syncCatalog":`+string(catalog)+`}`).want(200))
	masked(d.call(t, "POST", "/api/v1/connections/get", `{"connectionId":"`+id+`"}`).want(200))

	f := func(problem, mapper string, data ...string) {
		t.Helper()
		a := d.call(t, "PATCH", "/v1/connections/"+id, `{`+streams(mapper)+`}`).want(400)
		a.problem()
		if got := a.text("type"); got != problem || strings.Contains(a.body, serverKey) {
			t.Errorf("got %s, want problem %s", a.body, problem)
		}
		for _, part := range data {
			if !strings.Contains(a.body, part) {
				t.Errorf("%s does not have %s", a.body, part)
			}
		}
	}
	f("error:mapper-validation/secret-not-found", strings.Replace(encryption, serverKey, maskedKey, 1), `"mapperType":"encryption"`)
	f("error:mapper-validation", strings.Replace(encryption, "email", "mail", 1), `"error":"FIELD_NOT_FOUND"`, `"stream":"users"`, `"key":"`+maskedKey+`"`)
	f("error:mapper-validation/missing-required-param", `{"type":"hashing","mapperConfiguration":{"targetField":"email","method":"MD5"}}`, `"mapperType":"hashing"`, "fieldNameSuffix")
	f("error:mapper-validation/invalid-config", `{"type":"hashing","mapperConfiguration":{"targetField":"email","method":"MD2","fieldNameSuffix":""}}`, "MD5, SHA-1")
}

func TestMapperValidation(t *testing.T) {
	t.Parallel()
	d := deploy(t)
	made := d.call(t, "POST", "/v1/connections", `{"sourceId":"`+d.source(t)+`","destinationId":"`+d.destination(t)+`",
	 "configurations":{"streams":[{"name":"users","syncMode":"incremental_deduped_history","cursorField":["updated_at"],"primaryKey":[["id"]],
	 "mappers":[`+encryption+`]}]}}`).want(200)
	id := made.text("connectionId")
	stored := made.at("configurations.streams").([]any)[0].(map[string]any)["mappers"].([]any)[0].(map[string]any)["id"].(string)
	try := func(stream, mappers string) answer {
		t.Helper()
		return d.config(t, "/web_backend/mappers/validate", `{"connectionId":"`+id+`","streamDescriptor":{"name":"`+stream+`"},"mappers":[`+mappers+`]}`)
	}
	fields := func(list any) map[string]string {
		all := map[string]string{}
		for _, f := range list.([]any) {
			f := f.(map[string]any)
			all[f["name"].(string)] = fmt.Sprintf("%v %v %v", f["type"], f["isSelectedPrimaryKey"], f["isSelectedCursor"])
		}
		return all
	}
	rename := func(from, to string) string {
		return `{"type":"field-renaming","mapperConfiguration":{"originalFieldName":"` + from + `","newFieldName":"` + to + `"}}`
	}
	a := try("users", rename("id", "key")+","+rename("gone", "x")+","+rename("name", "key")+","+rename("name", "called")+`,{"type":"field-filtering","mapperConfiguration":{}}`).want(200)
	before, after := fields(a.at("initialFields")), fields(a.at("outputFields"))
	if before["id"] != "INTEGER true false" || before["updated_at"] != "TIMESTAMP_WITH_TIMEZONE false true" || before["name"] == "" {
		t.Errorf("before: %v", before)
	}
	want := maps.Clone(before)
	want["key"], want["called"] = before["id"], before["name"]
	delete(want, "id")
	delete(want, "name")
	if diff := cmp.Diff(want, after); diff != "" {
		t.Errorf("after (-want +got):\n%s", diff)
	}
	var faults []string
	for _, m := range a.at("mappers").([]any) {
		fault, _ := m.(map[string]any)["validationError"].(map[string]any)
		faults = append(faults, fmt.Sprint(fault["type"]))
	}
	if diff := cmp.Diff([]string{"<nil>", "FIELD_NOT_FOUND", "FIELD_ALREADY_EXISTS", "<nil>", "INVALID_MAPPER_CONFIG"}, faults); diff != "" {
		t.Errorf("faults (-want +got):\n%s", diff)
	}
	masked := strings.Replace(encryption, serverKey, maskedKey, 1)
	a = try("users", strings.Replace(masked, "{", `{"id":"`+stored+`",`, 1)).want(200)
	if got := fields(a.at("outputFields")); got["email_e"] != "STRING false false" || strings.Contains(a.body, serverKey) {
		t.Errorf("with the stored key: %s", a.body)
	}
	if got := try("users", masked).want(400).text("type"); got != "error:mapper-validation/secret-not-found" {
		t.Errorf("a mask for no key is %s", got)
	}
	try("products", rename("id", "key")).want(200)
	try("no such stream", "").want(404).problem()
	if shown := d.call(t, "GET", "/v1/connections/"+id, "").want(200); strings.Contains(shown.body, "field-renaming") {
		t.Errorf("trying has changed the connection: %s", shown.body)
	}
}
