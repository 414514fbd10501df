package registry

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"time"

	"github.com/airfielddev/airfield/manifest"
)

// Public is where Airbyte publishes its connectors: https://docs.airbyte.com/platform/connector-development/connector-metadata-file.
const Public = "https://connectors.airbyte.com/files"

// ErrNotPublished means that the registry has no manifest of the name: there is no such connector, or it is a program.
var ErrNotPublished = errors.New("no manifest is published")

const (
	fetchTimeout = 15 * time.Second
	maxManifest  = 16 << 20
	fresh        = 24 * time.Hour // a copy is as good as the registry's
	refused      = time.Hour      // what is not published now will not be soon
	unreachable  = time.Minute    // who cannot be reached is left alone
)

// Manifests are the manifests of a registry, kept in a directory once they have been fetched. It is safe for concurrent use.
type Manifests struct {
	base, dir string
	client    *http.Client

	mu     sync.Mutex
	misses map[string]miss
}

// miss is why a manifest could not be had, and until when that is taken for granted.
type miss struct {
	err   error
	until time.Time
}

// NewManifests reads from the registry at base, such as [Public], and keeps what it has read in dir; "" keeps nothing.
func NewManifests(base, dir string) *Manifests {
	return &Manifests{
		base: strings.TrimSuffix(base, "/"), dir: dir,
		client: &http.Client{Timeout: fetchTimeout}, misses: map[string]miss{},
	}
}

// Get is the newest manifest of a source, such as "source-pokeapi": the copy when it was fetched within a day, else the registry's,
// and when that cannot be reached the copy, whatever its age. The error is [ErrNotPublished] when the registry does not have one.
func (m *Manifests) Get(ctx context.Context, name string) ([]byte, error) {
	if !sourceName.MatchString(name) {
		return nil, fmt.Errorf("%w of %q", ErrNotPublished, name)
	}
	copied, age := m.copyOf(name)
	if copied != nil && age < fresh {
		return copied, nil
	}
	text, err := m.fetch(ctx, name)
	switch {
	case err == nil:
		_ = m.keep(name, text) // a directory that cannot be written only means to fetch again
		return text, nil
	case copied != nil && !errors.Is(err, ErrNotPublished):
		return copied, nil
	}
	return nil, err
}

// sourceName is what may stand in an address and in the name of a file.
var sourceName = regexp.MustCompile(`^source-[a-z0-9-]+$`)

// fetch asks the registry, unless it has just said no.
func (m *Manifests) fetch(ctx context.Context, name string) ([]byte, error) {
	m.mu.Lock()
	known, ok := m.misses[name]
	m.mu.Unlock()
	if ok && time.Now().Before(known.until) {
		return nil, known.err
	}
	text, err := m.ask(ctx, name)
	if err == nil || ctx.Err() != nil {
		return text, err
	}
	wait := unreachable
	if errors.Is(err, ErrNotPublished) {
		wait = refused
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.misses[name] = miss{err, time.Now().Add(wait)}
	return nil, err
}

func (m *Manifests) ask(ctx context.Context, name string) ([]byte, error) {
	address, err := url.JoinPath(m.base, "metadata/airbyte", name, "latest/manifest.yaml")
	if err != nil {
		return nil, fmt.Errorf("reading the registry's address: %w", err)
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return nil, fmt.Errorf("fetching the manifest of %s: %w", name, err)
	}
	res, err := m.client.Do(req)
	if err != nil {
		return nil, fmt.Errorf("fetching the manifest of %s: %w", name, err)
	}
	defer func() { _ = res.Body.Close() }()
	switch res.StatusCode {
	case http.StatusOK:
	case http.StatusNotFound, http.StatusForbidden: // a bucket's answers for what it does not have
		return nil, fmt.Errorf("%w of %s", ErrNotPublished, name)
	default:
		return nil, fmt.Errorf("fetching the manifest of %s: the registry answered %s", name, res.Status)
	}
	text, err := io.ReadAll(io.LimitReader(res.Body, maxManifest+1))
	if err != nil {
		return nil, fmt.Errorf("fetching the manifest of %s: %w", name, err)
	}
	if len(text) > maxManifest {
		return nil, fmt.Errorf("fetching the manifest of %s: it is longer than %d bytes", name, maxManifest)
	}
	if _, err := manifest.Parse(name, text); err != nil { // a page of something in between, perhaps
		return nil, fmt.Errorf("reading what the registry has for %s: %w", name, err)
	}
	return text, nil
}

func (m *Manifests) path(name string) string { return filepath.Join(m.dir, name+".yaml") }

// copyOf is the copy of a manifest and its age; nil when there is none.
func (m *Manifests) copyOf(name string) ([]byte, time.Duration) {
	if m.dir == "" {
		return nil, 0
	}
	info, err := os.Stat(m.path(name))
	if err != nil {
		return nil, 0
	}
	text, err := os.ReadFile(m.path(name))
	if err != nil || len(text) == 0 {
		return nil, 0
	}
	return text, time.Since(info.ModTime())
}

// keep writes a copy, whole or not at all.
func (m *Manifests) keep(name string, text []byte) error {
	if m.dir == "" {
		return nil
	}
	if err := os.MkdirAll(m.dir, 0o700); err != nil {
		return err
	}
	file, err := os.CreateTemp(m.dir, name+"-*")
	if err != nil {
		return err
	}
	defer os.Remove(file.Name()) //nolint:errcheck // gone already when the rename worked
	_, err = file.Write(text)
	if err := errors.Join(err, file.Close()); err != nil {
		return err
	}
	return os.Rename(file.Name(), m.path(name))
}
