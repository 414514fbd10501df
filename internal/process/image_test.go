//go:build linux

package process_test

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/airfielddev/airfield/connector"
	"github.com/airfielddev/airfield/internal/process"
	"github.com/airfielddev/airfield/internal/process/imagetest"
	"github.com/airfielddev/airfield/protocol"
)

func TestImage(t *testing.T) {
	t.Setenv("AIRBYTE_CLIENT_SECRET", "canary")
	p, err := process.Image(imagetest.Build(t), process.Owner{})
	if err != nil {
		t.Fatal(err)
	}
	source := process.NewSource(p)
	if spec, err := source.Spec(t.Context()); err != nil || len(spec.ConnectionSpecification) == 0 {
		t.Errorf("spec: %+v, %v", spec, err)
	}
	status, err := source.Check(t.Context(), json.RawMessage(`{"password":"hunter2"}`), connector.Discard)
	if err != nil || !strings.Contains(status.Message, `"password":{"password":"hunter2"}`) || strings.Contains(status.Message, "canary") {
		t.Errorf("check: %+v, %v", status, err)
	}

	// One connector may be at work several times over.
	var runs sync.WaitGroup
	for range 3 {
		runs.Go(func() {
			var got []string
			err := source.Read(t.Context(), connector.ReadRequest{}, func(m protocol.Message) error {
				if m.Type == protocol.TypeRecord {
					got = append(got, string(m.Record.Data))
				}
				return nil
			})
			if diff := cmp.Diff([]string{`{"n":0}`, `{"n":1}`, `{"n":2}`}, got); err != nil || diff != "" {
				t.Errorf("read: %v (-want +got):\n%s", err, diff)
			}
		})
	}
	runs.Wait()
}

// TestFilesOfAContainer finds files where the container was told to put them.
func TestFilesOfAContainer(t *testing.T) {
	p, err := process.Image(imagetest.Build(t), process.Owner{})
	if err != nil {
		t.Fatal(err)
	}
	staging := t.TempDir()
	if err := process.NewSource(p).Read(t.Context(), connector.ReadRequest{Staging: staging}, connector.Discard); err != nil {
		t.Fatal(err)
	}
	if text, err := os.ReadFile(filepath.Join(staging, "numbers.txt")); err != nil || string(text) != "0, 1, 2" {
		t.Errorf("got %q, %v", text, err)
	}
}

func TestCancelEndsTheContainer(t *testing.T) {
	image := imagetest.Build(t, "endless")
	p, err := process.Image(image, process.Owner{})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	err = process.NewSource(p).Read(ctx, connector.ReadRequest{}, func(protocol.Message) error {
		cancel()
		return nil
	})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	out, err := exec.CommandContext(t.Context(), "docker", "ps", "-q", "--filter", "ancestor="+image).CombinedOutput()
	if err != nil || strings.TrimSpace(string(out)) != "" {
		t.Errorf("still running: %s, %v", out, err)
	}
}

func TestImageThatIsNotThere(t *testing.T) {
	if out, err := exec.CommandContext(t.Context(), "docker", "info").CombinedOutput(); err != nil {
		t.Skipf("no container engine answers: %v: %s", err, out)
	}
	p, err := process.Image("airfield-test/no-such-image:1", process.Owner{})
	if err != nil {
		t.Fatal(err)
	}
	_, err = process.NewSource(p).Spec(t.Context())
	if err == nil || !strings.Contains(err.Error(), "no-such-image") {
		t.Errorf("got %v", err)
	}
}

// TestRemoveLeftovers lets a container run under one start of a program and looks for leftovers under others.
func TestRemoveLeftovers(t *testing.T) {
	image := imagetest.Build(t, "endless")
	first := process.Owner{Instance: "test-" + rand.Text(), Run: "first"}
	p, err := process.Image(image, first)
	if err != nil {
		t.Fatal(err)
	}
	started, ended := make(chan struct{}), make(chan error, 1)
	go func() {
		ended <- process.NewSource(p).Read(t.Context(), connector.ReadRequest{}, func() connector.Emit {
			tell := sync.OnceFunc(func() { close(started) })
			return func(protocol.Message) error { tell(); return nil }
		}())
	}()
	select {
	case <-started:
	case err := <-ended:
		t.Fatalf("the container ended by itself: %v", err)
	}
	for _, o := range []struct {
		process.Owner
		want int
	}{
		{first, 0},
		{process.Owner{Instance: first.Instance + "2", Run: "second"}, 0},
		{process.Owner{}, 0},
		{process.Owner{Instance: first.Instance, Run: "second"}, 1},
		{process.Owner{Instance: first.Instance, Run: "third"}, 0},
	} {
		if n, err := process.RemoveLeftovers(t.Context(), o.Owner); n != o.want || err != nil {
			t.Errorf("%+v: removed %d, want %d; %v", o.Owner, n, o.want, err)
		}
	}
	if err := <-ended; err == nil {
		t.Error("the run whose container was removed has succeeded")
	}
}
