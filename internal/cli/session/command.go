package session

import (
	"strings"

	"github.com/spf13/cobra"

	"github.com/airfielddev/airfield/internal/cli/exit"
	"github.com/airfielddev/airfield/internal/cli/suggest"
)

// Group is a noun: a command that only holds verbs.
func Group(use, short string, verbs ...*cobra.Command) *cobra.Command {
	group := &cobra.Command{
		Use:   use,
		Short: short,
		Args:  onlyVerbs,
		RunE:  func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	group.AddCommand(verbs...)
	return group
}

func onlyVerbs(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	err := exit.Usagef("unknown command %q for %q", args[0], cmd.CommandPath())
	var known []string
	for _, c := range cmd.Commands() {
		known = append(append(known, c.Name()), c.Aliases...)
	}
	if near := suggest.Nearest(args[0], known); near != "" {
		return exit.Hint(err, "did you mean %s %s?", cmd.CommandPath(), near)
	}
	return err
}

// Words wants these arguments, and names the first that is missing. One in brackets may be.
func Words(names ...string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) < len(names) && !strings.HasPrefix(names[len(args)], "[") {
			return exit.Usagef("%s wants %s", cmd.CommandPath(), names[len(args)])
		}
		return AtMost(len(names))(cmd, args)
	}
}

// Required wants flags to be given.
func Required(flags ...Flag) error {
	for _, f := range flags {
		if f.Value == "" {
			return exit.Usagef("--%s is required", f.Name)
		}
	}
	return nil
}

// Flag is a flag and what was given for it.
type Flag struct{ Name, Value string }
