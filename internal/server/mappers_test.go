package server_test

import (
	"encoding/json"
	"strings"
	"testing"
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
