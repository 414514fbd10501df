package cloud

import (
	"context"
	"errors"
	"net/http"
	"strings"
)

// A DeleteOption says how carefully something is deleted.
type DeleteOption func(*deleteOptions)

type deleteOptions struct {
	unsafe             bool
	cascadeSource      bool
	cascadeDestination bool
}

// WithoutSafeMode deletes whatever the name is. In safe mode, the default, the name of what is deleted must contain
// "delete-me" or "deleteme" in any case; otherwise nothing is deleted and the error matches [ErrSafeMode].
func WithoutSafeMode() DeleteOption { return func(o *deleteOptions) { o.unsafe = true } }

// CascadeSource deletes the source of a connection after the connection. Safe mode applies to it as well.
func CascadeSource() DeleteOption { return func(o *deleteOptions) { o.cascadeSource = true } }

// CascadeDestination deletes the destination of a connection after the connection. Safe mode applies to it as well.
func CascadeDestination() DeleteOption { return func(o *deleteOptions) { o.cascadeDestination = true } }

func deleteOptionsOf(op string, cascades bool, opts []DeleteOption) (deleteOptions, error) {
	var o deleteOptions
	for _, opt := range opts {
		opt(&o)
	}
	if !cascades && (o.cascadeSource || o.cascadeDestination) {
		return o, refuse(ErrInvalidInput, op, "", "", "only deleting a connection cascades")
	}
	return o, nil
}

// allow returns an error when safe mode keeps what has this name.
func (o deleteOptions) allow(ctx context.Context, op, resource, id string, name func(context.Context) (string, error)) error {
	if o.unsafe {
		return nil
	}
	called, err := name(ctx)
	if err != nil {
		return err
	}
	lower := strings.ToLower(called)
	if strings.Contains(lower, "delete-me") || strings.Contains(lower, "deleteme") {
		return nil
	}
	return refuse(ErrSafeMode, op, resource, id,
		`safe mode keeps %s %q: its name contains neither "delete-me" nor "deleteme"`, resource, called)
}

// PermanentlyDeleteSource deletes a source. A server deletes the connections that use it first. The error matches
// [ErrSafeMode] when safe mode keeps the source.
//
// See https://reference.airbyte.com/reference/deletesource.
func (w *Workspace) PermanentlyDeleteSource(ctx context.Context, source SourceRef, opts ...DeleteOption) error {
	return w.sourceOf(source).PermanentlyDelete(ctx, opts...)
}

// PermanentlyDeleteDestination deletes a destination. A server deletes the connections that use it first. The error matches
// [ErrSafeMode] when safe mode keeps the destination.
//
// See https://reference.airbyte.com/reference/deletedestination.
func (w *Workspace) PermanentlyDeleteDestination(ctx context.Context, destination DestinationRef, opts ...DeleteOption) error {
	return w.destinationOf(destination).PermanentlyDelete(ctx, opts...)
}

// PermanentlyDeleteConnection deletes a connection, and with [CascadeSource] and [CascadeDestination] its ends after it. Whether
// safe mode allows all of it, and whether another connection uses the ends, is found out before anything is deleted: then nothing is,
// and the error matches [ErrSafeMode] or [ErrConflict]. An error after that names what was not deleted and why.
//
// See https://reference.airbyte.com/reference/deleteconnection.
func (w *Workspace) PermanentlyDeleteConnection(ctx context.Context, connection ConnectionRef, opts ...DeleteOption) error {
	return w.connectionOf(connection).PermanentlyDelete(ctx, opts...)
}

// PermanentlyDelete deletes the source, see [Workspace.PermanentlyDeleteSource].
func (s *Source) PermanentlyDelete(ctx context.Context, opts ...DeleteOption) error {
	return s.workspace.deleteActor(ctx, "source", s.id, s.Name, opts)
}

// PermanentlyDelete deletes the destination, see [Workspace.PermanentlyDeleteDestination].
func (d *Destination) PermanentlyDelete(ctx context.Context, opts ...DeleteOption) error {
	return d.workspace.deleteActor(ctx, "destination", d.id, d.Name, opts)
}

func (w *Workspace) deleteActor(ctx context.Context, kind, id string, name func(context.Context) (string, error), opts []DeleteOption) error {
	op := "deleting " + kind + " " + id
	o, err := deleteOptionsOf(op, false, opts)
	if err != nil {
		return err
	}
	if err := o.allow(ctx, op, kind, id, name); err != nil {
		return err
	}
	return w.client.tell(ctx, w.client.public(op, http.MethodDelete, nil, kind+"s", id), kind, id)
}

// PermanentlyDelete deletes the connection, see [Workspace.PermanentlyDeleteConnection].
func (c *Connection) PermanentlyDelete(ctx context.Context, opts ...DeleteOption) error {
	op := "deleting connection " + c.id
	o, err := deleteOptionsOf(op, true, opts)
	if err != nil {
		return err
	}
	if err := o.allow(ctx, op, "connection", c.id, c.Name); err != nil {
		return err
	}
	ends, err := c.cascade(ctx, op, o)
	if err != nil {
		return err
	}
	err = c.workspace.client.tell(ctx, c.workspace.client.public(op, http.MethodDelete, nil, "connections", c.id), "connection", c.id)
	if err != nil {
		return err
	}
	return c.deleteEnds(ctx, op, ends)
}

// end is a source or destination that goes with its connection.
type end struct {
	kind   string
	id     string
	delete func(context.Context, ...DeleteOption) error
}

// cascade finds what goes with the connection, and returns an error when some of it must stay.
func (c *Connection) cascade(ctx context.Context, op string, o deleteOptions) ([]end, error) {
	if !o.cascadeSource && !o.cascadeDestination {
		return nil, nil
	}
	info, err := c.Info(ctx)
	if err != nil {
		return nil, err
	}
	var ends []end
	if o.cascadeSource {
		s := c.workspace.Source(info.SourceID)
		if err := o.allow(ctx, op, "source", s.id, s.Name); err != nil {
			return nil, err
		}
		ends = append(ends, end{"source", s.id, s.PermanentlyDelete})
	}
	if o.cascadeDestination {
		d := c.workspace.Destination(info.DestinationID)
		if err := o.allow(ctx, op, "destination", d.id, d.Name); err != nil {
			return nil, err
		}
		ends = append(ends, end{"destination", d.id, d.PermanentlyDelete})
	}
	return ends, c.mustBeAlone(ctx, op, ends)
}

// mustBeAlone returns an error when another connection uses one of the ends: deleting the end would delete it as well.
func (c *Connection) mustBeAlone(ctx context.Context, op string, ends []end) error {
	for other, err := range c.workspace.Connections(ctx) {
		if err != nil {
			return err
		}
		info, err := other.Info(ctx)
		if err != nil {
			return err
		}
		for _, e := range ends {
			if info.ID != c.id && (info.SourceID == e.id || info.DestinationID == e.id) {
				return refuse(ErrConflict, op, e.kind, e.id,
					"nothing was deleted: %s %s is used by connection %s (%s) too", e.kind, e.id, info.ID, info.Name)
			}
		}
	}
	return nil
}

func (c *Connection) deleteEnds(ctx context.Context, op string, ends []end) error {
	var faults []error
	var kept []string
	for _, e := range ends {
		if err := e.delete(ctx, WithoutSafeMode()); err != nil && !errors.Is(err, ErrNotFound) {
			faults = append(faults, err)
			kept = append(kept, e.kind+" "+e.id)
		}
	}
	if len(faults) == 0 {
		return nil
	}
	return &Error{
		Op: op, Resource: "connection", ID: c.id, Err: errors.Join(faults...),
		Detail: "the connection was deleted; not deleted: " + strings.Join(kept, ", "),
	}
}
