// Package source is the noun for what connections read from.
package source

import (
	"context"
	"errors"
	"iter"
	"strings"

	"github.com/spf13/cobra"

	"github.com/airfielddev/airfield/cloud"
	"github.com/airfielddev/airfield/internal/cli/actor"
	"github.com/airfielddev/airfield/internal/cli/session"
)

// New is the command with its verbs.
func New(s *session.Session) *cobra.Command { return actor.New(s, Kind(), newDiscover(s)) }

// Kind is what the verbs need to know about sources.
func Kind() actor.Kind[*cloud.Source] {
	return actor.Kind[*cloud.Source]{
		Noun:      "source",
		Sample:    "source-faker",
		Configure: configure,
		Example: `  airfield source deploy people --connector source-faker --config '{"count": 100}'
  airfield source deploy people --connector source-faker --config @faker.yaml
  airfield source deploy people --connector my-api --config @my-api.json   # a definition published as my-api`,
		Open:   (*cloud.Workspace).Source,
		All:    all,
		Deploy: deploy,
		Facts:  facts,
	}
}

func all(ctx context.Context, w *cloud.Workspace, opts ...cloud.ListOption) iter.Seq2[*cloud.Source, error] {
	return w.Sources(ctx, opts...)
}

// deploy takes a connector that the server does not know by that name for a definition of the workspace's own.
func deploy(ctx context.Context, w *cloud.Workspace, name string, what cloud.Deployable, opts ...cloud.DeployOption) (*cloud.Source, error) {
	source, err := w.DeploySource(ctx, name, what, opts...)
	if !errors.Is(err, cloud.ErrInvalidInput) {
		return source, err
	}
	for _, candidate := range []string{what.ConnectorName(), strings.TrimPrefix(what.ConnectorName(), "source-")} {
		for d, lookup := range w.CustomSourceDefinitions(ctx, cloud.DefinitionYAML, cloud.ByName(candidate), cloud.Limit(1)) {
			if lookup != nil {
				return nil, err // what was refused first says more
			}
			return w.DeploySource(ctx, name, what, append(opts, cloud.WithDefinitionID(d.ID()))...)
		}
	}
	return nil, err
}

func configure(ctx context.Context, src *cloud.Source, config cloud.Configuration, replace bool) error {
	if replace {
		return src.ReplaceConfig(ctx, config)
	}
	return src.UpdateConfig(ctx, config)
}

func facts(ctx context.Context, src *cloud.Source) (actor.Facts, error) {
	info, err := src.Info(ctx)
	if err != nil {
		return actor.Facts{}, err
	}
	return actor.Facts{
		Noun: "source", ID: info.ID, Name: info.Name, Type: info.Type, DefinitionID: info.DefinitionID,
		WorkspaceID: info.WorkspaceID, Configuration: info.Configuration, CreatedAt: info.CreatedAt, URL: src.URL(),
	}, nil
}
