package cli

import (
	"context"
	"fmt"
	"sync/atomic"

	"github.com/spf13/cobra"

	"github.com/airfielddev/airfield/internal/cli/exit"
	"github.com/airfielddev/airfield/internal/cli/session"
	"github.com/airfielddev/airfield/internal/cli/world"
)

// FromOS is the world of this process.
func FromOS() world.World { return world.FromOS() }

// Run runs one command line and returns the exit code. The first signal ends ctx, so that the command cleans up; a second one
// ends the process.
func Run(ctx context.Context, w world.World) int {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	var stopped atomic.Int32
	go watch(ctx, w, stop, &stopped)

	s := session.New(w)
	cmd, err := newRoot(s).ExecuteContextC(ctx)
	if err == nil {
		return int(exit.OK)
	}
	code := codeOf(s, err)
	if signal := stopped.Load(); signal != 0 && code == exit.Interrupted {
		advise(w, exit.Advice(err))
		return int(signal)
	}
	report(s, cmd, err)
	return int(code)
}

// watch turns signals into the end of ctx, and into the end of the process when one was not enough.
func watch(ctx context.Context, w world.World, stop context.CancelFunc, stopped *atomic.Int32) {
	select {
	case s := <-w.Signals:
		stopped.Store(int32(s.Code))
		stop()
	case <-ctx.Done():
		return
	}
	if s, ok := <-w.Signals; ok {
		w.Kill(s.Code)
	}
}

// codeOf takes an error from before the verb was reached for a fault of the command line.
func codeOf(s *session.Session, err error) exit.Code {
	if !s.Started() {
		return exit.Usage
	}
	return exit.Of(err)
}

func report(s *session.Session, cmd *cobra.Command, err error) {
	w := s.World
	label, hint := "error:", exit.Advice(err)
	if w.Color() {
		label = "\x1b[31merror:\x1b[0m"
	}
	if hint == "" && (exit.Misuse(err) || !s.Started()) {
		hint = "see " + cmd.CommandPath() + " --help"
	}
	fmt.Fprintln(w.Stderr, label, err)
	advise(w, hint)
}

func advise(w world.World, hint string) {
	if hint != "" {
		fmt.Fprintln(w.Stderr, "hint:", hint)
	}
}
