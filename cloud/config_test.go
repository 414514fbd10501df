package cloud_test

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/airfielddev/airfield/cloud"
)

var allVariables = []string{
	"BEARER_TOKEN", "CLIENT_ID", "CLIENT_SECRET", "WORKSPACE_ID", "ORGANIZATION_ID",
}

func setenv(t *testing.T, env map[string]string) {
	t.Helper()
	for _, name := range allVariables {
		t.Setenv("AIRBYTE_"+name, "")
		t.Setenv("AIRBYTE_CLOUD_"+name, "")
	}
	for _, name := range []string{"AIRBYTE_API_ROOT", "AIRBYTE_CLOUD_API_URL", "AIRBYTE_CONFIG_API_ROOT", "AIRBYTE_CLOUD_CONFIG_API_URL"} {
		t.Setenv(name, "")
	}
	for name, value := range env {
		t.Setenv(name, value)
	}
}

func TestConfigFromEnv(t *testing.T) {
	f := func(env map[string]string, want cloud.Config) {
		t.Helper()
		setenv(t, env)
		got, err := cloud.ConfigFromEnv()
		if err != nil {
			t.Errorf("%v: %v", env, err)
		}
		plain := func(c cloud.Config) []string {
			return []string{c.ClientID, c.ClientSecret.Reveal(), c.BearerToken.Reveal(), c.APIRoot, c.ConfigAPIRoot}
		}
		if diff := cmp.Diff(plain(want), plain(got)); diff != "" {
			t.Errorf("%v (-want +got):\n%s", env, diff)
		}
	}
	f(map[string]string{"AIRBYTE_CLOUD_CLIENT_ID": "i", "AIRBYTE_CLOUD_CLIENT_SECRET": "s"}, cloud.Config{ClientID: "i", ClientSecret: "s"})
	f(map[string]string{"AIRBYTE_CLIENT_ID": "i", "AIRBYTE_CLIENT_SECRET": "s", "AIRBYTE_CLOUD_CLIENT_ID": "no", "AIRBYTE_CLOUD_CLIENT_SECRET": "no"},
		cloud.Config{ClientID: "i", ClientSecret: "s"})
	f(map[string]string{"AIRBYTE_CLOUD_BEARER_TOKEN": "b", "AIRBYTE_CLIENT_ID": "i", "AIRBYTE_CLIENT_SECRET": "s"}, cloud.Config{BearerToken: "b"})
	f(map[string]string{"AIRBYTE_BEARER_TOKEN": "b", "AIRBYTE_CLOUD_BEARER_TOKEN": "no", "AIRBYTE_CLOUD_API_URL": "http://a", "AIRBYTE_CLOUD_CONFIG_API_URL": "http://c"},
		cloud.Config{BearerToken: "b", APIRoot: "http://a", ConfigAPIRoot: "http://c"})
	f(map[string]string{"AIRBYTE_BEARER_TOKEN": "b", "AIRBYTE_API_ROOT": "http://a", "AIRBYTE_CLOUD_API_URL": "no", "AIRBYTE_CONFIG_API_ROOT": "http://c", "AIRBYTE_CLOUD_CONFIG_API_URL": "no"},
		cloud.Config{BearerToken: "b", APIRoot: "http://a", ConfigAPIRoot: "http://c"})
}

func TestConfigFromEnvNamesWhatIsAbsent(t *testing.T) {
	f := func(env map[string]string, names ...string) {
		t.Helper()
		setenv(t, env)
		_, err := cloud.WorkspaceFromEnv("")
		if !errors.Is(err, cloud.ErrMissingSecret) || !errors.Is(err, cloud.ErrInvalidInput) {
			t.Errorf("%v: %v", env, err)
			return
		}
		for _, name := range names {
			if !strings.Contains(err.Error(), name) {
				t.Errorf("%v: the error does not name %s: %v", env, name, err)
			}
		}
		if strings.Contains(err.Error(), "canary") {
			t.Errorf("%v: the error leaks: %v", env, err)
		}
	}
	f(nil, "AIRBYTE_CLIENT_ID", "AIRBYTE_CLOUD_CLIENT_ID", "AIRBYTE_CLOUD_CLIENT_SECRET", "AIRBYTE_CLOUD_BEARER_TOKEN")
	f(map[string]string{"AIRBYTE_CLIENT_SECRET": "canary"}, "AIRBYTE_CLIENT_ID")
	f(map[string]string{"AIRBYTE_BEARER_TOKEN": "canary"}, "AIRBYTE_WORKSPACE_ID", "AIRBYTE_CLOUD_WORKSPACE_ID")
}

func TestWorkspaceFromEnv(t *testing.T) {
	setenv(t, map[string]string{"AIRBYTE_CLOUD_BEARER_TOKEN": "b", "AIRBYTE_CLOUD_WORKSPACE_ID": "from-env"})
	w, err := cloud.WorkspaceFromEnv("")
	if err != nil || w.ID() != "from-env" {
		t.Errorf("%v, %v", w, err)
	}
	w, err = cloud.WorkspaceFromEnv("given")
	if err != nil || w.ID() != "given" || w.URL() != "https://cloud.airbyte.com/workspaces/given" {
		t.Errorf("%v, %v", w, err)
	}
}

func TestCredentialsThatContradict(t *testing.T) {
	t.Parallel()
	f := func(cfg cloud.Config, want error) {
		t.Helper()
		_, err := cloud.NewWorkspace("w", cfg)
		if !errors.Is(err, want) || strings.Contains(fmt.Sprint(err), "canary") {
			t.Errorf("%+v: %v", cfg, err)
		}
	}
	f(cloud.Config{ClientID: "i", ClientSecret: "canary", BearerToken: "canary"}, cloud.ErrInvalidInput)
	f(cloud.Config{ClientID: "i", BearerToken: "canary"}, cloud.ErrInvalidInput)
	f(cloud.Config{ClientID: "i"}, cloud.ErrMissingSecret)
	f(cloud.Config{ClientSecret: "canary"}, cloud.ErrMissingSecret)
	if _, err := cloud.NewWorkspace(" ", cloud.Config{}); !errors.Is(err, cloud.ErrInvalidInput) {
		t.Errorf("a workspace without ID: %v", err)
	}
}

func TestClientCredentialsOnTheWire(t *testing.T) {
	t.Parallel()
	f := serve(t, map[string]handler{
		"POST /applications/token":       always(ok(`{"access_token":"minted","token_type":"Bearer","expires_in":900}`)),
		"GET /workspaces/" + workspaceID: always(ok(`{"workspaceId":"` + workspaceID + `","name":"w","dataResidency":"us","notifications":{}}`)),
	})
	w, err := cloud.NewWorkspace(workspaceID, cloud.Config{ClientID: "id", ClientSecret: "s3cret", APIRoot: f.url})
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := w.Connect(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	f.wants("POST /applications/token", "GET /workspaces/"+workspaceID, "GET /workspaces/"+workspaceID)
	f.body("POST /applications/token", `{"client_id":"id","client_secret":"s3cret","grant_type":"client_credentials","grant-type":"client_credentials"}`)
	if got := f.last("GET /workspaces/" + workspaceID).Header.Get("Authorization"); got != "Bearer minted" {
		t.Errorf("Authorization: %s", got)
	}
	if printed := fmt.Sprintf("%+v %#v", w, w.Client()); strings.Contains(printed, "s3cret") {
		t.Errorf("a client prints its secret: %s", printed)
	}
}

func TestWrongCredentialsAreUnauthorized(t *testing.T) {
	t.Parallel()
	for _, status := range []int{http.StatusBadRequest, http.StatusUnauthorized, http.StatusForbidden} {
		f := serve(t, map[string]handler{"POST /applications/token": always(reply{status: status, body: `{"errorId":"e"}`})})
		w, err := cloud.NewWorkspace(workspaceID, cloud.Config{ClientID: "id", ClientSecret: "canary-1", APIRoot: f.url})
		if err != nil {
			t.Fatal(err)
		}
		err = w.Connect(t.Context())
		if !errors.Is(err, cloud.ErrUnauthorized) || !strings.Contains(err.Error(), "access token") || strings.Contains(err.Error(), "canary") {
			t.Errorf("%d: %v", status, err)
		}
	}
}

func TestNoCredentials(t *testing.T) {
	t.Parallel()
	f := serve(t, map[string]handler{"GET /workspaces/" + workspaceID: always(ok(`{"name":"w"}`))})
	w, err := cloud.NewWorkspace(workspaceID, cloud.Config{APIRoot: f.url})
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Connect(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := f.last("GET /workspaces/" + workspaceID).Header.Values("Authorization"); len(got) > 0 {
		t.Errorf("Authorization: %s", got)
	}
}
