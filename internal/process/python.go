package process

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
)

// ErrNoPython is returned when a Python package is to be run and no Python is installed.
var ErrNoPython = errors.New("running a Python package needs python3, which is not on the PATH")

// PythonPackage is a connector that is published as a Python package, such as "airbyte-source-pokeapi==0.3.0", whose command is
// called like the connector. The first run installs it into an environment of its own in the user's cache directory; later runs
// find it there.
func PythonPackage(name, requirement string) (Program, error) {
	if strings.TrimSpace(requirement) == "" || strings.HasPrefix(requirement, "-") {
		return Program{}, fmt.Errorf("starting connector %s: %q names no Python package", name, requirement)
	}
	p := Program{Name: name}
	var once sync.Mutex
	p.prepare = func(ctx context.Context) ([]string, error) {
		once.Lock()
		defer once.Unlock()
		command, err := pythonCommand(ctx, name, requirement)
		return []string{command}, err
	}
	return p, nil
}

// pythonCommand finds the package's command, and installs the package where it is not there. An environment counts as there
// once its mark has been written, which is last.
func pythonCommand(ctx context.Context, name, requirement string) (string, error) {
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", fmt.Errorf("finding the cache for %s: %w", name, err)
	}
	sum := sha256.Sum256([]byte(requirement))
	mark := filepath.Join(cache, "airfield", "python", hex.EncodeToString(sum[:8]))
	if folder, err := os.ReadFile(mark); err == nil {
		if command := commandIn(string(folder), name); isFile(command) {
			return command, nil
		}
	}
	if err := os.MkdirAll(filepath.Dir(mark), 0o700); err != nil {
		return "", fmt.Errorf("making the cache for %s: %w", name, err)
	}
	folder, err := os.MkdirTemp(filepath.Dir(mark), "env-")
	if err != nil {
		return "", fmt.Errorf("making the cache for %s: %w", name, err)
	}
	if err := install(ctx, folder, name, requirement); err != nil {
		return "", errors.Join(err, os.RemoveAll(folder))
	}
	return commandIn(folder, name), writeMark(mark, folder)
}

func install(ctx context.Context, folder, name, requirement string) error {
	python, err := exec.LookPath("python3")
	if err != nil {
		return fmt.Errorf("%w: %w", ErrNoPython, err)
	}
	for _, argv := range [][]string{
		{python, "-m", "venv", folder},
		{commandIn(folder, "python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--", requirement},
	} {
		cmd := exec.CommandContext(ctx, argv[0], argv[1:]...) //nolint:gosec // the caller asked for this package to be installed and run
		ownGroup(cmd)
		if out, err := cmd.CombinedOutput(); err != nil {
			return fmt.Errorf("installing %s for %s: %w: %s", requirement, name, err, lastLine(string(out)))
		}
	}
	if command := commandIn(folder, name); !isFile(command) {
		return fmt.Errorf("installing %s: it has no command called %s", requirement, name)
	}
	return nil
}

// writeMark puts the folder's name in place in one step, so that a mark is never half written.
func writeMark(mark, folder string) error {
	if err := os.WriteFile(folder+".mark", []byte(folder), 0o600); err != nil {
		return fmt.Errorf("remembering an installed package: %w", err)
	}
	if err := os.Rename(folder+".mark", mark); err != nil {
		return fmt.Errorf("remembering an installed package: %w", err)
	}
	return nil
}

func commandIn(folder, name string) string {
	if runtime.GOOS == "windows" {
		return filepath.Join(folder, "Scripts", name+".exe")
	}
	return filepath.Join(folder, "bin", name)
}

func isFile(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode().IsRegular()
}

func lastLine(text string) string {
	lines := strings.Split(strings.TrimSpace(text), "\n")
	return lines[len(lines)-1]
}
