package session

import (
	"bufio"
	"context"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/airfielddev/airfield/internal/cli/exit"
)

// Change is what a verb is about to do to one thing.
type Change struct {
	Action   string `json:"action"`   // "delete"
	Resource string `json:"resource"` // "source"
	ID       string `json:"id,omitempty"`
	Name     string `json:"name,omitempty"`
	Detail   any    `json:"detail,omitempty"` // what would be sent, without secrets
}

func (c Change) thing() string {
	switch {
	case c.Name != "" && c.ID != "":
		return fmt.Sprintf("%s %s (%s)", c.Resource, c.Name, c.ID)
	default:
		return strings.TrimSpace(c.Resource + " " + c.Name + c.ID)
	}
}

// BindChange adds the flags of a verb that changes something.
func (s *Session) BindChange(cmd *cobra.Command) {
	cmd.Flags().BoolVarP(&s.yes, "yes", "y", false, "do it without asking")
	cmd.Flags().BoolVar(&s.dryRun, "dry-run", false, "only say what would be done")
}

// Preview tells what would be done when --dry-run was given. done is true when that is all there is to do.
func (s *Session) Preview(c Change) (done bool, err error) {
	if !s.dryRun {
		return false, nil
	}
	p, err := s.Printer()
	if err != nil {
		return true, err
	}
	if !p.Structured() {
		_, err = fmt.Fprintf(s.World.Stdout, "would %s %s\n", c.Action, c.thing())
		return true, err
	}
	return true, p.Value(struct {
		DryRun bool `json:"dry_run"`
		Change
	}{true, c})
}

// ConfirmDelete asks for the name of what is about to go. Without a terminal only --yes will do.
func (s *Session) ConfirmDelete(ctx context.Context, c Change) error {
	if s.yes {
		return nil
	}
	if !s.World.StdinTTY || !s.World.StderrTTY {
		return exit.Hint(exit.Usagef("not going to %s %s without being sure", c.Action, c.thing()), "add --yes to do it without asking, or --dry-run to see what would be done")
	}
	want := c.Name
	if want == "" {
		want = c.ID
	}
	fmt.Fprintf(s.World.Stderr, "This will %s %s for good.\nType %s to go on: ", c.Action, c.thing(), want)
	answer, err := s.readLine(ctx)
	if err != nil {
		return err
	}
	if answer != want {
		return exit.Usagef("%q is not %q; nothing was done", answer, want)
	}
	return nil
}

// readLine gives up waiting when ctx is done. The reader then stays behind with stdin, which nothing else reads.
func (s *Session) readLine(ctx context.Context) (string, error) {
	type line struct {
		text string
		err  error
	}
	lines := make(chan line, 1)
	go func() {
		text, err := bufio.NewReader(s.World.Stdin).ReadString('\n')
		lines <- line{strings.TrimSpace(text), err}
	}()
	select {
	case l := <-lines:
		if l.err != nil && l.text == "" {
			return "", exit.Usagef("no answer; nothing was done")
		}
		return l.text, nil
	case <-ctx.Done():
		return "", ctx.Err()
	}
}
