// Package actor holds the verbs that sources and destinations share.
package actor

import (
	"context"
	"encoding/json"
	"iter"
	"time"

	"github.com/spf13/cobra"

	"github.com/airfielddev/airfield/cloud"
	"github.com/airfielddev/airfield/internal/cli/output"
	"github.com/airfielddev/airfield/internal/cli/session"
)

// Deployed is what both a source and a destination can do.
type Deployed interface {
	session.Named

	Check(ctx context.Context) (cloud.CheckResult, error)
	Rename(ctx context.Context, name string) error
	PermanentlyDelete(ctx context.Context, opts ...cloud.DeleteOption) error
}

// Kind says in what sources and destinations differ.
type Kind[T Deployed] struct {
	Noun    string // "source"
	Sample  string // a connector: "source-faker"
	Example string // a connector with a configuration, for the help
	Open    func(w *cloud.Workspace, id string) T
	All     func(ctx context.Context, w *cloud.Workspace, opts ...cloud.ListOption) iter.Seq2[T, error]
	Deploy  func(ctx context.Context, w *cloud.Workspace, name string, what cloud.Deployable, opts ...cloud.DeployOption) (T, error)
	// Configure merges into the configuration, or replaces it.
	Configure func(ctx context.Context, one T, config cloud.Configuration, replace bool) error
	Facts     func(ctx context.Context, one T) (Facts, error)
}

// New is the noun with the verbs that both kinds have, and those given.
func New[T Deployed](s *session.Session, k Kind[T], more ...*cobra.Command) *cobra.Command {
	group := session.Group(k.Noun, "Work with the "+k.Noun+"s of a workspace",
		newList(s, k), newGet(s, k), newDeploy(s, k), newUpdate(s, k), newRename(s, k), newDelete(s, k), newCheck(s, k))
	group.Aliases = []string{k.Noun + "s"}
	group.AddCommand(more...)
	return group
}

// Facts are what is known of a source or destination, as it is shown.
type Facts struct {
	Noun          string
	ID            string
	Name          string
	Type          string
	DefinitionID  string
	WorkspaceID   string
	Configuration json.RawMessage
	CreatedAt     time.Time
	URL           string
}

type sourceJSON struct {
	Noun          string          `json:"-"`
	ID            string          `json:"sourceId"`
	Name          string          `json:"name"`
	Type          string          `json:"sourceType"`
	DefinitionID  string          `json:"definitionId"`
	WorkspaceID   string          `json:"workspaceId"`
	Configuration json.RawMessage `json:"configuration"`
	CreatedAt     time.Time       `json:"createdAt,omitzero"`
	URL           string          `json:"url"`
}

type destinationJSON struct {
	Noun          string          `json:"-"`
	ID            string          `json:"destinationId"`
	Name          string          `json:"name"`
	Type          string          `json:"destinationType"`
	DefinitionID  string          `json:"definitionId"`
	WorkspaceID   string          `json:"workspaceId"`
	Configuration json.RawMessage `json:"configuration"`
	CreatedAt     time.Time       `json:"createdAt,omitzero"`
	URL           string          `json:"url"`
}

// MarshalJSON uses the API's names, which differ between the kinds.
func (f Facts) MarshalJSON() ([]byte, error) {
	if f.Noun == "source" {
		return json.Marshal(sourceJSON(f))
	}
	return json.Marshal(destinationJSON(f))
}

func view() output.View[Facts] {
	return output.View[Facts]{
		Name: func(f Facts) string { return f.Name },
		Columns: []output.Column[Facts]{
			{Title: "id", Text: func(f Facts) string { return f.ID }},
			{Title: "name", Text: func(f Facts) string { return f.Name }},
			{Title: "type", Text: func(f Facts) string { return f.Type }},
			{Title: "definition", Text: func(f Facts) string { return f.DefinitionID }, Detail: true},
			{Title: "configuration", Text: func(f Facts) string { return string(f.Configuration) }, Detail: true},
			{Title: "created", Text: func(f Facts) string { return session.Date(f.CreatedAt) }},
			{Title: "url", Text: func(f Facts) string { return f.URL }, Detail: true},
		},
	}
}

// Find finds the one that ref names.
func (k Kind[T]) Find(ctx context.Context, w *cloud.Workspace, ref string) (T, error) {
	return session.Find(ctx, k.Noun, ref, func(id string) T { return k.Open(w, id) }, k.All(ctx, w))
}

// Complete offers live names to the shell.
func (k Kind[T]) Complete(s *session.Session) cobra.CompletionFunc {
	return session.Complete(func(ctx context.Context) (iter.Seq2[T, error], error) {
		w, err := s.Workspace(ctx)
		if err != nil {
			return nil, err
		}
		return k.All(ctx, w), nil
	})
}

// on makes a verb that acts on the one that its first argument names.
func (k Kind[T]) on(s *session.Session, do func(ctx context.Context, one T, args []string) error) func(*cobra.Command, []string) error {
	return s.Run(func(ctx context.Context, args []string) error {
		w, err := s.Workspace(ctx)
		if err != nil {
			return err
		}
		one, err := k.Find(ctx, w, args[0])
		if err != nil {
			return err
		}
		return do(ctx, one, args[1:])
	})
}

func (k Kind[T]) print(ctx context.Context, s *session.Session, one T) error {
	facts, err := k.Facts(ctx, one)
	if err != nil {
		return err
	}
	return session.PrintOne(s, view(), facts)
}
