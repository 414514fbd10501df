//go:build linux

package process_test

import (
	"context"
	"encoding/json"
	"errors"
	"os/exec"
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
	p, err := process.Image(imagetest.Build(t))
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

func TestCancelEndsTheContainer(t *testing.T) {
	image := imagetest.Build(t, "endless")
	p, err := process.Image(image)
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
	p, err := process.Image("airfield-test/no-such-image:1")
	if err != nil {
		t.Fatal(err)
	}
	_, err = process.NewSource(p).Spec(t.Context())
	if err == nil || !strings.Contains(err.Error(), "no-such-image") {
		t.Errorf("got %v", err)
	}
}
