// Package seal encrypts what is kept at rest, with a key that lies in a file of its own.
package seal

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// ErrOpen is returned for bytes that were not sealed with this key and this additional data.
var ErrOpen = errors.New("the sealed value does not open with this key")

// masterSize is the size of a master key in bytes.
const masterSize = 32

// version begins every sealed value, so that another way of sealing can be told apart.
const version = 1

// Box seals with AES-256-GCM under a key derived from a master key by HKDF. It is safe for concurrent use.
type Box struct{ aead cipher.AEAD }

// New derives a box from a master key of at least 32 bytes.
func New(master []byte) (*Box, error) {
	if len(master) < masterSize {
		return nil, fmt.Errorf("making a box: the master key has %d bytes of at least %d", len(master), masterSize)
	}
	key, err := hkdf.Key(sha256.New, master, nil, "airfield configuration v1", 32)
	if err != nil {
		return nil, fmt.Errorf("deriving key: %w", err)
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, fmt.Errorf("making a box: %w", err)
	}
	aead, err := cipher.NewGCMWithRandomNonce(block)
	if err != nil {
		return nil, fmt.Errorf("making a box: %w", err)
	}
	return &Box{aead}, nil
}

// Seal encrypts plain. It opens only with the same additional data.
func (b *Box) Seal(plain, additional []byte) ([]byte, error) {
	return b.aead.Seal([]byte{version}, nil, plain, additional), nil
}

// Open decrypts what Seal made, or returns [ErrOpen].
func (b *Box) Open(sealed, additional []byte) ([]byte, error) {
	if len(sealed) == 0 || sealed[0] != version {
		return nil, ErrOpen
	}
	plain, err := b.aead.Open(nil, nil, sealed[1:], additional)
	if err != nil {
		return nil, ErrOpen
	}
	return plain, nil
}

// OpenFile makes a box of the master key in a file, which is made with mode 0600 when it is absent. A key that others can read
// is refused.
func OpenFile(path string) (*Box, error) {
	master, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		if err := create(path); err != nil {
			return nil, fmt.Errorf("making key file %s: %w", path, err)
		}
		master, err = os.ReadFile(path)
	}
	if err != nil {
		return nil, fmt.Errorf("reading key file: %w", err)
	}
	if err := private(path); err != nil {
		return nil, err
	}
	box, err := New(master)
	if err != nil {
		return nil, fmt.Errorf("reading key file %s: %w", path, err)
	}
	return box, nil
}

// create writes the key aside and links it into place, so that of two processes that start at once both use one key, and a
// crash leaves no half of one.
func create(path string) error {
	f, err := os.CreateTemp(filepath.Dir(path), ".key-*") // mode 0600
	if err != nil {
		return err
	}
	defer func() { _ = os.Remove(f.Name()) }()
	master := make([]byte, masterSize)
	rand.Read(master)
	if _, err := f.Write(master); err != nil {
		return errors.Join(err, f.Close())
	}
	if err := errors.Join(f.Sync(), f.Close()); err != nil {
		return err
	}
	if err := os.Link(f.Name(), path); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	return nil
}
