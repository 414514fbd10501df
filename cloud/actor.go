package cloud

import (
	"context"
	"encoding/json"
	"fmt"
	"iter"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/airfielddev/airfield/internal/transport"
	"github.com/airfielddev/airfield/internal/wire/public"
)

// A SourceRef is a deployed source or its ID: *[Source] and [SourceID].
type SourceRef interface{ sourceID() string }

// A DestinationRef is a deployed destination or its ID: *[Destination] and [DestinationID].
type DestinationRef interface{ destinationID() string }

// A ConnectionRef is a deployed connection or its ID: *[Connection] and [ConnectionID].
type ConnectionRef interface{ connectionID() string }

// SourceID is the ID of a source.
type SourceID string

// DestinationID is the ID of a destination.
type DestinationID string

// ConnectionID is the ID of a connection.
type ConnectionID string

func (id SourceID) sourceID() string           { return string(id) }
func (id DestinationID) destinationID() string { return string(id) }
func (id ConnectionID) connectionID() string   { return string(id) }

func (s *Source) sourceID() string {
	if s == nil {
		return ""
	}
	return s.id
}

func (d *Destination) destinationID() string {
	if d == nil {
		return ""
	}
	return d.id
}

func (c *Connection) connectionID() string {
	if c == nil {
		return ""
	}
	return c.id
}

func (w *Workspace) sourceOf(ref SourceRef) *Source {
	if s, ok := ref.(*Source); ok && s != nil && s.workspace == w {
		return s
	}
	return w.Source(idOf(ref, SourceRef.sourceID))
}

func (w *Workspace) destinationOf(ref DestinationRef) *Destination {
	if d, ok := ref.(*Destination); ok && d != nil && d.workspace == w {
		return d
	}
	return w.Destination(idOf(ref, DestinationRef.destinationID))
}

func (w *Workspace) connectionOf(ref ConnectionRef) *Connection {
	if c, ok := ref.(*Connection); ok && c != nil && c.workspace == w {
		return c
	}
	return w.Connection(idOf(ref, ConnectionRef.connectionID))
}

// idOf is the ID of ref, empty when there is none: the call then says that an ID is missing.
func idOf[R comparable](ref R, id func(R) string) string {
	if ref == *new(R) {
		return ""
	}
	return id(ref)
}

// Source is a handle of a deployed source. It is safe for concurrent use.
type Source struct {
	workspace *Workspace
	id        string
	info      lazy[SourceInfo]
}

// Destination is a handle of a deployed destination. It is safe for concurrent use.
type Destination struct {
	workspace *Workspace
	id        string
	info      lazy[DestinationInfo]
}

// SourceInfo is what is known about a source.
type SourceInfo struct {
	ID           string
	Name         string
	Type         string // the short name of the connector, such as "faker"; empty for custom ones
	DefinitionID string
	WorkspaceID  string
	// Configuration is JSON as the server gave it. Secrets in it are masked as "**********".
	Configuration json.RawMessage
	CreatedAt     time.Time

	resources *public.ScopedResourceRequirements
}

// DestinationInfo is what is known about a destination.
type DestinationInfo struct {
	ID           string
	Name         string
	Type         string // the short name of the connector, such as "postgres"; empty for custom ones
	DefinitionID string
	WorkspaceID  string
	// Configuration is JSON as the server gave it. Secrets in it are masked as "**********".
	Configuration json.RawMessage
	CreatedAt     time.Time

	resources *public.ScopedResourceRequirements
}

func sourceInfo(r *public.SourceResponse) *SourceInfo {
	return &SourceInfo{
		ID: r.SourceID, Name: r.Name, Type: r.SourceType, DefinitionID: r.DefinitionID, WorkspaceID: r.WorkspaceID,
		Configuration: r.Configuration, CreatedAt: time.Unix(r.CreatedAt, 0).UTC(), resources: r.ResourceAllocation,
	}
}

func destinationInfo(r *public.DestinationResponse) *DestinationInfo {
	return &DestinationInfo{
		ID: r.DestinationID, Name: r.Name, Type: r.DestinationType, DefinitionID: r.DefinitionID, WorkspaceID: r.WorkspaceID,
		Configuration: r.Configuration, CreatedAt: time.Unix(r.CreatedAt, 0).UTC(), resources: r.ResourceAllocation,
	}
}

// Source returns a handle of the source with the given ID. It asks nothing of the server.
func (w *Workspace) Source(id string) *Source {
	return &Source{workspace: w, id: strings.TrimSpace(id)}
}

// Destination returns a handle of the destination with the given ID. It asks nothing of the server.
func (w *Workspace) Destination(id string) *Destination {
	return &Destination{workspace: w, id: strings.TrimSpace(id)}
}

func (w *Workspace) source(r *public.SourceResponse) *Source {
	s := w.Source(r.SourceID)
	s.info.set(sourceInfo(r))
	return s
}

func (w *Workspace) destination(r *public.DestinationResponse) *Destination {
	d := w.Destination(r.DestinationID)
	d.info.set(destinationInfo(r))
	return d
}

// Sources lists the sources of the workspace. See https://reference.airbyte.com/reference/listsources.
func (w *Workspace) Sources(ctx context.Context, opts ...ListOption) iter.Seq2[*Source, error] {
	name := func(r *public.SourceResponse) string { return r.Name }
	return listIn(ctx, w, "sources", opts, name, w.source)
}

// Destinations lists the destinations of the workspace. See https://reference.airbyte.com/reference/listdestinations.
func (w *Workspace) Destinations(ctx context.Context, opts ...ListOption) iter.Seq2[*Destination, error] {
	name := func(r *public.DestinationResponse) string { return r.Name }
	return listIn(ctx, w, "destinations", opts, name, w.destination)
}

func listIn[R, T any](ctx context.Context, w *Workspace, kind string, opts []ListOption, name func(*R) string, object func(*R) T) iter.Seq2[T, error] {
	op := fmt.Sprintf("listing %s of workspace %s", kind, w.id)
	o, err := listOptionsOf(op, opts)
	if err != nil {
		return fails[T](err)
	}
	query, err := w.query(o)
	if err != nil {
		return fails[T](err)
	}
	return kept(listPublic[R](ctx, w.client, op, kind, query, o), o, name, object)
}

// ID is the ID of the source.
func (s *Source) ID() string { return s.id }

// ID is the ID of the destination.
func (d *Destination) ID() string { return d.id }

// Workspace is the workspace that the source was got from.
func (s *Source) Workspace() *Workspace { return s.workspace }

// Workspace is the workspace that the destination was got from.
func (d *Destination) Workspace() *Workspace { return d.workspace }

// URL is the address of the source's web page.
func (s *Source) URL() string { return s.workspace.URL() + "/source/" + url.PathEscape(s.id) }

// URL is the address of the destination's web page.
func (d *Destination) URL() string {
	return d.workspace.URL() + "/destination/" + url.PathEscape(d.id)
}

// Info tells about the source. It asks once and then remembers; [Source.Refresh] asks again.
func (s *Source) Info(ctx context.Context) (*SourceInfo, error) { return s.info.get(ctx, s.fetch) }

// Info tells about the destination. It asks once and then remembers; [Destination.Refresh] asks again.
func (d *Destination) Info(ctx context.Context) (*DestinationInfo, error) {
	return d.info.get(ctx, d.fetch)
}

// Refresh asks for what is known about the source. The error matches [ErrWorkspaceMismatch] when the source belongs to another
// workspace. See https://reference.airbyte.com/reference/getsource.
func (s *Source) Refresh(ctx context.Context) (*SourceInfo, error) {
	return s.info.refresh(ctx, s.fetch)
}

// Refresh asks for what is known about the destination. The error matches [ErrWorkspaceMismatch] when the destination belongs to
// another workspace. See https://reference.airbyte.com/reference/getdestination.
func (d *Destination) Refresh(ctx context.Context) (*DestinationInfo, error) {
	return d.info.refresh(ctx, d.fetch)
}

func (s *Source) fetch(ctx context.Context) (*SourceInfo, error) {
	req := s.workspace.client.public("getting source "+s.id, http.MethodGet, nil, "sources", s.id)
	answer, err := ask[public.SourceResponse](ctx, s.workspace.client, req, "source", s.id)
	if err != nil {
		return nil, err
	}
	return sourceInfo(answer), s.workspace.owns("source", s.id, answer.WorkspaceID)
}

func (d *Destination) fetch(ctx context.Context) (*DestinationInfo, error) {
	req := d.workspace.client.public("getting destination "+d.id, http.MethodGet, nil, "destinations", d.id)
	answer, err := ask[public.DestinationResponse](ctx, d.workspace.client, req, "destination", d.id)
	if err != nil {
		return nil, err
	}
	return destinationInfo(answer), d.workspace.owns("destination", d.id, answer.WorkspaceID)
}

// Name is the name of the source.
func (s *Source) Name(ctx context.Context) (string, error) {
	info, err := s.Info(ctx)
	if err != nil {
		return "", err
	}
	return info.Name, nil
}

// Name is the name of the destination.
func (d *Destination) Name(ctx context.Context) (string, error) {
	info, err := d.Info(ctx)
	if err != nil {
		return "", err
	}
	return info.Name, nil
}

// DefinitionID is the ID of the connector definition that the source is an instance of.
func (s *Source) DefinitionID(ctx context.Context) (string, error) {
	info, err := s.Info(ctx)
	if err != nil {
		return "", err
	}
	return info.DefinitionID, nil
}

// DefinitionID is the ID of the connector definition that the destination is an instance of.
func (d *Destination) DefinitionID(ctx context.Context) (string, error) {
	info, err := d.Info(ctx)
	if err != nil {
		return "", err
	}
	return info.DefinitionID, nil
}

// repeatable marks a request that sets the same thing however often it is made.
func repeatable(req transport.Request) transport.Request {
	req.Repeat = transport.RepeatSafe
	return req
}
