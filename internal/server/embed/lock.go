package embed

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
)

// ErrInUse means that another server works with the data directory.
var ErrInUse = errors.New("the data directory is in use")

// errTaken is what tryLock returns when somebody else has the lock.
var errTaken = errors.New("the lock is taken")

// lock keeps a data directory to one server. The operating system lets go of it when the process ends, however that happens.
func lock(dir string) (release func() error, err error) {
	f, err := os.OpenFile(filepath.Join(dir, "server.lock"), os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fmt.Errorf("locking data directory: %w", err)
	}
	err = tryLock(f)
	if errors.Is(err, errTaken) {
		err = fmt.Errorf("%w: %s, %s", ErrInUse, dir, holder(f))
	}
	if err == nil {
		err = sign(f)
	}
	if err != nil {
		return nil, fmt.Errorf("locking data directory: %w", errors.Join(err, f.Close()))
	}
	return func() error { return errors.Join(unlock(f), f.Close()) }, nil
}

// sign leaves the number of this process for those who find the lock taken.
func sign(f *os.File) error {
	if err := f.Truncate(0); err != nil {
		return err
	}
	_, err := fmt.Fprintf(f, "%d\n", os.Getpid())
	return err
}

func holder(f io.Reader) string {
	text, err := io.ReadAll(io.LimitReader(f, 64))
	if number := strings.TrimSpace(string(text)); err == nil && number != "" {
		return "by process " + number
	}
	return "by another process"
}
