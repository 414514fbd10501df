package localpath

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/airfielddev/airfield/connector"
	"github.com/airfielddev/airfield/protocol"
)

func TestResolve(t *testing.T) {
	t.Parallel()
	root := filepath.Join(t.TempDir(), "files")
	outside := t.TempDir()
	if err := os.MkdirAll(root, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(outside, filepath.Join(root, "link")); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct{ root, path, want string }{
		{"", outside, outside},
		{root, "data", filepath.Join(root, "data")},
		{root, "a/../b", filepath.Join(root, "b")},
		{root, "/local/data", filepath.Join(root, "data")},
		{root, "/local", root},
		{root, root + "/x", filepath.Join(root, "x")},
		{root, "..", ""},
		{root, "a/../../b", ""},
		{root, "/local/../../b", ""},
		{root, "/localdata", ""},
		{root, "/etc/passwd", ""},
		{root, root + "-beside", ""},
		{root, "link/x", ""},
		{root, "link/new/x", ""},
		{"", "", ""},
		{root, " ", ""},
		{root, "a\x00b", ""},
	} {
		got, err := Resolve(test.root, test.path)
		if got != test.want {
			t.Errorf("Resolve(%q, %q) = %q, %v; want %q", test.root, test.path, got, err, test.want)
		}
		if test.want == "" && connector.FailureOf(err) != protocol.FailureConfig {
			t.Errorf("Resolve(%q, %q): %v is not a config_error", test.root, test.path, err)
		}
	}
}
