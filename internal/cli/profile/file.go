package profile

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path/filepath"
	"slices"

	"github.com/airfielddev/airfield/internal/cli/world"
)

// Local is the name of the context that stands for the server on this machine.
const Local = "local"

// Contexts are the deployments that a person has named.
type Contexts struct {
	Current  string             `json:"current,omitempty"`
	Contexts map[string]Profile `json:"contexts"`

	path string
}

// Load reads the contexts of a person. There need be none.
func Load(w world.World) (*Contexts, error) {
	c := &Contexts{Contexts: map[string]Profile{}, path: filepath.Join(w.ConfigDir(), "contexts.json")}
	text, err := w.ReadFile(c.path)
	if errors.Is(err, fs.ErrNotExist) {
		return c, nil
	}
	if err != nil {
		return nil, fmt.Errorf("reading contexts: %w", err)
	}
	if err := json.Unmarshal(text, c); err != nil {
		return nil, fmt.Errorf("reading contexts from %s: %w", c.path, err)
	}
	return c, nil
}

// Save writes the contexts to a file that only its owner can read.
func (c *Contexts) Save(w world.World) error {
	all := make(map[string]onDisk, len(c.Contexts))
	for name, p := range c.Contexts {
		all[name] = p.onDisk()
	}
	text, err := json.MarshalIndent(map[string]any{"current": c.Current, "contexts": all}, "", "  ")
	if err != nil {
		return fmt.Errorf("saving contexts: %w", err)
	}
	if err := w.WritePrivate(c.path, append(text, '\n')); err != nil {
		return fmt.Errorf("saving contexts: %w", err)
	}
	return nil
}

// Names are the contexts in alphabetical order.
func (c *Contexts) Names() []string { return slices.Sorted(maps.Keys(c.Contexts)) }

// Path is the file that the contexts are in.
func (c *Contexts) Path() string { return c.path }

// credentialsFile is where a server with the given data directory leaves its credentials.
func credentialsFile(dataDir string) string { return filepath.Join(dataDir, "credentials.json") }

// Server reads the credentials that the server on this machine has left. ok is false when there are none.
func Server(w world.World) (p Profile, ok bool, err error) {
	path := credentialsFile(w.DataDir())
	text, err := w.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return Profile{}, false, nil
	}
	if err != nil {
		return Profile{}, false, fmt.Errorf("reading the local server's credentials: %w", err)
	}
	if err := json.Unmarshal(text, &p); err != nil {
		return Profile{}, false, fmt.Errorf("reading the local server's credentials from %s: %w", path, err)
	}
	return p, true, nil
}
