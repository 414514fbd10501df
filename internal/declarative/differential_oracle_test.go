package declarative

import (
	"bufio"
	"bytes"
	"encoding/json"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/airfielddev/airfield/protocol"
)

// oracle is a Python process that runs manifests with Airbyte's CDK.
type oracle struct {
	staging string // where it puts files
	in      io.WriteCloser
	out     *bufio.Reader
}

// oracleCase is what it is told to do.
type oracleCase struct {
	Command  string                      `json:"command"`
	Manifest string                      `json:"manifest"`
	Config   json.RawMessage             `json:"config"`
	Catalog  *protocol.ConfiguredCatalog `json:"catalog,omitempty"`
	State    json.RawMessage             `json:"state,omitempty"`
}

// oracleAnswer is what came of it.
type oracleAnswer struct {
	Messages []string `json:"messages"`
	Failed   bool     `json:"failed"`
	Waited   float64  `json:"waited"` // seconds
	Causes   []string `json:"causes"` // of the failure, outermost first
}

func newOracle(t *testing.T) *oracle {
	t.Helper()
	python := os.Getenv("AIRFIELD_TEST_PYTHON")
	if python == "" {
		t.Skip("AIRFIELD_TEST_PYTHON is not set: it names a Python that has airbyte-cdk")
	}
	cmd := exec.CommandContext(t.Context(), python, filepath.Join("testdata", "differential", "oracle.py"))
	staging := t.TempDir()
	cmd.Env = append(os.Environ(), "AIRBYTE_STAGING_DIRECTORY="+staging, "TZ=UTC", "PYTHONHASHSEED=0") // in UTC, as connectors run
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = in.Close()
		_ = cmd.Wait()
	})
	return &oracle{staging: staging, in: in, out: bufio.NewReader(out)}
}

func (o *oracle) run(t *testing.T, c oracleCase) oracleAnswer {
	t.Helper()
	if _, err := o.in.Write(append(encoded(t, c), '\n')); err != nil {
		t.Fatal(err)
	}
	type reply struct {
		line []byte
		err  error
	}
	replies := make(chan reply, 1)
	go func() {
		line, err := o.out.ReadBytes('\n')
		replies <- reply{line, err}
	}()
	var answer oracleAnswer
	select {
	case r := <-replies:
		if r.err != nil {
			t.Fatalf("the oracle has ended: %v", r.err)
		}
		if err := json.NewDecoder(bytes.NewReader(r.line)).Decode(&answer); err != nil {
			t.Fatal(err)
		}
	case <-time.After(5 * time.Minute):
		t.Fatal("the oracle does not answer")
	}
	return answer
}
