package server_test

import (
	"strings"
	"testing"
)

// TestConnectorsThatCannotRunHere deploys a connector that is known by name alone.
func TestConnectorsThatCannotRunHere(t *testing.T) {
	t.Parallel()
	d := deploy(t)
	const github = "ef69ef6e-aa7f-4af1-a01d-ef775033524e"
	a := d.call(t, "POST", "/v1/sources", `{"name":"code","workspaceId":"`+d.workspace+`","configuration":{"sourceType":"github",`+
		`"credentials":{"personal_access_token":"hunter2"},"repositories":["a/b"]}}`).want(200)
	if a.text("definitionId") != github || a.text("sourceType") != "github" || a.text("configuration.credentials.personal_access_token") != "**********" {
		t.Errorf("got %s", a.body)
	}
	source := "/v1/sources/" + a.text("sourceId")
	a = d.call(t, "PATCH", source, `{"name":"ours","configuration":{"repositories":["a/c"]}}`).want(200)
	if a.text("name") != "ours" || !strings.Contains(a.body, `"repositories":["a/c"]`) {
		t.Errorf("got %s", a.body)
	}
	if a := d.config(t, "/sources/check_connection", quote("sourceId", strings.TrimPrefix(source, "/v1/sources/"))).want(200); a.text("status") != "failed" ||
		!strings.Contains(a.text("message"), "--allow-exec") {
		t.Errorf("check: got %s", a.body)
	}
	d.call(t, "POST", "/v1/sources", `{"name":"code","workspaceId":"`+d.workspace+`","definitionId":"`+github+`","configuration":[]}`).want(422)
	if a := d.call(t, "GET", "/v1/workspaces/"+d.workspace+"/definitions/sources/"+github, "").want(200); a.text("dockerRepository") != "airbyte/source-github" ||
		a.text("dockerImageTag") != "latest" || a.text("name") == "" {
		t.Errorf("definition: got %s", a.body)
	}
	if list := d.call(t, "GET", "/v1/workspaces/"+d.workspace+"/definitions/destinations", "").want(200).at("data").([]any); len(list) < 60 {
		t.Errorf("%d destinations are listed", len(list))
	}
	d.call(t, "DELETE", source, "").want(204)
}
