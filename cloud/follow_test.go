package cloud_test

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/airfielddev/airfield/cloud"
)

// events is a job of a server whose answers are made by answer, and the messages that following it gives.
func events(t *testing.T, answer func(w http.ResponseWriter, r *http.Request)) ([]string, error) {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/api/airfield/v1/jobs/7/events" || r.Header.Get("Authorization") != "Bearer token" {
			t.Errorf("%s asks with %q", r.URL, r.Header.Get("Authorization"))
		}
		answer(w, r)
	}))
	defer server.Close()
	client, err := cloud.NewClient(cloud.Config{APIRoot: server.URL, BearerToken: "token"})
	if err != nil {
		t.Fatal(err)
	}
	var messages []string
	for line, err := range client.Workspace("home").Connection("c").SyncResult(7).FollowLogs(t.Context()) {
		if err != nil {
			return messages, err
		}
		messages = append(messages, fmt.Sprintf("%d %s %s", line.Attempt, line.Level, line.Message))
	}
	return messages, nil
}

func stream(w http.ResponseWriter, lines ...string) {
	w.Header().Set("Content-Type", "text/event-stream; charset=utf-8")
	fmt.Fprint(w, strings.Join(lines, "\n")+"\n")
}

func TestFollowLogsGoesOnWhereItBrokeOff(t *testing.T) {
	t.Parallel()
	asked := []string{}
	got, err := events(t, func(w http.ResponseWriter, r *http.Request) {
		asked = append(asked, r.Header.Get("Last-Event-ID"))
		if len(asked) == 1 {
			stream(w, "event: progress", `data: {"job_id":7}`, "", ": hello", "", "event: log", "id: 0/0", `data: {"attempt":0,"level":"INFO",`,
				`data: "message":"one"}`, "", "event: log", "id: 0/1", `data: {"attempt":0,"level":"WARN","message":"lost"}`)
			return
		}
		stream(w, "event:log\r", "id:0/1\r", `data:{"attempt":1,"level":"WARN","message":"two"}`+"\r", "\r", "event: done", "data: {}", "", "event: log", "data: {}", "")
	})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"0 info one", "1 warn two"}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"", "0/0"}, asked); diff != "" {
		t.Errorf("asked (-want +got):\n%s", diff)
	}
}

func TestFollowLogsElsewhere(t *testing.T) {
	t.Parallel()
	for name, answer := range map[string]http.HandlerFunc{
		"no such path": http.NotFound,
		"a web page": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/html")
			fmt.Fprint(w, "<html>")
		},
	} {
		if got, err := events(t, answer); !errors.Is(err, cloud.ErrUnsupported) || got != nil {
			t.Errorf("%s: %q, %v", name, got, err)
		}
	}
	got, err := events(t, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusForbidden) })
	if !errors.Is(err, cloud.ErrForbidden) || got != nil {
		t.Errorf("%q, %v", got, err)
	}
	got, err = events(t, func(w http.ResponseWriter, _ *http.Request) { stream(w, "event: log", "data: {", "") })
	if err == nil || errors.Is(err, cloud.ErrUnsupported) || got != nil {
		t.Errorf("%q, %v", got, err)
	}
}
