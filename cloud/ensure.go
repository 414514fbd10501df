package cloud

import "context"

// EnsureSource makes sure that the workspace has a source of this name with this configuration: it deploys one, or updates the one that
// there is. The error matches [ErrMultipleFound] when the name stands for several.
//
// Unlike deploying, it can be called again after an answer was lost.
func (w *Workspace) EnsureSource(ctx context.Context, name string, src Deployable, opts ...DeployOption) (*Source, error) {
	found, err := single(w.Sources(ctx, ByName(name), Limit(2)), "source", name)
	if err != nil {
		return nil, err
	}
	if found == nil {
		return w.DeploySource(ctx, name, src, append(opts, AllowDuplicateName())...)
	}
	config, err := configOf("source", name, src)
	if err != nil {
		return nil, err
	}
	return found, found.UpdateConfig(ctx, config)
}

// EnsureDestination makes sure that the workspace has a destination of this name with this configuration, as [Workspace.EnsureSource] does
// for sources.
func (w *Workspace) EnsureDestination(ctx context.Context, name string, dst Deployable, opts ...DeployOption) (*Destination, error) {
	found, err := single(w.Destinations(ctx, ByName(name), Limit(2)), "destination", name)
	if err != nil {
		return nil, err
	}
	if found == nil {
		return w.DeployDestination(ctx, name, dst, append(opts, AllowDuplicateName())...)
	}
	config, err := configOf("destination", name, dst)
	if err != nil {
		return nil, err
	}
	return found, found.UpdateConfig(ctx, config)
}

// SourceByName finds the source of this name. The error matches [ErrNotFound] when there is none and [ErrMultipleFound] when there are
// several.
func (w *Workspace) SourceByName(ctx context.Context, name string) (*Source, error) {
	return named(w.Sources(ctx, ByName(name), Limit(2)), "source", name)
}

// DestinationByName finds the destination of this name. The error matches [ErrNotFound] when there is none and [ErrMultipleFound] when
// there are several.
func (w *Workspace) DestinationByName(ctx context.Context, name string) (*Destination, error) {
	return named(w.Destinations(ctx, ByName(name), Limit(2)), "destination", name)
}

// ConnectionByName finds the connection of this name. The error matches [ErrNotFound] when there is none and [ErrMultipleFound] when there
// are several.
func (w *Workspace) ConnectionByName(ctx context.Context, name string) (*Connection, error) {
	return named(w.Connections(ctx, ByName(name), Limit(2)), "connection", name)
}
