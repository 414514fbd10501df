package cli_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"io"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/airfielddev/airfield/internal/cli"
	"github.com/airfielddev/airfield/internal/cli/world"
)

// program is one run of the command line inside the test, in a world of its own.
type program struct {
	signals chan world.Signal
	stdout  *bufio.Reader
	stderr  *lockedBuffer
	killed  chan int
	code    chan int
}

// start runs the command line until it ends by itself or by a signal. Runs with the same home find each other's files.
func start(t *testing.T, home string, args ...string) *program {
	t.Helper()
	out, in := io.Pipe()
	p := &program{
		signals: make(chan world.Signal), stdout: bufio.NewReader(out), stderr: &lockedBuffer{},
		killed: make(chan int, 1), code: make(chan int, 1),
	}
	w := testWorld(home, args...)
	w.Stdout, w.Stderr, w.Signals = in, p.stderr, p.signals
	w.Kill = func(code int) { p.killed <- code }
	go func() {
		code := cli.Run(t.Context(), w)
		in.Close()
		p.code <- code
	}()
	t.Cleanup(func() { out.Close() })
	return p
}

func testWorld(home string, args ...string) world.World {
	env := map[string]string{
		"HOME": home, "XDG_CONFIG_HOME": filepath.Join(home, "config"), "XDG_DATA_HOME": filepath.Join(home, "data"), "TMPDIR": home,
	}
	return world.World{
		Args: args, Env: func(name string) string { return env[name] }, Now: time.Now,
		Stdin: strings.NewReader(""), Stdout: io.Discard, Stderr: io.Discard,
	}
}

// signal delivers a signal, and returns once it was taken.
func (p *program) signal() { p.signals <- world.Signal{Name: "interrupt", Code: 130} }

// line is the next line of stdout.
func (p *program) line(t *testing.T) string {
	t.Helper()
	text, err := p.stdout.ReadString('\n')
	if err != nil {
		t.Fatalf("reading stdout: %v; stderr: %s", err, p.stderr)
	}
	return strings.TrimSuffix(text, "\n")
}

// object is the JSON object that stdout begins with.
func (p *program) object(t *testing.T) map[string]any {
	t.Helper()
	var object map[string]any
	dec := json.NewDecoder(p.stdout)
	if err := dec.Decode(&object); err != nil {
		t.Fatalf("reading stdout: %v; stderr: %s", err, p.stderr)
	}
	p.stdout = bufio.NewReader(io.MultiReader(dec.Buffered(), p.stdout))
	return object
}

// end waits for the program and returns its exit code and what was left on stdout.
func (p *program) end(t *testing.T) (code int, rest string) {
	t.Helper()
	text, err := io.ReadAll(p.stdout)
	if err != nil {
		t.Fatal(err)
	}
	return <-p.code, string(text)
}

// run runs a command line to its end.
func run(t *testing.T, home string, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	p := start(t, home, args...)
	code, stdout = p.end(t)
	return code, stdout, p.stderr.String()
}

type lockedBuffer struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.Write(p)
}

func (b *lockedBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.String()
}
