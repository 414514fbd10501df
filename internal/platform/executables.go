package platform

import (
	"context"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/airfielddev/airfield/connector"
)

// executableFolder stands before the name of a program where others have the repository of an image.
const executableFolder = "executable/"

// NewExecutableDefinition is a custom connector that is a program on the machine that jobs run on.
type NewExecutableDefinition struct {
	WorkspaceID      string
	Kind             connector.Kind
	Name             string
	Command          []string // the program, as an absolute path or a name to be found in PATH, and its first arguments
	DocumentationURL string
}

// ExecutableDefinitionUpdate takes the place of the name and the command of a definition.
type ExecutableDefinitionUpdate struct {
	Name             string
	Command          []string
	DocumentationURL *string // nil: left alone
}

// CreateExecutableDefinition publishes a program into a workspace. The program is asked for its specification: one that does not
// give it, and any program where running them is not allowed, is an [Error] of [ErrUnprocessed].
func (p *Platform) CreateExecutableDefinition(ctx context.Context, n NewExecutableDefinition) (Definition, error) {
	if _, err := p.Workspace(ctx, n.WorkspaceID); err != nil {
		return Definition{}, err
	}
	if n.Kind != connector.KindSource && n.Kind != connector.KindDestination {
		return Definition{}, badRequest("A definition is of a source or of a destination.")
	}
	d := Definition{
		Definition:  connector.Definition{ID: newID(), Kind: n.Kind, DocumentationURL: n.DocumentationURL},
		WorkspaceID: n.WorkspaceID,
		CreatedAt:   p.clock(),
	}
	if err := p.equip(ctx, &d, n.Name, n.Command); err != nil {
		return Definition{}, err
	}
	return change(ctx, p, func(tb Tables) (Definition, error) { return d, tb.Definitions.Insert(ctx, d) })
}

// UpdateExecutableDefinition changes the name and the command of a definition, and asks the program for its specification as
// [Platform.CreateExecutableDefinition] does, also when the command stays: the program may be another one by now.
func (p *Platform) UpdateExecutableDefinition(ctx context.Context, id string, u ExecutableDefinitionUpdate) (Definition, error) {
	d, err := view(ctx, p, func(tb Tables) (Definition, error) { return p.executable(ctx, tb, id) })
	if err != nil {
		return d, err
	}
	assign(&d.DocumentationURL, u.DocumentationURL)
	if err := p.equip(ctx, &d, u.Name, u.Command); err != nil {
		return Definition{}, err
	}
	d, err = change(ctx, p, func(tb Tables) (Definition, error) { return d, p.redefine(ctx, tb, d) })
	p.notify()
	return d, err
}

func (p *Platform) executable(ctx context.Context, tb Tables, id string) (Definition, error) {
	d, err := p.custom(ctx, tb, id)
	if err == nil && !d.Program() {
		err = NotFound("definition", id)
	}
	return d, err
}

// equip gives a definition its program.
func (p *Platform) equip(ctx context.Context, d *Definition, name string, command []string) error {
	if name == "" {
		return badRequest("A definition needs a name.")
	}
	if err := checkCommand(command); err != nil {
		return err
	}
	// What has no tag of its own is told apart by the number of its publications.
	published, _ := strconv.Atoi(d.DockerImageTag)
	d.Name, d.Title, d.Executable, d.Spec = name, name, command, nil
	d.DockerRepository = executableFolder + filepath.Base(command[0])
	d.DockerImageTag = strconv.Itoa(published + 1)
	spec, err := p.specOf(ctx, *d)
	if err != nil {
		return &Error{
			Condition: ErrUnprocessed, Problem: "unprocessable-entity",
			Message: "The program gave no specification: " + err.Error(),
		}
	}
	d.Spec, d.SpecProblem = &spec, ""
	if d.DocumentationURL == "" {
		d.DocumentationURL = spec.DocumentationURL
	}
	return nil
}

// checkCommand refuses a program that would be another one after the server was started from another directory.
func checkCommand(command []string) error {
	if len(command) == 0 || strings.TrimSpace(command[0]) == "" {
		return badRequest("A definition needs a command: the program, and its arguments if there are any.")
	}
	if program := command[0]; !filepath.IsAbs(program) && filepath.Base(program) != program {
		return badRequest("The program " + program + " must be an absolute path on the server's machine, or a name to be found in the server's PATH.")
	}
	return nil
}
