package server_test

import (
	"strings"
	"testing"
)

// TestSecretsAreNeverShown sends a secret in every way there is and looks for it in every answer and in the log.
func TestSecretsAreNeverShown(t *testing.T) {
	t.Parallel()
	d := deploy(t)
	const canary = "canary-5f3b"
	var answers []answer
	public := func(method, path, body string, status int) answer {
		t.Helper()
		a := d.call(t, method, path, body).want(status)
		answers = append(answers, a)
		return a
	}
	config := func(path, body string) answer {
		t.Helper()
		a := d.config(t, path, body)
		answers = append(answers, a)
		return a
	}
	postgres := `{"host":"127.0.0.1","port":1,"database":"d","username":"u","schema":"public","password":"` + canary + `"}`
	typed := strings.Replace(postgres, "{", `{"destinationType":"postgres",`, 1)
	id := public("POST", "/v1/destinations", `{"name":"pg","workspaceId":"`+d.workspace+`","configuration":`+typed+`}`, 200).text("destinationId")
	definition := public("GET", "/v1/destinations/"+id, "", 200).text("definitionId")
	patched := public("PATCH", "/v1/destinations/"+id, `{"configuration":{"password":"**********","host":"localhost"}}`, 200)
	if patched.text("configuration.password") != "**********" || patched.text("configuration.host") != "localhost" {
		t.Errorf("got %s", patched.body)
	}
	public("PUT", "/v1/destinations/"+id, `{"name":"pg","configuration":`+postgres+`}`, 200)
	public("GET", "/v1/destinations", "", 200)
	public("PUT", "/v1/destinations/"+id, `{"name":"pg","configuration":`+strings.Replace(postgres, `"port":1`, `"port":"`+canary+`"`, 1)+`}`, 422)
	config("/destinations/get", quote("destinationId", id))
	config("/destinations/list", quote("workspaceId", d.workspace))
	guess := d.config(t, "/destinations/search", `{"connectionConfiguration":{"password":"`+canary+`"}}`)
	if got := guess.found("destinations", "destinationId"); len(got) > 0 {
		t.Errorf("a search tells that a guessed secret is right: %v", got)
	}
	if got := config("/destinations/search", `{"connectionConfiguration":{"host":"127.0.0.1"}}`).found("destinations", "destinationId"); len(got) != 1 {
		t.Errorf("got %v, want the destination itself", got)
	}
	check := config("/destinations/check_connection", quote("destinationId", id)).want(200)
	if check.text("status") != "failed" || check.text("message") == "" {
		t.Errorf("a check of a closed port says %s", check.body)
	}
	config("/destinations/check_connection_for_update", `{"destinationId":"`+id+`","name":"pg","connectionConfiguration":`+postgres+`}`)
	config("/scheduler/destinations/check_connection", `{"destinationDefinitionId":"`+definition+`","workspaceId":"`+d.workspace+`","connectionConfiguration":`+postgres+`}`).want(200)
	connection := public("POST", "/v1/connections", `{"sourceId":"`+d.source(t)+`","destinationId":"`+id+`"}`, 200).text("connectionId")
	config("/web_backend/connections/get", quote("connectionId", connection)).want(200)
	public("GET", "/v1/applications", "", 200)
	for _, a := range answers {
		if strings.Contains(a.body, canary) || strings.Contains(a.body, d.secret) {
			t.Errorf("the secret is in %s", a.body)
		}
	}
	if log := d.log.String(); strings.Contains(log, canary) || strings.Contains(log, d.secret) {
		t.Errorf("the secret is in the log: %s", log)
	}
}
