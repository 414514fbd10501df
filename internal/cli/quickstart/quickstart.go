// Package quickstart shows the main job from end to end, in one command, without an account or a network.
package quickstart

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/airfielddev/airfield"
	"github.com/airfielddev/airfield/internal/cli/exit"
	"github.com/airfielddev/airfield/internal/cli/session"
	"github.com/airfielddev/airfield/internal/cli/version"
	"github.com/airfielddev/airfield/internal/server/embed"
)

type options struct {
	dir   string
	keep  bool
	count int
	port  int
}

// New is the command.
func New(s *session.Session) *cobra.Command {
	var o options
	cmd := &cobra.Command{
		Use:   "quickstart",
		Short: "See a sync from end to end, in seconds, without an account",
		Long: `See a sync from end to end, in seconds, without an account: start a server, deploy a source of made-up people and a SQLite destination,
check both, connect them, sync, and look at the rows. At the end the same steps are shown as commands and as Go.

Everything is in a temporary directory that is gone afterwards, unless --dir is given.`,
		Args: session.Words(),
		RunE: s.Run(func(ctx context.Context, _ []string) error { return run(ctx, s, o) }),
	}
	f := cmd.Flags()
	f.StringVar(&o.dir, "dir", "", "keep everything in this `directory`")
	f.BoolVar(&o.keep, "keep", false, "leave the server running until Ctrl-C")
	f.IntVar(&o.count, "count", 100, "make up so `many` people")
	f.IntVar(&o.port, "port", 0, "`port` of the server; 0 takes a free one")
	return cmd
}

func run(ctx context.Context, s *session.Session, o options) (err error) {
	if o.count < 1 {
		return exit.Usagef("--count must be at least 1, it is %d", o.count)
	}
	dir, remove, err := place(s, o)
	if err != nil {
		return exit.With(exit.Environment, err)
	}
	defer func() { err = errors.Join(err, remove()) }()
	server, err := embed.Open(ctx, embed.Config{
		Dir: filepath.Join(dir, "server"), Connectors: airfield.NewConnectors(airfield.ConnectorOptions{}), Port: o.port,
		Logger: s.Logger(), Version: version.Number(),
	})
	if err != nil {
		return exit.With(exit.Environment, err)
	}
	// The server outlives ctx, so that what is under way when Ctrl-C comes ends before the server does.
	serving, stop := context.WithCancel(context.WithoutCancel(ctx))
	ended := make(chan error, 1)
	go func() { ended <- server.Run(serving) }()
	err = show(ctx, s, o, dir, server)
	stop()
	return errors.Join(err, <-ended, server.Close())
}

// place is where everything goes. What was asked for by name stays.
func place(s *session.Session, o options) (dir string, remove func() error, err error) {
	if o.dir == "" {
		return s.World.TempDir("airfield-quickstart-*")
	}
	dir, err = filepath.Abs(s.World.Path(o.dir))
	return dir, func() error { return nil }, err
}

func show(ctx context.Context, s *session.Session, o options, dir string, server *embed.Server) error {
	t, err := newTour(s, o, dir, server)
	if err != nil {
		return err
	}
	if err := t.walk(ctx); err != nil {
		return err
	}
	if err := t.report(ctx); err != nil {
		return err
	}
	if !o.keep {
		return nil
	}
	t.say("\nThe server stays at %s until Ctrl-C. To talk to it from another terminal:\n\n"+
		"  airfield context add quickstart --use --credentials %s\n  airfield connection list\n",
		server.URL, embed.CredentialsFile(filepath.Join(dir, "server")))
	<-ctx.Done()
	return nil
}

// say tells a person what happens: on stdout, unless a program reads that.
func (t *tour) say(format string, args ...any) {
	out := t.session.World.Stdout
	if t.printer.Structured() {
		out = t.session.World.Stderr
	}
	fmt.Fprintf(out, format, args...)
}
