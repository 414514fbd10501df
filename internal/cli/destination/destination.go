// Package destination is the noun for what connections write to.
package destination

import (
	"context"
	"iter"

	"github.com/spf13/cobra"

	"github.com/airfielddev/airfield/cloud"
	"github.com/airfielddev/airfield/internal/cli/actor"
	"github.com/airfielddev/airfield/internal/cli/session"
)

// New is the command with its verbs.
func New(s *session.Session) *cobra.Command { return actor.New(s, Kind()) }

// Kind is what the verbs need to know about destinations.
func Kind() actor.Kind[*cloud.Destination] {
	return actor.Kind[*cloud.Destination]{
		Noun:      "destination",
		Sample:    "destination-sqlite",
		Configure: configure,
		Example: `  airfield destination deploy files --connector destination-local-json --config '{"destination_path": "/tmp/out"}'
  airfield destination deploy warehouse --connector destination-postgres --config @postgres.yaml`,
		Open:   (*cloud.Workspace).Destination,
		All:    all,
		Deploy: deploy,
		Facts:  facts,
	}
}

func all(ctx context.Context, w *cloud.Workspace, opts ...cloud.ListOption) iter.Seq2[*cloud.Destination, error] {
	return w.Destinations(ctx, opts...)
}

func deploy(ctx context.Context, w *cloud.Workspace, name string, what cloud.Deployable, opts ...cloud.DeployOption) (*cloud.Destination, error) {
	return w.DeployDestination(ctx, name, what, opts...)
}

func configure(ctx context.Context, dst *cloud.Destination, config cloud.Configuration, replace bool) error {
	if replace {
		return dst.ReplaceConfig(ctx, config)
	}
	return dst.UpdateConfig(ctx, config)
}

func facts(ctx context.Context, dst *cloud.Destination) (actor.Facts, error) {
	info, err := dst.Info(ctx)
	if err != nil {
		return actor.Facts{}, err
	}
	return actor.Facts{
		Noun: "destination", ID: info.ID, Name: info.Name, Type: info.Type, DefinitionID: info.DefinitionID,
		WorkspaceID: info.WorkspaceID, Configuration: info.Configuration, CreatedAt: info.CreatedAt, URL: dst.URL(),
	}, nil
}
