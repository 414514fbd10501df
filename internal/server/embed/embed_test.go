package embed_test

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/airfielddev/airfield"
	"github.com/airfielddev/airfield/cloud"
	"github.com/airfielddev/airfield/internal/server"
	"github.com/airfielddev/airfield/internal/server/embed"
	"github.com/airfielddev/airfield/secret"
)

func config(dir string) embed.Config {
	return embed.Config{Dir: dir, Connectors: airfield.NewConnectors(airfield.ConnectorOptions{})}
}

// serve runs a server until the returned function is called.
func serve(t *testing.T, cfg embed.Config) (s *embed.Server, stop func()) {
	t.Helper()
	s, err := embed.Open(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- s.Run(ctx) }()
	return s, func() {
		t.Helper()
		cancel()
		if err := errors.Join(<-ended, s.Close()); err != nil {
			t.Errorf("stopping the server: %v", err)
		}
	}
}

func TestOneServerToADirectory(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "made", "on", "the", "way")
	first, err := embed.Open(t.Context(), config(dir))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := embed.Open(t.Context(), config(dir)); !errors.Is(err, embed.ErrInUse) {
		t.Errorf("a second server: %v", err)
	}
	if err := first.Close(); err != nil {
		t.Error(err)
	}
	again, err := embed.Open(t.Context(), config(dir))
	if err != nil {
		t.Fatalf("after the first was closed: %v", err)
	}
	if err := again.Close(); err != nil {
		t.Error(err)
	}
}

func TestRestart(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	first, stop := serve(t, config(dir))
	if !first.New {
		t.Error("the credentials of a first start are not new")
	}
	workspace := workspaceOf(t, first)
	if _, err := workspace.DeploySource(t.Context(), "people", cloud.Configuration{"sourceType": "faker"}); err != nil {
		t.Fatal(err)
	}
	token := tokenOf(t, first)
	stop()

	second, stop := serve(t, config(dir))
	defer stop()
	if second.New {
		t.Error("the credentials of a second start are new")
	}
	var left embed.Credentials
	text, err := os.ReadFile(embed.CredentialsFile(dir))
	if err != nil || json.Unmarshal(text, &left) != nil {
		t.Fatalf("credentials.json: %s, %v", text, err)
	}
	want := first.Credentials
	want.APIRoot = second.URL + "/api/public/v1"
	if diff := cmp.Diff(want, left); diff != "" {
		t.Errorf("credentials.json (-want +got):\n%s", diff)
	}
	if sources, err := cloud.Collect(workspaceOf(t, second).Sources(t.Context())); err != nil || len(sources) != 1 {
		t.Errorf("%d sources outlived the restart, %v", len(sources), err)
	}
	held, err := cloud.NewWorkspace(second.Credentials.WorkspaceID, cloud.Config{BearerToken: token, APIRoot: second.URL})
	if err != nil {
		t.Fatal(err)
	}
	if err := held.Connect(t.Context()); err != nil {
		t.Errorf("a token from before the restart: %v", err)
	}
}

func TestOpenRefuses(t *testing.T) {
	t.Parallel()
	open := config(t.TempDir())
	open.Host, open.Auth = "0.0.0.0", server.AuthNone
	if _, err := embed.Open(t.Context(), open); err == nil {
		t.Error("everyone is let in from everywhere")
	}
	exposed := t.TempDir()
	if err := os.WriteFile(filepath.Join(exposed, "credentials.json"), []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := embed.Open(t.Context(), config(exposed)); err == nil {
		t.Error("broken credentials are replaced without a word")
	}
	// What failed half way lets go of the directory.
	if err := os.Remove(filepath.Join(exposed, "credentials.json")); err != nil {
		t.Fatal(err)
	}
	s, err := embed.Open(t.Context(), config(exposed))
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
}

func workspaceOf(t *testing.T, s *embed.Server) *cloud.Workspace {
	t.Helper()
	w, err := cloud.NewWorkspace(s.Credentials.WorkspaceID, cloud.Config{
		ClientID: s.Credentials.ClientID, ClientSecret: secret.String(s.Credentials.ClientSecret), APIRoot: s.Credentials.APIRoot,
	})
	if err != nil {
		t.Fatal(err)
	}
	return w
}

func tokenOf(t *testing.T, s *embed.Server) secret.String {
	t.Helper()
	client, err := cloud.NewClient(cloud.Config{APIRoot: s.URL})
	if err != nil {
		t.Fatal(err)
	}
	var answer struct {
		Token secret.String `json:"access_token"`
	}
	body := map[string]string{"client_id": s.Credentials.ClientID, "client_secret": s.Credentials.ClientSecret}
	if err := client.Do(t.Context(), http.MethodPost, "/applications/token", nil, body, &answer); err != nil {
		t.Fatal(err)
	}
	return answer.Token
}
