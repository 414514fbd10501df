package cloud

import (
	"context"
	"database/sql"
	"net/http"
	"net/url"
	"strings"

	"github.com/airfielddev/airfield/internal/transport"
	"github.com/airfielddev/airfield/internal/wire/public"
)

// A Client talks to one deployment as one caller. It is safe for concurrent use, and its access token is shared by all
// that was got from it.
type Client struct {
	http  *transport.Client
	roots roots
	open  func(ctx context.Context, destination *DestinationInfo) (*sql.DB, error)
}

// NewClient returns a client. It asks nothing of the server. The error matches [ErrInvalidInput] when the configuration
// contradicts itself, and [ErrMissingSecret] when half of the client credentials is missing.
func NewClient(cfg Config) (*Client, error) {
	if err := cfg.check(); err != nil {
		return nil, err
	}
	at, err := findRoots(cfg.APIRoot, cfg.ConfigAPIRoot, cfg.WebRoot)
	if err != nil {
		return nil, err
	}
	return &Client{http: cfg.transport(at), roots: at, open: cfg.OpenDatabase}, nil
}

// APIRoot is the root of the Public API that the client uses.
func (c *Client) APIRoot() string { return c.roots.api }

// ConfigAPIRoot is the root of the Config API that the client uses.
func (c *Client) ConfigAPIRoot() string { return c.roots.config }

// WebRoot is the address of the web pages.
func (c *Client) WebRoot() string { return c.roots.web }

// Workspace returns a handle of the workspace with the given ID. It asks nothing of the server.
func (c *Client) Workspace(id string) *Workspace {
	return &Workspace{client: c, id: strings.TrimSpace(id)}
}

// Do makes a call that this package has no method for: to a path below the root of the Public API, below that of the Config API
// when the path begins with /api/v1/, or below the server's address when it begins with another /api/. The body becomes JSON unless it is nil, and the answer is read into out unless
// that is nil. Calls other than GET, HEAD, PUT and DELETE are not repeated when their answer is lost.
func (c *Client) Do(ctx context.Context, method, path string, query url.Values, body, out any) error {
	root := c.roots.api
	rest := strings.TrimPrefix(path, "/")
	switch {
	case strings.HasPrefix(rest, "api/public/v1/"):
		rest = strings.TrimPrefix(rest, "api/public/v1/")
	case strings.HasPrefix(rest, "api/v1/"):
		root, rest = c.roots.config, strings.TrimPrefix(rest, "api/v1/")
	case strings.HasPrefix(rest, "api/"):
		root = strings.TrimSuffix(c.roots.config, configPath)
	case strings.HasPrefix(rest, "v1/"):
		rest = strings.TrimPrefix(rest, "v1/")
	}
	op := "calling " + method + " " + path
	segments, err := splitPath(rest)
	if err != nil {
		return refuse(ErrInvalidInput, op, "", "", "the path is not well escaped")
	}
	err = c.http.Do(ctx, transport.Request{
		Op: op, Method: strings.ToUpper(method), Root: root, Path: segments, Query: query, Body: body,
	}, out)
	return failure(err, "", "")
}

func splitPath(path string) ([]string, error) {
	segments := strings.Split(strings.Trim(path, "/"), "/")
	for i, s := range segments {
		plain, err := url.PathUnescape(s)
		if err != nil {
			return nil, err
		}
		segments[i] = plain
	}
	return segments, nil
}

// public prepares a call of the Public API.
func (c *Client) public(op, method string, body any, path ...string) transport.Request {
	return transport.Request{Op: op, Method: method, Root: c.roots.api, Path: path, Body: body}
}

// airfield prepares a call of what Airfield's servers answer beyond Airbyte's APIs.
func (c *Client) airfield(op, method string, body any, path ...string) transport.Request {
	root := strings.TrimSuffix(c.roots.config, configPath) + airfieldPath
	return transport.Request{Op: op, Method: method, Root: root, Path: path, Body: body}
}

// query prepares a call of the Config API that changes nothing, or that changes the same thing however often it is made.
func (c *Client) query(op string, body any, path ...string) transport.Request {
	return transport.Request{
		Op: op, Method: http.MethodPost, Root: c.roots.config, Path: path, Body: body, Repeat: transport.RepeatSafe,
	}
}

// ask makes a call about a resource and returns its answer.
func ask[T any](ctx context.Context, c *Client, req transport.Request, resource, id string) (*T, error) {
	var answer T
	if err := c.http.Do(ctx, req, &answer); err != nil {
		return nil, failure(err, resource, id)
	}
	return &answer, nil
}

// tell makes a call about a resource whose answer does not matter.
func (c *Client) tell(ctx context.Context, req transport.Request, resource, id string) error {
	return failure(c.http.Do(ctx, req, nil), resource, id)
}

// CreateWorkspace makes a workspace. Without [InOrganization] it belongs to the default organization of the caller;
// self-managed servers have only that one.
//
// See https://reference.airbyte.com/reference/createworkspace.
func (c *Client) CreateWorkspace(ctx context.Context, name string, opts ...CreateWorkspaceOption) (*Workspace, error) {
	op := "creating workspace " + name
	if strings.TrimSpace(name) == "" {
		return nil, refuse(ErrInvalidInput, op, "workspace", "", "a name is needed")
	}
	req := public.WorkspaceCreateRequest{Name: name}
	for _, opt := range opts {
		opt.create(&req)
	}
	answer, err := ask[public.WorkspaceResponse](ctx, c, c.public(op, http.MethodPost, req, "workspaces"), "workspace", name)
	if err != nil {
		return nil, err
	}
	return c.workspace(answer), nil
}

func (c *Client) workspace(info *public.WorkspaceResponse) *Workspace {
	w := c.Workspace(info.WorkspaceID)
	w.info.set(workspaceInfo(info))
	return w
}
