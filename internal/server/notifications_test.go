package server_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestConfigNotifications writes the settings in the words of one API and reads them in those of the other.
func TestConfigNotifications(t *testing.T) {
	t.Parallel()
	d := deploy(t)
	settings := `{"sendOnFailure":{"notificationType":["slack","customerio"],"slackConfiguration":{"webhook":"https://hooks.example/f"}},
		"sendOnSuccess":{"notificationType":[],"slackConfiguration":{"webhook":"https://hooks.example/s"}}}`
	a := d.config(t, "/workspaces/update", `{"workspaceId":"`+d.workspace+`","notificationSettings":`+settings+`}`).want(200)
	want := map[string]any{
		"sendOnFailure": map[string]any{"notificationType": []any{"slack", "customerio"}, "slackConfiguration": map[string]any{"webhook": "https://hooks.example/f"}},
		"sendOnSuccess": map[string]any{"slackConfiguration": map[string]any{"webhook": "https://hooks.example/s"}},
	}
	if diff := cmp.Diff(want, a.at("notificationSettings")); diff != "" {
		t.Errorf("settings (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(a.object(), d.config(t, "/workspaces/get", quote("workspaceId", d.workspace)).want(200).object()); diff != "" {
		t.Errorf("the read differs from the write (-write +read):\n%s", diff)
	}
	a = d.call(t, "GET", "/v1/workspaces/"+d.workspace, "").want(200)
	if a.at("notifications.failure.webhook.enabled") != true || a.text("notifications.failure.webhook.url") != "https://hooks.example/f" ||
		a.at("notifications.success.webhook.enabled") != false || a.at("notifications.failure.email.enabled") != true {
		t.Errorf("got %s", a.body)
	}
	d.call(t, "PATCH", "/v1/workspaces/"+d.workspace, `{"notifications":{"syncDisabled":{"webhook":{"enabled":true,"url":"https://hooks.example/d"}}}}`).want(200)
	a = d.config(t, "/workspaces/get", quote("workspaceId", d.workspace)).want(200)
	if a.text("notificationSettings.sendOnSyncDisabled.slackConfiguration.webhook") != "https://hooks.example/d" || a.text("notificationSettings.sendOnFailure.slackConfiguration.webhook") == "" {
		t.Errorf("got %s", a.body)
	}
	d.config(t, "/workspaces/update", `{"workspaceId":"`+d.workspace+`","notificationSettings":{"sendOnConnectionUpdate":{"notificationType":["slack"]}}}`).want(400).problem()
	older := `{"name":"w","organizationId":"00000000-0000-0000-0000-000000000000","notifications":[{"notificationType":"slack","sendOnSuccess":false,"sendOnFailure":true,"slackConfiguration":{"webhook":"https://hooks.example/o"}}]}`
	a = d.config(t, "/workspaces/create", older).want(200)
	if !cmp.Equal(a.at("notificationSettings.sendOnFailure.notificationType"), []any{"slack"}) || a.at("notificationSettings.sendOnSuccess.notificationType") != nil {
		t.Errorf("got %s", a.body)
	}
}

func TestTryWebhook(t *testing.T) {
	t.Parallel()
	d := deploy(t)
	var got []byte
	hook := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		got, _ = io.ReadAll(r.Body)
		if r.URL.Path != "/good" {
			w.WriteHeader(http.StatusGone)
		}
	}))
	defer hook.Close()
	try := func(url, trigger string) answer {
		t.Helper()
		return d.config(t, "/notifications/try_webhook", `{"slackConfiguration":{"webhook":"`+url+`"},"notificationTrigger":"`+trigger+`"}`).want(200)
	}
	for trigger, success := range map[string]bool{"sync_success": true, "sync_failure": false, "sync_disabled": false, "connection_update": true, "connection_update_action_required": false} {
		if a := try(hook.URL+"/good", trigger); a.text("status") != "succeeded" {
			t.Errorf("got %s", a.body)
		}
		var told struct {
			Text string
			Data struct{ Success bool }
		}
		if err := json.Unmarshal(got, &told); err != nil || told.Data.Success != success || !strings.Contains(told.Text, "trial") {
			t.Errorf("%s told %s, %v", trigger, got, err)
		}
	}
	for _, url := range []string{hook.URL + "/s3cret", "http://10.0.0.1/s3cret", "nowhere"} {
		if a := try(url, "sync_failure"); a.text("status") != "failed" || a.text("message") == "" || strings.Contains(a.body, "s3cret") {
			t.Errorf("%s: got %s", url, a.body)
		}
	}
	if a := d.config(t, "/notifications/try", `{"notificationType":"slack","sendOnSuccess":true,"sendOnFailure":true,"slackConfiguration":{"webhook":"`+hook.URL+`/good"}}`).want(200); a.text("status") != "succeeded" {
		t.Errorf("got %s", a.body)
	}
	if a := d.config(t, "/notifications/try", `{"notificationType":"customerio","sendOnSuccess":true,"sendOnFailure":true}`).want(200); a.text("status") != "failed" {
		t.Errorf("got %s", a.body)
	}
	d.config(t, "/notifications/try_webhook", `{}`).want(400).problem()
}
