package cli_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/airfielddev/airfield/airfieldtest"
	"github.com/airfielddev/airfield/cloud"
	"github.com/airfielddev/airfield/internal/cli"
)

// onTerminal runs a command line as a person does, who types the given text.
func onTerminal(t *testing.T, home, typed string, env map[string]string, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	w := testWorld(home, args...)
	rest := w.Env
	w.Env = func(name string) string {
		if value, ok := env[name]; ok {
			return value
		}
		return rest(name)
	}
	var out, errs lockedBuffer
	w.Stdin, w.Stdout, w.Stderr = strings.NewReader(typed), &out, &errs
	w.StdinTTY, w.StderrTTY = true, true
	code = cli.Run(t.Context(), w)
	return code, out.String(), errs.String()
}

func TestDeletingAsksForTheName(t *testing.T) {
	t.Parallel()
	server, home := airfieldtest.New(t), t.TempDir()
	if err := leaveCredentials(home, server); err != nil {
		t.Fatal(err)
	}
	source, err := server.Workspace.DeploySource(t.Context(), "people-deleteme", cloud.Configuration{"sourceType": "faker"})
	if err != nil {
		t.Fatal(err)
	}
	for _, typed := range []string{"y\n", "people\n", "\n", ""} {
		code, _, stderr := onTerminal(t, home, typed, nil, "source", "delete", "people-deleteme")
		if code != 2 || !strings.Contains(stderr, "Type people-deleteme to go on") || !strings.Contains(stderr, "nothing was done") {
			t.Errorf("typing %q: code %d, %s", typed, code, stderr)
		}
	}
	if _, err := source.Refresh(t.Context()); err != nil {
		t.Fatalf("the source is gone: %v", err)
	}
	if code, _, stderr := onTerminal(t, home, "people-deleteme\n", nil, "source", "delete", "people-deleteme"); code != 0 {
		t.Errorf("typing the name: code %d, %s", code, stderr)
	}
	if _, err := source.Refresh(t.Context()); !errors.Is(err, cloud.ErrNotFound) {
		t.Errorf("the source is still there: %v", err)
	}
}

func TestProgressOnATerminal(t *testing.T) {
	t.Parallel()
	server, home := airfieldtest.New(t), t.TempDir()
	if err := leaveCredentials(home, server); err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{
		{"source", "deploy", "people", "--connector", "source-faker", "--config", "count: 3000"},
		{"destination", "deploy", "lake", "--connector", "destination-sqlite", "--config", "destination_path: " + home + "/lake.db"},
		{"connection", "deploy", "c", "--source", "people", "--destination", "lake"},
	} {
		if code, _, stderr := run(t, home, args...); code != 0 {
			t.Fatalf("%v: code %d, %s", args, code, stderr)
		}
	}
	code, stdout, stderr := onTerminal(t, home, "", nil, "connection", "sync", "c", "--jq", ".status")
	if code != 0 || stdout != "succeeded\n" {
		t.Errorf("code %d, stdout %q", code, stdout)
	}
	if !strings.Contains(stderr, " records, ") {
		t.Errorf("no progress is shown: %q", stderr)
	}
	code, _, stderr = run(t, home, "connection", "sync", "c")
	if code != 0 || strings.Contains(stderr, " records, ") {
		t.Errorf("without a terminal: code %d, %q", code, stderr)
	}
}

func TestColor(t *testing.T) {
	t.Parallel()
	f := func(env map[string]string, want bool) {
		t.Helper()
		_, _, stderr := onTerminal(t, t.TempDir(), "", env, "nonsense")
		if got := strings.Contains(stderr, "\x1b["); got != want {
			t.Errorf("with %v color is %v: %q", env, got, stderr)
		}
	}
	f(nil, true)
	f(map[string]string{"NO_COLOR": "1"}, false)
	f(map[string]string{"TERM": "dumb"}, false)
}

func TestSignalEndsAWait(t *testing.T) {
	t.Parallel()
	server, home := airfieldtest.New(t, airfieldtest.WithSource("stuck", scripted{read: readUntilStopped})), t.TempDir()
	if err := leaveCredentials(home, server); err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{
		{"source", "deploy", "stuck", "--connector", "source-stuck"},
		{"destination", "deploy", "lake", "--connector", "destination-sqlite", "--config", "destination_path: " + home + "/lake.db"},
		{"connection", "deploy", "c", "--source", "stuck", "--destination", "lake"},
		{"connection", "sync", "c", "--no-wait"},
	} {
		if code, _, stderr := run(t, home, args...); code != 0 {
			t.Fatalf("%v: code %d, %s", args, code, stderr)
		}
	}
	waiting := start(t, home, "job", "wait", "1")
	waiting.signal()
	if code, _ := waiting.end(t); code != 130 {
		t.Errorf("code %d, %s", code, waiting.stderr)
	}
	if text := waiting.stderr.String(); text != "" && !strings.HasPrefix(text, "hint: wait on with: airfield job wait 1") {
		t.Errorf("stderr: %s", text)
	}
	if code, out, _ := run(t, home, "job", "get", "1", "--jq", ".status"); code != 0 || strings.TrimSpace(out) == "cancelled" {
		t.Errorf("the job did not go on: code %d, %s", code, out)
	}
}
