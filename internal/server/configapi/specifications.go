package configapi

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/airfielddev/airfield/internal/platform"
	"github.com/airfielddev/airfield/internal/server/endpoint"
	"github.com/airfielddev/airfield/internal/wire/config"
	"github.com/airfielddev/airfield/protocol"
)

func (a *api) specificationRoutes() []endpoint.Route {
	return []endpoint.Route{
		post("/source_definition_specifications/get", endpoint.WorkspaceReader, endpoint.Call(a.sourceSpecification)),
		post("/source_definition_specifications/get_for_source", endpoint.WorkspaceReader, endpoint.Call(a.specificationOfSource)),
		post("/destination_definition_specifications/get", endpoint.WorkspaceReader, endpoint.Call(a.destinationSpecification)),
		post("/destination_definition_specifications/get_for_destination", endpoint.WorkspaceReader, endpoint.Call(a.specificationOfDestination)),
		post("/actor_definition_versions/get_for_source", endpoint.WorkspaceReader, endpoint.Call(a.versionOfSource)),
		post("/actor_definition_versions/get_default", endpoint.WorkspaceReader, endpoint.Call(a.defaultVersion)),
		post("/actor_definition_versions/resolve", endpoint.WorkspaceReader, endpoint.Call(a.resolveVersion)),
		post("/actor_definition_versions/get_for_destination", endpoint.WorkspaceReader, endpoint.Call(a.versionOfDestination)),
	}
}

func (a *api) sourceSpecification(ctx context.Context, in config.SourceDefinitionID) (out config.SourceDefinitionSpecification, err error) {
	began := time.Now()
	d, err := a.sources().definition(ctx, in.SourceDefinitionID, in.WorkspaceID)
	if err != nil {
		return out, err
	}
	spec, err := a.platform.Spec(ctx, d.ID)
	if err != nil {
		return out, err
	}
	advanced, err := printAdvancedAuth(spec.AdvancedAuth)
	return config.SourceDefinitionSpecification{
		SourceDefinitionID:      d.ID,
		DocumentationURL:        documentation(d, spec),
		ConnectionSpecification: spec.ConnectionSpecification,
		AdvancedAuth:            advanced,
		JobInfo:                 specJob(d.ID, began),
	}, err
}

func (a *api) specificationOfSource(ctx context.Context, in config.SourceID) (out config.SourceDefinitionSpecification, err error) {
	actor, err := a.sources().get(ctx, in.SourceID)
	if err != nil {
		return out, err
	}
	return a.sourceSpecification(ctx, config.SourceDefinitionID{SourceDefinitionID: actor.DefinitionID})
}

func (a *api) destinationSpecification(ctx context.Context, in config.DestinationDefinitionID) (out config.DestinationDefinitionSpecification, err error) {
	began := time.Now()
	d, err := a.destinations().definition(ctx, in.DestinationDefinitionID, in.WorkspaceID)
	if err != nil {
		return out, err
	}
	spec, err := a.platform.Spec(ctx, d.ID)
	if err != nil {
		return out, err
	}
	advanced, err := printAdvancedAuth(spec.AdvancedAuth)
	out = config.DestinationDefinitionSpecification{
		DestinationDefinitionID: d.ID,
		DocumentationURL:        documentation(d, spec),
		ConnectionSpecification: spec.ConnectionSpecification,
		AdvancedAuth:            advanced,
		JobInfo:                 specJob(d.ID, began),
	}
	for _, m := range spec.SupportedDestinationSyncModes {
		out.SupportedDestinationSyncModes = append(out.SupportedDestinationSyncModes, config.DestinationSyncMode(m))
	}
	return out, err
}

func (a *api) specificationOfDestination(ctx context.Context, in config.DestinationID) (out config.DestinationDefinitionSpecification, err error) {
	actor, err := a.destinations().get(ctx, in.DestinationID)
	if err != nil {
		return out, err
	}
	return a.destinationSpecification(ctx, config.DestinationDefinitionID{DestinationDefinitionID: actor.DefinitionID})
}

func documentation(d platform.Definition, s protocol.Spec) string {
	if d.DocumentationURL != "" {
		return d.DocumentationURL
	}
	return s.DocumentationURL
}

// specJob stands for the job that another server would run to learn the specification.
func specJob(definitionID string, began time.Time) config.SynchronousJobRead {
	return config.SynchronousJobRead{
		ID:         definitionID,
		ConfigType: config.ConfigGetSpec,
		ConfigID:   definitionID,
		CreatedAt:  began.Unix(),
		EndedAt:    time.Now().Unix(),
		Succeeded:  true,
	}
}

// printAdvancedAuth turns the names of the protocol into those of the API.
func printAdvancedAuth(text json.RawMessage) (*config.AdvancedAuth, error) {
	if absent(text) {
		return nil, nil
	}
	var in struct {
		AuthFlowType   string   `json:"auth_flow_type"`
		PredicateKey   []string `json:"predicate_key"`
		PredicateValue string   `json:"predicate_value"`
		OAuth          *struct {
			UserInput    json.RawMessage `json:"oauth_user_input_from_connector_config_specification"`
			Output       json.RawMessage `json:"complete_oauth_output_specification"`
			ServerInput  json.RawMessage `json:"complete_oauth_server_input_specification"`
			ServerOutput json.RawMessage `json:"complete_oauth_server_output_specification"`
		} `json:"oauth_config_specification"`
	}
	if err := json.Unmarshal(text, &in); err != nil {
		return nil, fmt.Errorf("reading the advanced_auth of a specification: %w", err)
	}
	out := &config.AdvancedAuth{AuthFlowType: in.AuthFlowType, PredicateKey: in.PredicateKey, PredicateValue: in.PredicateValue}
	if in.OAuth != nil {
		out.OAuthConfigSpecification = &config.OAuthConfigSpecification{
			OAuthUserInputFromConnectorConfigSpecification: in.OAuth.UserInput,
			CompleteOAuthOutputSpecification:               in.OAuth.Output,
			CompleteOAuthServerInputSpecification:          in.OAuth.ServerInput,
			CompleteOAuthServerOutputSpecification:         in.OAuth.ServerOutput,
		}
	}
	return out, nil
}

func (a *api) versionOfSource(ctx context.Context, in config.SourceID) (out config.ActorDefinitionVersion, err error) {
	actor, err := a.sources().get(ctx, in.SourceID)
	if err != nil {
		return out, err
	}
	return a.versionOf(ctx, actor)
}

func (a *api) versionOfDestination(ctx context.Context, in config.DestinationID) (out config.ActorDefinitionVersion, err error) {
	actor, err := a.destinations().get(ctx, in.DestinationID)
	if err != nil {
		return out, err
	}
	return a.versionOf(ctx, actor)
}

// versionOf is what an actor runs.
func (a *api) versionOf(ctx context.Context, actor platform.Actor) (out config.ActorDefinitionVersion, err error) {
	d, err := a.platform.Definition(ctx, actor.DefinitionID)
	return printVersion(d), err
}

func printVersion(d platform.Definition) config.ActorDefinitionVersion {
	return config.ActorDefinitionVersion{
		DockerRepository:     d.DockerRepository,
		DockerImageTag:       d.DockerImageTag,
		SupportsRefreshes:    d.SupportsRefreshes,
		SupportLevel:         supportLevel(d),
		SupportState:         config.Supported,
		SupportsFileTransfer: d.TakesFiles(),
	}
}
