package cli_test

import (
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"strings"
	"testing"
)

// TestOneDoor holds the commands to the world that they are given: arguments, variables, streams, files and signals are reached
// through package world alone.
func TestOneDoor(t *testing.T) {
	t.Parallel()
	doors := []string{`"os"`, `"os/signal"`, `"os/exec"`, `"golang.org/x/term"`}
	files := 0
	err := filepath.WalkDir(".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") || filepath.Dir(path) == "world" {
			return err
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ImportsOnly)
		if err != nil {
			return err
		}
		files++
		for _, imported := range parsed.Imports {
			for _, door := range doors {
				if imported.Path.Value == door {
					t.Errorf("%s imports %s", path, door)
				}
			}
		}
		return nil
	})
	if err != nil || files < 40 {
		t.Errorf("%d files were read: %v", files, err)
	}
}
