package platform

import (
	"context"
	"slices"
	"strings"

	"github.com/airfielddev/airfield/connector"
	"github.com/airfielddev/airfield/manifest"
)

// Definitions lists the connectors that a workspace can use: those that are known to everyone, then its own. An empty kind is
// both kinds; an empty workspace lists those of everyone alone.
func (p *Platform) Definitions(ctx context.Context, kind connector.Kind, workspaceID string) ([]Definition, error) {
	var all []Definition
	for _, d := range p.connectors.Known() {
		if kind == "" || d.Kind == kind {
			all = append(all, Definition{Definition: d})
		}
	}
	if workspaceID == "" {
		return all, nil
	}
	own, err := view(ctx, p, func(tb Tables) ([]Definition, error) {
		if _, err := workspace(ctx, tb, workspaceID); err != nil {
			return nil, err
		}
		return tb.Definitions.List(ctx, Filter{Kind: kind, WorkspaceIDs: []string{workspaceID}})
	})
	return append(all, own...), err
}

// Definition reads one definition, whichever workspace it belongs to.
func (p *Platform) Definition(ctx context.Context, id string) (Definition, error) {
	if d, ok := p.knownDefinition(strings.ToLower(id)); ok {
		return d, nil // without a transaction, since nearly every answer about a source needs this
	}
	return view(ctx, p, func(tb Tables) (Definition, error) { return p.definition(ctx, tb, id) })
}

func (p *Platform) definition(ctx context.Context, tb Tables, id string) (Definition, error) {
	id = strings.ToLower(id)
	if d, ok := p.knownDefinition(id); ok {
		return d, nil
	}
	d, err := tb.Definitions.Get(ctx, id)
	return known(d, err, d.Deleted, "definition", id)
}

func (p *Platform) knownDefinition(id string) (Definition, bool) {
	all := p.connectors.Known()
	i := slices.IndexFunc(all, func(d connector.Definition) bool { return d.ID == id })
	if i < 0 {
		return Definition{}, false
	}
	return Definition{Definition: all[i]}, true
}

// ResolveType finds a connector that is known to everyone by the short name that configurations carry as sourceType or
// destinationType, such as "faker". It returns an [Error] of [ErrInvalid] when there is none.
func (p *Platform) ResolveType(kind connector.Kind, typeName string) (Definition, error) {
	if d, ok := p.answering(kind, typeName); ok {
		return d, nil
	}
	return Definition{}, p.noSuchType(kind, typeName, nil)
}

// answering finds a connector that is known to everyone.
func (p *Platform) answering(kind connector.Kind, word string) (Definition, bool) {
	for _, d := range p.connectors.Known() {
		if d.Kind == kind && answersTo(d, word) {
			return Definition{Definition: d}, true
		}
	}
	return Definition{}, false
}

// noSuchType is a refusal that says what may have been meant, also of a workspace's own connectors.
func (p *Platform) noSuchType(kind connector.Kind, name string, own []Definition) *Error {
	var words []string
	for _, d := range p.connectors.Known() {
		if d.Kind == kind {
			words = append(words, d.Type())
		}
	}
	for _, d := range own {
		words = append(words, d.Name)
	}
	message := "There is no connector called " + name + "."
	if hint := manifest.DidYouMean(name, words); hint != "" {
		message += " " + strings.ToUpper(hint[:1]) + hint[1:]
	}
	return &Error{Condition: ErrInvalid, Problem: "value-not-found", Message: message, Data: map[string]any{"value": name}}
}

// answersTo tells whether a connector goes by some word: its type, name, title or repository.
func answersTo(d connector.Definition, word string) bool {
	return strings.EqualFold(d.Type(), word) || strings.EqualFold(d.Name, word) || strings.EqualFold(d.Title, word) ||
		(d.DockerRepository != "" && d.DockerRepository == word)
}

// ResolveDefinition finds a connector that a workspace can use by its id, or by its type, name, title or repository.
func (p *Platform) ResolveDefinition(ctx context.Context, kind connector.Kind, workspaceID, ref string) (Definition, error) {
	return view(ctx, p, func(tb Tables) (Definition, error) { return p.resolve(ctx, tb, kind, workspaceID, ref) })
}

func (p *Platform) resolve(ctx context.Context, tb Tables, kind connector.Kind, workspaceID, ref string) (Definition, error) {
	if d, err := p.definition(ctx, tb, ref); err == nil && d.Kind == kind && (!d.Custom() || d.WorkspaceID == workspaceID) {
		return d, nil
	}
	if d, ok := p.answering(kind, ref); ok {
		return d, nil
	}
	own, err := tb.Definitions.List(ctx, Filter{Kind: kind, WorkspaceIDs: []string{workspaceID}})
	if err != nil {
		return Definition{}, err
	}
	i := slices.IndexFunc(own, func(d Definition) bool {
		return d.Declarative() && d.Name == ref || !d.Declarative() && answersTo(d.Definition, ref)
	})
	if i < 0 {
		return Definition{}, p.noSuchType(kind, ref, own)
	}
	return own[i], nil
}

// custom reads a definition that its workspace may change.
func (p *Platform) custom(ctx context.Context, tb Tables, id string) (Definition, error) {
	d, err := p.definition(ctx, tb, id)
	if err == nil && !d.Custom() {
		err = badRequest("Public definitions cannot be modified.")
	}
	return d, err
}

func badRequest(message string) *Error {
	return &Error{Condition: ErrInvalid, Problem: "bad-request", Message: message}
}

// DeleteDefinition deletes a custom definition with its builder project and returns what it was. While a source or destination
// is made of it, it returns an [Error] of [ErrConflict].
func (p *Platform) DeleteDefinition(ctx context.Context, id string) (Definition, error) {
	return change(ctx, p, func(tb Tables) (Definition, error) {
		d, err := p.custom(ctx, tb, id)
		if err != nil {
			return d, err
		}
		users, err := tb.Actors.List(ctx, Filter{DefinitionID: d.ID, Limit: 1})
		if err != nil {
			return d, err
		}
		if len(users) > 0 {
			return d, refuse(ErrConflict, "The definition is used by the %s %q (%s); delete it first.", users[0].Kind, users[0].Name, users[0].ID)
		}
		if err := p.dropProjects(ctx, tb, d.ID); err != nil {
			return d, err
		}
		gone := d
		gone.Deleted = true
		return d, tb.Definitions.Update(ctx, gone)
	})
}

func (p *Platform) dropProjects(ctx context.Context, tb Tables, definitionID string) error {
	projects, err := tb.Projects.List(ctx, Filter{DefinitionID: definitionID})
	if err != nil {
		return err
	}
	for _, project := range projects {
		project.Deleted, project.Draft, project.TestingValues = true, nil, nil
		if err := tb.Projects.Update(ctx, project); err != nil {
			return err
		}
	}
	return nil
}
