package definition

import (
	"cmp"
	"context"
	"strings"

	"github.com/spf13/cobra"

	"github.com/airfielddev/airfield/cloud"
	"github.com/airfielddev/airfield/internal/cli/exit"
	"github.com/airfielddev/airfield/internal/cli/session"
	"github.com/airfielddev/airfield/internal/declarative"
)

// content is what a definition is to be made of.
type content struct {
	manifest string // a file, or - for stdin
	image    string // repository:tag
	command  string // a program on the server's machine and its first arguments

	unvalidated bool
}

func (c *content) bind(cmd *cobra.Command) {
	cmd.Flags().StringVar(&c.manifest, "manifest", "", "low-code manifest in a `file`, YAML or JSON; - reads stdin")
	cmd.Flags().StringVar(&c.image, "image", "", "container `image` as repository:tag")
	cmd.Flags().StringVar(&c.command, "executable", "", "`command` on the server's machine, quoted as for a shell, though none reads it; for Airfield servers that run with --allow-exec")
	cmd.Flags().BoolVar(&c.unvalidated, "no-validate", false, "do not look at the manifest before it is sent")
	cmd.MarkFlagsMutuallyExclusive("manifest", "image", "executable")
}

// source takes the manifest from a file, with or without @ before its name.
func (c content) source(s *session.Session) (cloud.DefinitionSource, error) {
	if c.manifest != "" {
		m, err := readManifest(s, strings.TrimPrefix(c.manifest, "@"))
		if err != nil {
			return nil, err
		}
		return cloud.ManifestYAML(string(m.text)), c.look(s, m)
	}
	if c.command != "" {
		return c.program()
	}
	if c.image == "" {
		return nil, exit.Usagef("give --manifest FILE, --image REPOSITORY:TAG or --executable COMMAND")
	}
	// A registry may have a port: what comes after the last colon is a tag only when no slash follows.
	at := strings.LastIndexByte(c.image, ':')
	if at <= 0 || at == len(c.image)-1 || strings.Contains(c.image[at:], "/") {
		return nil, exit.Usagef("--image %s has no tag; give repository:tag", c.image)
	}
	return cloud.DockerImage(c.image[:at], c.image[at+1:]), nil
}

// look refuses a manifest that nobody could use, and tells what else is wrong with it.
func (c content) look(s *session.Session, m manifestFile) error {
	if c.unvalidated {
		return nil
	}
	source, err := m.source(s, declarative.SourceOptions{})
	if err != nil {
		return exit.Hint(err, "publish it all the same with --no-validate")
	}
	for _, line := range told(withoutNotes(source.Problems())) {
		s.Note("%s", line)
	}
	return nil
}

func (c content) program() (cloud.DefinitionSource, error) {
	argv, err := words(c.command)
	if err != nil {
		return nil, exit.Usagef("reading --executable: %w", err)
	}
	if len(argv) == 0 {
		return nil, exit.Usagef("--executable names no program")
	}
	return cloud.Executable(argv[0], argv[1:]...), nil
}

func (c content) String() string { return cmp.Or(c.command, c.image, c.manifest) }

type publishOptions struct {
	content

	testing       string
	documentation string
	duplicate     bool
	destination   bool
}

func newPublish(s *session.Session) *cobra.Command {
	var o publishOptions
	cmd := &cobra.Command{
		Use:     "publish NAME --manifest FILE | --image REPOSITORY:TAG | --executable COMMAND",
		Aliases: []string{"create"},
		Short:   "Make a connector of a manifest, a container image or a program",
		Example: `  airfield definition publish my-api --manifest manifest.yaml
  airfield definition publish my-source --image registry.example.com/source-mine:1.2.0
  airfield definition publish my-program --executable '/opt/venv/bin/python -m source_mine'
  airfield definition publish my-sink --destination --executable /opt/my-sink`,
		Args: session.Words("NAME"),
		RunE: s.Run(func(ctx context.Context, args []string) error { return publish(ctx, s, args[0], o) }),
	}
	o.bind(cmd)
	f := cmd.Flags()
	f.StringVar(&o.testing, "testing-values", "", "`configuration` to test a manifest with in the connector builder: JSON, YAML, @FILE or -")
	f.StringVar(&o.documentation, "documentation-url", "", "`address` of the page that describes an image or a program")
	f.BoolVar(&o.duplicate, "allow-duplicate", false, "publish it even if the name is taken")
	f.BoolVar(&o.destination, "destination", false, "publish a destination, of an image or a program, instead of a source")
	cmd.MarkFlagsMutuallyExclusive("destination", "manifest")
	cmd.MarkFlagsMutuallyExclusive("destination", "testing-values")
	s.BindChange(cmd)
	return cmd
}

func publish(ctx context.Context, s *session.Session, name string, o publishOptions) error {
	def, err := o.source(s)
	if err != nil {
		return err
	}
	opts, err := o.options(s)
	if err != nil {
		return err
	}
	change := session.Change{Action: "publish", Resource: "definition", Name: name, Detail: map[string]string{"from": o.String()}}
	if done, err := s.Preview(change); done {
		return err
	}
	w, err := s.Workspace(ctx)
	if err != nil {
		return err
	}
	if o.destination {
		return publishDestination(ctx, s, w, name, def, opts)
	}
	d, err := w.PublishCustomSourceDefinition(ctx, name, def, opts...)
	if err != nil {
		return err
	}
	return printOne(ctx, s, d)
}

func publishDestination(ctx context.Context, s *session.Session, w *cloud.Workspace, name string, def cloud.DefinitionSource, opts []cloud.PublishOption) error {
	info, err := w.PublishCustomDestinationDefinition(ctx, name, def, opts...)
	if err != nil {
		return err
	}
	return session.PrintOne(s, view(), rowFor(info, w.URL()+"/settings/destination"))
}

func (o publishOptions) options(s *session.Session) ([]cloud.PublishOption, error) {
	values, err := s.Object("testing-values", o.testing)
	if err != nil {
		return nil, err
	}
	var opts []cloud.PublishOption
	if values != nil {
		opts = append(opts, cloud.WithTestingValues(values))
	}
	if o.documentation != "" {
		opts = append(opts, cloud.WithDocumentationURL(o.documentation))
	}
	if o.duplicate {
		opts = append(opts, cloud.AllowDuplicateDefinition())
	}
	if o.unvalidated {
		opts = append(opts, cloud.WithoutValidation())
	}
	return opts, nil
}
