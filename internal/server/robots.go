package server

import (
	"context"
	"time"

	"github.com/airfielddev/airfield/internal/platform"
	"github.com/airfielddev/airfield/internal/server/endpoint"
	"github.com/airfielddev/airfield/internal/wire"
)

// RobotCreate asks for client credentials that may do no more than it says. Their tokens are those of a user of their own.
type RobotCreate struct {
	Name        string      `json:"name"`
	Permissions []RobotRole `json:"permissions"`
}

// RobotRole is a role on either a workspace or an organization.
type RobotRole struct {
	PermissionType wire.PermissionType `json:"permission_type"`
	WorkspaceID    string              `json:"workspace_id,omitempty"`
	OrganizationID string              `json:"organization_id,omitempty"`
}

// Robot is a pair of client credentials and what they may do.
type Robot struct {
	ApplicationID string               `json:"application_id"`
	Name          string               `json:"name"`
	ClientID      string               `json:"client_id"`
	ClientSecret  string               `json:"client_secret"` // masked, but when it was just made
	UserID        string               `json:"user_id"`
	CreatedAt     time.Time            `json:"created_at"`
	Permissions   wire.List[RobotRole] `json:"permissions"`
}

func (s *Server) listRobots(ctx context.Context, _ endpoint.Params) (map[string]wire.List[Robot], error) {
	rows, err := s.cfg.Platform.Applications(ctx)
	if err != nil {
		return nil, err
	}
	var out wire.List[Robot]
	for _, app := range rows {
		robot, err := s.printRobot(ctx, app, platform.Mask)
		if err != nil {
			return nil, err
		}
		out = append(out, robot)
	}
	return map[string]wire.List[Robot]{"applications": out}, nil
}

func (s *Server) createRobot(ctx context.Context, in RobotCreate) (out Robot, err error) {
	if err := endpoint.Require("name", in.Name); err != nil {
		return out, err
	}
	var roles []platform.NewPermission
	for _, r := range in.Permissions {
		if err := endpoint.Known("permissions.permission_type", r.PermissionType); err != nil {
			return out, err
		}
		roles = append(roles, platform.NewPermission{
			Role: platform.Role(r.PermissionType), WorkspaceID: endpoint.ID(r.WorkspaceID), OrganizationID: endpoint.ID(r.OrganizationID),
		})
	}
	app, secret, err := s.cfg.Platform.CreateRobot(ctx, in.Name, roles)
	if err != nil {
		return out, err
	}
	return s.printRobot(ctx, app, secret)
}

func (s *Server) printRobot(ctx context.Context, app platform.Application, secret string) (out Robot, err error) {
	permissions, err := s.cfg.Platform.Permissions(ctx, app.Owner(), "")
	out = Robot{
		ApplicationID: app.ID, Name: app.Name, ClientID: app.ClientID, ClientSecret: secret, UserID: app.Owner(), CreatedAt: app.CreatedAt,
	}
	for _, granted := range permissions {
		out.Permissions = append(out.Permissions, RobotRole{
			PermissionType: wire.PermissionType(granted.Role), WorkspaceID: granted.WorkspaceID, OrganizationID: granted.OrganizationID,
		})
	}
	return out, err
}
