package main_test

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/airfielddev/airfield/cloud"
	"github.com/airfielddev/airfield/secret"
)

// binary builds the program once for all tests of the package.
var binary = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "airfield-bin-")
	if err != nil {
		return "", err
	}
	name := filepath.Join(dir, "airfield")
	if runtime.GOOS == "windows" {
		name += ".exe"
	}
	out, err := exec.Command("go", "build", "-o", name, ".").CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("building: %w\n%s", err, out)
	}
	return name, nil
})

func TestMain(m *testing.M) {
	code := m.Run()
	if name, err := binary(); err == nil {
		_ = os.RemoveAll(filepath.Dir(name))
	}
	os.Exit(code)
}

// server is a child process that serves a data directory. It may be killed and started again.
type server struct {
	t       *testing.T
	dataDir string
	args    []string
	env     []string // besides that of this process
	cmd     *exec.Cmd
	gone    chan struct{} // closed when the process has ended
	log     lockedBuffer
}

type credentials struct {
	APIRoot        string `json:"api_root"`
	OrganizationID string `json:"organization_id"`
	WorkspaceID    string `json:"workspace_id"`
	ClientID       string `json:"client_id"`
	ClientSecret   string `json:"client_secret"`
}

// startServer runs the program with an empty data directory. The environment is added to that of this process.
func startServer(t *testing.T, env ...string) *server {
	t.Helper()
	return startServerWith(t, nil, env...)
}

// startServerWith gives the program more arguments.
func startServerWith(t *testing.T, args []string, env ...string) *server {
	t.Helper()
	s := &server{t: t, dataDir: t.TempDir(), args: args, env: env}
	t.Cleanup(func() {
		s.kill()
		if t.Failed() {
			t.Logf("the server wrote:\n%s", s.log.tail())
		}
	})
	s.start()
	return s
}

// start runs the program and returns once it answers.
func (s *server) start() {
	s.t.Helper()
	name, err := binary()
	if err != nil {
		s.t.Fatal(err)
	}
	s.cmd = exec.Command(name, append([]string{"server", "--port", "0", "--data-dir", s.dataDir}, s.args...)...)
	s.cmd.Env = append(append(os.Environ(), "AIRFIELD_REGISTRY=none"), s.env...)
	output, err := s.cmd.StdoutPipe()
	if err != nil {
		s.t.Fatal(err)
	}
	s.cmd.Stderr = s.cmd.Stdout
	if err := s.cmd.Start(); err != nil {
		s.t.Fatal(err)
	}
	s.gone = make(chan struct{})
	go s.watch(s.cmd, output, s.gone)
	s.awaitHealth()
}

func (s *server) watch(cmd *exec.Cmd, output io.Reader, gone chan struct{}) {
	lines := bufio.NewScanner(output)
	for lines.Scan() {
		s.log.add(lines.Text())
	}
	_ = cmd.Wait()
	close(gone)
}

// awaitHealth asks until the server answers. Each start may have another port, so the credentials file is read each time.
func (s *server) awaitHealth() {
	s.t.Helper()
	ctx, cancel := context.WithTimeout(s.t.Context(), 2*time.Minute)
	defer cancel()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for !s.healthy(ctx) {
		select {
		case <-s.gone:
			s.t.Fatalf("the server ended at once:\n%s", s.log.tail())
		case <-ctx.Done():
			s.t.Fatalf("the server does not answer:\n%s", s.log.tail())
		case <-tick.C:
		}
	}
}

func (s *server) healthy(ctx context.Context) bool {
	c, err := s.credentials()
	if err != nil {
		return false
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, strings.TrimRight(c.APIRoot, "/")+"/health", nil)
	if err != nil {
		return false
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return false
	}
	defer res.Body.Close()
	return res.StatusCode == http.StatusOK
}

func (s *server) credentials() (credentials, error) {
	var c credentials
	body, err := os.ReadFile(filepath.Join(s.dataDir, "credentials.json"))
	if err != nil {
		return c, err
	}
	return c, json.Unmarshal(body, &c)
}

// workspace is a client of the server as it runs now.
func (s *server) workspace() *cloud.Workspace {
	s.t.Helper()
	c, err := s.credentials()
	if err != nil {
		s.t.Fatal(err)
	}
	w, err := cloud.NewWorkspace(c.WorkspaceID, cloud.Config{APIRoot: c.APIRoot, ClientID: c.ClientID, ClientSecret: secret.String(c.ClientSecret)})
	if err != nil {
		s.t.Fatal(err)
	}
	return w
}

// kill ends the process without any warning and waits until it is gone.
func (s *server) kill() {
	if s.cmd != nil && s.cmd.Process != nil {
		_ = s.cmd.Process.Kill()
		<-s.gone
	}
}

// interrupt asks the process to end and returns when it has.
func (s *server) interrupt() {
	s.t.Helper()
	if err := s.cmd.Process.Signal(os.Interrupt); err != nil {
		s.t.Fatal(err)
	}
	select {
	case <-s.gone:
	case <-time.After(2 * time.Minute):
		s.t.Fatal("the server does not end when asked to")
	}
}

// lockedBuffer keeps the last lines of an output.
type lockedBuffer struct {
	mu    sync.Mutex
	lines []string
}

func (b *lockedBuffer) add(line string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(b.lines) == 200 {
		b.lines = b.lines[1:]
	}
	b.lines = append(b.lines, line)
}

func (b *lockedBuffer) tail() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return strings.Join(b.lines, "\n")
}
