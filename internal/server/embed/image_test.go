package embed_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/airfielddev/airfield"
	"github.com/airfielddev/airfield/cloud"
	"github.com/airfielddev/airfield/internal/process/imagetest"
)

// TestImages publishes a container image, deploys a source of it, and syncs what it reads.
func TestImages(t *testing.T) {
	t.Parallel()
	image := imagetest.Build(t)
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	allowed := config(t.TempDir())
	allowed.Connectors = airfield.NewConnectors(airfield.ConnectorOptions{AllowExec: true})
	server, stop := serve(t, allowed)
	defer stop()
	w := workspaceOf(t, server)
	repository, tag, _ := strings.Cut(image, ":")
	definition, err := w.PublishCustomSourceDefinition(t.Context(), "numbers", cloud.DockerImage(repository, tag))
	if err != nil {
		t.Fatal(err)
	}
	source, err := definition.DeploySource(t.Context(), "numbers", cloud.Configuration{"password": hidden})
	if err != nil {
		t.Fatal(err)
	}
	info, err := source.Info(t.Context())
	if err != nil || strings.Contains(string(info.Configuration), hidden) {
		t.Errorf("the secret of the image's own specification shows: %s, %v", info.Configuration, err)
	}
	check, err := source.Check(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var seen struct {
		Process  []string
		Password struct{ Password string }
	}
	if err := json.Unmarshal([]byte(check.Message), &seen); err != nil {
		t.Fatalf("%v in %s", err, check.Message)
	}
	if seen.Password.Password != hidden || strings.Contains(strings.Join(seen.Process, "\n"), hidden) {
		t.Errorf("others see %q, and the connector %q", seen.Process, seen.Password.Password)
	}
	out := filepath.Join(t.TempDir(), "out")
	syncNumbers(t, connect(t, server, source, program, out), out)
}
