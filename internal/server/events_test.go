package server_test

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/airfielddev/airfield"
	"github.com/airfielddev/airfield/internal/server/embed"
)

// live is a whole deployment, engine included.
func live(t *testing.T) *deployment {
	t.Helper()
	s, err := embed.Open(t.Context(), embed.Config{Dir: t.TempDir(), Connectors: airfield.NewConnectors(airfield.ConnectorOptions{})})
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.WithoutCancel(t.Context()))
	ran := make(chan error, 1)
	go func() { ran <- s.Run(ctx) }()
	t.Cleanup(func() {
		stop()
		if err := <-ran; err != nil {
			t.Errorf("running: %v", err)
		}
		if err := s.Close(); err != nil {
			t.Errorf("closing: %v", err)
		}
	})
	d := &deployment{url: s.URL, workspace: s.Credentials.WorkspaceID, id: s.Credentials.ClientID, secret: s.Credentials.ClientSecret}
	d.token = d.call(t, "POST", "/v1/applications/token", quote("client_id", d.id, "client_secret", d.secret), "Authorization", "").text("access_token")
	return d
}

type event struct {
	name, id string
	data     map[string]any
}

// events reads a stream of events to its end.
func (d *deployment) events(t *testing.T, job, last string) (out []event) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), "GET", d.url+"/api/airfield/v1/jobs/"+job+"/events", nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+d.token)
	req.Header.Set("Last-Event-ID", last)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if kind := resp.Header.Get("Content-Type"); resp.StatusCode != 200 || kind != "text/event-stream" {
		t.Fatalf("status %d, content type %q", resp.StatusCode, kind)
	}
	var e event
	lines := bufio.NewScanner(resp.Body)
	for lines.Scan() {
		field, value, _ := strings.Cut(lines.Text(), ": ")
		switch field {
		case "event":
			e.name = value
		case "id":
			e.id = value
		case "data":
			if err := json.Unmarshal([]byte(value), &e.data); err != nil {
				t.Fatalf("%v in %q", err, value)
			}
		case "":
			if e.name != "" {
				out = append(out, e)
			}
			e = event{}
		}
	}
	if err := lines.Err(); err != nil {
		t.Fatal(err)
	}
	return out
}

func TestJobEvents(t *testing.T) {
	t.Parallel()
	d := live(t)
	job := fmt.Sprint(d.call(t, "POST", "/v1/jobs", quote("connectionId", d.connection(t), "jobType", "sync")).want(200).at("jobId"))
	events := d.events(t, job, "")
	logs := []event{}
	for _, e := range events {
		if e.name == "log" {
			logs = append(logs, e)
		}
	}
	last := events[len(events)-1]
	if last.name != "done" || last.data["status"] != "succeeded" || last.data["records_committed"].(float64) < 10 || len(last.data["streams"].([]any)) == 0 {
		t.Errorf("the last event is %+v", last)
	}
	if len(logs) < 2 || logs[0].id != "0/0" || logs[0].data["message"] == "" {
		t.Fatalf("%d lines of log: %+v", len(logs), logs)
	}
	rest := d.events(t, job, logs[len(logs)-2].id)
	if len(rest) != 2 || rest[0].id != logs[len(logs)-1].id || rest[1].name != "done" {
		t.Errorf("going on after the second last line gives %+v", rest)
	}
	d.call(t, "GET", "/api/airfield/v1/jobs/"+job+"/events", "", "Last-Event-ID", "x").want(400).problem()

	got := d.call(t, "GET", "/v1/jobs/"+job, "").want(200)
	if got.text("status") != "succeeded" || got.at("rowsSynced").(float64) < 10 || !strings.HasPrefix(got.text("duration"), "PT") || len(got.text("lastUpdatedAt")) != 20 {
		t.Errorf("got %s", got.body)
	}
	info := d.config(t, "/jobs/get", `{"id":`+job+`}`).want(200)
	attempt := info.at("attempts").([]any)[0].(map[string]any)
	lines := attempt["logs"].(map[string]any)["logLines"].([]any)
	if attempt["attempt"].(map[string]any)["id"] != 0.0 || len(lines) != len(logs) || attempt["logs"].(map[string]any)["events"] != nil {
		t.Errorf("got %s", info.body)
	}
}
