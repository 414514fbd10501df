package platform

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"unicode"

	"github.com/airfielddev/airfield/internal/platform/config"
	"github.com/airfielddev/airfield/internal/rawjson"
)

// workspace reads a workspace that is not deleted.
func workspace(ctx context.Context, tb Tables, id string) (Workspace, error) {
	w, err := tb.Workspaces.Get(ctx, id)
	return known(w, err, w.Deleted, "workspace", id)
}

// Workspaces lists workspaces, the oldest first.
func (p *Platform) Workspaces(ctx context.Context, f Filter) ([]Workspace, error) {
	f.Within = grantsOf(ctx).reach()
	return view(ctx, p, func(tb Tables) ([]Workspace, error) { return tb.Workspaces.List(ctx, f) })
}

// Workspace reads a workspace that is not deleted.
func (p *Platform) Workspace(ctx context.Context, id string) (Workspace, error) {
	return view(ctx, p, func(tb Tables) (Workspace, error) { return workspace(ctx, tb, id) })
}

// CreateWorkspace makes an empty workspace.
func (p *Platform) CreateWorkspace(ctx context.Context, n NewWorkspace) (Workspace, error) {
	w, err := p.newWorkspace(ctx, newID(), n)
	if err != nil {
		return w, err
	}
	return change(ctx, p, func(tb Tables) (Workspace, error) { return w, settleIn(ctx, tb, w) })
}

// EnsureWorkspace reads the workspace of an organization that has an id, or creates it. An id that a workspace of another
// organization has, or one that is deleted, is an [Error] of [ErrConflict].
func (p *Platform) EnsureWorkspace(ctx context.Context, id string, n NewWorkspace) (Workspace, error) {
	w, err := p.newWorkspace(ctx, id, n)
	if err != nil {
		return w, err
	}
	return change(ctx, p, func(tb Tables) (Workspace, error) {
		there, err := tb.Workspaces.Get(ctx, id)
		switch {
		case errors.Is(err, ErrNotFound):
			return w, settleIn(ctx, tb, w)
		case err == nil && (there.Deleted || there.OrganizationID != w.OrganizationID):
			return there, refuse(ErrConflict, "The id %s is taken.", id)
		}
		return there, err
	})
}

func (p *Platform) newWorkspace(ctx context.Context, id string, n NewWorkspace) (Workspace, error) {
	if strings.TrimSpace(n.Name) == "" {
		return Workspace{}, refuse(ErrInvalid, "A workspace needs a name.")
	}
	notifications, err := mergeNotifications(nil, n.Notifications)
	now := p.clock()
	return Workspace{
		ID: id, OrganizationID: cmp.Or(n.OrganizationID, home(ctx)), Name: n.Name, Slug: slug(n.Name), Email: n.Email,
		DataResidency: cmp.Or(n.DataResidency, "auto"), Notifications: notifications, CreatedAt: now, UpdatedAt: now,
	}, err
}

// settleIn stores a workspace whose organization is there.
func settleIn(ctx context.Context, tb Tables, w Workspace) error {
	if _, err := tb.Organizations.Get(ctx, w.OrganizationID); err != nil {
		return err
	}
	return tb.Workspaces.Insert(ctx, w)
}

// UpdateWorkspace changes a workspace. A new name makes a new slug.
func (p *Platform) UpdateWorkspace(ctx context.Context, id string, u WorkspaceUpdate) (Workspace, error) {
	if u.Name != nil && strings.TrimSpace(*u.Name) == "" {
		return Workspace{}, refuse(ErrInvalid, "A workspace needs a name.")
	}
	return change(ctx, p, func(tb Tables) (Workspace, error) {
		w, err := workspace(ctx, tb, id)
		if err != nil {
			return w, err
		}
		if w.Notifications, err = mergeNotifications(w.Notifications, u.Notifications); err != nil {
			return w, err
		}
		if u.Name != nil {
			w.Name, w.Slug = *u.Name, slug(*u.Name)
		}
		assign(&w.Email, u.Email)
		assign(&w.DataResidency, u.DataResidency)
		w.UpdatedAt = p.clock()
		return w, tb.Workspaces.Update(ctx, w)
	})
}

// DeleteWorkspace deletes a workspace with everything in it. Running jobs are cancelled.
func (p *Platform) DeleteWorkspace(ctx context.Context, id string) error {
	running, err := change(ctx, p, func(tb Tables) ([]int64, error) {
		w, err := workspace(ctx, tb, id)
		if err != nil {
			return nil, err
		}
		running, err := p.empty(ctx, tb, id)
		if err != nil {
			return nil, fmt.Errorf("emptying workspace %s: %w", id, err)
		}
		w.Deleted, w.UpdatedAt = true, p.clock()
		return running, tb.Workspaces.Update(ctx, w)
	})
	p.stop(running)
	return err
}

// empty deletes what is in a workspace and returns the jobs that were running.
func (p *Platform) empty(ctx context.Context, tb Tables, id string) (running []int64, err error) {
	inside := Filter{WorkspaceIDs: []string{id}}
	actors, err := tb.Actors.List(ctx, inside)
	if err != nil {
		return nil, err
	}
	for _, a := range actors {
		stopped, err := p.bury(ctx, tb, a)
		if err != nil {
			return nil, err
		}
		running = append(running, stopped...)
	}
	projects, err := tb.Projects.List(ctx, inside)
	if err != nil {
		return nil, err
	}
	for _, project := range projects {
		project.Deleted, project.Draft, project.TestingValues = true, nil, nil
		if err := tb.Projects.Update(ctx, project); err != nil {
			return nil, err
		}
	}
	definitions, err := tb.Definitions.List(ctx, inside)
	if err != nil {
		return nil, err
	}
	for _, d := range definitions {
		d.Deleted = true
		if err := tb.Definitions.Update(ctx, d); err != nil {
			return nil, err
		}
	}
	return running, nil
}

// slug writes a name for use in addresses.
func slug(name string) string {
	words := strings.FieldsFunc(strings.ToLower(name), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	return strings.Join(words, "-")
}

// mergeNotifications puts changed items over the stored ones, and refuses a webhook that is on but leads nowhere.
func mergeNotifications(stored, changes json.RawMessage) (json.RawMessage, error) {
	if rawjson.IsNull(changes) {
		return stored, nil
	}
	if rawjson.IsNull(stored) {
		stored = json.RawMessage("{}")
	}
	merged, err := config.Merge(stored, changes)
	if err != nil {
		return nil, refuse(ErrInvalid, "The notifications are not a JSON object.")
	}
	for items := rawjson.Fields(merged); items.Next(); {
		webhook := rawjson.Get(items.Value(), "webhook")
		url, _ := rawjson.String(rawjson.Get(webhook, "url"))
		if string(rawjson.Get(webhook, "enabled")) == "true" && url == "" {
			return nil, &Error{
				Condition: ErrInvalid, Problem: "error:notification/config/missing-url",
				Message: fmt.Sprintf("The webhook of the notification %q is enabled but has no URL.", items.Key()),
			}
		}
	}
	return merged, nil
}
