package config_test

import (
	"encoding/json"
	"testing"

	"github.com/airfielddev/airfield/internal/wire"
	"github.com/airfielddev/airfield/internal/wire/config"
)

func TestSpellings(t *testing.T) {
	t.Parallel()
	f := func(v any, want string) {
		t.Helper()
		text, err := json.Marshal(v)
		if err != nil || string(text) != want {
			t.Errorf("%T:\n got %s, %v\nwant %s", v, text, err, want)
		}
	}
	f(config.GlobalState{SharedState: []byte("{}")}, `{"shared_state":{},"streamStates":[]}`)
	f(config.DiscoverSchema{SourceID: "s", DisableCache: true}, `{"sourceId":"s","disable_cache":true}`)
	f(config.Logs{}, `{"logLines":[]}`)
	f(config.Logs{LogLines: []string{"a"}}, `{"logLines":["a"]}`)
	f(config.Logs{Events: []config.LogEvent{}, LogLines: []string{"a"}, Version: "1"}, `{"events":[],"version":"1"}`)
	f(config.AttemptInfo{}, `{"attempt":{"id":0,"status":"","createdAt":0,"updatedAt":0}}`)
	f(config.JobInfoRead{}, `{"job":{"id":0,"configType":"","configId":"","createdAt":0,"updatedAt":0,"status":""},"attempts":[]}`)
	f(config.StreamConfiguration{}, `{"syncMode":"","destinationSyncMode":"","selected":false}`)
	f(config.Catalog{}, `{"streams":[]}`)
	f(config.BuilderProjectForDefinitionRead{}, `{"builderProjectId":null}`)
	f(config.CheckConnectionRead{}, `{"jobInfo":{"id":"","configType":"","createdAt":0,"endedAt":0,"succeeded":false,"connectorConfigurationUpdated":false}}`)
	f(config.TokenRequest{ClientID: "i", ClientSecret: "s", GrantType: "g"}, `{"client_id":"i","client_secret":"s","grant-type":"g"}`)
	f(config.KnownExceptionInfo{Message: "m"}, `{"message":"m"}`)
	f(config.ResourceRequirements{CPURequest: "1"}, `{"cpu_request":"1"}`)
}

func TestSharedStateIsReadInBothSpellings(t *testing.T) {
	t.Parallel()
	for _, text := range []string{`{"shared_state":{"a":1},"streamStates":[]}`, `{"sharedState":{"a":1},"streamStates":[]}`, `{"sharedState":{"b":2},"shared_state":{"a":1},"streamStates":[]}`} {
		var g config.GlobalState
		if err := json.Unmarshal([]byte(text), &g); err != nil || string(g.SharedState) != `{"a":1}` {
			t.Errorf("%s: %s, %v", text, g.SharedState, err)
		}
	}
}

func TestCatalogKeepsWhatItDoesNotKnow(t *testing.T) {
	t.Parallel()
	const text = `{"streams":[{"stream":{"name":"a","jsonSchema":{"z":1.0,"a":1},"newer":[1]},"config":{"syncMode":"full_refresh","destinationSyncMode":"append","selected":true,"newest":{}}}]}`
	var c config.Catalog
	if err := json.Unmarshal([]byte(text), &c); err != nil {
		t.Fatal(err)
	}
	got, err := json.Marshal(c)
	if err != nil || string(got) != text {
		t.Errorf("\n got %s, %v\nwant %s", got, err, text)
	}
}

func TestEnumsOfBothAPIsDiffer(t *testing.T) {
	t.Parallel()
	var n config.NamespaceDefinition
	if err := json.Unmarshal([]byte(`"CustomFormat"`), &n); err != nil || n != config.NamespaceCustomFormat || !wire.Known(n) {
		t.Errorf("%s, %v", n, err)
	}
	if wire.Known(config.NamespaceDefinition("custom_format")) {
		t.Error("the Public API's spelling is known to the Config API")
	}
}
