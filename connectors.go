package airfield

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"github.com/airfielddev/airfield/connector"
	"github.com/airfielddev/airfield/internal/builtin"
	"github.com/airfielddev/airfield/internal/builtin/registry"
	"github.com/airfielddev/airfield/internal/declarative"
	"github.com/airfielddev/airfield/internal/process"
)

// ErrUnknownConnector means that no connector has the name.
var ErrUnknownConnector = errors.New("unknown connector")

// ErrUnknownStream means that the source has no stream of the name.
var ErrUnknownStream = errors.New("unknown stream")

// ErrExecDenied means that running the connector would start a program, and that was not allowed.
var ErrExecDenied = errors.New("running programs is not allowed")

// ConnectorOptions say what [NewConnectors] may do. The zero value runs built-in connectors, with access to all files, and
// manifests, with access to public addresses.
type ConnectorOptions struct {
	AllowExec             bool // start programs and containers
	AllowPrivateAddresses bool // let manifests connect to this machine and to private networks
	// AllowedHosts are the hosts that manifests may connect to, such as "api.example.com", or "*.example.com" for all below it; nil: any.
	AllowedHosts []string
	Root         string // the directory that paths in configurations must stay within; "": no limit
	// Registry is where manifests of connectors are fetched from that are asked for by name, such as [PublicRegistry]; "": nowhere.
	// A copy of each is kept in the user's cache directory, and used for a day, or when the registry cannot be reached.
	Registry string
	// Temp is the path of the folder for the configuration files of programs while they run; made when absent. "": that of the system for
	// temporary files.
	Temp string
	// Instance marks the containers that are started, so that [Connectors.RemoveLeftovers] finds them after the program was killed. No other
	// program that uses the same container engine may have the same; "": containers are not marked.
	Instance string
}

// PublicRegistry is where Airbyte publishes its connectors: https://docs.airbyte.com/integrations.
const PublicRegistry = registry.Public

// Connectors finds connectors. It is safe for concurrent use.
type Connectors struct {
	entries   []builtin.Entry
	options   ConnectorOptions
	manifests *registry.Manifests // nil: no registry
	known     func() []connector.Definition
	owner     process.Owner // of containers
}

// NewConnectors lists what can be run. It does no I/O.
func NewConnectors(o ConnectorOptions) *Connectors {
	c := &Connectors{entries: builtin.All(builtin.Options{Root: o.Root}), options: o}
	if o.Registry != "" {
		c.manifests = registry.NewManifests(o.Registry, manifestCache())
	}
	c.known = sync.OnceValue(c.list)
	if o.Instance != "" {
		c.owner = process.Owner{Instance: o.Instance, Run: rand.Text()}
	}
	return c
}

// RemoveLeftovers ends the containers that an earlier program of the same instance has left running, and returns how many there were.
// Those of these Connectors stay. Where no programs may be started, or nothing runs containers, there is nothing to do.
func (c *Connectors) RemoveLeftovers(ctx context.Context) (int, error) {
	if !c.options.AllowExec {
		return 0, nil
	}
	n, err := process.RemoveLeftovers(ctx, c.owner)
	if errors.Is(err, process.ErrNoContainerEngine) {
		return 0, nil
	}
	return n, err
}

// manifestCache is where manifests are kept; "" when this user has no cache directory.
func manifestCache() string {
	dir, err := os.UserCacheDir()
	if err != nil {
		return ""
	}
	return filepath.Join(dir, "airfield", "manifests")
}

// Known lists the connectors that are built in, then those that are known by name, as
// https://docs.airbyte.com/integrations has them. The list belongs to the Connectors: do not change it.
func (c *Connectors) Known() []connector.Definition { return c.known() }

func (c *Connectors) list() []connector.Definition {
	var known []connector.Definition
	ids := map[string]bool{}
	for _, entry := range c.entries {
		known = append(known, entry.Definition)
		ids[entry.ID] = true
	}
	for _, d := range registry.All() {
		if !ids[d.ID] {
			known = append(known, d)
		}
	}
	return known
}

// Source finds a source. The error is [ErrUnknownConnector] or [ErrExecDenied] where those are the reason. A connector that is
// known by name and not built in is a manifest of the registry, where there is one; else it runs as a container when programs may
// be started; when it cannot, what is found takes any configuration and fails with the reason when it is to check, discover or
// read. What is wrong with a manifest is told by an error of type [manifest.Problems].
func (c *Connectors) Source(ctx context.Context, ref connector.Ref) (connector.Source, error) {
	ref.Kind = connector.KindSource
	if ref.Manifest != nil {
		return c.declared(ref.Manifest)
	}
	if entry, ok := c.builtin(ref); ok {
		return entry.Source, nil
	}
	if d, ok := listed(ref); ok && c.manifests != nil {
		return c.published(ctx, d)
	}
	return c.started(ref)
}

func (c *Connectors) declared(text []byte) (*declarative.Source, error) {
	return declarative.NewSource(text, declarative.SourceOptions{
		RefusePrivateAddresses: !c.options.AllowPrivateAddresses, AllowedHosts: c.options.AllowedHosts,
	})
}

// published is the manifest that the registry has of a source. What cannot be run whole from its manifest is better run as the
// program, where that is allowed.
func (c *Connectors) published(ctx context.Context, d connector.Definition) (connector.Source, error) {
	source, err := c.fetched(ctx, d.Name)
	if err == nil && source.Whole() {
		return source, nil
	}
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	program, unable := c.program(connector.Ref{Name: d.Name, Image: imageOf(d)})
	if unable == nil {
		return process.NewSource(program), nil
	}
	if err == nil {
		return source, nil
	}
	reason := whyNot(d, unable)
	if !errors.Is(err, registry.ErrNotPublished) {
		reason = fmt.Errorf("%w; its manifest cannot be used: %w", reason, err)
	}
	return registry.NewStandIn(reason), nil
}

// fetched is the manifest of a name.
func (c *Connectors) fetched(ctx context.Context, name string) (*declarative.Source, error) {
	text, err := c.manifests.Get(ctx, name)
	if err != nil {
		return nil, err
	}
	return c.declared(text)
}

// started is a source that is a program.
func (c *Connectors) started(ref connector.Ref) (connector.Source, error) {
	program, err := c.program(located(ref))
	if d, ok := listed(ref); ok && err != nil {
		return registry.NewStandIn(whyNot(d, err)), nil
	}
	if err != nil {
		return nil, err
	}
	return process.NewSource(program), nil
}

// Destination finds a destination, as [Connectors.Source] does a source.
func (c *Connectors) Destination(_ context.Context, ref connector.Ref) (connector.Destination, error) {
	ref.Kind = connector.KindDestination
	if entry, ok := c.builtin(ref); ok {
		return entry.Destination, nil
	}
	program, err := c.program(located(ref))
	if d, ok := listed(ref); ok && err != nil {
		return registry.NewStandIn(whyNot(d, err)), nil
	}
	if err != nil {
		return nil, err
	}
	return process.NewDestination(program), nil
}

func imageOf(d connector.Definition) string { return d.DockerRepository + ":" + d.DockerImageTag }

// located adds the image to the name of a connector of the registry.
func located(ref connector.Ref) connector.Ref {
	if d, ok := listed(ref); ok {
		ref.Image = imageOf(d)
	}
	return ref
}

// local refuses a name that stands for a container: the caller of a library says so when one is to be started.
func (c *Connectors) local(ref connector.Ref) error {
	_, written := c.builtin(ref)
	if _, ok := listed(ref); ok && !written {
		return c.unknown(ref)
	}
	return nil
}

// listed finds a connector of the registry by its name.
func listed(ref connector.Ref) (connector.Definition, bool) {
	if particular(ref) {
		return connector.Definition{}, false
	}
	return registry.Find(ref.Kind, ref.Name)
}

// whyNot tells what would let a connector of the registry run.
func whyNot(d connector.Definition, err error) error {
	if errors.Is(err, ErrExecDenied) {
		return fmt.Errorf("%w: %s is not built in; where docker or podman is installed, a server started with --allow-exec runs its image %s",
			ErrExecDenied, d.Name, imageOf(d))
	}
	return fmt.Errorf("%s is not built in, and its image %s cannot be run here: %w", d.Name, imageOf(d), err)
}

// particular tells whether a reference says more than a name.
func particular(ref connector.Ref) bool {
	return ref.Manifest != nil || len(ref.Executable) > 0 || ref.Python != "" || ref.Image != ""
}

// builtin finds a connector written in Go by its name, unless the reference names something more particular.
func (c *Connectors) builtin(ref connector.Ref) (builtin.Entry, bool) {
	if particular(ref) {
		return builtin.Entry{}, false
	}
	i := slices.IndexFunc(c.entries, func(e builtin.Entry) bool { return e.Kind == ref.Kind && e.Name == ref.Name })
	if i < 0 {
		return builtin.Entry{}, false
	}
	return c.entries[i], true
}

func (c *Connectors) program(ref connector.Ref) (process.Program, error) {
	p, err := c.startable(ref)
	p.Temp = c.options.Temp
	return p, err
}

func (c *Connectors) startable(ref connector.Ref) (process.Program, error) {
	switch {
	case ref.Manifest != nil:
		return process.Program{}, fmt.Errorf("%w: %s is a manifest, and manifests are sources", ErrUnknownConnector, ref.Name)
	case len(ref.Executable) > 0 && c.options.AllowExec:
		return process.Executable(orName(ref.Name, ref.Executable[0]), ref.Executable...)
	case ref.Python != "" && c.options.AllowExec:
		return process.PythonPackage(ref.Name, ref.Python)
	case ref.Image != "" && c.options.AllowExec:
		return process.Image(ref.Image, c.owner)
	case len(ref.Executable) > 0 || ref.Python != "" || ref.Image != "":
		return process.Program{}, connector.ConfigError("%w: connector %s is a program or a container; start the server with --allow-exec to run it",
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
	err := fmt.Errorf("%w %q; built in are %s", ErrUnknownConnector, ref.Name, strings.Join(names, ", "))
	if d, ok := listed(ref); ok {
		err = fmt.Errorf("%w; WithImage(%q) runs it in a container", err, imageOf(d))
	}
	return err
}
