// Package localpath finds the file or directory that a destination_path means.
package localpath

import (
	"errors"
	"io/fs"
	"path/filepath"
	"strings"

	"github.com/airfielddev/airfield/connector"
)

// mount is where Airbyte's containers see the local directory: https://docs.airbyte.com/integrations/destinations/csv.
const mount = "/local"

// Resolve makes path absolute. With a root it stays inside it, symbolic links included: relative paths and those that begin
// with /local are looked at from the root, and what leads out of it is a config_error. Without a root every path is taken.
func Resolve(root, path string) (string, error) {
	if strings.TrimSpace(path) == "" {
		return "", connector.ConfigError("destination_path is missing")
	}
	if strings.ContainsRune(path, 0) {
		return "", connector.ConfigError("destination_path %q is not a path", path)
	}
	if root == "" {
		return filepath.Abs(path)
	}
	root, err := filepath.Abs(root)
	if err != nil {
		return "", err
	}
	full := join(root, path)
	if !within(root, full) || !within(actual(root), actual(full)) {
		return "", connector.ConfigError("destination_path %q leads out of the directory for local files", path)
	}
	return full, nil
}

func join(root, path string) string {
	clean := filepath.Clean(path)
	if rest, ok := strings.CutPrefix(clean, mount); ok && !within(root, clean) && (rest == "" || rest[0] == filepath.Separator) {
		return filepath.Join(root, rest)
	}
	if filepath.IsAbs(clean) {
		return clean
	}
	return filepath.Join(root, clean)
}

func within(root, path string) bool {
	rel, err := filepath.Rel(root, path)
	return err == nil && rel != ".." && !strings.HasPrefix(rel, ".."+string(filepath.Separator))
}

// actual follows symbolic links as far as the path exists.
func actual(path string) string {
	resolved, err := filepath.EvalSymlinks(path)
	if err == nil {
		return resolved
	}
	parent := filepath.Dir(path)
	if parent == path || !errors.Is(err, fs.ErrNotExist) {
		return path
	}
	return filepath.Join(actual(parent), filepath.Base(path))
}
