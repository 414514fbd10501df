package cloud

import (
	"context"
	"errors"
	"iter"
	"net/http"
	"net/url"
	"os"
	"strconv"
	"strings"

	"github.com/airfielddev/airfield/internal/wire/config"
	"github.com/airfielddev/airfield/internal/wire/public"
)

// A Workspace is a handle of a workspace: what holds sources, destinations, connections and custom definitions. It is
// safe for concurrent use. See https://docs.airbyte.com/platform/using-airbyte/workspaces.
type Workspace struct {
	client *Client
	id     string
	info   lazy[WorkspaceInfo]
	org    lazy[Organization]
}

// WorkspaceInfo is what is known about a workspace.
type WorkspaceInfo struct {
	ID            string
	Name          string
	DataResidency string // the name of its region in lower case, such as "us" or "auto"
	// OrganizationID is empty when the workspace was read from the Public API, which does not tell it; see
	// [Workspace.Organization].
	OrganizationID string
}

// NewWorkspace returns a handle of a workspace with a client of its own. It asks nothing of the server. The error matches
// [ErrInvalidInput] when there is no ID, and is otherwise that of [NewClient].
func NewWorkspace(id string, cfg Config) (*Workspace, error) {
	if strings.TrimSpace(id) == "" {
		return nil, refuse(ErrInvalidInput, "opening a workspace", "workspace", "", "a workspace ID is needed")
	}
	client, err := NewClient(cfg)
	if err != nil {
		return nil, err
	}
	return client.Workspace(id), nil
}

// WorkspaceFromEnv returns a handle of a workspace with the configuration that [ConfigFromEnv] reads. An empty ID is read
// from AIRBYTE_WORKSPACE_ID or AIRBYTE_CLOUD_WORKSPACE_ID. The error matches [ErrMissingSecret] when something is absent and
// names the variables.
func WorkspaceFromEnv(id string) (*Workspace, error) {
	cfg, err := ConfigFromEnv()
	if err != nil {
		return nil, err
	}
	if id, err = workspaceIDFrom(id, os.Getenv); err != nil {
		return nil, err
	}
	return NewWorkspace(id, cfg)
}

func workspaceIDFrom(id string, getenv func(string) string) (string, error) {
	if id == "" {
		id = firstSet(getenv, envWorkspaceID)
	}
	if id == "" {
		return "", refuse(ErrMissingSecret, "reading the workspace ID from the environment", "workspace", "",
			"give an ID or set %s", strings.Join(envWorkspaceID, " or "))
	}
	return id, nil
}

func workspaceInfo(w *public.WorkspaceResponse) *WorkspaceInfo {
	return &WorkspaceInfo{ID: w.WorkspaceID, Name: w.Name, DataResidency: w.DataResidency}
}

// ID is the ID of the workspace.
func (w *Workspace) ID() string { return w.id }

// Client is the client that the workspace was got from.
func (w *Workspace) Client() *Client { return w.client }

// URL is the address of the workspace's web page.
func (w *Workspace) URL() string { return w.client.roots.web + "/workspaces/" + url.PathEscape(w.id) }

// Connect checks that the workspace can be reached with these credentials. It is never needed before other calls.
func (w *Workspace) Connect(ctx context.Context) error {
	_, err := w.Refresh(ctx)
	return err
}

// Info tells about the workspace. It asks once and then remembers; [Workspace.Refresh] asks again.
func (w *Workspace) Info(ctx context.Context) (*WorkspaceInfo, error) {
	return w.info.get(ctx, w.fetch)
}

// Refresh asks for what is known about the workspace.
func (w *Workspace) Refresh(ctx context.Context) (*WorkspaceInfo, error) {
	return w.info.refresh(ctx, w.fetch)
}

// Name is the name of the workspace.
func (w *Workspace) Name(ctx context.Context) (string, error) {
	info, err := w.Info(ctx)
	if err != nil {
		return "", err
	}
	return info.Name, nil
}

func (w *Workspace) fetch(ctx context.Context) (*WorkspaceInfo, error) {
	req := w.client.public("getting workspace "+w.id, http.MethodGet, nil, "workspaces", w.id)
	answer, err := ask[public.WorkspaceResponse](ctx, w.client, req, "workspace", w.id)
	if err != nil {
		return nil, err
	}
	return workspaceInfo(answer), nil
}

// Rename changes the name of the workspace. See https://reference.airbyte.com/reference/updateworkspace.
func (w *Workspace) Rename(ctx context.Context, name string) error {
	op := "renaming workspace " + w.id
	if strings.TrimSpace(name) == "" {
		return refuse(ErrInvalidInput, op, "workspace", w.id, "a name is needed")
	}
	req := w.client.public(op, http.MethodPatch, public.WorkspaceUpdateRequest{Name: &name}, "workspaces", w.id)
	answer, err := ask[public.WorkspaceResponse](ctx, w.client, repeatable(req), "workspace", w.id)
	if err != nil {
		return err
	}
	w.info.set(workspaceInfo(answer))
	return nil
}

// PermanentlyDelete deletes the workspace with its sources and destinations. A workspace with connections is kept, with an error
// that matches [ErrWorkspaceNotEmpty] and names some of them; in safe mode, one whose name does not allow it is kept too.
// [WithoutSafeMode] lifts the latter.
//
// See https://reference.airbyte.com/reference/deleteworkspace.
func (w *Workspace) PermanentlyDelete(ctx context.Context, opts ...DeleteOption) error {
	op := "deleting workspace " + w.id
	o, err := deleteOptionsOf(op, false, opts)
	if err != nil {
		return err
	}
	if err := o.allow(ctx, op, "workspace", w.id, w.Name); err != nil {
		return err
	}
	if err := w.mustBeEmpty(ctx, op); err != nil {
		return err
	}
	return w.client.tell(ctx, w.client.public(op, http.MethodDelete, nil, "workspaces", w.id), "workspace", w.id)
}

func (w *Workspace) mustBeEmpty(ctx context.Context, op string) error {
	connections, err := Collect(w.Connections(ctx, Limit(5)))
	if err != nil {
		return err
	}
	if len(connections) == 0 {
		return nil
	}
	ids := make([]string, len(connections))
	for i, c := range connections {
		ids[i] = c.ID()
	}
	return refuse(ErrWorkspaceNotEmpty, op, "workspace", w.id, "it still has connections: %s", strings.Join(ids, ", "))
}

// Organization is the organization that the workspace belongs to. It takes the role of an organization reader, which credentials
// of a single workspace may lack: the error then matches [ErrForbidden].
func (w *Workspace) Organization(ctx context.Context) (*Organization, error) {
	return w.org.get(ctx, func(ctx context.Context) (*Organization, error) {
		req := w.client.query("getting organization of workspace "+w.id, config.WorkspaceID{WorkspaceID: w.id},
			"workspaces", "get_organization_info")
		answer, err := ask[config.OrganizationInfo](ctx, w.client, req, "workspace", w.id)
		if err != nil {
			return nil, err
		}
		if answer.OrganizationID == "" {
			return nil, &Error{Op: req.Op, Resource: "organization", Detail: "the answer names no organization", Err: ErrNotFound}
		}
		return newOrganization(w.client, answer), nil
	})
}

// A CreateWorkspaceOption says more about a workspace to create.
type CreateWorkspaceOption interface {
	create(*public.WorkspaceCreateRequest)
}

// An OrganizationOption says which organization is meant.
type OrganizationOption struct{ id string }

// InOrganization narrows [Client.Workspaces] to an organization, or says where [Client.CreateWorkspace] puts a workspace.
func InOrganization(id string) OrganizationOption { return OrganizationOption{id} }

func (o OrganizationOption) list(l *listOptions) { l.organization = o.id }

func (o OrganizationOption) create(r *public.WorkspaceCreateRequest) { r.OrganizationID = o.id }

type createFunc func(*public.WorkspaceCreateRequest)

func (f createFunc) create(r *public.WorkspaceCreateRequest) { f(r) }

// InRegion says in which region a new workspace keeps its data.
func InRegion(id string) CreateWorkspaceOption {
	return createFunc(func(r *public.WorkspaceCreateRequest) { r.RegionID = id })
}

// Workspaces lists the workspaces that the caller can see, of one organization with [InOrganization].
//
// See https://reference.airbyte.com/reference/listworkspaces.
func (c *Client) Workspaces(ctx context.Context, opts ...ListOption) iter.Seq2[*Workspace, error] {
	const op = "listing workspaces"
	o, err := listOptionsOf(op, opts)
	if err != nil {
		return fails[*Workspace](err)
	}
	if o.organization != "" {
		return c.workspacesOf(ctx, op, o)
	}
	rows := listPublic[public.WorkspaceResponse](ctx, c, op, "workspaces", o.deleted(), o)
	return kept(rows, o, func(r *public.WorkspaceResponse) string { return r.Name }, c.workspace)
}

// deleted is the query of lists that can show what has been deleted.
func (o listOptions) deleted() url.Values {
	return url.Values{"includeDeleted": {strconv.FormatBool(o.includeDeleted)}}
}

func (c *Client) workspacesOf(ctx context.Context, op string, o listOptions) iter.Seq2[*Workspace, error] {
	rows := pages(ctx, func(ctx context.Context, offset int) (page[config.WorkspaceRead], error) {
		body := config.WorkspacesByOrganization{
			OrganizationID: o.organization,
			Pagination:     &config.Pagination{PageSize: o.pageSize, RowOffset: offset},
		}
		if o.name != nil {
			body.NameContains = *o.name
		}
		req := c.query(op, body, "workspaces", "list_by_organization_id")
		answer, err := ask[config.WorkspaceReadList](ctx, c, req, "organization", o.organization)
		if err != nil {
			return page[config.WorkspaceRead]{}, err
		}
		return page[config.WorkspaceRead]{answer.Workspaces, len(answer.Workspaces) >= o.pageSize}, nil
	})
	return kept(rows, o, func(r *config.WorkspaceRead) string { return r.Name }, func(r *config.WorkspaceRead) *Workspace {
		w := c.Workspace(r.WorkspaceID)
		w.info.set(&WorkspaceInfo{ID: r.WorkspaceID, Name: r.Name, OrganizationID: r.OrganizationID})
		return w
	})
}

// query is that of lists of what a workspace holds.
func (w *Workspace) query(o listOptions) (url.Values, error) {
	if w.id == "" {
		return nil, refuse(ErrInvalidInput, "listing", "workspace", "", "a workspace ID is needed")
	}
	q := o.deleted()
	q.Set("workspaceIds", w.id)
	return q, nil
}

// owns returns an error when what was read belongs to another workspace. IDs are compared without regard to case.
func (w *Workspace) owns(resource, id, workspaceID string) error {
	if workspaceID == "" || strings.EqualFold(workspaceID, w.id) {
		return nil
	}
	return refuse(ErrWorkspaceMismatch, "getting "+resource+" "+id, resource, id,
		"it belongs to workspace %s, not to %s", workspaceID, w.id)
}

// isClosed tells whether a part of the Config API is absent, or closed to the caller.
func isClosed(err error) bool {
	return errors.Is(err, ErrNotFound) || errors.Is(err, ErrForbidden) || errors.Is(err, ErrUnsupported)
}
