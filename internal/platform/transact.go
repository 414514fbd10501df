package platform

import (
	"context"
	"errors"

	"github.com/google/uuid"
)

// view runs fn in a reading transaction and returns what it found.
func view[T any](ctx context.Context, p *Platform, fn func(Tables) (T, error)) (T, error) {
	var out T
	err := p.store.Read(ctx, func(tb Tables) (err error) {
		out, err = fn(tb)
		return err
	})
	return out, err
}

// change runs fn in a writing transaction and returns what it made.
func change[T any](ctx context.Context, p *Platform, fn func(Tables) (T, error)) (T, error) {
	var out T
	err := p.store.Write(ctx, func(tb Tables) (err error) {
		out, err = fn(tb)
		return err
	})
	if err != nil {
		var none T
		return none, err
	}
	return out, nil
}

func newID() string { return uuid.NewString() }

// known turns the absence of a thing into a refusal in the caller's words, and leaves other errors alone.
func known[T any](t T, err error, deleted bool, resource, id string) (T, error) {
	if errors.Is(err, ErrNotFound) || (err == nil && deleted) {
		var none T
		return none, NotFound(resource, id)
	}
	return t, err
}
