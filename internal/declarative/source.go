package declarative

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/airfielddev/airfield/connector"
	"github.com/airfielddev/airfield/internal/template"
	"github.com/airfielddev/airfield/manifest"
	"github.com/airfielddev/airfield/protocol"
	"github.com/airfielddev/airfield/secret"
)

// SourceOptions change how a source is made and run. The zero value is ready to use.
type SourceOptions struct {
	File   string // names the manifest in problems
	Strict bool   // warnings about the manifest are errors
	// RefusePrivateAddresses refuses to connect to this machine and to private networks, for manifests of people who are not
	// trusted with them.
	RefusePrivateAddresses bool
	AllowedHosts           []string          // that requests may go to, such as "api.example.com" or "*.example.com"; nil: any
	MaxResponseBytes       int64             // of a response that is read as a whole; 0: 256 MiB
	Concurrency            int               // slices read at once; 0: what the manifest says, or 2
	Transport              http.RoundTripper // nil: one with the limits above
	Now                    func() time.Time  // nil: time.Now
	// Sleep waits, unless ctx is done first; nil: on a timer.
	Sleep func(ctx context.Context, d time.Duration) error

	patience time.Duration // with a response that does not go on
	masked   bool          // configurations have masks for secrets: they are not held to the specification
}

const maxResponseBytes = 256 << 20

// manifestType is the type of a manifest as a whole.
const manifestType = "DeclarativeSource"

// Source is a manifest as a [connector.Source].
type Source struct {
	doc      *manifest.Document
	config   Manifest
	problems manifest.Problems
	options  SourceOptions
}

var _ connector.Source = (*Source)(nil)

// NewSource makes a source of a manifest, YAML or JSON. An error is of type [manifest.Problems]. Streams that need Python code
// or what is not supported, or have a template that cannot be read, do not keep the others from being used; [Source.Problems]
// tells about them.
func NewSource(text []byte, options SourceOptions) (*Source, error) {
	doc, err := manifest.Parse(options.File, text)
	if err != nil {
		return nil, err
	}
	s := &Source{doc: doc, options: options.withDefaults()}
	s.problems = manifest.Decode(doc, manifestType, &s.config, Registry(), manifest.Options{Strict: options.Strict, Now: options.Now})
	s.problems = append(s.problems, savedOverrides(doc, options.File)...)
	s.problems = append(s.problems, s.doubts()...)
	s.problems.Sort()
	if err := s.sortProblems(); err != nil {
		return nil, err
	}
	return s, nil
}

// Whole tells whether every stream of the manifest can be read here.
func (s *Source) Whole() bool {
	broken := func(l listedStream) bool { return l.problem != nil }
	brokenTemplate := func(t listedTemplate) bool { return t.problem != nil }
	return !slices.ContainsFunc(s.config.Streams.list, broken) && !slices.ContainsFunc(s.config.DynamicStreams.list, brokenTemplate)
}

func (o SourceOptions) withDefaults() SourceOptions {
	if o.MaxResponseBytes == 0 {
		o.MaxResponseBytes = maxResponseBytes
	}
	if o.Transport == nil {
		o.Transport = newNetwork(o.RefusePrivateAddresses)
	}
	if o.AllowedHosts != nil {
		o.Transport = allowedHosts{o.AllowedHosts, o.Transport}
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.patience == 0 {
		o.patience = responseTimeout
	}
	if o.Sleep == nil {
		o.Sleep = Sleep
	}
	return o
}

// Sleep waits on a timer, or until ctx is done.
func Sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}

// Problems is what is wrong or doubtful in the manifest, without keeping it from being used.
func (s *Source) Problems() manifest.Problems { return s.problems }

// StreamNames are those of the streams that stand in the manifest and can be read, whatever the configuration. What is made of
// templates has no name yet.
func (s *Source) StreamNames() []string {
	var names []string
	for i := range s.config.Streams.list {
		if l := &s.config.Streams.list[i]; l.problem == nil {
			names = append(names, l.name)
		}
	}
	return names
}

// sortProblems tells what makes the manifest useless from what makes single streams so. The error is all problems there are.
func (s *Source) sortProblems() error {
	useless := len(s.config.Streams.list)+len(s.config.DynamicStreams.list) == 0
	for _, p := range s.problems {
		if p.Severity == manifest.Error && !s.confined(p) {
			useless = true
		}
	}
	if !useless {
		return nil
	}
	if len(s.problems.Errors()) == 0 {
		s.problems = append(s.problems, manifest.Problem{Severity: manifest.Error, Code: manifest.CodeMissingField, Message: "the manifest has no streams",
			Place: manifest.Place{File: s.options.File, Line: 1, Column: 1, Path: "streams"}})
	}
	return s.problems.Err()
}

// confined notes a problem that keeps one stream from being used, and no other.
func (s *Source) confined(p manifest.Problem) bool {
	if !breaksPart(p) {
		return false
	}
	if outOfReach(p) && strings.HasPrefix(p.Path, "spec.config_normalization_rules.validations") {
		return true
	}
	for i := range s.config.Streams.list {
		if l := &s.config.Streams.list[i]; within(p.Path, l.path) {
			noteFirst(&l.problem, p)
			return true
		}
	}
	for i := range s.config.DynamicStreams.list {
		if t := &s.config.DynamicStreams.list[i]; within(p.Path, t.path) {
			noteFirst(&t.problem, p)
			return true
		}
	}
	return false
}

// within tells whether a path is another one or goes on from it.
func within(path, outer string) bool {
	return path == outer || strings.HasPrefix(path, outer+".")
}

// located is a problem with its place, as an error.
func located(p *manifest.Problem) error {
	return &manifest.PlaceError{Place: p.Place, Err: errors.New(p.Message)}
}

func noteFirst(note **manifest.Problem, p manifest.Problem) {
	if *note == nil {
		*note = &p
	}
}

// Spec describes the configuration.
func (s *Source) Spec(context.Context) (protocol.Spec, error) {
	if s.config.Spec == nil {
		return protocol.Spec{ConnectionSpecification: json.RawMessage(`{"type":"object","properties":{}}`)}, nil
	}
	return s.config.Spec.message()
}

// run is one check, discover or read.
type run struct {
	*Source
	env     *Env
	emit    connector.Emit
	secrets []secret.String
	staging *staging        // nil: nobody takes files
	made    []*listedStream // of templates; nil: not made yet
}

func (s *Source) begin(config json.RawMessage, emit connector.Emit) (*run, error) {
	return s.beginWith(config, nil, emit)
}

// beginWith lays other values over the configuration, once it is in shape.
func (s *Source) beginWith(config json.RawMessage, over *template.Dict, emit connector.Emit) (*run, error) {
	v, err := template.DecodeJSON(config)
	if err != nil {
		return nil, ofInput(connector.ConfigError("the configuration cannot be read: it is not JSON"))
	}
	d, ok := v.(*template.Dict)
	if !ok {
		return nil, ofInput(connector.ConfigError("the configuration is not an object"))
	}
	r := &run{Source: s, emit: emit}
	if s.config.Spec != nil {
		r.secrets = append(secretsIn(s.config.Spec.Schema, d), secretsIn(s.config.Spec.Schema, orEmpty(over))...)
	}
	r.env = &Env{
		Config: d, Now: s.options.Now, Sleep: s.options.Sleep, Log: r.log, Control: r.control,
		transport: s.options.Transport, limit: s.options.MaxResponseBytes, patience: s.options.patience,
		cache: newResponseCache(), bodies: new(sync.Pool), parents: new(nameSet), lineage: new(lineage), tokens: newTokenStore(), pools: newPoolStore(),
	}
	if s.config.Spec != nil {
		if err := r.settle(s.config.Spec); err != nil {
			return nil, r.explained(ofInput(err))
		}
	}
	r.env.Config = laidOver(r.env.Config, over)
	if r.env.jobs, err = newJobBudget(&s.config.AsyncJobs, r.env); err != nil {
		return nil, r.explained(ofInput(err))
	}
	r.env.budget, err = s.config.Budget.Build(r.env)
	return r, r.explained(ofInput(err))
}

// settle brings the configuration into shape, and holds it to the specification. Keys of the platform's own, which begin with two
// underscores, are no part of it.
func (r *run) settle(spec *Spec) error {
	var err error
	if spec.Normalization != nil {
		if r.env.Config, err = spec.Normalization.normalize(r.env); err != nil {
			return err
		}
	}
	own := template.NewDict(r.env.Config.Len())
	for key, value := range r.env.Config.All() {
		if name := template.Str(key); !strings.HasPrefix(name, "__") {
			own.Set(name, value)
		}
	}
	config, err := template.AppendJSON(nil, own)
	if err != nil {
		return fmt.Errorf("encoding configuration: %w", err)
	}
	specification, err := template.AppendJSON(nil, spec.Schema)
	if err != nil {
		return fmt.Errorf("encoding connection_specification: %w", err)
	}
	if r.options.masked {
		return nil
	}
	if err := manifest.CheckConfig(specification, config); err != nil {
		return connector.ConfigError("%w", err)
	}
	if spec.Normalization == nil {
		return nil
	}
	return spec.Normalization.validate(r.env)
}

func (r *run) log(level protocol.Level, format string, args ...any) {
	// Whoever cannot be told anything any more will learn it from the next record.
	_ = r.emit(protocol.LogMessage(level, secret.Redact(fmt.Sprintf(format, args...), r.secrets...)))
}

func (r *run) control(c protocol.Control) error {
	return r.emit(protocol.Message{Type: protocol.TypeControl, Control: &c})
}

// explained is an error as a connector tells it, without secrets.
func (r *run) explained(err error) error {
	if err == nil || errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	text := secret.Redact(err.Error(), r.secrets...)
	e := &connector.Error{Type: connector.FailureOf(err), Message: text, Internal: text}
	if errors.Is(err, ErrInput) {
		e.Cause = ErrInput
	}
	return e
}
