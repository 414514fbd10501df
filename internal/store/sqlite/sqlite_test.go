package sqlite_test

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/airfielddev/airfield/internal/platform"
	"github.com/airfielddev/airfield/internal/store/sqlite"
	"github.com/airfielddev/airfield/internal/store/storetest"
)

func open(t *testing.T) platform.Store {
	t.Helper()
	return openAt(t, filepath.Join(t.TempDir(), "a b?%#.db"))
}

func openAt(t *testing.T, path string) *sqlite.Store {
	t.Helper()
	s, err := sqlite.Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

func TestStore(t *testing.T) {
	t.Parallel()
	storetest.Run(t, open)
}

func TestOpenIsPrivate(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "airfield.db")
	s := openAt(t, path)
	if err := insert(t.Context(), s, 0); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{path, path + "-wal", path + "-shm"} {
		info, err := os.Stat(name)
		if err != nil {
			t.Fatal(err)
		}
		if info.Mode().Perm() != 0o600 {
			t.Errorf("%s has mode %v", filepath.Base(name), info.Mode())
		}
	}
}

func TestOpenTwice(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "airfield.db")
	first := openAt(t, path)
	if err := insert(t.Context(), first, 0); err != nil {
		t.Fatal(err)
	}
	if n := tags(t, openAt(t, path)); n != 1 {
		t.Errorf("the second opening sees %d tags, want 1", n)
	}
}

func TestOpenRefusesOtherFiles(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "airfield.db")
	if err := os.WriteFile(path, []byte("this is no database, but a text that is long enough to be looked at"), 0o600); err != nil {
		t.Fatal(err)
	}
	if s, err := sqlite.Open(t.Context(), path); err == nil {
		s.Close()
		t.Error("a text file was opened as a database")
	}
}

func insert(ctx context.Context, s platform.Store, n int) error {
	return s.Write(ctx, func(tb platform.Tables) error {
		id := strconv.Itoa(n)
		return tb.Tags.Insert(ctx, platform.Tag{ID: id, Name: id})
	})
}

func tags(t *testing.T, s platform.Store) int {
	t.Helper()
	n := 0
	err := s.Read(t.Context(), func(tb platform.Tables) error {
		list, err := tb.Tags.List(t.Context(), platform.Filter{})
		n = len(list)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

const victim = "AIRFIELD_TEST_VICTIM"

func TestMain(m *testing.M) {
	if path := os.Getenv(victim); path != "" {
		writeForever(path)
	}
	os.Exit(m.Run())
}

// writeForever commits one tag after another and tells each on standard output once it is committed.
func writeForever(path string) {
	s, err := sqlite.Open(context.Background(), path)
	if err != nil {
		panic(err)
	}
	for i := 0; ; i++ {
		if err := insert(context.Background(), s, i); err != nil {
			panic(err)
		}
		fmt.Fprintln(os.Stdout, i)
	}
}

// TestKilled kills a writing process several times over. Whatever it said was committed must be there.
func TestKilled(t *testing.T) {
	t.Parallel()
	for round := range 3 {
		path := filepath.Join(t.TempDir(), "airfield.db")
		child := exec.CommandContext(t.Context(), os.Args[0])
		child.Env = append(os.Environ(), victim+"="+path)
		out, err := child.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := child.Start(); err != nil {
			t.Fatal(err)
		}
		told := 0
		for lines := bufio.NewScanner(out); lines.Scan(); {
			told++
			if told == 20*(round+1) {
				if err := child.Process.Kill(); err != nil {
					t.Fatal(err)
				}
			}
		}
		if err := child.Wait(); err == nil {
			t.Fatal("the child ended by itself")
		}
		s := openAt(t, path)
		if n := tags(t, s); n < told || n > told+1 {
			t.Errorf("%d tags were reported committed, %d are there", told, n)
		}
		if err := insert(t.Context(), s, 1_000_000); err != nil {
			t.Errorf("writing after the kill: %v", err)
		}
	}
}
