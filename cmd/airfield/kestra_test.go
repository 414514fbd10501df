package main_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/airfielddev/airfield/cloud"
)

// kestra sends what the tasks io.kestra.plugin.airbyte.connections.Sync and CheckStatus send, whose paths end in slashes: the address that
// a person gave comes first, which may end in one too.
type kestra struct {
	url   string
	admit func(*http.Request)
}

// jobInfo is what the plug-in reads of a job. A log that is missing, or has no lines, makes it fail.
type jobInfo struct {
	Job struct {
		ID         int64  `json:"id"`
		ConfigType string `json:"configType"`
		Status     string `json:"status"`
	} `json:"job"`
	Attempts []struct {
		Attempt struct {
			Status      string `json:"status"`
			StreamStats []struct {
				StreamName string           `json:"streamName"`
				Stats      map[string]int64 `json:"stats"`
			} `json:"streamStats"`
		} `json:"attempt"`
		Logs *struct {
			LogLines *[]string `json:"logLines"`
		} `json:"logs"`
	} `json:"attempts"`
}

// TestKestra runs a sync as Kestra does, by each of the ways in which it can be let in.
func TestKestra(t *testing.T) {
	t.Parallel()
	s := startServer(t)
	known, err := s.credentials()
	if err != nil {
		t.Fatal(err)
	}
	address := strings.TrimSuffix(known.APIRoot, "/api/public/v1")
	token := kestraToken(t, address, known)
	bearer := func(r *http.Request) { r.Header.Set("Authorization", "Bearer "+token) }
	basic := func(r *http.Request) { r.SetBasicAuth(known.ClientID, known.ClientSecret) }
	for name, k := range map[string]kestra{
		"token": {address, bearer}, "token, slash": {address + "/", bearer}, "user and password": {address, basic}, "user and password, slash": {address + "/", basic},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			k.syncs(t, fakerConnection(t, s, 40))
		})
	}
	t.Run("a sync runs already", func(t *testing.T) {
		t.Parallel()
		kestra{address, bearer}.adopts(t, fakerConnection(t, s, 2_000_000_000))
	})
}

// kestraToken asks for a token in the plug-in's words.
func kestraToken(t *testing.T, address string, c credentials) string {
	t.Helper()
	var answer struct {
		AccessToken string `json:"access_token"`
	}
	body := fmt.Sprintf(`{"client_id":%q,"client_secret":%q,"grant-type":"client_credentials"}`, c.ClientID, c.ClientSecret)
	k := kestra{address, func(*http.Request) {}}
	if status := k.post(t, "/api/v1/applications/token", body, &answer); status != http.StatusOK || answer.AccessToken == "" {
		t.Fatalf("the token is %d %q", status, answer.AccessToken)
	}
	return answer.AccessToken
}

// fakerConnection connects a source of some rows of users to nowhere.
func fakerConnection(t *testing.T, s *server, count int) *cloud.Connection {
	t.Helper()
	w := s.workspace()
	name := fmt.Sprintf("%s %d", t.Name(), count)
	source, err := w.DeploySource(t.Context(), name, cloud.Configuration{"sourceType": "faker", "count": count, "seed": 1})
	if err != nil {
		t.Fatal(err)
	}
	null := cloud.Configuration{"destinationType": "dev-null", "test_destination": map[string]any{"test_destination_type": "SILENT"}}
	destination, err := w.DeployDestination(t.Context(), name, null)
	if err != nil {
		t.Fatal(err)
	}
	connection, err := w.DeployConnection(t.Context(), cloud.ConnectionSpec{Name: name, Source: source, Destination: destination, Streams: cloud.Streams("users")})
	if err != nil {
		t.Fatal(err)
	}
	return connection
}

// syncs starts a sync where none runs, and asks for it until it has ended.
func (k kestra) syncs(t *testing.T, c *cloud.Connection) {
	t.Helper()
	if active := k.active(t, c); active != nil {
		t.Fatalf("jobs %d are active before any was started", active)
	}
	var started jobInfo
	if status := k.post(t, "/api/v1/connections/sync/", connectionBody(c), &started); status != http.StatusOK || started.Job.ConfigType != "sync" {
		t.Fatalf("the sync is %d %+v", status, started)
	}
	ended := k.awaited(t, started.Job.ID)
	if len(ended.Attempts) != 1 || ended.Job.Status != "succeeded" {
		t.Fatalf("the job came to %+v", ended)
	}
	attempt := ended.Attempts[0]
	if log := strings.Join(*attempt.Logs.LogLines, "\n"); !strings.Contains(log, "users") {
		t.Errorf("the log does not speak of the stream:\n%s", log)
	}
	if got := attempt.Attempt; got.Status != "succeeded" || len(got.StreamStats) != 1 || got.StreamStats[0].StreamName != "users" {
		t.Fatalf("the attempt came to %+v", got)
	}
	stats := attempt.Attempt.StreamStats[0].Stats
	if stats["recordsEmitted"] != 40 || stats["recordsCommitted"] != 40 || stats["bytesEmitted"] == 0 || stats["stateMessagesEmitted"] == 0 {
		t.Errorf("the statistics of the stream are %v", stats)
	}
}

// adopts finds a sync that runs already: in the list of jobs, and in the words in which a second one is refused.
func (k kestra) adopts(t *testing.T, c *cloud.Connection) {
	t.Helper()
	running, err := c.RunSync(t.Context(), cloud.NoWait())
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]int64{running.JobID()}, k.active(t, c)); diff != "" {
		t.Errorf("active jobs (-want +got):\n%s", diff)
	}
	var refusal json.RawMessage
	if status := k.post(t, "/api/v1/connections/sync/", connectionBody(c), &refusal); status != http.StatusConflict || !strings.Contains(string(refusal), "already running") {
		t.Errorf("a second sync is %d %s", status, refusal)
	}
	if err := running.Cancel(t.Context()); err != nil {
		t.Fatal(err)
	}
	if ended := k.awaited(t, running.JobID()); ended.Job.Status != "cancelled" {
		t.Errorf("the job came to %s", ended.Job.Status)
	}
	if active := k.active(t, c); active != nil {
		t.Errorf("jobs %d are active after the cancellation", active)
	}
}

// active are the syncs of a connection that have not ended.
func (k kestra) active(t *testing.T, c *cloud.Connection) (ids []int64) {
	t.Helper()
	var list struct {
		Jobs []jobInfo `json:"jobs"`
	}
	body := fmt.Sprintf(`{"configTypes":["sync"],"configId":%q,"pagination":{"pageSize":5,"rowOffset":0}}`, c.ID())
	if status := k.post(t, "/api/v1/jobs/list", body, &list); status != http.StatusOK {
		t.Fatalf("the list of jobs is %d", status)
	}
	for _, j := range list.Jobs {
		if j.Job.ConfigType == "sync" && slices.Contains([]string{"pending", "running", "incomplete"}, j.Job.Status) {
			ids = append(ids, j.Job.ID)
		}
	}
	return ids
}

// awaited asks for a job until it has ended.
func (k kestra) awaited(t *testing.T, id int64) jobInfo {
	t.Helper()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	deadline := time.After(time.Minute)
	for {
		var info jobInfo
		if status := k.post(t, "/api/v1/jobs/get/", fmt.Sprintf(`{"id":%d}`, id), &info); status != http.StatusOK {
			t.Fatalf("the job is %d", status)
		}
		for i, a := range info.Attempts {
			if a.Logs == nil || a.Logs.LogLines == nil {
				t.Fatalf("attempt %d of a job that is %s has no log", i, info.Job.Status)
			}
		}
		if slices.Contains([]string{"failed", "cancelled", "succeeded"}, info.Job.Status) {
			return info
		}
		select {
		case <-deadline:
			t.Fatalf("the job is still %s", info.Job.Status)
		case <-tick.C:
		}
	}
}

func connectionBody(c *cloud.Connection) string { return fmt.Sprintf(`{"connectionId":%q}`, c.ID()) }

// post puts the address and a path together and returns the status. The answer must be of the kind that is expected.
func (k kestra) post(t *testing.T, path, body string, into any) int {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, k.url+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Accept-Encoding", "identity")
	k.admit(req)
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	resp, err := client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, into); err != nil {
		t.Fatalf("%s: %v in %d %q", path, err, resp.StatusCode, text)
	}
	return resp.StatusCode
}
