package cloud

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"

	"github.com/airfielddev/airfield/internal/wire/public"
)

// Rename changes the name of the source. See https://reference.airbyte.com/reference/patchsource.
func (s *Source) Rename(ctx context.Context, name string) error {
	op := "renaming source " + s.id
	if strings.TrimSpace(name) == "" {
		return refuse(ErrInvalidInput, op, "source", s.id, "a name is needed")
	}
	return s.patch(ctx, op, public.SourcePatchRequest{Name: &name})
}

// Rename changes the name of the destination. See https://reference.airbyte.com/reference/patchdestination.
func (d *Destination) Rename(ctx context.Context, name string) error {
	op := "renaming destination " + d.id
	if strings.TrimSpace(name) == "" {
		return refuse(ErrInvalidInput, op, "destination", d.id, "a name is needed")
	}
	return d.patch(ctx, op, public.DestinationPatchRequest{Name: &name})
}

// UpdateConfig merges config into the configuration of the source: objects are merged member by member, all else is replaced, and
// what config does not mention stays. A value that is the mask of a secret, "**********", is left out, so that a configuration
// that was read can be changed and given back without overwriting its secrets. [Source.ReplaceConfig] replaces the whole.
//
// See https://reference.airbyte.com/reference/patchsource.
func (s *Source) UpdateConfig(ctx context.Context, config Configuration) error {
	op := "updating configuration of source " + s.id
	body, err := config.update(op, "source", s.id)
	if err != nil {
		return err
	}
	return s.patch(ctx, op, public.SourcePatchRequest{Configuration: body})
}

// UpdateConfig merges config into the configuration of the destination, as [Source.UpdateConfig] does for sources.
//
// See https://reference.airbyte.com/reference/patchdestination.
func (d *Destination) UpdateConfig(ctx context.Context, config Configuration) error {
	op := "updating configuration of destination " + d.id
	body, err := config.update(op, "destination", d.id)
	if err != nil {
		return err
	}
	return d.patch(ctx, op, public.DestinationPatchRequest{Configuration: body})
}

// ReplaceConfig replaces the configuration of the source as a whole. A secret that is the mask "**********" keeps its stored value;
// one that is absent is lost. See https://reference.airbyte.com/reference/putsource.
func (s *Source) ReplaceConfig(ctx context.Context, config Configuration) error {
	op := "replacing configuration of source " + s.id
	info, err := s.Info(ctx)
	if err != nil {
		return err
	}
	body, err := config.whole(op, "source", s.id)
	if err != nil {
		return err
	}
	put := public.SourcePutRequest{Name: info.Name, Configuration: body, ResourceAllocation: info.resources}
	req := s.workspace.client.public(op, http.MethodPut, put, "sources", s.id)
	answer, err := ask[public.SourceResponse](ctx, s.workspace.client, req, "source", s.id)
	if err != nil {
		return err
	}
	s.info.set(sourceInfo(answer))
	return nil
}

// ReplaceConfig replaces the configuration of the destination as a whole, as [Source.ReplaceConfig] does for sources.
//
// See https://reference.airbyte.com/reference/putdestination.
func (d *Destination) ReplaceConfig(ctx context.Context, config Configuration) error {
	op := "replacing configuration of destination " + d.id
	info, err := d.Info(ctx)
	if err != nil {
		return err
	}
	body, err := config.whole(op, "destination", d.id)
	if err != nil {
		return err
	}
	put := public.DestinationPutRequest{Name: info.Name, Configuration: body, ResourceAllocation: info.resources}
	req := d.workspace.client.public(op, http.MethodPut, put, "destinations", d.id)
	answer, err := ask[public.DestinationResponse](ctx, d.workspace.client, req, "destination", d.id)
	if err != nil {
		return err
	}
	d.info.set(destinationInfo(answer))
	return nil
}

func (s *Source) patch(ctx context.Context, op string, change public.SourcePatchRequest) error {
	info, err := s.Info(ctx)
	if err != nil {
		return err
	}
	change.ResourceAllocation = info.resources // absent from an update it would be cleared
	req := s.workspace.client.public(op, http.MethodPatch, change, "sources", s.id)
	answer, err := ask[public.SourceResponse](ctx, s.workspace.client, repeatable(req), "source", s.id)
	if err != nil {
		return err
	}
	s.info.set(sourceInfo(answer))
	return nil
}

func (d *Destination) patch(ctx context.Context, op string, change public.DestinationPatchRequest) error {
	info, err := d.Info(ctx)
	if err != nil {
		return err
	}
	change.ResourceAllocation = info.resources // absent from an update it would be cleared
	req := d.workspace.client.public(op, http.MethodPatch, change, "destinations", d.id)
	answer, err := ask[public.DestinationResponse](ctx, d.workspace.client, repeatable(req), "destination", d.id)
	if err != nil {
		return err
	}
	d.info.set(destinationInfo(answer))
	return nil
}

// update is the configuration as JSON to merge, without masks.
func (c Configuration) update(op, resource, id string) (json.RawMessage, error) {
	if len(c) == 0 {
		return nil, refuse(ErrInvalidInput, op, resource, id, "the configuration is empty")
	}
	plain, err := c.plain()
	if err != nil {
		return nil, refuse(ErrInvalidInput, op, resource, id, "the configuration is no JSON: %v", err)
	}
	withoutMasks(plain)
	return encode(op, plain)
}

// whole is the configuration as JSON to store.
func (c Configuration) whole(op, resource, id string) (json.RawMessage, error) {
	if c == nil {
		return nil, refuse(ErrInvalidInput, op, resource, id, "a configuration is needed")
	}
	return encode(op, c)
}
