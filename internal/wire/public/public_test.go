package public_test

import (
	"encoding/json"
	"testing"

	"github.com/airfielddev/airfield/internal/wire/public"
)

// What is required is printed even when it is empty, and what is optional is left out, as on the real server.
func TestEmptyAnswers(t *testing.T) {
	t.Parallel()
	f := func(v any, want string) {
		t.Helper()
		text, err := json.Marshal(v)
		if err != nil || string(text) != want {
			t.Errorf("%T:\n got %s, %v\nwant %s", v, text, err, want)
		}
	}
	raw := json.RawMessage("{}")
	f(public.SourcesResponse{}, `{"previous":"","next":"","data":[]}`)
	f(public.GroupsResponse{}, `{"data":[]}`)
	f(public.Applications{}, `{"applications":[]}`)
	f(public.SourceResponse{Configuration: raw}, `{"sourceId":"","name":"","sourceType":"","definitionId":"","workspaceId":"","configuration":{},"createdAt":0}`)
	f(public.DestinationResponse{Configuration: raw}, `{"destinationId":"","name":"","destinationType":"","definitionId":"","workspaceId":"","configuration":{},"createdAt":0}`)
	f(public.ConnectionResponse{}, `{"connectionId":"","name":"","sourceId":"","destinationId":"","workspaceId":"","status":"","schedule":{"scheduleType":""},`+
		`"configurations":{"streams":[]},"createdAt":0,"tags":[]}`)
	f(public.ConnectionResponse{Prefix: new(""), Tags: []public.Tag{{}}}, `{"connectionId":"","name":"","sourceId":"","destinationId":"","workspaceId":"","status":"",`+
		`"schedule":{"scheduleType":""},"configurations":{"streams":[]},"createdAt":0,"tags":[{"tagId":"","workspaceId":"","name":"","color":""}],"prefix":""}`)
	f(public.JobResponse{}, `{"jobId":0,"status":"","jobType":"","startTime":"","connectionId":""}`)
	f(public.JobResponse{BytesSynced: new(int64(0))}, `{"jobId":0,"status":"","jobType":"","startTime":"","connectionId":"","bytesSynced":0}`)
	f(public.WorkspaceResponse{}, `{"workspaceId":"","name":"","dataResidency":"","notifications":{}}`)
	f(public.DeclarativeSourceDefinitionResponse{Manifest: raw}, `{"id":"","name":"","manifest":{},"version":0}`)
	f(public.StreamProperties{}, `{"streamName":"","defaultCursorField":[],"sourceDefinedCursorField":false,"sourceDefinedPrimaryKey":[],"propertyFields":[]}`)
	f(public.TokenResponse{}, `{"access_token":"","token_type":"","expires_in":0}`)
	f(public.Problem{}, `{"status":0,"type":"","title":"","detail":"","documentationUrl":null,"data":null}`)
	f(public.ConnectionPatchRequest{}, `{}`)
	f(public.SourcePatchRequest{}, `{}`)
}

func TestStreamKeepsWhatItDoesNotKnow(t *testing.T) {
	t.Parallel()
	var s public.StreamConfiguration
	const text = `{"future":{"b":1.0,"a":2},"name":"users","syncMode":"FULL_REFRESH_APPEND","cursorField":["x"],"selectedFields":[]}`
	if err := json.Unmarshal([]byte(text), &s); err != nil {
		t.Fatal(err)
	}
	if s.SyncMode != public.FullRefreshAppend || s.SelectedFields == nil || len(*s.SelectedFields) != 0 {
		t.Errorf("%+v", s)
	}
	s.CursorField = nil
	s.SyncMode = public.IncrementalAppend
	got, err := json.Marshal(public.StreamConfigurations{Streams: []public.StreamConfiguration{s}})
	const want = `{"streams":[{"name":"users","syncMode":"incremental_append","selectedFields":[],"future":{"b":1.0,"a":2}}]}`
	if err != nil || string(got) != want {
		t.Errorf("\n got %s, %v\nwant %s", got, err, want)
	}
}
