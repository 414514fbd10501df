package session

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/airfielddev/airfield/cloud"
	"github.com/airfielddev/airfield/internal/cli/output"
)

// DeleteFlags say how carefully something is deleted.
type DeleteFlags struct {
	noSafeMode bool
}

// Bind adds the flags to a verb.
func (f *DeleteFlags) Bind(cmd *cobra.Command) {
	cmd.Flags().BoolVar(&f.noSafeMode, "no-safe-mode", false, "delete it although its name has no delete-me or deleteme in it")
}

// Options are the flags as the client wants them.
func (f DeleteFlags) Options() []cloud.DeleteOption {
	if f.noSafeMode {
		return []cloud.DeleteOption{cloud.WithoutSafeMode()}
	}
	return nil
}

// Deletion is one thing that is to go.
type Deletion[T any] struct {
	Noun, ID, Name string
	View           output.View[T]
	Thing          T
	Detail         any // what goes with it
	Flags          DeleteFlags
	Do             func(ctx context.Context, opts ...cloud.DeleteOption) error
}

// Delete previews, asks, deletes and tells.
func Delete[T any](ctx context.Context, s *Session, d Deletion[T]) error {
	change := Change{Action: "delete", Resource: d.Noun, ID: d.ID, Name: d.Name, Detail: d.Detail}
	if done, err := s.Preview(change); done {
		return err
	}
	if err := s.ConfirmDelete(ctx, change); err != nil {
		return err
	}
	if err := d.Do(ctx, d.Flags.Options()...); err != nil {
		return err
	}
	s.Note("deleted %s", change.thing())
	p, err := s.Printer()
	if err != nil || p.Format() == output.Table {
		return err
	}
	return d.View.One(p, d.Thing)
}
