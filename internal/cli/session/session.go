// Package session is what the commands of the command line share in one run: the world, the global flags, the client, and the
// ways to ask, to confirm and to print.
package session

import (
	"context"
	"fmt"
	"log/slog"

	"github.com/spf13/cobra"

	"github.com/airfielddev/airfield/cloud"
	"github.com/airfielddev/airfield/internal/cli/exit"
	"github.com/airfielddev/airfield/internal/cli/output"
	"github.com/airfielddev/airfield/internal/cli/profile"
	"github.com/airfielddev/airfield/internal/cli/world"
)

// Session is one run of the command line.
type Session struct {
	World world.World

	overrides profile.Overrides
	format    string
	query     string
	verbose   bool
	yes       bool
	dryRun    bool
	started   bool
}

// New is a session in a world.
func New(w world.World) *Session { return &Session{World: w} }

// Bind adds the global flags to the root command.
func (s *Session) Bind(root *cobra.Command) {
	f := root.PersistentFlags()
	f.StringVar(&s.overrides.Context, "context", s.World.Env("AIRFIELD_CONTEXT"), "use this `context` instead of the environment and the current one")
	f.StringVar(&s.overrides.APIRoot, "api-root", "", "`address` of the server or of its API")
	f.StringVar(&s.overrides.Workspace, "workspace", "", "workspace by `id` or name")
	f.StringVarP(&s.format, "output", "o", "", "print in this `format`: table, json, jsonl, yaml or name")
	f.StringVar(&s.query, "jq", "", "print what a jq `expression` makes of the JSON")
	f.BoolVarP(&s.verbose, "verbose", "v", false, "tell on stderr what is going on")
}

// Run is a verb: it makes the function that cobra calls. A fault that cobra finds before it calls one is a matter of usage.
func (s *Session) Run(do func(ctx context.Context, args []string) error) func(*cobra.Command, []string) error {
	return func(cmd *cobra.Command, args []string) error {
		s.started = true
		return do(cmd.Context(), args)
	}
}

// Started tells whether a verb was reached.
func (s *Session) Started() bool { return s.started }

// Printer prints results in the format that was asked for.
func (s *Session) Printer() (*output.Printer, error) {
	p, err := output.New(s.World.Stdout, s.format, s.query)
	if err != nil {
		return nil, exit.With(exit.Usage, err)
	}
	return p, nil
}

// Note tells a person something that is no result.
func (s *Session) Note(format string, args ...any) {
	fmt.Fprintf(s.World.Stderr, format+"\n", args...)
}

// Logger writes to stderr: warnings, and everything with --verbose.
func (s *Session) Logger() *slog.Logger {
	level := slog.LevelWarn
	if s.verbose {
		level = slog.LevelDebug
	}
	return slog.New(slog.NewTextHandler(s.World.Stderr, &slog.HandlerOptions{Level: level}))
}

// Profile says which deployment this run talks to.
func (s *Session) Profile() (profile.Choice, error) { return profile.Choose(s.World, s.overrides) }

// Config is the profile as the client wants it, with references to secrets resolved.
func (s *Session) Config(ctx context.Context) (cloud.Config, profile.Choice, error) {
	choice, err := s.Profile()
	if err != nil {
		return cloud.Config{}, choice, err
	}
	choice.Profile, err = choice.Resolve(ctx, s.World.Env)
	if err != nil {
		return cloud.Config{}, choice, exit.With(exit.Auth, err)
	}
	if choice.Auth() == "none" && choice.APIRoot == "" {
		return cloud.Config{}, choice, exit.Hint(exit.With(exit.Auth, fmt.Errorf("nobody said which server to talk to")),
			"start one with: airfield server, try: airfield quickstart, or add one with: airfield context add")
	}
	return cloud.Config{
		ClientID:      choice.ClientID,
		ClientSecret:  choice.ClientSecret,
		BearerToken:   choice.BearerToken,
		APIRoot:       choice.APIRoot,
		ConfigAPIRoot: choice.ConfigAPIRoot,
		WebRoot:       choice.WebRoot,
		Logger:        s.Logger(),
	}, choice, nil
}

// Client is a client of the chosen deployment.
func (s *Session) Client(ctx context.Context) (*cloud.Client, error) {
	cfg, _, err := s.Config(ctx)
	if err != nil {
		return nil, err
	}
	return cloud.NewClient(cfg)
}

// Workspace is the workspace that was asked for, or the only one there is.
func (s *Session) Workspace(ctx context.Context) (*cloud.Workspace, error) {
	cfg, choice, err := s.Config(ctx)
	if err != nil {
		return nil, err
	}
	client, err := cloud.NewClient(cfg)
	if err != nil {
		return nil, err
	}
	return FindWorkspace(ctx, client, choice.WorkspaceID)
}

// UseContext chooses a context as --context does.
func (s *Session) UseContext(name string) { s.overrides.Context = name }

// APIRootFlag is what was given for --api-root.
func (s *Session) APIRootFlag() string { return s.overrides.APIRoot }

// WorkspaceFlag is what was given for --workspace.
func (s *Session) WorkspaceFlag() string { return s.overrides.Workspace }

// JSONPrinter prints JSON unless another format was asked for.
func (s *Session) JSONPrinter() (*output.Printer, error) { return s.printerOr(output.JSON) }

// LinesPrinter prints a line of JSON for each thing unless another format was asked for.
func (s *Session) LinesPrinter() (*output.Printer, error) { return s.printerOr(output.JSONL) }

func (s *Session) printerOr(format output.Format) (*output.Printer, error) {
	if s.format == "" {
		s.format = string(format)
	}
	return s.Printer()
}
