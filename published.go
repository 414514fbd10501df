package airfield

import (
	"context"
	"encoding/json"
	"errors"

	"github.com/airfielddev/airfield/connector"
	"github.com/airfielddev/airfield/internal/builtin/registry"
	"github.com/airfielddev/airfield/protocol"
)

// published is a source whose manifest is fetched when it is needed, so that asking for it by name does no I/O.
type published struct {
	connectors *Connectors
	ref        connector.Ref
}

var _ connector.Source = published{}

// open finds the source. A caller of the library says so when a container is to be started, so there is none to fall back on.
func (p published) open(ctx context.Context) (connector.Source, error) {
	source, err := p.connectors.fetched(ctx, p.ref.Name)
	if errors.Is(err, registry.ErrNotPublished) {
		return nil, p.connectors.unknown(p.ref)
	}
	return source, err
}

func (p published) Spec(ctx context.Context) (protocol.Spec, error) {
	source, err := p.open(ctx)
	if err != nil {
		return protocol.Spec{}, err
	}
	return source.Spec(ctx)
}

func (p published) Check(ctx context.Context, config json.RawMessage, emit connector.Emit) (protocol.ConnectionStatus, error) {
	source, err := p.open(ctx)
	if err != nil {
		return protocol.ConnectionStatus{}, err
	}
	return source.Check(ctx, config, emit)
}

func (p published) Discover(ctx context.Context, config json.RawMessage, emit connector.Emit) (protocol.Catalog, error) {
	source, err := p.open(ctx)
	if err != nil {
		return protocol.Catalog{}, err
	}
	return source.Discover(ctx, config, emit)
}

func (p published) Read(ctx context.Context, req connector.ReadRequest, emit connector.Emit) error {
	source, err := p.open(ctx)
	if err != nil {
		return err
	}
	return source.Read(ctx, req, emit)
}
