package profile_test

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/airfielddev/airfield/internal/cli/exit"
	"github.com/airfielddev/airfield/internal/cli/profile"
	"github.com/airfielddev/airfield/internal/cli/world"
)

// testWorld is a world with directories of its own and the given variables.
func testWorld(t *testing.T, env map[string]string) world.World {
	t.Helper()
	home := t.TempDir()
	all := map[string]string{"XDG_CONFIG_HOME": filepath.Join(home, "config"), "XDG_DATA_HOME": filepath.Join(home, "data")}
	for name, value := range env {
		all[name] = value
	}
	return world.World{Env: func(name string) string { return all[name] }}
}

func save(t *testing.T, w world.World, current string, contexts map[string]profile.Profile) {
	t.Helper()
	c, err := profile.Load(w)
	if err != nil {
		t.Fatal(err)
	}
	c.Current, c.Contexts = current, contexts
	if err := c.Save(w); err != nil {
		t.Fatal(err)
	}
}

func TestChoose(t *testing.T) {
	t.Parallel()
	prod := profile.Profile{APIRoot: "https://prod.example.com", ConfigAPIRoot: "https://prod.example.com/config", WorkspaceID: "w-prod", ClientID: "c-prod", ClientSecret: "s-prod"}
	test := profile.Profile{APIRoot: "https://test.example.com", BearerToken: "t-test"}
	env := map[string]string{"AIRBYTE_CLIENT_ID": "c-env", "AIRBYTE_CLOUD_CLIENT_SECRET": "s-env", "AIRBYTE_WORKSPACE_ID": "w-env"}
	server := `{"api_root":"http://127.0.0.1:8000/api/public/v1","workspace_id":"w-local","client_id":"c-local","client_secret":"s-local"}`

	f := func(name string, env map[string]string, server string, o profile.Overrides, want profile.Choice) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := testWorld(t, env)
			save(t, w, "prod", map[string]profile.Profile{"prod": prod, "test": test})
			if strings.HasPrefix(name, "without contexts") {
				save(t, w, "", map[string]profile.Profile{})
			}
			if server != "" {
				if err := w.WritePrivate(filepath.Join(w.DataDir(), "credentials.json"), []byte(server)); err != nil {
					t.Fatal(err)
				}
			}
			got, err := profile.Choose(w, o)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
	local := profile.Profile{APIRoot: "http://127.0.0.1:8000/api/public/v1", WorkspaceID: "w-local", ClientID: "c-local", ClientSecret: "s-local"}
	fromEnv := profile.Profile{WorkspaceID: "w-env", ClientID: "c-env", ClientSecret: "s-env"}
	elsewhere := prod
	elsewhere.APIRoot, elsewhere.ConfigAPIRoot, elsewhere.WorkspaceID = "http://other", "", "w-flag"

	f("current context", nil, server, profile.Overrides{}, profile.Choice{Profile: prod, Name: "prod", Origin: "context prod"})
	f("named context", env, server, profile.Overrides{Context: "test"}, profile.Choice{Profile: test, Name: "test", Origin: "context test"})
	f("environment before context", env, server, profile.Overrides{}, profile.Choice{Profile: fromEnv, Origin: "environment"})
	f("local by name", nil, server, profile.Overrides{Context: "local"}, profile.Choice{Profile: local, Name: "local", Origin: "local server"})
	f("without contexts local", nil, server, profile.Overrides{}, profile.Choice{Profile: local, Name: "local", Origin: "local server"})
	f("without contexts nothing", nil, "", profile.Overrides{}, profile.Choice{Origin: "nothing"})
	f("flags over all", nil, server, profile.Overrides{APIRoot: "http://other", Workspace: "w-flag"}, profile.Choice{Profile: elsewhere, Name: "prod", Origin: "context prod"})
	f("variables over places", map[string]string{"AIRBYTE_API_ROOT": "http://other", "AIRBYTE_CLOUD_WORKSPACE_ID": "w-flag"}, server, profile.Overrides{}, profile.Choice{Profile: elsewhere, Name: "prod", Origin: "context prod"})
}

func TestChooseUnknown(t *testing.T) {
	t.Parallel()
	w := testWorld(t, nil)
	save(t, w, "", map[string]profile.Profile{"production": {APIRoot: "https://example.com"}})
	_, err := profile.Choose(w, profile.Overrides{Context: "prodution"})
	if exit.Of(err) != exit.Usage || exit.Advice(err) != "did you mean production?" {
		t.Errorf("got %v, code %d, hint %q", err, exit.Of(err), exit.Advice(err))
	}
	_, err = profile.Choose(w, profile.Overrides{Context: "local"})
	if exit.Of(err) != exit.Environment {
		t.Errorf("a local server that never ran: %v, code %d", err, exit.Of(err))
	}
}

func TestSecretsStayInTheFile(t *testing.T) {
	t.Parallel()
	w := testWorld(t, nil)
	const canary = "canary-4711"
	saved := profile.Profile{APIRoot: "https://example.com", ClientID: "c", ClientSecret: canary}
	save(t, w, "", map[string]profile.Profile{"a": saved})
	c, err := profile.Load(w)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(saved, c.Contexts["a"]); diff != "" {
		t.Errorf("what was saved is not what is loaded (-want +got):\n%s", diff)
	}
	if text := fmt.Sprintf("%v %+v %#v", c.Contexts, c.Contexts, c.Contexts); strings.Contains(text, canary) {
		t.Errorf("the secret is printed: %s", text)
	}
	if runtime.GOOS == "windows" {
		return
	}
	info, err := os.Stat(c.Path())
	if err != nil {
		t.Fatal(err)
	}
	if info.Mode().Perm() != 0o600 {
		t.Errorf("the file has mode %v", info.Mode().Perm())
	}
}

func TestResolve(t *testing.T) {
	t.Parallel()
	env := func(name string) string { return map[string]string{"SECRET": "from the environment"}[name] }
	p, err := profile.Profile{ClientSecret: "env:SECRET", BearerToken: "plain"}.Resolve(t.Context(), env)
	if err != nil || p.ClientSecret != "from the environment" || p.BearerToken != "plain" {
		t.Errorf("got %q, %q, %v", p.ClientSecret.Reveal(), p.BearerToken.Reveal(), err)
	}
	if _, err := (profile.Profile{ClientSecret: "env:ABSENT"}).Resolve(t.Context(), env); err == nil || !strings.Contains(err.Error(), "ABSENT") {
		t.Errorf("an absent variable: %v", err)
	}
}
