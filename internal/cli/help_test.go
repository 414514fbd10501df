package cli_test

import (
	"context"
	"flag"
	"os"
	"regexp"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/airfielddev/airfield/internal/cli"
)

var update = flag.Bool("update", false, "rewrite golden files")

var verbLine = regexp.MustCompile(`(?m)^  ([a-z]+) {2,}\S`)

// TestHelp holds the help of every command to testdata/help.golden, so that no flag changes its spelling by accident.
func TestHelp(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("the help shows a directory, which has another spelling there")
	}
	var all strings.Builder
	walkHelp(t, &all, nil)
	const golden = "testdata/help.golden"
	if *update {
		if err := os.WriteFile(golden, []byte(all.String()), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), all.String()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func walkHelp(t *testing.T, all *strings.Builder, path []string) {
	t.Helper()
	code, out, stderr := run(t, "/home/me", append(path, "--help")...)
	if code != 0 || stderr != "" {
		t.Fatalf("%v --help: code %d, %s", path, code, stderr)
	}
	all.WriteString("$ airfield " + strings.Join(append(path, "--help"), " ") + "\n" + out + "\n")
	_, commands, found := strings.Cut(out, "Available Commands:\n")
	if !found {
		return
	}
	commands, _, _ = strings.Cut(commands, "\n\n")
	for _, verb := range verbLine.FindAllStringSubmatch(commands, -1) {
		if verb[1] != "help" && verb[1] != "completion" {
			walkHelp(t, all, append(append([]string{}, path...), verb[1]))
		}
	}
}

func TestCompletionOfLiveNames(t *testing.T) {
	t.Parallel()
	home := t.TempDir()
	server := start(t, home, "server", "--port", "0", "-o", "json")
	server.object(t)
	for _, name := range []string{"people", "orders"} {
		if code, _, stderr := run(t, home, "source", "deploy", name, "--connector", "source-faker"); code != 0 {
			t.Fatalf("code %d: %s", code, stderr)
		}
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute) // a shell has less patience
	defer cancel()
	w := testWorld(home, "__complete", "source", "check", "")
	var out lockedBuffer
	w.Stdout = &out
	if code := cli.Run(ctx, w); code != 0 || !strings.HasPrefix(out.String(), "people\norders\n") {
		t.Errorf("code %d, completions:\n%s", code, &out)
	}
	server.signal()
	server.end(t)
}
