package cloud

import (
	"context"
	"iter"
	"net/http"
	"slices"
	"strings"

	"github.com/airfielddev/airfield/internal/transport"
	"github.com/airfielddev/airfield/internal/wire/own"
)

// Executable is a program on the server's machine that speaks the Airbyte protocol, with its first arguments. The program is an
// absolute path, or a name to be found in the server's PATH; no shell reads the arguments, and everybody on the machine sees them,
// so secrets belong into configurations. Only Airfield servers that were started with --allow-exec take programs, and only from
// those who may administer the whole server.
func Executable(program string, args ...string) DefinitionSource {
	return executable(append([]string{program}, args...))
}

type executable []string

func (e executable) definition(_ context.Context, op string) (definitionContent, error) {
	if strings.TrimSpace(e[0]) == "" {
		return definitionContent{}, refuse(ErrInvalidInput, op, "definition", "", "a program is needed")
	}
	return definitionContent{command: e}, nil
}

// executables prepares a call about the programs of the workspace. Airbyte itself has no such calls.
func (w *Workspace) executables(op, method string, body any, path ...string) (transport.Request, error) {
	if w.client.roots.api == cloudAPIRoot {
		return transport.Request{}, refuse(ErrUnsupported, op, "definition", "", "Airbyte Cloud runs no programs of its users")
	}
	all := append([]string{"workspaces", w.id, "definitions", "executables"}, path...)
	return w.client.airfield(op, method, body, all...), nil
}

// listExecutables lists the programs that are sources, or those that are destinations.
func (w *Workspace) listExecutables(ctx context.Context, op, kind string) iter.Seq2[own.ExecutableRead, error] {
	return pages(ctx, func(ctx context.Context, _ int) (page[own.ExecutableRead], error) {
		req, err := w.executables(op, http.MethodGet, nil)
		if err != nil {
			return page[own.ExecutableRead]{}, err
		}
		answer, err := ask[own.ExecutableList](ctx, w.client, req, "definitions", "")
		if err != nil {
			return page[own.ExecutableRead]{}, err
		}
		wanted := slices.DeleteFunc(answer.Definitions, func(r own.ExecutableRead) bool { return r.Kind != kind })
		return page[own.ExecutableRead]{items: wanted}, nil
	})
}

// sourceKind tells the definitions of sources from those of destinations.
const sourceKind = "source"

func (w *Workspace) program(r *own.ExecutableRead) *CustomSourceDefinition {
	d := w.CustomSourceDefinition(r.DefinitionID, DefinitionExecutable)
	d.info.set(&DefinitionInfo{
		ID: r.DefinitionID, Name: r.Name, Type: DefinitionExecutable, Command: r.Command, DocumentationURL: r.DocumentationURL,
		DockerImageTag: r.Version,
	})
	return d
}
