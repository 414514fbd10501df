package server

import (
	"context"

	"github.com/airfielddev/airfield/connector"
	"github.com/airfielddev/airfield/internal/platform"
	"github.com/airfielddev/airfield/internal/server/endpoint"
	"github.com/airfielddev/airfield/internal/wire/own"
)

// executableRoutes are about custom definitions that are programs on this machine. Whoever names the program runs it with the
// rights of the server, so that this takes more than the role of an editor.
func (s *Server) executableRoutes() []endpoint.Route {
	const all, one = "/workspaces/{workspaceId}/definitions/executables", "/workspaces/{workspaceId}/definitions/executables/{definitionId}"
	return []endpoint.Route{
		{Method: "GET", Pattern: all, Operation: "listExecutables", Role: endpoint.WorkspaceReader, Handle: endpoint.Get(s.listExecutables)},
		{Method: "POST", Pattern: all, Operation: "createExecutable", Role: endpoint.InstanceAdmin, Handle: endpoint.Put(s.createExecutable)},
		{Method: "GET", Pattern: one, Operation: "getExecutable", Role: endpoint.WorkspaceReader, Handle: endpoint.Get(s.getExecutable)},
		{Method: "PUT", Pattern: one, Operation: "updateExecutable", Role: endpoint.InstanceAdmin, Handle: endpoint.Put(s.updateExecutable)},
		{Method: "DELETE", Pattern: one, Operation: "deleteExecutable", Role: endpoint.WorkspaceEditor, Handle: endpoint.Drop(s.deleteExecutable)},
	}
}

func (s *Server) listExecutables(ctx context.Context, p endpoint.Params) (out own.ExecutableList, err error) {
	w, err := s.cfg.Platform.Workspace(ctx, p.ID("workspaceId"))
	if err != nil {
		return out, err
	}
	rows, err := s.cfg.Platform.Definitions(ctx, "", w.ID)
	for _, d := range rows {
		if d.Program() {
			out.Definitions = append(out.Definitions, printExecutable(d))
		}
	}
	return out, err
}

func (s *Server) createExecutable(ctx context.Context, p endpoint.Params, in own.ExecutableCreate) (out own.ExecutableRead, err error) {
	d, err := s.cfg.Platform.CreateExecutableDefinition(ctx, platform.NewExecutableDefinition{
		WorkspaceID:      p.ID("workspaceId"),
		Kind:             connector.Kind(in.Kind),
		Name:             in.Name,
		Command:          in.Command,
		DocumentationURL: in.DocumentationURL,
	})
	return printExecutable(d), err
}

func (s *Server) getExecutable(ctx context.Context, p endpoint.Params) (own.ExecutableRead, error) {
	d, err := s.executable(ctx, p)
	return printExecutable(d), err
}

func (s *Server) updateExecutable(ctx context.Context, p endpoint.Params, in own.ExecutableUpdate) (out own.ExecutableRead, err error) {
	d, err := s.executable(ctx, p)
	if err != nil {
		return out, err
	}
	d, err = s.cfg.Platform.UpdateExecutableDefinition(ctx, d.ID, platform.ExecutableDefinitionUpdate{
		Name: in.Name, Command: in.Command, DocumentationURL: in.DocumentationURL,
	})
	return printExecutable(d), err
}

func (s *Server) deleteExecutable(ctx context.Context, p endpoint.Params) error {
	d, err := s.executable(ctx, p)
	if err != nil {
		return err
	}
	_, err = s.cfg.Platform.DeleteDefinition(ctx, d.ID)
	return err
}

// executable finds what a path names.
func (s *Server) executable(ctx context.Context, p endpoint.Params) (platform.Definition, error) {
	d, err := s.cfg.Platform.Definition(ctx, p.ID("definitionId"))
	if err == nil && (!d.Program() || d.WorkspaceID != p.ID("workspaceId")) {
		err = platform.NotFound("definition", p.ID("definitionId"))
	}
	return d, err
}

func printExecutable(d platform.Definition) own.ExecutableRead {
	return own.ExecutableRead{
		DefinitionID:     d.ID,
		WorkspaceID:      d.WorkspaceID,
		Name:             d.Name,
		Kind:             string(d.Kind),
		Command:          d.Executable,
		Version:          d.DockerImageTag,
		DocumentationURL: d.DocumentationURL,
		CreatedAt:        d.CreatedAt,
	}
}
