package embed

import (
	"context"
	"path/filepath"

	"github.com/airfielddev/airfield/internal/platform"
	"github.com/airfielddev/airfield/internal/store/postgres"
	"github.com/airfielddev/airfield/internal/store/sqlite"
)

// openStore opens the database that is named, or else the file in the data directory.
func (s *Server) openStore(ctx context.Context, cfg Config) (platform.Store, error) {
	if !cfg.Store.IsZero() {
		return s.openDatabase(ctx, cfg)
	}
	store, err := sqlite.Open(ctx, filepath.Join(cfg.Dir, "airfield.db"))
	if err != nil {
		return nil, err
	}
	s.closers = append(s.closers, store.Close)
	return store, nil
}

// openDatabase takes the database before it touches its tables, since another server may be at work on them.
func (s *Server) openDatabase(ctx context.Context, cfg Config) (platform.Store, error) {
	owner, err := postgres.Own(ctx, cfg.Store, cfg.Logger)
	if err != nil {
		return nil, err
	}
	s.closers = append(s.closers, owner.Close)
	s.keep = owner.Keep
	store, err := postgres.Open(ctx, cfg.Store)
	if err != nil {
		return nil, err
	}
	s.closers = append(s.closers, store.Close)
	return store, nil
}
