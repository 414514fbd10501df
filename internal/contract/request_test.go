package contract_test

import (
	"errors"
	"net/url"
	"os"
	"strings"
	"testing"

	"github.com/airfielddev/airfield/internal/contract"
)

func open(t *testing.T, name string) *contract.Document {
	t.Helper()
	d, err := contract.Open(name)
	if errors.Is(err, os.ErrNotExist) {
		t.Skip("the official OpenAPI documents are not here")
	}
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestRequestFindsFaults(t *testing.T) {
	t.Parallel()
	d := open(t, "api.yaml")
	const id = "11111111-0000-4000-8000-000000000001"
	f := func(method, path, query, body, fault string) {
		t.Helper()
		values, err := url.ParseQuery(query)
		if err != nil {
			t.Fatal(err)
		}
		_, err = d.Request(method, path, values, body)
		switch {
		case fault == "" && err != nil:
			t.Errorf("%s %s?%s %s: %v", method, path, query, body, err)
		case fault != "" && (err == nil || !strings.Contains(err.Error(), fault)):
			t.Errorf("%s %s?%s %s: got %v, want %s", method, path, query, body, err, fault)
		}
	}
	f("GET", "/jobs", "limit=5&workspaceIds="+id+"&workspaceIds="+id, "", "")
	f("GET", "/jobs", "limit=five", "", "limit")
	f("GET", "/jobs", "limit=500", "", "limit")
	f("GET", "/jobs", "configId=x", "", "no query parameter configId")
	f("GET", "/streams", "", "", "no sourceId")
	f("GET", "/job", "", "", "no GET /job")
	f("PUT", "/jobs/7", "", "", "no PUT /jobs/7")
	f("POST", "/jobs", "", `{"connectionId":"`+id+`","jobType":"sync"}`, "")
	f("POST", "/jobs", "", `{"connectionId":7,"jobType":"sync"}`, "want string")
	f("POST", "/jobs", "", `{"jobType":"sync"}`, "connectionId")
	f("POST", "/jobs", "", `{"connectionId":"`+id+`","jobType":"sync","wait":true}`, "knows no /wait")
	f("POST", "/jobs", "", "", "no body")
	f("DELETE", "/jobs/7", "", `{}`, "knows no body")
	f("POST", "/connections", "", `{"sourceId":"`+id+`","destinationId":"`+id+`","configurations":{"streams":[{"name":"s","mode":"x"}]}}`, "/configurations/streams/0/mode")
}

func TestAnswerFindsFaults(t *testing.T) {
	t.Parallel()
	d := open(t, "config.yaml")
	if template, err := d.Request("POST", "/v1/jobs/get", nil, `{"id":7}`); err != nil || template != "/v1/jobs/get" {
		t.Errorf("got %s, %v", template, err)
	}
	for body, fault := range map[string]string{`{"status":"succeeded"}`: "jobInfo", `{`: "unexpected EOF"} {
		if err := d.Answer("POST", "/v1/sources/check_connection", 200, body); err == nil || !strings.Contains(err.Error(), fault) {
			t.Errorf("%s: got %v, want %s", body, err, fault)
		}
	}
	if err := d.Answer("POST", "/v1/sources/check_connection", 418, `{}`); err == nil {
		t.Error("a status that the document does not have was taken")
	}
}
