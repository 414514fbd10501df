package platform

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/airfielddev/airfield/internal/platform/config"
)

// redefine stores another version of a definition, and tells the connections whose source or destination it leaves behind.
func (p *Platform) redefine(ctx context.Context, tb Tables, d Definition) error {
	before, err := p.custom(ctx, tb, d.ID)
	if err != nil {
		return err
	}
	if err := tb.Definitions.Update(ctx, d); err != nil {
		return err
	}
	actors, err := tb.Actors.List(ctx, Filter{DefinitionID: d.ID})
	if err != nil {
		return err
	}
	for _, a := range actors {
		if err := p.outgrow(ctx, tb, a, before, d); err != nil {
			return err
		}
	}
	return nil
}

// outgrow tells of what a new version finds wrong with a configuration that the version before has taken.
func (p *Platform) outgrow(ctx context.Context, tb Tables, a Actor, before, after Definition) error {
	if a.Draft {
		return nil
	}
	plain, err := p.unsealed(a.ID, a.Config)
	if err != nil {
		return fmt.Errorf("reading configuration of %s %s: %w", a.Kind, a.ID, err)
	}
	faults := faultsUnder(after, plain)
	if len(faults) == 0 || len(faultsUnder(before, plain)) > 0 {
		return nil
	}
	connections, err := tb.Connections.List(ctx, Filter{ActorID: a.ID})
	if err != nil {
		return err
	}
	said := make([]string, 0, len(faults))
	for _, f := range faults {
		said = append(said, f.String())
	}
	d := about(Job{})
	d.ErrorType, d.ErrorOrigin = "config_error", string(a.Kind)
	d.ErrorMessage = fmt.Sprintf("The connector %s of the %s %q has a new version, which does not take its configuration: %s.",
		after.DisplayName(), a.Kind, a.Name, strings.Join(said, "; "))
	for _, c := range connections {
		if c.Status != ConnectionActive {
			continue
		}
		if err := p.post(ctx, tb, TriggerBreakingWarning, c, d); err != nil {
			return err
		}
	}
	return nil
}

// faultsUnder are those of a configuration under a version of its connector; none when that cannot be told.
func faultsUnder(d Definition, plain json.RawMessage) []config.Fault {
	if d.Spec == nil {
		return nil
	}
	schema, err := config.Compile(d.Spec.ConnectionSpecification)
	if err != nil {
		return nil
	}
	return schema.Faults(plain)
}
