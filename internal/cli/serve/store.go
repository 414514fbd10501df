package serve

import (
	"cmp"
	"context"
	"errors"
	"net/url"
	"strings"

	"github.com/airfielddev/airfield/internal/cli/exit"
	"github.com/airfielddev/airfield/internal/cli/session"
	"github.com/airfielddev/airfield/internal/store/postgres"
	"github.com/airfielddev/airfield/secret"
)

// storeVariable says where to keep things when --store does not.
const storeVariable = "AIRFIELD_STORE"

// sqliteStore is the file in the data directory.
const sqliteStore = "sqlite"

// location is where things are kept; "" is the file in the data directory. Its text may hold a password, so no error repeats it.
func location(ctx context.Context, s *session.Session, flag string) (secret.String, error) {
	resolver := secret.Resolver{Env: func(name string) (string, bool) { value := s.World.Env(name); return value, value != "" }}
	at, err := resolver.Resolve(ctx, cmp.Or(flag, s.World.Env(storeVariable), sqliteStore))
	switch {
	case err != nil:
		return "", exit.With(exit.Usage, err)
	case at == sqliteStore:
		return "", nil
	case !isPostgres(at.Reveal()):
		return "", exit.Usagef("--store or %s is neither sqlite nor a postgres:// URL", storeVariable)
	case holdsPassword(flag):
		s.Note("the password in --store shows in the list of processes; put the URL into %s instead, or say --store file:PATH", storeVariable)
	}
	return at, nil
}

func isPostgres(text string) bool {
	return strings.HasPrefix(text, "postgres://") || strings.HasPrefix(text, "postgresql://")
}

func holdsPassword(text string) bool {
	u, err := url.Parse(text)
	if err != nil {
		return false
	}
	_, given := u.User.Password()
	return given || u.Query().Has("password")
}

// explainStore gives what keeps a server from its database an exit code and a hint.
func explainStore(err error) error {
	switch {
	case errors.Is(err, postgres.ErrInUse):
		return exit.Hint(exit.With(exit.Conflict, err), "one server runs the jobs of a database; stop the other, or give this one a database or a search_path of its own")
	case errors.Is(err, postgres.ErrAddress):
		return exit.With(exit.Usage, err)
	case errors.Is(err, postgres.ErrConnect):
		return exit.Hint(exit.With(exit.Environment, err), "check the URL in --store or %s, and that PostgreSQL runs there and lets this user in", storeVariable)
	}
	return exit.With(exit.Environment, err)
}
