package definition

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/airfielddev/airfield/internal/cli/exit"
	"github.com/airfielddev/airfield/internal/cli/output"
	"github.com/airfielddev/airfield/internal/cli/session"
	"github.com/airfielddev/airfield/internal/declarative"
	"github.com/airfielddev/airfield/internal/wire/config"
	"github.com/airfielddev/airfield/protocol"
)

// tryOptions are the flags of reading one stream.
type tryOptions struct {
	state    string
	slices   int
	pages    int
	records  int
	requests bool
	schema   bool
	retry    bool
	keep     bool
}

func (o *tryOptions) bind(cmd *cobra.Command) {
	f := cmd.Flags()
	f.StringVar(&o.state, "state", "", "where the stream is to go on from: its `state`, a state message or a list of them, as JSON, @FILE or -")
	f.IntVar(&o.slices, "slices", declarative.TrialSlices, "read so many `slices` of the stream")
	f.IntVar(&o.pages, "pages", declarative.TrialPages, "read so many `pages` of each slice")
	f.IntVar(&o.records, "records", declarative.TrialRecords, "read so many `records` in all")
	f.BoolVar(&o.requests, "requests", false, "show headers and bodies of requests and answers")
	f.BoolVar(&o.schema, "schema", false, "show nothing but the schema that the records suggest")
	f.BoolVar(&o.retry, "retry", false, "try again what fails, as a sync does")
	f.BoolVar(&o.keep, "update-config", false, "write credentials that the API renews into the file that --config names")
}

// tryFlags are the names of those flags.
var tryFlags = []string{"state", "slices", "pages", "records", "requests", "schema", "retry", "update-config"}

// atLeastOne refuses bounds that let nothing through.
func atLeastOne(cmd *cobra.Command) error {
	for _, name := range []string{"slices", "pages", "records"} {
		if n, err := cmd.Flags().GetInt(name); err == nil && n < 1 {
			return exit.Usagef("--%s is %d; want at least 1", name, n)
		}
	}
	return nil
}

// try reads the beginning of one stream and shows it.
func try(ctx context.Context, s *session.Session, file, stream string, o readOptions) error {
	p, err := s.Printer()
	if err != nil {
		return err
	}
	source, err := openManifest(s, file, declarative.SourceOptions{})
	if err != nil {
		return err
	}
	trial := declarative.Trial{Stream: stream, Slices: o.slices, Pages: o.pages, Records: o.records, Repeat: o.retry, Refuse: true}
	if trial.Config, err = configText(s, o.config); err != nil {
		return err
	}
	if trial.State, err = stateFlag(s, stream, o.state); err != nil {
		return err
	}
	out, err := source.Try(ctx, trial)
	if err != nil {
		return err
	}
	if err := o.keepConfig(s, out.LatestConfigUpdate, o.config); err != nil {
		return err
	}
	out.LatestConfigUpdate = nil
	if err := o.print(s, p, out); err != nil {
		return err
	}
	return retryable(failure(s, stream, out.Logs), out, o.retry)
}

// retryable says how to try again what an API refused for the time being.
func retryable(err error, out config.BuilderStream, retried bool) error {
	if retried || !slices.ContainsFunc(out.Slices, passing) {
		return err
	}
	return exit.Hint(err, adviceRetry)
}

const adviceRetry = "a sync tries that again; --retry does so here"

// passing tells whether a slice ended with an answer that another try may not get.
func passing(s config.BuilderSlice) bool {
	if len(s.Pages) == 0 {
		return false
	}
	last := s.Pages[len(s.Pages)-1].Response
	return last != nil && (last.Status == http.StatusTooManyRequests || last.Status >= http.StatusInternalServerError)
}

func configText(s *session.Session, flag string) (json.RawMessage, error) {
	object, err := s.Object("config", flag)
	if err != nil {
		return nil, err
	}
	return json.Marshal(object)
}

// stateFlag reads state messages, or what a stream alone remembers.
func stateFlag(s *session.Session, stream, flag string) ([]*protocol.State, error) {
	if flag == "" {
		return nil, nil
	}
	text, err := s.Text("state", flag)
	if err != nil {
		return nil, err
	}
	var list []*protocol.State
	if json.Unmarshal(text, &list) == nil {
		return list, validStates(list)
	}
	var members map[string]json.RawMessage
	if err := json.Unmarshal(text, &members); err != nil {
		return nil, exit.Usagef("reading --state: it is no JSON object")
	}
	if members["type"] == nil && members["stream"] == nil && members["global"] == nil {
		return []*protocol.State{protocol.NewStreamState(protocol.StreamDescriptor{Name: stream}, text)}, nil
	}
	one := new(protocol.State)
	if err := json.Unmarshal(text, one); err != nil {
		return nil, exit.Usagef("reading --state: %w", err)
	}
	return []*protocol.State{one}, validStates([]*protocol.State{one})
}

func validStates(list []*protocol.State) error {
	for _, state := range list {
		if err := state.Validate(); err != nil {
			return exit.Usagef("reading --state: %w", err)
		}
	}
	return nil
}

// keepConfig writes a configuration that the API has changed where it came from, or says that it is lost.
func (o *tryOptions) keepConfig(s *session.Session, changed json.RawMessage, flag string) error {
	if changed == nil {
		return nil
	}
	file, isFile := strings.CutPrefix(flag, "@")
	if !o.keep || !isFile {
		s.Note("WARN the API has renewed the credentials, and the old ones may be spent; give --config @FILE --update-config to keep the new ones")
		return nil
	}
	if err := s.World.WritePrivate(s.World.Path(file), append(changed, '\n')); err != nil {
		return fmt.Errorf("keeping the renewed credentials: %w", err)
	}
	s.Note("the API has renewed the credentials; %s has the new ones", file)
	return nil
}

func (o *tryOptions) print(s *session.Session, p *output.Printer, out config.BuilderStream) error {
	switch {
	case o.schema && out.InferredSchema == nil:
		return errors.New("there are no records, hence no schema")
	case o.schema && p.Format() == output.Table:
		p, err := s.JSONPrinter()
		if err != nil {
			return err
		}
		return p.Raw(out.InferredSchema)
	case o.schema:
		return p.Raw(out.InferredSchema)
	case p.Structured():
		return p.Value(out)
	}
	if len(out.Slices) == 0 && slices.ContainsFunc(out.Logs, func(l config.BuilderLog) bool { return l.Level == string(protocol.LevelError) }) {
		return nil
	}
	return show(s.World.Stdout, out, o.requests)
}

// failure tells what was logged. The error is the first of it.
func failure(s *session.Session, stream string, logs []config.BuilderLog) error {
	var first error
	for _, l := range logs {
		if l.Level != string(protocol.LevelError) {
			s.Note("%s %s", l.Level, l.Message)
			continue
		}
		if first != nil {
			s.Note("%s %s", l.Level, l.Message)
			continue
		}
		first = fmt.Errorf("reading stream %s: %s", stream, l.Message)
	}
	return first
}
