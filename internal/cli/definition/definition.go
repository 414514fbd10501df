// Package definition is the noun for source connectors that a workspace has of its own.
package definition

import (
	"context"
	"encoding/json"
	"errors"
	"iter"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/airfielddev/airfield/cloud"
	"github.com/airfielddev/airfield/internal/cli/output"
	"github.com/airfielddev/airfield/internal/cli/session"
)

// New is the command with its verbs.
func New(s *session.Session) *cobra.Command {
	group := session.Group("definition", "Work with the custom source connectors of a workspace",
		newList(s), newGet(s), newPublish(s), newUpdate(s), newRename(s), newDelete(s), newValidate(s), newRead(s), newTest(s), newDiff(s), newScaffold(s), newExplain(s))
	group.Aliases = []string{"definitions"}
	return group
}

// row is a definition as it is shown.
type row struct {
	ID               string          `json:"id"`
	Name             string          `json:"name"`
	Type             string          `json:"type"`
	Version          int64           `json:"version,omitempty"`
	DockerRepository string          `json:"dockerRepository,omitempty"`
	DockerImageTag   string          `json:"dockerImageTag,omitempty"`
	Command          []string        `json:"command,omitempty"`
	DocumentationURL string          `json:"documentationUrl,omitempty"`
	Manifest         json.RawMessage `json:"manifest,omitempty"`
	URL              string          `json:"url"`
}

func rowOf(ctx context.Context, d *cloud.CustomSourceDefinition) (row, error) {
	info, err := d.Info(ctx)
	if err != nil {
		return row{}, err
	}
	return rowFor(info, d.URL()), nil
}

func rowFor(info *cloud.DefinitionInfo, address string) row {
	return row{
		ID: info.ID, Name: info.Name, Type: string(info.Type), Version: info.Version, DockerRepository: info.DockerRepository,
		DockerImageTag: info.DockerImageTag, Command: info.Command, DocumentationURL: info.DocumentationURL, Manifest: info.Manifest, URL: address,
	}
}

func view() output.View[row] {
	return output.View[row]{
		Name: func(r row) string { return r.Name },
		Columns: []output.Column[row]{
			{Title: "id", Text: func(r row) string { return r.ID }},
			{Title: "name", Text: func(r row) string { return r.Name }},
			{Title: "type", Text: func(r row) string { return r.Type }},
			{Title: "made of", Text: madeOf},
			{Title: "documentation", Text: func(r row) string { return r.DocumentationURL }, Detail: true},
			{Title: "url", Text: func(r row) string { return r.URL }, Detail: true},
		},
	}
}

func madeOf(r row) string {
	switch cloud.DefinitionType(r.Type) {
	case cloud.DefinitionDocker:
		return r.DockerRepository + ":" + r.DockerImageTag
	case cloud.DefinitionExecutable:
		return "program " + strings.Join(r.Command, " ")
	}
	return "manifest, version " + strconv.FormatInt(r.Version, 10)
}

// all lists manifests, and then images and programs where the deployment has them.
func all(ctx context.Context, w *cloud.Workspace, opts ...cloud.ListOption) iter.Seq2[*cloud.CustomSourceDefinition, error] {
	return func(yield func(*cloud.CustomSourceDefinition, error) bool) {
		for d, err := range w.CustomSourceDefinitions(ctx, cloud.DefinitionYAML, opts...) {
			if !yield(d, err) || err != nil {
				return
			}
		}
		for _, t := range []cloud.DefinitionType{cloud.DefinitionDocker, cloud.DefinitionExecutable} {
			for d, err := range w.CustomSourceDefinitions(ctx, t, opts...) {
				if absent(err) {
					break
				}
				if !yield(d, err) || err != nil {
					return
				}
			}
		}
	}
}

func absent(err error) bool {
	return errors.Is(err, cloud.ErrUnsupported) || errors.Is(err, cloud.ErrNotFound) || errors.Is(err, cloud.ErrForbidden)
}

// find finds the definition that ref names. An id does not tell what a definition is made of, so all are tried. A
// server shows its programs as images too, to those who know no programs.
func find(ctx context.Context, w *cloud.Workspace, ref string) (*cloud.CustomSourceDefinition, error) {
	if !session.IsID(ref) {
		return session.Find(ctx, "definition", ref, nil, all(ctx, w))
	}
	d := w.CustomSourceDefinition(ref, cloud.DefinitionYAML)
	_, err := d.Info(ctx)
	if !absent(err) {
		return d, err
	}
	for _, t := range []cloud.DefinitionType{cloud.DefinitionExecutable, cloud.DefinitionDocker} {
		other := w.CustomSourceDefinition(ref, t)
		if _, otherErr := other.Info(ctx); otherErr == nil {
			return other, nil
		}
	}
	return nil, err
}

// on makes a verb that acts on the definition that its first argument names.
func on(s *session.Session, do func(ctx context.Context, d *cloud.CustomSourceDefinition, args []string) error) func(*cobra.Command, []string) error {
	return s.Run(func(ctx context.Context, args []string) error {
		w, err := s.Workspace(ctx)
		if err != nil {
			return err
		}
		d, err := find(ctx, w, args[0])
		if err != nil {
			return err
		}
		return do(ctx, d, args[1:])
	})
}

func complete(s *session.Session) cobra.CompletionFunc {
	return session.Complete(func(ctx context.Context) (iter.Seq2[*cloud.CustomSourceDefinition, error], error) {
		w, err := s.Workspace(ctx)
		if err != nil {
			return nil, err
		}
		return all(ctx, w), nil
	})
}

func printOne(ctx context.Context, s *session.Session, d *cloud.CustomSourceDefinition) error {
	r, err := rowOf(ctx, d)
	if err != nil {
		return err
	}
	return session.PrintOne(s, view(), r)
}
