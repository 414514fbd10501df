package seal_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/airfielddev/airfield/internal/platform/seal"
)

func TestBox(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "key")
	box, err := seal.OpenFile(path)
	if err != nil {
		t.Fatal(err)
	}
	plain, actor := []byte(`{"password":"hunter2"}`), []byte("actor")
	sealed, err := box.Seal(plain, actor)
	if err != nil {
		t.Fatal(err)
	}
	if bytes.Contains(sealed, []byte("hunter2")) {
		t.Error("the secret can be read")
	}
	if again, _ := box.Seal(plain, actor); bytes.Equal(sealed, again) {
		t.Error("the same value was sealed to the same bytes twice")
	}
	other, err := seal.OpenFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := other.Open(sealed, actor); err != nil || !bytes.Equal(got, plain) {
		t.Errorf("opened by another box of the same key: %q, %v", got, err)
	}
	refused := func(name string, b *seal.Box, sealed, additional []byte) {
		t.Helper()
		if _, err := b.Open(sealed, additional); !errors.Is(err, seal.ErrOpen) {
			t.Errorf("%s: got %v, want ErrOpen", name, err)
		}
	}
	refused("another actor", box, sealed, []byte("other"))
	refused("nothing", box, nil, actor)
	refused("cut short", box, sealed[:10], actor)
	changed := bytes.Clone(sealed)
	changed[len(changed)-1] ^= 1
	refused("changed", box, changed, actor)
	stranger, err := seal.New(bytes.Repeat([]byte{7}, 32))
	if err != nil {
		t.Fatal(err)
	}
	refused("another key", stranger, sealed, actor)
}

func TestOpenFile(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "key")
	var group sync.WaitGroup
	boxes := make([]*seal.Box, 8)
	for i := range boxes {
		group.Go(func() {
			var err error
			if boxes[i], err = seal.OpenFile(path); err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	sealed, _ := boxes[0].Seal([]byte("x"), nil)
	for _, b := range boxes {
		if _, err := b.Open(sealed, nil); err != nil {
			t.Error("boxes opened at once have different keys")
		}
	}
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the key file has mode %v, %v", info.Mode(), err)
	}
	if err := os.Chmod(path, 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := seal.OpenFile(path); err == nil {
		t.Error("a key that everyone can read was taken")
	}
	short := filepath.Join(t.TempDir(), "short")
	if err := os.WriteFile(short, []byte("short"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := seal.OpenFile(short); err == nil {
		t.Error("a short key was taken")
	}
}
