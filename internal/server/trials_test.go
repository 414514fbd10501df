package server_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/airfielddev/airfield"
)

// onTrial is a manifest of one stream, items, of the API at base, whose key is a secret.
func onTrial(base string) string {
	return `{"version":"6.0.0","type":"DeclarativeSource","check":{"type":"CheckStream","stream_names":["items"]},
	 "definitions":{"auth":{"type":"BearerAuthenticator","api_token":"{{ config['key'] }}"}},
	 "streams":[{"type":"DeclarativeStream","name":"items","primary_key":["id"],"$parameters":{"shop":"x"},"retriever":{"type":"SimpleRetriever",
	   "requester":{"type":"HttpRequester","url":"` + base + `/items","authenticator":{"$ref":"#/definitions/auth"}},
	   "paginator":{"type":"DefaultPaginator","page_token_option":{"type":"RequestOption","inject_into":"request_parameter","field_name":"page"},
	    "pagination_strategy":{"type":"PageIncrement","start_from_page":1,"page_size":1}},
	   "record_selector":{"type":"RecordSelector","extractor":{"type":"DpathExtractor","field_path":["data"]}}}}],
	 "spec":{"type":"Spec","connection_specification":{"type":"object","properties":{"key":{"type":"string","airbyte_secret":true}}}}}`
}

// author is a deployment that lets manifests connect to this machine, with a project and its testing values.
func author(t *testing.T) (d *deployment, of string) {
	t.Helper()
	d = deployWith(t, airfield.ConnectorOptions{AllowPrivateAddresses: true})
	project := d.config(t, "/connector_builder_projects/create", `{"workspaceId":"`+d.workspace+`","builderProject":{"name":"mine"}}`).want(201).text("builderProjectId")
	of = `"workspaceId":"` + d.workspace + `","builderProjectId":"` + project + `"`
	d.config(t, "/connector_builder_projects/update_testing_values", `{`+of+`,"testingValues":{"key":"canary-secret"},
	 "spec":{"connectionSpecification":{"type":"object","properties":{"key":{"type":"string","airbyte_secret":true}}}}}`).want(200)
	return d, of
}

func TestBuilderReadsStream(t *testing.T) {
	t.Parallel()
	api := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != "Bearer canary-secret" {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		page := r.URL.Query().Get("page")
		if page == "" {
			page = "1"
		}
		fmt.Fprintf(w, `{"data": [{"id": %s, "at": "2026-01-0%s"}], "asked": %q}`, page, page, r.Header.Get("Authorization"))
	}))
	t.Cleanup(api.Close)
	d, of := author(t)
	read := func(more string) answer {
		return d.config(t, "/connector_builder_projects/read_stream", `{`+of+`,"manifest":`+onTrial(api.URL)+`,"streamName":"items"`+more+`}`)
	}
	read(`,"state":[{"type":"GLOBAL"}]`).want(400).problem()
	a := read(`,"pageLimit":2`).want(200)
	if strings.Contains(a.body, "canary") {
		t.Errorf("the answer shows the key: %s", a.body)
	}
	var out struct {
		Slices []struct {
			Pages []struct {
				Records []any
				Request struct{ URL string }
			}
		}
		Limit  bool `json:"test_read_limit_reached"`
		Schema struct {
			Required []string
		} `json:"inferred_schema"`
		Formats map[string]string `json:"inferred_datetime_formats"`
	}
	if err := json.Unmarshal([]byte(a.body), &out); err != nil {
		t.Fatal(err)
	}
	if len(out.Slices) != 1 || len(out.Slices[0].Pages) != 2 || !out.Limit {
		t.Fatalf("got %s", a.body)
	}
	if diff := cmp.Diff(api.URL+"/items?page=2", out.Slices[0].Pages[1].Request.URL); diff != "" {
		t.Errorf("second request (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]any{map[string]any{"id": 2.0, "at": "2026-01-02"}}, out.Slices[0].Pages[1].Records); diff != "" {
		t.Errorf("second page (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(map[string]string{"at": "%Y-%m-%d"}, out.Formats); diff != "" {
		t.Errorf("formats (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"id"}, out.Schema.Required); diff != "" {
		t.Errorf("required (-want +got):\n%s", diff)
	}
	for _, bad := range []string{`,"pageLimit":21`, `,"recordLimit":0`, `,"sliceLimit":-1`, `,"state":["x"]`} {
		read(bad).want(400).problem()
	}
	read(`,"customComponentsCode":"import os"`).want(422).problem()
	read(`,"customComponentsCode":"","manifest":{"streams":[{"type":"DeclarativeStream"}]}`).want(422).problem()
}

func TestBuilderReadsOnlyPublicAddresses(t *testing.T) {
	t.Parallel()
	api := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("a request got through") }))
	t.Cleanup(api.Close)
	d := deploy(t)
	project := d.config(t, "/connector_builder_projects/create", `{"workspaceId":"`+d.workspace+`","builderProject":{"name":"mine"}}`).want(201).text("builderProjectId")
	a := d.config(t, "/connector_builder_projects/read_stream", `{"workspaceId":"`+d.workspace+`","builderProjectId":"`+project+`","manifest":`+onTrial(api.URL)+`,"streamName":"items"}`).want(200)
	if !strings.Contains(a.body, "the address is private") || !strings.Contains(a.body, `"level":"ERROR"`) {
		t.Errorf("got %s", a.body)
	}
	d.config(t, "/connector_builder_projects/read_stream", `{"workspaceId":"`+d.workspace+`","builderProjectId":"`+unknown+`","manifest":{},"streamName":"x"}`).want(404).problem()
}

func TestBuilderKeepsRenewedTokens(t *testing.T) {
	t.Parallel()
	api := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		switch {
		case r.URL.Path != "/token":
			io.WriteString(w, `{"data": []}`)
		case strings.Contains(string(body), "first-refresh-token"):
			io.WriteString(w, `{"access_token": "second-access-token", "refresh_token": "second-refresh-token", "expires_in": -1}`)
		case strings.Contains(string(body), "second-refresh-token"):
			io.WriteString(w, `{"access_token": "third-access-token", "refresh_token": "third-refresh-token", "expires_in": 3600}`)
		default:
			w.WriteHeader(http.StatusBadRequest)
		}
	}))
	t.Cleanup(api.Close)
	d, of := author(t)
	spec := `{"type":"object","properties":{"client_id":{"type":"string"},"client_secret":{"type":"string","airbyte_secret":true},
	 "refresh_token":{"type":"string","airbyte_secret":true},"access_token":{"type":"string","airbyte_secret":true},"expires":{"type":"string"}}}`
	d.config(t, "/connector_builder_projects/update_testing_values", `{`+of+`,"testingValues":{"client_id":"me","client_secret":"client-secret","refresh_token":"first-refresh-token",
	 "access_token":"first-access-token","expires":"2020-01-01T00:00:00Z"},"spec":{"connectionSpecification":`+spec+`}}`).want(200)
	manifest := strings.Replace(onTrial(api.URL), `{"type":"BearerAuthenticator","api_token":"{{ config['key'] }}"}`, `{"type":"OAuthAuthenticator","token_refresh_endpoint":"`+api.URL+`/token",
	 "client_id":"{{ config['client_id'] }}","client_secret":"{{ config['client_secret'] }}","refresh_token":"{{ config['refresh_token'] }}",
	 "refresh_token_updater":{"access_token_config_path":["access_token"],"refresh_token_config_path":["refresh_token"],"token_expiry_date_config_path":["expires"]}}`, 1)
	manifest = strings.Replace(manifest, `{"type":"object","properties":{"key":{"type":"string","airbyte_secret":true}}}`, spec, 1)
	for range 2 {
		a := d.config(t, "/connector_builder_projects/read_stream", `{`+of+`,"manifest":`+manifest+`,"streamName":"items"}`).want(200)
		if strings.Contains(a.body, "-token\"") || strings.Contains(a.body, "ERROR") {
			t.Errorf("got %s", a.body)
		}
		update, _ := a.at("latest_config_update").(map[string]any)
		if update["refresh_token"] != "**********" || update["client_id"] != "me" {
			t.Errorf("the update is %v", update)
		}
	}
}

func TestBuilderResolves(t *testing.T) {
	t.Parallel()
	d := deploy(t)
	a := d.config(t, "/connector_builder_projects/resolve", `{"manifest":`+onTrial("https://example.com")+`}`).want(200)
	stream := a.at("manifest.streams").([]any)[0].(map[string]any)
	requester := stream["retriever"].(map[string]any)["requester"].(map[string]any)
	want := map[string]any{"type": "BearerAuthenticator", "api_token": "{{ config['key'] }}", "shop": "x", "$parameters": map[string]any{"shop": "x"}}
	if diff := cmp.Diff(any(want), requester["authenticator"]); diff != "" {
		t.Errorf("authenticator (-want +got):\n%s", diff)
	}
	dynamic := strings.Replace(onTrial("https://example.com"), `"spec"`, `"dynamic_streams":[{"type":"DynamicDeclarativeStream","name":"shops",
	 "stream_template":{"type":"DeclarativeStream","name":"x","retriever":{"type":"SimpleRetriever","requester":{"type":"HttpRequester","url":"https://example.com"},
	  "record_selector":{"type":"RecordSelector","extractor":{"type":"DpathExtractor","field_path":[]}}}},
	 "components_resolver":{"type":"ParametrizedComponentsResolver","stream_parameters":{"type":"StreamParametersDefinition","list_of_parameters_for_stream":[{"name":"a"},{"name":"b"},{"name":"c"}]},
	  "components_mapping":[{"type":"ComponentMappingDefinition","field_path":["name"],"value":"{{ components_values['name'] }}"}]}}],"spec"`, 1)
	a = d.config(t, "/connector_builder_projects/full_resolve", `{"streamLimit":2,"manifest":`+dynamic+`}`).want(200)
	got := map[string]any{}
	for _, s := range a.at("manifest.streams").([]any) {
		got[s.(map[string]any)["name"].(string)] = s.(map[string]any)["dynamic_stream_name"]
	}
	if diff := cmp.Diff(map[string]any{"items": nil, "a": "shops", "b": "shops"}, got); diff != "" {
		t.Errorf("streams (-want +got):\n%s", diff)
	}
	refused := d.config(t, "/connector_builder_projects/resolve", `{"manifest":{"streams":1}}`).want(422)
	refused.problem()
	if got := refused.text("message"); !strings.Contains(got, "error: streams: want a list, found a number") || strings.Contains(got, "line 1") {
		t.Errorf("what is wrong is told as %q", got)
	}
}

func TestBuilderForks(t *testing.T) {
	t.Parallel()
	d := deploy(t)
	definition := d.call(t, "POST", "/v1/workspaces/"+d.workspace+"/definitions/declarative_sources", `{"name":"m","manifest":`+manifestText+`}`).want(200).text("id")
	a := d.config(t, "/connector_builder_projects/fork", quote("workspaceId", d.workspace, "baseActorDefinitionId", definition)).want(201)
	got := d.config(t, "/connector_builder_projects/get_with_manifest", quote("workspaceId", d.workspace, "builderProjectId", a.text("builderProjectId"))).want(200)
	if got.at("declarativeManifest.isDraft") != true || got.text("declarativeManifest.manifest.version") != "6.0.0" || got.text("builderProject.sourceDefinitionId") != "" {
		t.Errorf("got %s", got.body)
	}
	d.config(t, "/connector_builder_projects/fork", quote("workspaceId", d.workspace, "baseActorDefinitionId", fakerID)).want(422).problem()
	d.config(t, "/connector_builder_projects/contribute/check", quote("workspaceId", d.workspace)).want(501).problem()
}
