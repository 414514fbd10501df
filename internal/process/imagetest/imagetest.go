// Package imagetest makes container images for tests.
package imagetest

import (
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// Build makes an image of the connector beside this package and nothing else, which is run with these arguments before those of
// whoever runs the image. The image is removed with the test, which is skipped where no container engine answers.
func Build(t *testing.T, args ...string) (image string) {
	t.Helper()
	if out, err := exec.CommandContext(t.Context(), "docker", "info").CombinedOutput(); err != nil {
		t.Skipf("no container engine answers: %v: %s", err, out)
	}
	dir := t.TempDir()
	build := exec.CommandContext(t.Context(), "go", "build", "-o", filepath.Join(dir, "program"), "github.com/airfielddev/airfield/internal/process/imagetest/connector")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	run(t, build)
	entry, err := json.Marshal(append([]string{"/program"}, args...))
	if err != nil {
		t.Fatal(err)
	}
	recipe := "FROM scratch\nCOPY program /program\nENTRYPOINT " + string(entry) + "\n"
	if err := os.WriteFile(filepath.Join(dir, "Dockerfile"), []byte(recipe), 0o600); err != nil {
		t.Fatal(err)
	}
	image = "airfield-test/" + strings.ToLower(t.Name()) + ":1"
	run(t, exec.CommandContext(t.Context(), "docker", "build", "-q", "-t", image, dir))
	t.Cleanup(func() {
		_ = exec.CommandContext(context.WithoutCancel(t.Context()), "docker", "rmi", "-f", image).Run()
	})
	return image
}

func run(t *testing.T, cmd *exec.Cmd) {
	t.Helper()
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v: %v\n%s", cmd, err, out)
	}
}
