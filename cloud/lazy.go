package cloud

import (
	"context"
	"sync"
)

// lazy is a value that is asked for once and then remembered. It may be used from several goroutines; those that come
// while it is being asked for ask as well, because each has its own context.
type lazy[T any] struct {
	mu    sync.Mutex
	value *T
}

func (l *lazy[T]) get(ctx context.Context, fetch func(context.Context) (*T, error)) (*T, error) {
	if v := l.cached(); v != nil {
		return v, nil
	}
	return l.refresh(ctx, fetch)
}

func (l *lazy[T]) refresh(ctx context.Context, fetch func(context.Context) (*T, error)) (*T, error) {
	v, err := fetch(ctx)
	if err != nil {
		return nil, err
	}
	l.set(v)
	return v, nil
}

func (l *lazy[T]) cached() *T {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.value
}

func (l *lazy[T]) set(v *T) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.value = v
}

func (l *lazy[T]) forget() { l.set(nil) }
