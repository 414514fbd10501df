package cloud

import (
	"context"
	"net/http"
	"strings"

	"github.com/airfielddev/airfield/internal/wire"
	"github.com/airfielddev/airfield/internal/wire/config"
	"github.com/airfielddev/airfield/internal/wire/public"
)

// Rename changes the name of the connection. See https://reference.airbyte.com/reference/patchconnection.
func (c *Connection) Rename(ctx context.Context, name string) error {
	op := "renaming connection " + c.id
	if strings.TrimSpace(name) == "" {
		return refuse(ErrInvalidInput, op, "connection", c.id, "a name is needed")
	}
	return c.patch(ctx, op, public.ConnectionPatchRequest{Name: &name})
}

// SetTablePrefix changes what is put before the names of streams in the destination. An empty prefix is none. What was
// synced under the old names stays where it is.
func (c *Connection) SetTablePrefix(ctx context.Context, prefix string) error {
	return c.patch(ctx, "setting table prefix of connection "+c.id, public.ConnectionPatchRequest{Prefix: &prefix})
}

// SetNamespace changes where the namespaces in the destination come from. format is for [NamespaceCustomFormat] alone.
func (c *Connection) SetNamespace(ctx context.Context, definition NamespaceDefinition, format string) error {
	change := public.ConnectionPatchRequest{NamespaceDefinition: public.NamespaceDefinition(definition)}
	if definition == NamespaceCustomFormat {
		change.NamespaceFormat = &format
	}
	return c.patch(ctx, "setting namespace of connection "+c.id, change)
}

// SetSchemaChanges changes what happens when the schema of the source changes in a way that breaks nothing.
func (c *Connection) SetSchemaChanges(ctx context.Context, behavior SchemaChanges) error {
	change := public.ConnectionPatchRequest{NonBreakingSchemaUpdatesBehavior: public.NonBreakingBehavior(behavior)}
	return c.patch(ctx, "setting schema changes of connection "+c.id, change)
}

// SetTags replaces the tags of the connection. None removes all.
func (c *Connection) SetTags(ctx context.Context, tags ...Tag) error {
	list := wire.List[wire.Tag]{}
	for _, t := range tags {
		list = append(list, t.wire(c.workspace.id))
	}
	return c.patch(ctx, "setting tags of connection "+c.id, public.ConnectionPatchRequest{Tags: &list})
}

// SetEnabled lets the connection sync or stops it from doing so. A running sync goes on. It does nothing when the connection
// is in that state already; the error matches [ErrConflict] when it is locked or deleted.
func (c *Connection) SetEnabled(ctx context.Context, enabled bool) error {
	op := "disabling connection " + c.id
	want, status := ConnectionInactive, wire.ConnectionInactive
	if enabled {
		op = "enabling connection " + c.id
		want, status = ConnectionActive, wire.ConnectionActive
	}
	info, err := c.Refresh(ctx)
	if err != nil {
		return err
	}
	switch info.Status {
	case want:
		return nil
	case ConnectionLocked, ConnectionDeprecated:
		return refuse(ErrConflict, op, "connection", c.id, "its status is %s", info.Status)
	}
	return c.patch(ctx, op, public.ConnectionPatchRequest{Status: status})
}

// SetSchedule changes when the connection syncs. [CronIn] with a zone other than UTC, and [Every], use the Config API.
func (c *Connection) SetSchedule(ctx context.Context, schedule Schedule) error {
	op := "setting schedule of connection " + c.id
	if err := schedule.check(op, c.id); err != nil {
		return err
	}
	if s := schedule.public(); s != nil {
		return c.patch(ctx, op, public.ConnectionPatchRequest{Schedule: s})
	}
	kind, data := schedule.config()
	skip := true
	change := config.ConnectionUpdate{ConnectionID: c.id, ScheduleType: kind, ScheduleData: data, SkipReset: &skip}
	req := c.workspace.client.query(op, change, "web_backend", "connections", "update")
	if err := c.workspace.client.tell(ctx, req, "connection", c.id); err != nil {
		return err
	}
	c.info.forget()
	return nil
}

// SetStreams makes the connection sync these streams and no others. It merges: what a stream does not mention, such as its sync
// mode, cursor, key, fields and mappers, stays as it is, and so do settings that this package does not know. Streams that are new
// to the connection begin as [Stream] says. No data is deleted; a server forgets how far a stream has come when its
// sync mode changes.
//
// See https://reference.airbyte.com/reference/patchconnection.
func (c *Connection) SetStreams(ctx context.Context, streams []Stream) error {
	op := "setting streams of connection " + c.id
	if len(streams) == 0 {
		return refuse(ErrInvalidInput, op, "connection", c.id, "streams are needed; SetEnabled stops a connection from syncing")
	}
	if err := checkStreams(op, c.id, streams); err != nil {
		return err
	}
	info, err := c.Refresh(ctx)
	if err != nil {
		return err
	}
	defined, err := c.sourceDefined(ctx)
	if err != nil {
		return err
	}
	list := merged(info.configurations, streams)
	for i := range list {
		defined.strip(&list[i], streams[i])
	}
	return c.patch(ctx, op, public.ConnectionPatchRequest{Configurations: &public.StreamConfigurations{Streams: list}})
}

// UpdateStream changes how one stream is synced and leaves the others alone. The error matches [ErrNotFound] when the connection
// does not sync the stream.
func (c *Connection) UpdateStream(ctx context.Context, stream Stream) error {
	info, err := c.Refresh(ctx)
	if err != nil {
		return err
	}
	streams := make([]Stream, len(info.Streams))
	found := false
	for i, s := range info.Streams {
		streams[i] = Stream{Name: s.Name, Namespace: s.Namespace}
		if s.Name == stream.Name && (stream.Namespace == "" || stream.Namespace == s.Namespace) {
			found = true
			stream.Namespace = s.Namespace
			streams[i] = stream
		}
	}
	if !found {
		return refuse(ErrNotFound, "updating stream of connection "+c.id, "stream", stream.Name, "the connection does not sync it")
	}
	return c.SetStreams(ctx, streams)
}

// sourceDefined is which cursors and keys of streams the source defines. Servers refuse to be told what they show.
type sourceDefined map[streamKey]*config.Stream

type streamKey struct{ namespace, name string }

// sourceDefined reads the catalog of the connection. Where the Config API is closed to the caller nothing is known.
func (c *Connection) sourceDefined(ctx context.Context) (sourceDefined, error) {
	read, err := c.webBackend(ctx)
	if isClosed(err) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	defined := sourceDefined{}
	for _, s := range read.SyncCatalog.Streams {
		if s.Stream != nil {
			defined[streamKey{deref(s.Stream.Namespace), s.Stream.Name}] = s.Stream
		}
	}
	return defined, nil
}

// strip leaves out of a configuration the cursor and key that the source defines, unless the caller gave them.
func (d sourceDefined) strip(s *public.StreamConfiguration, asked Stream) {
	stream := d.find(s)
	if stream == nil {
		return
	}
	if deref(stream.SourceDefinedCursor) && asked.CursorField == nil {
		s.CursorField = nil
	}
	if len(stream.SourceDefinedPrimaryKey) > 0 && asked.PrimaryKey == nil {
		s.PrimaryKey = nil
	}
}

func (d sourceDefined) find(s *public.StreamConfiguration) *config.Stream {
	if stream := d[streamKey{deref(s.Namespace), s.Name}]; stream != nil || s.Namespace != nil {
		return stream
	}
	var named *config.Stream
	for key, stream := range d {
		if key.name == s.Name && named != nil {
			return nil
		}
		if key.name == s.Name {
			named = stream
		}
	}
	return named
}

func (c *Connection) webBackend(ctx context.Context) (*config.WebBackendConnectionRead, error) {
	req := c.workspace.client.query("getting catalog of connection "+c.id,
		config.WebBackendConnectionRequest{ConnectionID: c.id}, "web_backend", "connections", "get")
	return ask[config.WebBackendConnectionRead](ctx, c.workspace.client, req, "connection", c.id)
}

func (c *Connection) patch(ctx context.Context, op string, change public.ConnectionPatchRequest) error {
	if c.id == "" {
		return refuse(ErrInvalidInput, op, "connection", "", "an ID is needed")
	}
	req := c.workspace.client.public(op, http.MethodPatch, change, "connections", c.id)
	answer, err := ask[public.ConnectionResponse](ctx, c.workspace.client, repeatable(req), "connection", c.id)
	if err != nil {
		c.info.forget() // it may have been changed all the same
		return err
	}
	c.info.set(connectionInfo(answer))
	return nil
}
