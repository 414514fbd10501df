package embed_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/airfielddev/airfield"
	"github.com/airfielddev/airfield/cloud"
	"github.com/airfielddev/airfield/connector"
	"github.com/airfielddev/airfield/internal/process/imagetest"
	"github.com/airfielddev/airfield/internal/server/embed"
	"github.com/airfielddev/airfield/protocol"
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

// TestContainersOfAKilledServer has a container run that a server has started which is no more: the next server on the directory ends it.
func TestContainersOfAKilledServer(t *testing.T) {
	t.Parallel()
	image := imagetest.Build(t, "endless")
	dir := t.TempDir()
	instance, err := embed.Instance(dir)
	if err != nil {
		t.Fatal(err)
	}
	if again, err := embed.Instance(dir); again != instance || err != nil {
		t.Errorf("the instance is %q, and then %q; %v", instance, again, err)
	}
	options := airfield.ConnectorOptions{AllowExec: true, Instance: instance}
	source, err := airfield.NewConnectors(options).Source(t.Context(), connector.Ref{Name: "endless", Image: image})
	if err != nil {
		t.Fatal(err)
	}
	started, ended := make(chan struct{}), make(chan error, 1)
	tell := sync.OnceFunc(func() { close(started) })
	go func() {
		ended <- source.Read(t.Context(), connector.ReadRequest{}, func(protocol.Message) error { tell(); return nil })
	}()
	select {
	case <-started:
	case err := <-ended:
		t.Fatalf("the container ended by itself: %v", err)
	}
	next := config(dir)
	next.Connectors = airfield.NewConnectors(options)
	_, stop := serve(t, next)
	defer stop()
	select {
	case err := <-ended:
		if err == nil {
			t.Error("the run whose container was removed has succeeded")
		}
	case <-time.After(time.Minute):
		t.Error("the container still runs")
	}
}
