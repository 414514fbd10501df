package connection

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/airfielddev/airfield/cloud"
	"github.com/airfielddev/airfield/internal/cli/exit"
	"github.com/airfielddev/airfield/internal/cli/session"
)

type updateOptions struct {
	name, prefix      string
	namespace, format string
	schemaChanges     string
	enable, disable   bool
	streams           streamFlags
	schedule          scheduleFlags
}

func newUpdate(s *session.Session) *cobra.Command {
	var o updateOptions
	cmd := &cobra.Command{
		Use:   "update ID|NAME",
		Short: "Change a connection",
		Long: `Change a connection. What is not mentioned stays as it is.

--streams says which streams are synced from now on. A stream that is synced already keeps its mode, cursor, key and fields
unless they are given. No data is deleted.`,
		Example: `  airfield connection update people-to-files --cron "0 0 6 * * ?"
  airfield connection update people-to-files --streams users,products,purchases
  airfield connection update people-to-files --disable`,
		Args: session.Words("ID|NAME"),
	}
	cmd.RunE = on(s, func(ctx context.Context, c *cloud.Connection, _ []string) error {
		return update(ctx, s, c, o, cmd.Flags().Changed)
	})
	cmd.ValidArgsFunction = complete(s)
	f := cmd.Flags()
	f.StringVar(&o.name, "name", "", "another `name`")
	f.StringVar(&o.prefix, "prefix", "", "`text` before the names of streams in the destination; \"\" for none")
	f.StringVar(&o.namespace, "namespace", "", "`origin` of namespaces in the destination: source, destination or custom_format")
	f.StringVar(&o.format, "namespace-format", "", "`format` of namespaces with --namespace custom_format")
	f.StringVar(&o.schemaChanges, "schema-changes", "", "`policy` for changes of the schema: ignore, disable_connection, propagate_columns or propagate_fully")
	f.BoolVar(&o.enable, "enable", false, "let it sync")
	f.BoolVar(&o.disable, "disable", false, "stop it from syncing; a running sync goes on")
	cmd.MarkFlagsMutuallyExclusive("enable", "disable")
	o.streams.bind(cmd)
	o.schedule.bind(cmd)
	s.BindChange(cmd)
	return cmd
}

// step is one change of a connection.
type step struct {
	what string
	do   func(ctx context.Context) error
}

func update(ctx context.Context, s *session.Session, c *cloud.Connection, o updateOptions, given func(flag string) bool) error {
	steps, err := o.steps(s, c, given)
	if err != nil {
		return err
	}
	if len(steps) == 0 {
		return exit.Usagef("there is nothing to change")
	}
	change := session.Change{Action: "update", Resource: "connection", ID: c.ID(), Detail: described(steps)}
	if done, err := s.Preview(change); done {
		return err
	}
	for _, step := range steps {
		if err := step.do(ctx); err != nil {
			return err
		}
	}
	return printOne(ctx, s, c)
}

func (o updateOptions) steps(s *session.Session, c *cloud.Connection, given func(flag string) bool) ([]step, error) {
	streams, err := o.streams.chosen(s)
	if err != nil {
		return nil, err
	}
	schedule, err := o.schedule.chosen()
	if err != nil {
		return nil, err
	}
	var steps []step
	add := func(wanted bool, what string, do func(ctx context.Context) error) {
		if wanted {
			steps = append(steps, step{what, do})
		}
	}
	add(len(streams) > 0, "streams", func(ctx context.Context) error { return c.SetStreams(ctx, streams) })
	add(schedule != nil, "schedule", func(ctx context.Context) error { return c.SetSchedule(ctx, *schedule) })
	add(given("prefix"), "prefix", func(ctx context.Context) error { return c.SetTablePrefix(ctx, o.prefix) })
	add(o.namespace != "", "namespace", func(ctx context.Context) error {
		return c.SetNamespace(ctx, cloud.NamespaceDefinition(o.namespace), o.format)
	})
	add(o.schemaChanges != "", "schema changes", func(ctx context.Context) error {
		return c.SetSchemaChanges(ctx, cloud.SchemaChanges(o.schemaChanges))
	})
	add(o.enable || o.disable, "status", func(ctx context.Context) error { return c.SetEnabled(ctx, o.enable) })
	add(o.name != "", "name", func(ctx context.Context) error { return c.Rename(ctx, o.name) })
	return steps, nil
}

func described(steps []step) []string {
	what := make([]string, len(steps))
	for i, s := range steps {
		what[i] = s.what
	}
	return what
}
