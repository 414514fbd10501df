package platform

import (
	"context"
	"encoding/json"
	"errors"
	"strings"

	"github.com/airfielddev/airfield/internal/platform/config"
	"github.com/airfielddev/airfield/protocol"
)

// settle turns a configuration as it was sent into one that may be stored. Of a draft, only what is there counts.
func settle(schema *config.Schema, a Actor, sent, stored json.RawMessage) (json.RawMessage, error) {
	plain, err := config.Without(sent, typeField(a.Kind))
	if err != nil {
		return nil, refuseConfig(err)
	}
	if plain, err = restored(schema, plain, stored); err != nil || a.Draft {
		return plain, err
	}
	return plain, validate(schema, plain)
}

// incomplete is why the draft that some work is about cannot do anything yet; nil: it is no draft, or it has all that it needs.
func (p *Platform) incomplete(ctx context.Context, w work) *Failure {
	if !w.draft {
		return nil
	}
	err := validate(p.schemaOf(ctx, w.definition), w.config)
	if err == nil {
		return nil
	}
	message := err.Error()
	var refusal *Error
	if errors.As(err, &refusal) {
		_, faults, _ := strings.Cut(refusal.Message, "\nErrors: ")
		message = faults
	}
	return &Failure{
		Origin: FailureOrigin(w.definition.Kind), Type: string(protocol.FailureConfig), At: p.clock(),
		Message: "The " + string(w.definition.Kind) + " is a draft, and its configuration is not complete yet: " + message,
	}
}

// unfinished is the outcome of a check or discover of a draft that lacks something.
func (p *Platform) unfinished(f *Failure) Report {
	return Report{ID: newID(), Status: CheckFailed, Message: f.Message, CreatedAt: f.At, EndedAt: f.At, Succeeded: true}
}

// promote makes a draft an actor like others, unless its configuration has changed since it was checked.
func (p *Platform) promote(ctx context.Context, w work) error {
	return p.store.Write(ctx, func(tb Tables) error {
		a, err := actor(ctx, tb, w.definition.Kind, w.actorID)
		if err != nil || a.ConfigVersion != w.configVersion {
			return err
		}
		a.Draft, a.UpdatedAt = false, p.clock()
		return tb.Actors.Update(ctx, a)
	})
}

// usable refuses drafts as the ends of a connection.
func usable(ends ...Actor) error {
	for _, a := range ends {
		if a.Draft {
			return refuse(ErrConflict, "The %s %q (%s) is a draft. Complete its configuration and check it; a check that succeeds makes it usable.", a.Kind, a.Name, a.ID)
		}
	}
	return nil
}
