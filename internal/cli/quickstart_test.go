package cli_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestQuickstart(t *testing.T) {
	t.Parallel()
	home := t.TempDir()
	code, out, stderr := run(t, home, "quickstart", "--count", "7")
	if code != 0 {
		t.Fatalf("code %d: %s", code, stderr)
	}
	for _, want := range []string{"server ", "check: Success", "succeeded, ", "ID  NAME", "\n5 ", "7 rows of users", "airfield connection sync people-to-lake", "workspace.DeploySource("} {
		if !strings.Contains(out, want) {
			t.Errorf("there is no %q in:\n%s", want, out)
		}
	}
	if strings.Contains(out, "\n6 ") {
		t.Errorf("more than five rows are shown:\n%s", out)
	}
	empty(t, home)
}

// empty wants nothing to be left of a temporary directory.
func empty(t *testing.T, home string) {
	t.Helper()
	left, err := filepath.Glob(filepath.Join(home, "airfield-quickstart-*"))
	if err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

func TestQuickstartAgain(t *testing.T) {
	t.Parallel()
	home := t.TempDir()
	dir := filepath.Join(home, "kept")
	for _, job := range []float64{1, 2} {
		p := start(t, home, "quickstart", "--count", "9", "--dir", dir, "-o", "json")
		told := p.object(t)
		rows, _ := told["rows"].(map[string]any)
		if told["jobId"] != job || told["status"] != "succeeded" || rows["users"] != 9.0 || rows["purchases"] == nil {
			t.Errorf("run %v: %v", job, told)
		}
		if code, _ := p.end(t); code != 0 {
			t.Errorf("run %v: code %d, %s", job, code, p.stderr)
		}
	}
	if _, err := os.Stat(filepath.Join(dir, "lake.db")); err != nil {
		t.Error(err)
	}
}

func TestQuickstartKeep(t *testing.T) {
	t.Parallel()
	home := t.TempDir()
	p := start(t, home, "quickstart", "--count", "3", "--keep", "-o", "json")
	told := p.object(t)
	found, err := filepath.Glob(filepath.Join(home, "airfield-quickstart-*", "server", "credentials.json"))
	if err != nil || len(found) != 1 {
		t.Fatalf("credentials: %v, %v", found, err)
	}
	if code, _, stderr := run(t, home, "context", "add", "q", "--credentials", found[0]); code != 0 {
		t.Fatalf("adding the context: code %d, %s", code, stderr)
	}
	code, out, stderr := run(t, home, "connection", "get", "people-to-lake", "--jq", ".connectionId")
	if code != 0 || strings.TrimSpace(out) != told["connectionId"] {
		t.Errorf("the server is not there: code %d, %q, %s", code, out, stderr)
	}
	p.signal()
	if code, _ := p.end(t); code != 0 {
		t.Errorf("code %d, %s", code, p.stderr)
	}
	empty(t, home)
}

func TestQuickstartInterrupted(t *testing.T) {
	t.Parallel()
	home := t.TempDir()
	p := start(t, home, "quickstart", "--count", "2000000000")
	for !strings.HasPrefix(p.line(t), "connection ") {
	}
	p.signal()
	if code, _ := p.end(t); code != 130 {
		t.Errorf("code %d, %s", code, p.stderr)
	}
	empty(t, home)
}

func TestQuickstartRefuses(t *testing.T) {
	t.Parallel()
	code, _, stderr := run(t, t.TempDir(), "quickstart", "--count", "0")
	if code != 2 || !strings.Contains(stderr, "--count") {
		t.Errorf("code %d, %s", code, stderr)
	}
}
