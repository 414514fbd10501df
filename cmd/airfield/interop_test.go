package main_test

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// client is a program in Python that other people wrote, as a script of testdata/interop drives it.
type client struct {
	name     string
	variable string // names the interpreter that has the client
	script   string
	expires  bool   // the script has cases for tokens that run out
	proxied  bool   // the script has cases for a proxy before the server
	limited  bool   // the script has cases for a server that refuses many requests at once
	also     string // a variable more that the script is given
}

// clients are installed by .ci/python.sh.
var clients = []client{
	{name: "sdk053", variable: "AIRFIELD_TEST_PYTHON_SDK053", script: "sdk.py", expires: true, proxied: true},
	{name: "sdk1", variable: "AIRFIELD_TEST_PYTHON_SDK1", script: "sdk.py", expires: true, proxied: true, limited: true},
	{name: "sdk1 coroutines", variable: "AIRFIELD_TEST_PYTHON_SDK1", script: "sdk.py", also: "AIRFIELD_SDK_CALLS=coroutines"},
	{name: "pyairbyte", variable: "AIRFIELD_TEST_PYTHON_PYAIRBYTE", script: "pyairbyte.py", expires: true, proxied: true},
	{name: "pyairbyte mcp", variable: "AIRFIELD_TEST_PYTHON_PYAIRBYTE", script: "pyairbyte_mcp.py"},
	{name: "dagster", variable: "AIRFIELD_TEST_PYTHON_DAGSTER", script: "dagster_client.py", proxied: true, limited: true},
	{name: "airflow", variable: "AIRFIELD_TEST_PYTHON_AIRFLOW", script: "airflow_client.py", proxied: true},
	{name: "prefect", variable: "AIRFIELD_TEST_PYTHON_PREFECT", script: "prefect_client.py"},
}

// TestPythonClients runs the scripts, each against a server of its own.
func TestPythonClients(t *testing.T) {
	t.Parallel()
	for _, c := range clients {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			c.run(t)
		})
	}
}

// shortLife is how long tokens last where they are to run out, in seconds.
const shortLife = 5

// TestTokensRunOut runs the scripts against servers whose tokens run out in the middle of what the clients do.
func TestTokensRunOut(t *testing.T) {
	t.Parallel()
	for _, c := range clients {
		if !c.expires {
			continue
		}
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			c.python(t)
			s := startServerWith(t, []string{"--token-lifetime", fmt.Sprintf("%ds", shortLife)})
			c.drive(t, s, "AIRFIELD_CASES=expiry", fmt.Sprintf("AIRFIELD_TOKEN_LIFETIME=%d", shortLife))
		})
	}
}

// TestClientsAreLimited runs the scripts against servers that let clients make few requests.
func TestClientsAreLimited(t *testing.T) {
	t.Parallel()
	for _, c := range clients {
		if !c.limited {
			continue
		}
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			c.python(t)
			c.drive(t, startServerWith(t, []string{"--rate-limit", "2"}), "AIRFIELD_CASES=limit")
		})
	}
}

func (c client) run(t *testing.T) {
	t.Helper()
	c.python(t)
	s := startServer(t)
	requests := filepath.Join(t.TempDir(), "requests")
	c.drive(t, s, c.also, "AIRFIELD_REQUESTS="+requests)
	if c.also == "" && !t.Failed() {
		c.wroteDown(t, s, requests)
	}
}

// drive runs the script against a server, with more variables than it is always given.
func (c client) drive(t *testing.T, s *server, more ...string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 15*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, c.python(t), filepath.Join("testdata", "interop", c.script))
	cmd.Env = append(append(bare(os.Environ()), s.variables(t)...), more...)
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Errorf("%s: %v\n%s", c.script, err, out)
	}
	if !strings.Contains(string(out), " passed, 0 failed") {
		t.Errorf("%s did not get to its end:\n%s", c.script, out)
	}
}

// python is the interpreter that has the client. The test is skipped where there is none.
func (c client) python(t *testing.T) string {
	t.Helper()
	path := os.Getenv(c.variable)
	if path == "" {
		t.Skip(c.variable + " names no Python interpreter; .ci/python.sh makes one")
	}
	return path
}

// bare leaves out what would lead a client elsewhere.
func bare(environment []string) []string {
	var kept []string
	for _, variable := range environment {
		if !strings.HasPrefix(variable, "AIRBYTE_") && !strings.HasPrefix(variable, "AIRFLOW_") && !strings.HasPrefix(variable, "DAGSTER_") {
			kept = append(kept, variable)
		}
	}
	return kept
}

// variables tell a script where the server is.
func (s *server) variables(t *testing.T) []string {
	t.Helper()
	c, err := s.credentials()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	return []string{
		"AIRFIELD_API_ROOT=" + c.APIRoot, "AIRFIELD_WORKSPACE_ID=" + c.WorkspaceID, "AIRFIELD_ORGANIZATION_ID=" + c.OrganizationID,
		"AIRFIELD_CLIENT_ID=" + c.ClientID, "AIRFIELD_CLIENT_SECRET=" + c.ClientSecret, "AIRFIELD_DIRECTORY=" + dir,
		// What the clients keep for themselves goes to the same place, and nothing is reported to anyone.
		"HOME=" + dir, "DO_NOT_TRACK=1", "PYTHONDONTWRITEBYTECODE=1",
	}
}
