package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/airfielddev/airfield/cloud"
	"github.com/airfielddev/airfield/secret"
)

// serverComparisons measure the program as a server, and the client against it.
func serverComparisons(s settings) []comparison {
	return []comparison{
		{"server: start to first answer", "ms", startTime(s), nil, ""},
		{"server: idle memory", "MB", idleMemory(s), nil, ""},
		{"server: GET a source, 64 connections", "requests/s", underLoad(s, airfieldAddress), underLoad(s, plainAddress), "a bare net/http server with the same answer"},
		{"client: gets one after the other", "requests/s", sequential(s, throughClient), sequential(s, byHand), "hand-written net/http"},
	}
}

// program is a running server.
type program struct {
	cmd *exec.Cmd
	credentials
}

type credentials struct {
	APIRoot      string        `json:"api_root"`
	WorkspaceID  string        `json:"workspace_id"`
	ClientID     string        `json:"client_id"`
	ClientSecret secret.String `json:"client_secret"`
}

func build(ctx context.Context, s settings) (string, error) {
	name := filepath.Join(s.dir, "airfield")
	if _, err := os.Stat(name); err == nil {
		return name, nil
	}
	cmd := exec.CommandContext(ctx, "go", "build", "-trimpath", "-ldflags=-s -w", "-o", name, "./cmd/airfield")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("building: %w\n%s", err, out)
	}
	return name, nil
}

// start runs a server over a data directory and returns when it answers, with the time that took.
func start(ctx context.Context, s settings, dataDir string) (*program, time.Duration, error) {
	name, err := build(ctx, s)
	if err != nil {
		return nil, 0, err
	}
	_ = os.Remove(filepath.Join(dataDir, "credentials.json"))
	began := time.Now()
	p := &program{cmd: exec.CommandContext(ctx, name, "server", "--port", "0", "--data-dir", dataDir)}
	if err := p.cmd.Start(); err != nil {
		return nil, 0, err
	}
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	for time.Since(began) < 20*time.Second {
		if p.answers(dataDir) {
			return p, time.Since(began), nil
		}
		<-tick.C
	}
	p.end()
	return nil, 0, errors.New("the server does not answer")
}

func (p *program) answers(dataDir string) bool {
	body, err := os.ReadFile(filepath.Join(dataDir, "credentials.json"))
	if err != nil || json.Unmarshal(body, &p.credentials) != nil {
		return false
	}
	res, err := http.Get(strings.TrimRight(p.APIRoot, "/") + "/health") //nolint:noctx // bounded by the caller's deadline
	if err != nil {
		return false
	}
	defer res.Body.Close()
	return res.StatusCode == http.StatusOK
}

func (p *program) end() {
	_ = p.cmd.Process.Signal(os.Interrupt)
	_ = p.cmd.Wait()
}

func (p *program) workspace() (*cloud.Workspace, error) {
	return cloud.NewWorkspace(p.WorkspaceID, cloud.Config{APIRoot: p.APIRoot, ClientID: p.ClientID, ClientSecret: p.ClientSecret})
}

func (s settings) dataDir() (string, error) { return os.MkdirTemp(s.dir, "data") }

func startTime(s settings) side {
	return func(ctx context.Context) (sample, error) {
		dir, err := s.dataDir()
		if err != nil {
			return sample{}, err
		}
		p, took, err := start(ctx, s, dir)
		if err != nil {
			return sample{}, err
		}
		p.end()
		return sample{Rate: float64(took.Milliseconds())}, nil
	}
}

// idleMemory is what the server holds two seconds after it first answered.
func idleMemory(s settings) side {
	return func(ctx context.Context) (sample, error) {
		dir, err := s.dataDir()
		if err != nil {
			return sample{}, err
		}
		p, _, err := start(ctx, s, dir)
		if err != nil {
			return sample{}, err
		}
		defer p.end()
		<-time.After(2 * time.Second)
		bytes := statusField(fmt.Sprintf("/proc/%d/status", p.cmd.Process.Pid), "VmRSS:")
		return sample{Rate: float64(bytes >> 20)}, nil
	}
}
