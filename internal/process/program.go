// Package process runs a connector in a child process - an executable, a Python package, a container - and makes it look like
// any other connector. It speaks the Airbyte protocol over the child's standard streams:
// https://docs.airbyte.com/platform/understanding-airbyte/airbyte-protocol-docker.
package process

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/airfielddev/airfield/internal/scratch"
)

// Program says how to start a connector.
type Program struct {
	Name string   // for messages: "source-faker"
	Argv []string // the program and its first arguments; the protocol's verb and flags follow
	Env  []string // KEY=value, beside the few variables that every child gets

	// Temp is the path of the folder in which each run has one for its configuration files until it ends; made when absent. "": that of
	// the system.
	Temp string

	// MaxLine is the longest message in bytes; 0: 64 MiB.
	MaxLine int
	// Grace is how long a child that was asked to stop may take before it is killed; 0: ten seconds.
	Grace time.Duration

	staging string                                      // the folder for files that records are about; "": none
	files   string                                      // the directory of the configuration files as the child sees it; "": as this process does
	prepare func(ctx context.Context) ([]string, error) // makes the program ready and gives its Argv
	mount   func(dir, staging string) []string          // the Argv that makes dir, and staging unless it is "", visible to the child
	stop    func(dir string)                            // ends what outlives the child, such as a container
}

const (
	defaultMaxLine = 64 << 20
	defaultGrace   = 10 * time.Second
)

func (p Program) maxLine() int {
	if p.MaxLine > 0 {
		return p.MaxLine
	}
	return defaultMaxLine
}

func (p Program) grace() time.Duration {
	if p.Grace > 0 {
		return p.Grace
	}
	return defaultGrace
}

// inherited are the variables of this process that a connector sees. Everything else, credentials above all, stays here.
var inherited = []string{
	"PATH", "HOME", "USER", "LANG", "LC_ALL", "TZ", "TMPDIR", "TEMP", "TMP", "SYSTEMROOT",
	"HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "no_proxy", "SSL_CERT_FILE", "SSL_CERT_DIR",
	"DOCKER_HOST", "DOCKER_CONFIG", "XDG_RUNTIME_DIR",
}

func (p Program) environment() []string {
	var env []string
	for _, name := range inherited {
		if value, ok := os.LookupEnv(name); ok {
			env = append(env, name+"="+value)
		}
	}
	if p.staging != "" {
		env = append(env, stagingVariable+"="+p.staging)
	}
	return append(env, p.Env...)
}

// stagingVariable tells a connector where to put files that records are about.
const stagingVariable = "AIRBYTE_STAGING_DIRECTORY"

// within is the program with a folder for files.
func (p Program) within(staging string) Program {
	p.staging = staging
	return p
}

// file is one JSON document handed to the child by path.
type file struct {
	flag string // "config"
	body []byte
}

// command prepares a run of one verb. The directory holds its files, which only this user can read; it is to be removed.
func (p Program) command(ctx context.Context, verb string, files ...file) (cmd *exec.Cmd, dir string, err error) {
	if dir, err = scratch.Folder(p.Temp, "airfield-"); err != nil {
		return nil, "", fmt.Errorf("making a directory for %s: %w", p.Name, err)
	}
	seen := dir
	if p.files != "" {
		seen = p.files
	}
	args := []string{verb}
	for _, f := range files {
		name := f.flag + ".json"
		if err := os.WriteFile(filepath.Join(dir, name), f.body, 0o600); err != nil {
			return nil, dir, fmt.Errorf("writing the %s of %s: %w", f.flag, p.Name, err)
		}
		args = append(args, "--"+f.flag, filepath.Join(seen, name))
	}
	argv, err := p.argv(ctx, dir)
	if err != nil {
		return nil, dir, err
	}
	cmd = exec.CommandContext(ctx, argv[0], append(argv[1:len(argv):len(argv)], args...)...) //nolint:gosec // running programs is what this package is for
	cmd.Env = p.environment()
	cmd.WaitDelay = p.grace()
	ownGroup(cmd)
	return cmd, dir, nil
}

func (p Program) argv(ctx context.Context, dir string) ([]string, error) {
	switch {
	case p.prepare != nil:
		return p.prepare(ctx)
	case p.mount != nil:
		return p.mount(dir, p.staging), nil
	}
	return p.Argv, nil
}

// Executable is a program that speaks the protocol. argv is the program and its first arguments.
func Executable(name string, argv ...string) (Program, error) {
	if len(argv) == 0 {
		return Program{}, errors.New("starting a connector: no program given")
	}
	path, err := exec.LookPath(argv[0])
	if err != nil {
		return Program{}, fmt.Errorf("starting connector %s: %w", name, err)
	}
	return Program{Name: name, Argv: append([]string{path}, argv[1:]...)}, nil
}

// NameOf guesses a connector's name from the program or image that holds it.
func NameOf(reference string) string {
	name := filepath.Base(reference)
	name, _, _ = strings.Cut(name, "@")
	name, _, _ = strings.Cut(name, ":")
	return strings.TrimSuffix(name, filepath.Ext(name))
}
