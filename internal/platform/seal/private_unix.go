//go:build unix

package seal

import (
	"fmt"
	"os"
)

func private(path string) error {
	info, err := os.Stat(path)
	if err != nil {
		return fmt.Errorf("reading key file: %w", err)
	}
	if info.Mode().Perm()&0o077 != 0 {
		return fmt.Errorf("reading key file %s: its mode is %v, but only its owner may read it (0600)", path, info.Mode().Perm())
	}
	return nil
}
