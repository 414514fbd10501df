//go:build unix

package process_test

import (
	"archive/zip"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/airfielddev/airfield/internal/process"
)

// wheel is a package with one command, made by hand so that nothing has to be built or fetched.
func wheel(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "source_tiny-1.0-py3-none-any.whl")
	file, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	archive := zip.NewWriter(file)
	for name, text := range map[string]string{
		"source_tiny.py": `import json
def run():
    print(json.dumps({"type": "SPEC", "spec": {"connectionSpecification": {"type": "object", "title": "tiny"}}}))
`,
		"source_tiny-1.0.dist-info/METADATA":         "Metadata-Version: 2.1\nName: source-tiny\nVersion: 1.0\n",
		"source_tiny-1.0.dist-info/WHEEL":            "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
		"source_tiny-1.0.dist-info/entry_points.txt": "[console_scripts]\nsource-tiny = source_tiny:run\n",
		"source_tiny-1.0.dist-info/RECORD":           "",
	} {
		w, err := archive.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write([]byte(text)); err != nil {
			t.Fatal(err)
		}
	}
	if err := archive.Close(); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestPythonPackage(t *testing.T) {
	if exec.CommandContext(t.Context(), "python3", "-c", "import venv, ensurepip").Run() != nil {
		t.Skip("no python3 with venv")
	}
	t.Setenv("XDG_CACHE_HOME", t.TempDir())
	t.Setenv("HOME", t.TempDir())
	requirement := wheel(t)
	for _, run := range []string{"first", "second"} {
		p, err := process.PythonPackage("source-tiny", requirement)
		if err != nil {
			t.Fatal(err)
		}
		spec, err := process.NewSource(p).Spec(t.Context())
		if err != nil || !strings.Contains(string(spec.ConnectionSpecification), "tiny") {
			t.Fatalf("%s run: %s, %v", run, spec.ConnectionSpecification, err)
		}
		if err := os.RemoveAll(requirement); err != nil { // the second run finds what the first installed
			t.Fatal(err)
		}
	}
}

func TestPythonPackageWithoutTheCommand(t *testing.T) {
	if exec.CommandContext(t.Context(), "python3", "-c", "import venv, ensurepip").Run() != nil {
		t.Skip("no python3 with venv")
	}
	t.Setenv("XDG_CACHE_HOME", t.TempDir())
	t.Setenv("HOME", t.TempDir())
	p, err := process.PythonPackage("source-other", wheel(t))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := process.NewSource(p).Spec(t.Context()); err == nil || !strings.Contains(err.Error(), "no command called source-other") {
		t.Errorf("got %v", err)
	}
}

func TestPythonPackageThatIsAFlag(t *testing.T) {
	t.Parallel()
	for _, requirement := range []string{"", "  ", "--index-url=http://example.com"} {
		if _, err := process.PythonPackage("source-x", requirement); err == nil {
			t.Errorf("%q was taken for a package", requirement)
		}
	}
}
