package secret

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"time"
)

// The schemes of references.
const (
	schemeEnv  = "env:"
	schemeFile = "file:"
	schemeExec = "exec:"
)

// ErrNotFound means that a reference points at nothing: a variable that is not set, a file that is not there, a
// command that prints nothing.
var ErrNotFound = errors.New("secret not found")

// ErrExecDenied means that a reference would run a command and the [Resolver] does not allow that.
var ErrExecDenied = errors.New("running commands for secrets is not allowed")

// IsReference tells whether text says where a secret is: env:NAME, file:PATH or exec:COMMAND.
func IsReference(text string) bool {
	return strings.HasPrefix(text, schemeEnv) || strings.HasPrefix(text, schemeFile) || strings.HasPrefix(text, schemeExec)
}

// A Resolver fetches what references point at. The zero value looks up variables of this process and reads files, and
// refuses to run commands.
type Resolver struct {
	// Env looks up a variable. nil: the environment of this process.
	Env func(name string) (string, bool)
	// AllowExec lets exec: references run their command.
	AllowExec bool
	// Timeout ends a command that does not answer. 0: 30 seconds.
	Timeout time.Duration
}

// Resolve returns the secret that reference points at:
//
//   - env:NAME is the value of the variable NAME;
//   - file:PATH is the content of the file, without the line break at its end;
//   - exec:COMMAND is what the command prints, without the line break at its end. The command is split at spaces and run
//     without a shell; it needs AllowExec.
//
// Text that is no reference is the secret itself. The error matches [ErrNotFound] when there is nothing at the place,
// and never holds the secret.
func (r Resolver) Resolve(ctx context.Context, reference string) (String, error) {
	switch {
	case strings.HasPrefix(reference, schemeEnv):
		return r.fromEnv(strings.TrimPrefix(reference, schemeEnv))
	case strings.HasPrefix(reference, schemeFile):
		return fromFile(strings.TrimPrefix(reference, schemeFile))
	case strings.HasPrefix(reference, schemeExec):
		return r.fromCommand(ctx, strings.TrimPrefix(reference, schemeExec))
	}
	return String(reference), nil
}

func (r Resolver) fromEnv(name string) (String, error) {
	lookup := r.Env
	if lookup == nil {
		lookup = os.LookupEnv
	}
	value, ok := lookup(name)
	if !ok || value == "" {
		return "", fmt.Errorf("reading environment variable %s: %w", name, ErrNotFound)
	}
	return String(value), nil
}

func fromFile(path string) (String, error) {
	content, err := os.ReadFile(path)
	if errors.Is(err, os.ErrNotExist) {
		return "", fmt.Errorf("reading secret file %s: %w", path, ErrNotFound)
	}
	if err != nil {
		return "", fmt.Errorf("reading secret file: %w", err)
	}
	value := trimLineBreak(content)
	if value == "" {
		return "", fmt.Errorf("reading secret file %s: it is empty: %w", path, ErrNotFound)
	}
	return String(value), nil
}

func (r Resolver) fromCommand(ctx context.Context, command string) (String, error) {
	words := strings.Fields(command)
	if len(words) == 0 {
		return "", fmt.Errorf("running a command for a secret: no command is given: %w", ErrNotFound)
	}
	if !r.AllowExec {
		return "", fmt.Errorf("running %s for a secret: %w", words[0], ErrExecDenied)
	}
	timeout := r.Timeout
	if timeout == 0 {
		timeout = 30 * time.Second
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	var out bytes.Buffer
	cmd := exec.CommandContext(ctx, words[0], words[1:]...)
	cmd.Stdout = &out
	cmd.WaitDelay = time.Second
	if err := cmd.Run(); err != nil {
		return "", fmt.Errorf("running %s for a secret: %w", words[0], errors.Join(err, ctx.Err()))
	}
	value := trimLineBreak(out.Bytes())
	if value == "" {
		return "", fmt.Errorf("running %s for a secret: it printed nothing: %w", words[0], ErrNotFound)
	}
	return String(value), nil
}

func trimLineBreak(text []byte) string {
	return strings.TrimSuffix(strings.TrimSuffix(string(text), "\n"), "\r")
}
