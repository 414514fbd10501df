package platform

import (
	"context"
	"errors"
	"fmt"
)

// ErrWrongKey means that what is in the store was sealed with another key than the platform's.
var ErrWrongKey = errors.New("the store was sealed with another key")

// What is sealed into a store to know the key by.
const (
	probeID = "secrets"
	probe   = "airfield"
)

// VerifySecrets makes sure that the platform's key opens what is in the store, and leaves a mark to know it by. It returns
// [ErrWrongKey] when it does not.
func (p *Platform) VerifySecrets(ctx context.Context) error {
	err := p.store.Write(ctx, func(tb Tables) error {
		mark, err := tb.Marks.Get(ctx, probeID)
		if errors.Is(err, ErrNotFound) {
			return p.leaveProbe(ctx, tb)
		}
		if err != nil {
			return err
		}
		return p.opens(mark.Value, probeID)
	})
	if err != nil {
		return fmt.Errorf("verifying the key of the store: %w", err)
	}
	return nil
}

// leaveProbe marks a store that has no mark, if the key is the one of what is in it.
func (p *Platform) leaveProbe(ctx context.Context, tb Tables) error {
	actors, err := tb.Actors.List(ctx, Filter{Limit: 1})
	if err != nil {
		return err
	}
	for _, a := range actors {
		if _, err := p.unsealed(a.ID, a.Config); err != nil {
			return fmt.Errorf("%w: %w", ErrWrongKey, err)
		}
	}
	closed, err := p.secrets.Seal([]byte(probe), []byte(probeID))
	if err != nil {
		return err
	}
	return tb.Marks.Insert(ctx, Mark{ID: probeID, Value: closed, CreatedAt: p.clock()})
}

func (p *Platform) opens(closed []byte, owner string) error {
	if _, err := p.secrets.Open(closed, []byte(owner)); err != nil {
		return fmt.Errorf("%w: %w", ErrWrongKey, err)
	}
	return nil
}
