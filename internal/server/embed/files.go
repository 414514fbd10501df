package embed

import (
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// Credentials are how the person who runs a server gets in. They have the form of credentials.json.
type Credentials struct {
	APIRoot        string `json:"api_root"`
	OrganizationID string `json:"organization_id"`
	WorkspaceID    string `json:"workspace_id"`
	ClientID       string `json:"client_id"`
	ClientSecret   string `json:"client_secret"`
}

// CredentialsFile is where a server with this data directory leaves its credentials.
func CredentialsFile(dir string) string { return filepath.Join(dir, "credentials.json") }

// Temporary is the folder in a data directory for what is gone when the server that works with the directory has ended: in order, or, if
// it was killed, when the next one starts.
func Temporary(dir string) string { return filepath.Join(dir, "tmp") }

// readCredentials reads what an earlier start has left, if anything.
func readCredentials(dir string) (Credentials, error) {
	var c Credentials
	text, err := os.ReadFile(CredentialsFile(dir))
	if errors.Is(err, fs.ErrNotExist) {
		return c, nil
	}
	if err != nil {
		return c, fmt.Errorf("reading credentials: %w", err)
	}
	if err := json.Unmarshal(text, &c); err != nil {
		return c, fmt.Errorf("reading credentials from %s: %w", CredentialsFile(dir), err)
	}
	return c, nil
}

func (c Credentials) write(dir string) error {
	text, err := json.MarshalIndent(c, "", "  ")
	if err != nil {
		return fmt.Errorf("writing credentials: %w", err)
	}
	if err := writePrivate(CredentialsFile(dir), append(text, '\n')); err != nil {
		return fmt.Errorf("writing credentials: %w", err)
	}
	return nil
}

// writePrivate puts a new file in the place of an old one at once: whoever reads finds one of the two whole. CreateTemp gives files of
// mode 0600.
func writePrivate(path string, content []byte) error {
	f, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+"-*")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name()) //nolint:errcheck // gone already when the rename worked
	_, err = f.Write(content)
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	return os.Rename(f.Name(), path)
}

// Instance names the server of a data directory, which is made when it is absent. The name stays the same for as long as the directory
// does, and no other directory has it.
func Instance(dir string) (string, error) {
	path := filepath.Join(dir, "instance.id")
	name, err := os.ReadFile(path)
	if err == nil && len(name) > 0 {
		return string(name), nil
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return "", fmt.Errorf("reading the name of the instance: %w", err)
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return "", fmt.Errorf("making data directory: %w", err)
	}
	made := rand.Text()
	if err := writePrivate(path, []byte(made)); err != nil {
		return "", fmt.Errorf("writing the name of the instance: %w", err)
	}
	return made, nil
}

const signingKeySize = 32

// signingKey is what access tokens are signed with. It is kept, so that tokens outlive a restart.
func signingKey(dir string) ([]byte, error) {
	path := filepath.Join(dir, "token.key")
	key, err := os.ReadFile(path)
	if err == nil && len(key) >= signingKeySize {
		return key, nil
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("reading signing key: %w", err)
	}
	key = make([]byte, signingKeySize)
	if _, err := rand.Read(key); err != nil {
		return nil, fmt.Errorf("making signing key: %w", err)
	}
	if err := writePrivate(path, key); err != nil {
		return nil, fmt.Errorf("writing signing key: %w", err)
	}
	return key, nil
}
