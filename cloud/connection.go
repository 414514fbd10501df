package cloud

import (
	"cmp"
	"context"
	"iter"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/airfielddev/airfield/internal/wire"
	"github.com/airfielddev/airfield/internal/wire/public"
)

// Connection is a handle of a connection: what syncs streams of a source to a destination. It is safe for concurrent use.
type Connection struct {
	workspace *Workspace
	id        string
	info      lazy[ConnectionInfo]
}

// ConnectionStatus tells whether a connection may sync.
type ConnectionStatus string

// The states of a connection. Deprecated means that it was deleted; locked is set by the deployment.
const (
	ConnectionActive     ConnectionStatus = "active"
	ConnectionInactive   ConnectionStatus = "inactive"
	ConnectionDeprecated ConnectionStatus = "deprecated"
	ConnectionLocked     ConnectionStatus = "locked"
)

// NamespaceDefinition tells where the namespace of a stream in the destination comes from. See
// https://docs.airbyte.com/platform/using-airbyte/core-concepts/namespaces.
type NamespaceDefinition string

// Where a namespace comes from.
const (
	NamespaceSource       NamespaceDefinition = "source"
	NamespaceDestination  NamespaceDefinition = "destination"
	NamespaceCustomFormat NamespaceDefinition = "custom_format"
)

// SchemaChanges tells what happens when the schema of a source changes in a way that breaks nothing. See
// https://docs.airbyte.com/platform/using-airbyte/schema-change-management.
type SchemaChanges string

// What happens on a change that breaks nothing.
const (
	IgnoreSchemaChanges     SchemaChanges = "ignore"
	DisableOnSchemaChanges  SchemaChanges = "disable_connection"
	PropagateColumns        SchemaChanges = "propagate_columns"
	PropagateColumnsStreams SchemaChanges = "propagate_fully"
)

// Tag is a label of connections.
type Tag struct {
	ID          string
	Name        string
	Color       string // six hexadecimal digits without a number sign
	WorkspaceID string // "": that of the connection
}

// ConnectionInfo is what is known about a connection.
type ConnectionInfo struct {
	ID                  string
	Name                string
	SourceID            string
	DestinationID       string
	WorkspaceID         string
	Status              ConnectionStatus
	Schedule            Schedule
	Streams             []Stream // the selected ones
	TablePrefix         string
	NamespaceDefinition NamespaceDefinition
	NamespaceFormat     string // where NamespaceDefinition is custom_format
	SchemaChanges       SchemaChanges
	Tags                []Tag
	CreatedAt           time.Time

	configurations []public.StreamConfiguration
}

// ConnectionSpec is a connection to create.
type ConnectionSpec struct {
	Name                string              // "": the server makes one of the names of source and destination
	Source              SourceRef           // *[Source] or [SourceID]
	Destination         DestinationRef      // *[Destination] or [DestinationID]
	Streams             []Stream            // at least one, see [Streams]; or AllStreams
	AllStreams          bool                // sync every stream that the source has
	TablePrefix         string              // put before the names of streams in the destination
	Schedule            Schedule            // the zero value: when it is told to
	NamespaceDefinition NamespaceDefinition // "": destination
	NamespaceFormat     string              // where NamespaceDefinition is custom_format, such as "${SOURCE_NAMESPACE}_raw"
	SchemaChanges       SchemaChanges       // "": ignore
	Inactive            bool                // create it without letting it sync
	Tags                []Tag
}

// DeployConnection creates a connection between a deployed source and a deployed destination. The server asks the source for its catalog
// on the way, unless it remembers it, so that this may take a while. The error matches [ErrInvalidInput] when a stream is not in that
// catalog or cannot be synced as asked.
//
// See https://reference.airbyte.com/reference/createconnection.
func (w *Workspace) DeployConnection(ctx context.Context, spec ConnectionSpec) (*Connection, error) {
	op := "deploying connection " + spec.Name
	if err := spec.check(op); err != nil {
		return nil, err
	}
	req := w.client.public(op, http.MethodPost, spec.request(w.id), "connections")
	answer, err := ask[public.ConnectionResponse](ctx, w.client, req, "connection", spec.Name)
	if err != nil {
		return nil, err
	}
	c := w.connection(answer)
	if spec.Schedule.public() != nil {
		return c, nil
	}
	return c, c.SetSchedule(ctx, spec.Schedule)
}

func (s ConnectionSpec) check(op string) error {
	switch {
	case idOf(s.Source, SourceRef.sourceID) == "":
		return refuse(ErrInvalidInput, op, "connection", s.Name, "a source is needed")
	case idOf(s.Destination, DestinationRef.destinationID) == "":
		return refuse(ErrInvalidInput, op, "connection", s.Name, "a destination is needed")
	case len(s.Streams) == 0 && !s.AllStreams:
		return refuse(ErrInvalidInput, op, "connection", s.Name, "streams are needed; AllStreams takes every one")
	case len(s.Streams) > 0 && s.AllStreams:
		return refuse(ErrInvalidInput, op, "connection", s.Name, "Streams and AllStreams exclude each other")
	}
	if err := s.Schedule.check(op, s.Name); err != nil {
		return err
	}
	return checkStreams(op, s.Name, s.Streams)
}

func (s ConnectionSpec) request(workspaceID string) public.ConnectionCreateRequest {
	r := public.ConnectionCreateRequest{
		Name: s.Name, SourceID: s.Source.sourceID(), DestinationID: s.Destination.destinationID(),
		Prefix: &s.TablePrefix, NamespaceDefinition: public.NamespaceDefinition(s.NamespaceDefinition),
		NonBreakingSchemaUpdatesBehavior: public.NonBreakingBehavior(s.SchemaChanges),
		Schedule:                         s.Schedule.public(),
	}
	if !s.AllStreams {
		r.Configurations = &public.StreamConfigurations{Streams: merged(nil, s.Streams)}
	}
	if s.NamespaceFormat != "" {
		r.NamespaceFormat = &s.NamespaceFormat
	}
	if s.Inactive {
		r.Status = wire.ConnectionInactive
	}
	for _, t := range s.Tags {
		r.Tags = append(r.Tags, t.wire(workspaceID))
	}
	return r
}

func (t Tag) wire(workspaceID string) wire.Tag {
	return wire.Tag{TagID: t.ID, WorkspaceID: cmp.Or(t.WorkspaceID, workspaceID), Name: t.Name, Color: t.Color}
}

// Connection returns a handle of the connection with the given ID. It asks nothing of the server.
func (w *Workspace) Connection(id string) *Connection {
	return &Connection{workspace: w, id: strings.TrimSpace(id)}
}

func (w *Workspace) connection(r *public.ConnectionResponse) *Connection {
	c := w.Connection(r.ConnectionID)
	c.info.set(connectionInfo(r))
	return c
}

func connectionInfo(r *public.ConnectionResponse) *ConnectionInfo {
	info := &ConnectionInfo{
		ID: r.ConnectionID, Name: r.Name, SourceID: r.SourceID, DestinationID: r.DestinationID, WorkspaceID: r.WorkspaceID,
		Status: ConnectionStatus(r.Status), Schedule: scheduleOf(r.Schedule), TablePrefix: deref(r.Prefix),
		NamespaceDefinition: NamespaceDefinition(r.NamespaceDefinition), NamespaceFormat: deref(r.NamespaceFormat),
		SchemaChanges: SchemaChanges(r.NonBreakingSchemaUpdatesBehavior), CreatedAt: time.Unix(r.CreatedAt, 0).UTC(),
		configurations: r.Configurations.Streams,
	}
	for i := range r.Configurations.Streams {
		info.Streams = append(info.Streams, streamOf(&r.Configurations.Streams[i]))
	}
	for _, t := range r.Tags {
		info.Tags = append(info.Tags, Tag{ID: t.TagID, Name: t.Name, Color: t.Color, WorkspaceID: t.WorkspaceID})
	}
	return info
}

// Connections lists the connections of the workspace. See https://reference.airbyte.com/reference/listconnections.
func (w *Workspace) Connections(ctx context.Context, opts ...ListOption) iter.Seq2[*Connection, error] {
	name := func(r *public.ConnectionResponse) string { return r.Name }
	return listIn(ctx, w, "connections", opts, name, w.connection)
}

// ID is the ID of the connection.
func (c *Connection) ID() string { return c.id }

// Workspace is the workspace that the connection was got from.
func (c *Connection) Workspace() *Workspace { return c.workspace }

// URL is the address of the connection's web page.
func (c *Connection) URL() string {
	return c.workspace.URL() + "/connections/" + url.PathEscape(c.id)
}

// JobHistoryURL is the address of the web page that lists the connection's jobs.
func (c *Connection) JobHistoryURL() string { return c.URL() + "/timeline" }

// Info tells about the connection. It asks once and then remembers; [Connection.Refresh] asks again.
func (c *Connection) Info(ctx context.Context) (*ConnectionInfo, error) {
	return c.info.get(ctx, c.fetch)
}

// Refresh asks for what is known about the connection. The error matches [ErrWorkspaceMismatch] when it belongs to another
// workspace. See https://reference.airbyte.com/reference/getconnection.
func (c *Connection) Refresh(ctx context.Context) (*ConnectionInfo, error) {
	return c.info.refresh(ctx, c.fetch)
}

func (c *Connection) fetch(ctx context.Context) (*ConnectionInfo, error) {
	req := c.workspace.client.public("getting connection "+c.id, http.MethodGet, nil, "connections", c.id)
	answer, err := ask[public.ConnectionResponse](ctx, c.workspace.client, req, "connection", c.id)
	if err != nil {
		return nil, err
	}
	return connectionInfo(answer), c.workspace.owns("connection", c.id, answer.WorkspaceID)
}

// CheckValid checks that the connection exists and belongs to the workspace.
func (c *Connection) CheckValid(ctx context.Context) error {
	_, err := c.Refresh(ctx)
	return err
}

// Name is the name of the connection.
func (c *Connection) Name(ctx context.Context) (string, error) {
	return of(ctx, c, func(i *ConnectionInfo) string { return i.Name })
}

// Source is a handle of the connection's source.
func (c *Connection) Source(ctx context.Context) (*Source, error) {
	return of(ctx, c, func(i *ConnectionInfo) *Source { return c.workspace.Source(i.SourceID) })
}

// Destination is a handle of the connection's destination.
func (c *Connection) Destination(ctx context.Context) (*Destination, error) {
	return of(ctx, c, func(i *ConnectionInfo) *Destination { return c.workspace.Destination(i.DestinationID) })
}

// Streams is the streams that are synced, and how.
func (c *Connection) Streams(ctx context.Context) ([]Stream, error) {
	return of(ctx, c, func(i *ConnectionInfo) []Stream { return i.Streams })
}

// StreamNames is the names of the streams that are synced.
func (c *Connection) StreamNames(ctx context.Context) ([]string, error) {
	return of(ctx, c, func(i *ConnectionInfo) []string {
		names := make([]string, len(i.Streams))
		for n, s := range i.Streams {
			names[n] = s.Name
		}
		return names
	})
}

// TablePrefix is what is put before the names of streams in the destination.
func (c *Connection) TablePrefix(ctx context.Context) (string, error) {
	return of(ctx, c, func(i *ConnectionInfo) string { return i.TablePrefix })
}

// Schedule is when the connection syncs.
func (c *Connection) Schedule(ctx context.Context) (Schedule, error) {
	return of(ctx, c, func(i *ConnectionInfo) Schedule { return i.Schedule })
}

// Enabled tells whether the connection may sync. It asks the server each time, because a server may switch connections off.
func (c *Connection) Enabled(ctx context.Context) (bool, error) {
	info, err := c.Refresh(ctx)
	if err != nil {
		return false, err
	}
	return info.Status == ConnectionActive, nil
}

func of[T any](ctx context.Context, c *Connection, field func(*ConnectionInfo) T) (T, error) {
	info, err := c.Info(ctx)
	if err != nil {
		return *new(T), err
	}
	return field(info), nil
}
