package session

import (
	"context"
	"fmt"
	"iter"
	"regexp"
	"strings"

	"github.com/airfielddev/airfield/cloud"
	"github.com/airfielddev/airfield/internal/cli/exit"
	"github.com/airfielddev/airfield/internal/cli/suggest"
)

// Named is something that has an ID and a name.
type Named interface {
	ID() string
	Name(ctx context.Context) (string, error)
}

var uuid = regexp.MustCompile(`(?i)^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$`)

// IsID tells an ID from a name.
func IsID(ref string) bool { return uuid.MatchString(ref) }

// Find finds what ref names: by ID without looking further, else by a name that no other one has.
func Find[T Named](ctx context.Context, noun, ref string, open func(id string) T, all iter.Seq2[T, error]) (T, error) {
	if IsID(ref) {
		return open(ref), nil
	}
	found, names, err := called(ctx, ref, all)
	switch {
	case err != nil:
		return *new(T), err
	case len(found) == 0:
		return *new(T), Missing(noun, ref, names)
	case len(found) > 1:
		return *new(T), several(noun, ref, found)
	}
	return found[0], nil
}

func called[T Named](ctx context.Context, ref string, all iter.Seq2[T, error]) (found []T, names []string, err error) {
	for one, err := range all {
		if err != nil {
			return nil, nil, err
		}
		name, err := one.Name(ctx)
		if err != nil {
			return nil, nil, err
		}
		names = append(names, name)
		if name == ref {
			found = append(found, one)
		}
	}
	return found, names, nil
}

// Missing is the error of a name that nothing has.
func Missing(noun, ref string, names []string) error {
	err := fmt.Errorf("no %s is called %q: %w", noun, ref, cloud.ErrNotFound)
	if near := suggest.Nearest(ref, names); near != "" {
		return exit.Hint(err, "did you mean %s?", near)
	}
	return exit.Hint(err, "see which there are with: airfield %s list", noun)
}

func several[T Named](noun, ref string, found []T) error {
	ids := make([]string, len(found))
	for i, one := range found {
		ids[i] = one.ID()
	}
	err := fmt.Errorf("%d %ss are called %q: %w", len(found), noun, ref, cloud.ErrMultipleFound)
	return exit.Hint(err, "use an id: %s", strings.Join(ids, ", "))
}

// FindWorkspace finds a workspace by ID or name; "" is the only one that the caller can see.
func FindWorkspace(ctx context.Context, client *cloud.Client, ref string) (*cloud.Workspace, error) {
	if ref != "" {
		return Find(ctx, "workspace", ref, client.Workspace, client.Workspaces(ctx))
	}
	all, err := cloud.Collect(client.Workspaces(ctx, cloud.Limit(2)))
	if err != nil {
		return nil, err
	}
	if len(all) != 1 {
		return nil, exit.Hint(exit.Usagef("which workspace?"), "choose one with --workspace; see which there are with: airfield workspace list")
	}
	return all[0], nil
}
