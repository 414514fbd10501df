package server_test

import (
	"fmt"
	"slices"
	"testing"
)

// javaKnows are the values that com.airbyte:api 0.16.2 can read of the members that are enumerations to it. Any other fails the whole call.
var javaKnows = map[string][]string{
	"dataResidency":                    {"auto", "us", "eu"},
	"jobType":                          {"sync", "reset"},
	"namespaceDefinition":              {"source", "destination", "custom_format"},
	"nonBreakingSchemaUpdatesBehavior": {"ignore", "disable_connection"},
	"scheduleType":                     {"manual", "cron", "basic"},
	"status":                           {"active", "inactive", "deprecated", "pending", "running", "incomplete", "failed", "succeeded", "cancelled"},
	"syncMode":                         {"full_refresh_overwrite", "full_refresh_append", "incremental_append", "incremental_deduped_history"},
}

// unreadable are the values in an answer that the SDK for Java fails on.
func unreadable(value any) (out []string) {
	switch value := value.(type) {
	case map[string]any:
		for name, member := range value {
			if known, ok := javaKnows[name]; ok && !slices.Contains(known, fmt.Sprint(member)) {
				out = append(out, fmt.Sprintf("%s: %v", name, member))
			}
			out = append(out, unreadable(member)...)
		}
	case []any:
		for _, element := range value {
			out = append(out, unreadable(element)...)
		}
	}
	return out
}

// TestJavaSDK sends what Airbyte's SDK for Java sends, in the order in which a program makes a workspace, fills it, syncs and clears it away.
func TestJavaSDK(t *testing.T) {
	t.Parallel()
	d := deploy(t)
	f := func(method, path, body string, status int) answer {
		t.Helper()
		accept := "application/json"
		if method == "DELETE" || status == 501 {
			accept = "*/*"
		}
		a := d.call(t, method, "/api/public/v1"+path, body, "Accept", accept, "User-Agent", "speakeasy-sdk/java 0.16.2 2.37.2 1.0.0").want(status)
		if status != 200 {
			return a
		}
		if strange := unreadable(a.object()); strange != nil {
			t.Errorf("%s %s: %q are unknown to the SDK in %s", method, path, strange, a.body)
		}
		return a
	}
	workspace := f("POST", "/workspaces", `{"name":"java workspace"}`, 200).text("workspaceId")
	f("PATCH", "/workspaces/"+workspace, `{"name":"java two"}`, 200)
	both := f("GET", "/workspaces?includeDeleted=true&limit=10&offset=0&workspaceIds="+workspace+"&workspaceIds="+d.workspace, "", 200)
	if got := len(both.at("data").([]any)); got != 2 {
		t.Errorf("%d workspaces are listed, want 2: %s", got, both.body)
	}
	f("PUT", "/workspaces/"+workspace+"/oauthCredentials", `{"actorType":"source","configuration":{"client_id":"x"},"name":"github"}`, 501)
	f("POST", "/sources/initiateOAuth", `{"name":"github","redirectUrl":"https://example.test/cb","workspaceId":"`+workspace+`"}`, 501)

	source := f("POST", "/sources", `{"configuration":{"count":40,"sourceType":"faker","seed":1},"name":"java faker","workspaceId":"`+workspace+`"}`, 200).text("sourceId")
	f("PATCH", "/sources/"+source, `{"configuration":{"count":41},"name":"java patched"}`, 200)
	f("PUT", "/sources/"+source, `{"configuration":{"count":40,"sourceType":"faker","seed":1},"name":"java put"}`, 200)
	null := `"configuration":{"destinationType":"dev-null","test_destination":{"test_destination_type":"SILENT"}}`
	destination := f("POST", "/destinations", `{`+null+`,"name":"java null","workspaceId":"`+workspace+`"}`, 200).text("destinationId")
	f("PATCH", "/destinations/"+destination, `{"name":"java null two"}`, 200)
	f("PUT", "/destinations/"+destination, `{`+null+`,"name":"java null three"}`, 200)

	ends := `"destinationId":"` + destination + `","sourceId":"` + source + `"`
	made := f("POST", "/connections", `{`+ends+`,"configurations":{"streams":[{"name":"users","cursorField":["updated_at"],"primaryKey":[["id"]],"syncMode":"incremental_deduped_history"}]},`+
		`"dataResidency":"auto","name":"java connection","namespaceDefinition":"destination","nonBreakingSchemaUpdatesBehavior":"ignore","prefix":"j_",`+
		`"schedule":{"scheduleType":"cron","cronExpression":"0 0 */6 * * ?"},"status":"active"}`, 200)
	if made.text("schedule.scheduleType") != "cron" || made.text("prefix") != "j_" {
		t.Errorf("the connection is %s", made.body)
	}
	connection := made.text("connectionId")
	f("PATCH", "/connections/"+connection, `{"name":"java patched","nonBreakingSchemaUpdatesBehavior":"disable_connection","schedule":{"scheduleType":"manual"}}`, 200)
	bare := f("POST", "/connections", `{`+ends+`}`, 200).text("connectionId")

	job := int64(f("POST", "/jobs", `{"connectionId":"`+connection+`","jobType":"sync"}`, 200).at("jobId").(float64))
	f("POST", "/jobs", `{"connectionId":"`+connection+`","jobType":"sync"}`, 409)
	f("GET", fmt.Sprintf("/jobs/%d", job), "", 200)
	f("DELETE", fmt.Sprintf("/jobs/%d", job), "", 200)
	f("POST", "/jobs", `{"connectionId":"`+bare+`","jobType":"reset"}`, 200)
	for _, of := range []string{connection + "&jobType=sync", bare + "&jobType=reset"} {
		if jobs := f("GET", "/jobs?connectionId="+of+"&limit=5", "", 200); len(jobs.at("data").([]any)) != 1 {
			t.Errorf("the jobs are %s", jobs.body)
		}
	}
	for _, kind := range []string{"/connections", "/sources", "/destinations"} {
		f("GET", kind+"?workspaceIds="+workspace, "", 200)
	}
	for _, path := range []string{"/connections/" + connection, "/sources/" + source, "/destinations/" + destination, "/workspaces/" + workspace} {
		f("GET", path, "", 200)
		f("DELETE", path, "", 204)
	}
}
