package airfield

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/airfielddev/airfield/connector"
	"github.com/airfielddev/airfield/internal/builtin"
	"github.com/airfielddev/airfield/internal/process"
)

// ErrUnknownConnector means that no connector has the name.
var ErrUnknownConnector = errors.New("unknown connector")

// ErrExecDenied means that running the connector would start a program, and that was not allowed.
var ErrExecDenied = errors.New("running programs is not allowed")

// ConnectorOptions say what [NewConnectors] may do. The zero value runs built-in connectors only, with access to all files.
type ConnectorOptions struct {
	AllowExec bool   // start programs and containers
	Root      string // the directory that paths in configurations must stay within; "": no limit
}

// Connectors finds connectors. It is safe for concurrent use.
type Connectors struct {
	entries   []builtin.Entry
	allowExec bool
}

// NewConnectors lists what can be run. It does no I/O.
func NewConnectors(o ConnectorOptions) *Connectors {
	return &Connectors{entries: builtin.All(builtin.Options{Root: o.Root}), allowExec: o.AllowExec}
}

// Known lists the connectors that are built in.
func (c *Connectors) Known() []connector.Definition {
	known := make([]connector.Definition, len(c.entries))
	for i, entry := range c.entries {
		known[i] = entry.Definition
	}
	return known
}

// Source finds a source. The error is [ErrUnknownConnector] or [ErrExecDenied] where those are the reason.
func (c *Connectors) Source(_ context.Context, ref connector.Ref) (connector.Source, error) {
	ref.Kind = connector.KindSource
	if entry, ok := c.builtin(ref); ok {
		return entry.Source, nil
	}
	program, err := c.program(ref)
	if err != nil {
		return nil, err
	}
	return process.NewSource(program), nil
}

// Destination finds a destination. The error is [ErrUnknownConnector] or [ErrExecDenied] where those are the reason.
func (c *Connectors) Destination(_ context.Context, ref connector.Ref) (connector.Destination, error) {
	ref.Kind = connector.KindDestination
	if entry, ok := c.builtin(ref); ok {
		return entry.Destination, nil
	}
	program, err := c.program(ref)
	if err != nil {
		return nil, err
	}
	return process.NewDestination(program), nil
}

// builtin finds a connector written in Go by its name, unless the reference names something more particular.
func (c *Connectors) builtin(ref connector.Ref) (builtin.Entry, bool) {
	if ref.Manifest != nil || len(ref.Executable) > 0 || ref.Image != "" {
		return builtin.Entry{}, false
	}
	i := slices.IndexFunc(c.entries, func(e builtin.Entry) bool { return e.Kind == ref.Kind && e.Name == ref.Name })
	if i < 0 {
		return builtin.Entry{}, false
	}
	return c.entries[i], true
}

func (c *Connectors) program(ref connector.Ref) (process.Program, error) {
	switch {
	case ref.Manifest != nil:
		return process.Program{}, fmt.Errorf("%w: %s is a declarative manifest, and this build runs none", ErrUnknownConnector, ref.Name)
	case len(ref.Executable) > 0 && c.allowExec:
		return process.Executable(orName(ref.Name, ref.Executable[0]), ref.Executable...)
	case ref.Image != "" && c.allowExec:
		return process.Image(ref.Image)
	case len(ref.Executable) > 0 || ref.Image != "":
		return process.Program{}, fmt.Errorf("%w: connector %s is a program or a container; start the server with --allow-exec to run it",
			ErrExecDenied, orName(ref.Name, ref.Image))
	}
	return process.Program{}, c.unknown(ref)
}

func orName(name, reference string) string {
	if name != "" {
		return name
	}
	return process.NameOf(reference)
}

func (c *Connectors) unknown(ref connector.Ref) error {
	var names []string
	for _, entry := range c.entries {
		if entry.Kind == ref.Kind {
			names = append(names, entry.Name)
		}
	}
	return fmt.Errorf("%w %q; built in are %s", ErrUnknownConnector, ref.Name, strings.Join(names, ", "))
}
