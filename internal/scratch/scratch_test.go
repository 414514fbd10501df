package scratch_test

import (
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/airfielddev/airfield/internal/scratch"
)

func TestFolder(t *testing.T) {
	t.Parallel()
	parent := filepath.Join(t.TempDir(), "not", "there")
	first, err := scratch.Folder(parent, "run-")
	if err != nil {
		t.Fatal(err)
	}
	second, err := scratch.Folder(parent, "run-")
	if err != nil || first == second || filepath.Dir(second) != parent {
		t.Errorf("got %s and %s, %v", first, second, err)
	}
	info, err := os.Stat(first)
	if err != nil || runtime.GOOS != "windows" && info.Mode().Perm() != 0o700 {
		t.Errorf("others may look into the folder: %v, %v", info, err)
	}
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if made, err := scratch.Folder(file, "run-"); err == nil {
		t.Errorf("made %s inside a file", made)
	}
}

func TestFolderOfRelativePath(t *testing.T) {
	t.Chdir(t.TempDir())
	if made, err := scratch.Folder("here", "run-"); err != nil || !filepath.IsAbs(made) {
		t.Errorf("got %s, %v", made, err)
	}
}

// TestFile looks into the folder while the file is in use, and afterwards.
func TestFile(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("TMPDIR", dir)
	t.Setenv("TMP", dir)
	file, err := scratch.NewFile()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := file.WriteString("text"); err != nil {
		t.Fatal(err)
	}
	if left, err := os.ReadDir(dir); runtime.GOOS != "windows" && (err != nil || len(left) > 0) {
		t.Errorf("the file has a name: %v, %v", left, err)
	}
	text := make([]byte, 4)
	if _, err := file.ReadAt(text, 0); err != nil || string(text) != "text" {
		t.Errorf("got %q, %v", text, err)
	}
	if err := file.Close(); err != nil {
		t.Error(err)
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
		t.Errorf("the file is left: %v, %v", left, err)
	}
	t.Setenv("TMPDIR", filepath.Join(dir, "absent"))
	t.Setenv("TMP", filepath.Join(dir, "absent"))
	if file, err := scratch.NewFile(); err == nil {
		t.Errorf("made %s", file.Name())
	}
}
