package connection

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/airfielddev/airfield/cloud"
	"github.com/airfielddev/airfield/internal/cli/destination"
	"github.com/airfielddev/airfield/internal/cli/exit"
	"github.com/airfielddev/airfield/internal/cli/session"
	"github.com/airfielddev/airfield/internal/cli/source"
)

type deployOptions struct {
	source, destination string
	prefix              string
	namespace, format   string
	schemaChanges       string
	inactive, duplicate bool
	streams             streamFlags
	schedule            scheduleFlags
}

func newDeploy(s *session.Session) *cobra.Command {
	var o deployOptions
	cmd := &cobra.Command{
		Use:     "deploy NAME --source SOURCE --destination DESTINATION [--streams STREAMS]",
		Aliases: []string{"create"},
		Short:   "Connect a source to a destination",
		Long: `Connect a source to a destination. Without --streams, or with --streams '*', every stream is synced.

How a stream is synced is chosen by the server, unless --sync-mode or an object in --streams says it.`,
		Example: `  airfield connection deploy people-to-files --source people --destination files --streams users,products
  airfield connection deploy people-to-files --source people --destination files --streams users --sync-mode incremental_append --cron "0 0 6 * * ?"
  airfield connection deploy people-to-files --source people --destination files --streams @streams.yaml`,
		Args: session.Words("NAME"),
		RunE: s.Run(func(ctx context.Context, args []string) error { return deploy(ctx, s, args[0], o) }),
	}
	f := cmd.Flags()
	f.StringVar(&o.source, "source", "", "source by `id` or name")
	f.StringVar(&o.destination, "destination", "", "destination by `id` or name")
	f.StringVar(&o.prefix, "prefix", "", "`text` before the names of streams in the destination")
	f.StringVar(&o.namespace, "namespace", "", "`origin` of namespaces in the destination: source, destination or custom_format")
	f.StringVar(&o.format, "namespace-format", "", "`format` of namespaces with --namespace custom_format")
	f.StringVar(&o.schemaChanges, "schema-changes", "", "`policy` for changes of the schema: ignore, disable_connection, propagate_columns or propagate_fully")
	f.BoolVar(&o.inactive, "inactive", false, "do not let it sync yet")
	f.BoolVar(&o.duplicate, "allow-duplicate", false, "deploy it even if the name is taken")
	o.streams.bind(cmd)
	o.schedule.bind(cmd)
	s.BindChange(cmd)
	return cmd
}

func deploy(ctx context.Context, s *session.Session, name string, o deployOptions) error {
	spec, err := o.spec(s, name)
	if err != nil {
		return err
	}
	w, err := s.Workspace(ctx)
	if err != nil {
		return err
	}
	if err := o.ends(ctx, w, &spec); err != nil {
		return err
	}
	if !o.duplicate {
		if err := free(ctx, w, name); err != nil {
			return err
		}
	}
	change := session.Change{Action: "deploy", Resource: "connection", Name: name, Detail: map[string]any{
		"source": o.source, "destination": o.destination, "streams": streamRows(spec.Streams), "schedule": spec.Schedule.String(),
	}}
	if done, err := s.Preview(change); done {
		return err
	}
	c, err := w.DeployConnection(ctx, spec)
	if err != nil {
		return err
	}
	return printOne(ctx, s, c)
}

// spec is all that can be said without asking the server.
func (o deployOptions) spec(s *session.Session, name string) (cloud.ConnectionSpec, error) {
	if err := session.Required(session.Flag{Name: "source", Value: o.source}, session.Flag{Name: "destination", Value: o.destination}); err != nil {
		return cloud.ConnectionSpec{}, err
	}
	streams, err := o.streams.chosen(s)
	if err != nil {
		return cloud.ConnectionSpec{}, err
	}
	schedule, err := o.schedule.chosen()
	if err != nil {
		return cloud.ConnectionSpec{}, err
	}
	spec := cloud.ConnectionSpec{
		Name: name, Streams: streams, AllStreams: len(streams) == 0, TablePrefix: o.prefix, Inactive: o.inactive,
		NamespaceDefinition: cloud.NamespaceDefinition(o.namespace), NamespaceFormat: o.format,
		SchemaChanges: cloud.SchemaChanges(o.schemaChanges),
	}
	if schedule != nil {
		spec.Schedule = *schedule
	}
	return spec, nil
}

func (o deployOptions) ends(ctx context.Context, w *cloud.Workspace, spec *cloud.ConnectionSpec) error {
	src, err := source.Kind().Find(ctx, w, o.source)
	if err != nil {
		return err
	}
	dst, err := destination.Kind().Find(ctx, w, o.destination)
	if err != nil {
		return err
	}
	spec.Source, spec.Destination = src, dst
	return nil
}

// free makes sure that a connection can be named by its name afterwards.
func free(ctx context.Context, w *cloud.Workspace, name string) error {
	for c, err := range w.Connections(ctx, cloud.ByName(name), cloud.Limit(1)) {
		if err != nil {
			return err
		}
		return exit.Hint(fmt.Errorf("deploying connection %s: the workspace has one of that name, %s: %w", name, c.ID(), cloud.ErrDuplicateName),
			"choose another name, change the one there is with: airfield connection update, or add --allow-duplicate")
	}
	return nil
}
