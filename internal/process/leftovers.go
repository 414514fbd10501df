package process

import (
	"bytes"
	"context"
	"fmt"
	"os/exec"
	"slices"
	"strings"
)

// Owner says whose containers are whose, so that those of a program that was killed can be found when it is started again. The zero
// Owner marks none.
type Owner struct {
	Instance string // the program, whenever it is started; no other one has the same
	Run      string // this start of it
}

// The labels of containers.
const (
	instanceLabel = "dev.airfield.instance"
	runLabel      = "dev.airfield.run"
)

func (o Owner) labels() []string {
	if o.Instance == "" {
		return nil
	}
	return []string{"--label", instanceLabel + "=" + o.Instance, "--label", runLabel + "=" + o.Run}
}

// RemoveLeftovers ends the containers that earlier runs of the owner have started and could not end, and returns how many there
// were. It returns [ErrNoContainerEngine] where there is no engine.
func RemoveLeftovers(ctx context.Context, o Owner) (int, error) {
	engine, err := findEngine()
	if err != nil || o.Instance == "" {
		return 0, err
	}
	all, err := containers(ctx, engine, instanceLabel+"="+o.Instance)
	if err != nil || len(all) == 0 {
		return 0, err
	}
	own, err := containers(ctx, engine, instanceLabel+"="+o.Instance, runLabel+"="+o.Run)
	if err != nil {
		return 0, err
	}
	left := slices.DeleteFunc(all, func(id string) bool { return slices.Contains(own, id) })
	if len(left) == 0 {
		return 0, nil
	}
	if _, err := ask(ctx, engine, append([]string{"rm", "-f"}, left...)...); err != nil {
		return 0, fmt.Errorf("removing %d containers: %w", len(left), err)
	}
	return len(left), nil
}

// containers lists those with some labels, running or not.
func containers(ctx context.Context, engine string, labels ...string) ([]string, error) {
	args := []string{"ps", "-a", "-q", "--no-trunc"}
	for _, label := range labels {
		args = append(args, "--filter", "label="+label)
	}
	out, err := ask(ctx, engine, args...)
	if err != nil {
		return nil, fmt.Errorf("listing containers: %w", err)
	}
	return strings.Fields(out), nil
}

func ask(ctx context.Context, engine string, args ...string) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, stopTimeout)
	defer cancel()
	var out, complaint bytes.Buffer
	cmd := exec.CommandContext(ctx, engine, args...)
	cmd.Stdout, cmd.Stderr = &out, &complaint
	if err := cmd.Run(); err != nil {
		return "", fmt.Errorf("%w: %s", err, strings.TrimSpace(complaint.String()))
	}
	return out.String(), nil
}
