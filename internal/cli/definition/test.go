package definition

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/airfielddev/airfield/internal/cli/exit"
	"github.com/airfielddev/airfield/internal/cli/output"
	"github.com/airfielddev/airfield/internal/cli/session"
	"github.com/airfielddev/airfield/internal/declarative"
	"github.com/airfielddev/airfield/internal/declarative/fixture"
	"github.com/airfielddev/airfield/protocol"
)

type testOptions struct {
	config   string
	fixtures string
	streams  string
	record   bool
	retry    bool
	limits   fixture.Limits
}

func newTest(s *session.Session) *cobra.Command {
	var o testOptions
	cmd := &cobra.Command{
		Use:   "test FILE",
		Short: "Hold a low-code manifest to what was recorded of its API, offline",
		Long: `Hold a low-code manifest to what was recorded of its API. Nothing is sent: each recorded request is answered as it was then, and requests,
records, states and the schema that the records suggest are compared. Time stands still at the moment of the recording.

With --record, the API is asked, and what it says is written: a file of YAML for each stream, without secrets, to be kept with the manifest.
The exit code is 1 when anything is different.`,
		Example: `  airfield definition test manifest.yaml --record --config @config.json
  airfield definition test manifest.yaml`,
		Args:    session.Words("FILE"),
		PreRunE: func(cmd *cobra.Command, _ []string) error { return atLeastOne(cmd) },
		RunE: s.Run(func(ctx context.Context, args []string) error {
			m, err := readManifest(s, args[0])
			if err != nil {
				return err
			}
			if o.fixtures == "" {
				o.fixtures = filepath.Join(filepath.Dir(args[0]), "fixtures")
			}
			if o.record {
				return record(ctx, s, m, o)
			}
			return replay(ctx, s, m, o)
		}),
	}
	f := cmd.Flags()
	f.BoolVar(&o.record, "record", false, "ask the API, and write what it says")
	f.StringVar(&o.config, "config", "", "`configuration` of the source: JSON, YAML, @FILE or -; without it, a test takes what was recorded, which has no secrets")
	f.StringVar(&o.fixtures, "fixtures", "", "`directory` of the recordings (default: fixtures, beside the manifest)")
	f.StringVar(&o.streams, "streams", "", "`names` of streams with commas between them; all without it")
	f.BoolVar(&o.retry, "retry", false, "while recording, try again what fails, as a sync does")
	f.IntVar(&o.limits.Slices, "slices", 2, "record so many `slices` of each stream")
	f.IntVar(&o.limits.Pages, "pages", 2, "record so many `pages` of each slice")
	f.IntVar(&o.limits.Records, "records", 100, "record so many `records` of each stream")
	return cmd
}

// tested is what a test found of one stream.
type tested struct {
	Stream     string   `json:"stream"`
	File       string   `json:"file"`
	Passed     bool     `json:"passed"`
	Requests   int      `json:"requests"`
	Records    int      `json:"records"`
	Difference []string `json:"difference,omitempty"`
}

// openStill makes a source whose clock stands still.
func openStill(s *session.Session, m manifestFile, clock *fixture.Clock) (*declarative.Source, error) {
	return m.source(s, declarative.SourceOptions{Now: clock.Now, Sleep: clock.Sleep})
}

// record asks the API about each stream, and writes what it says.
func record(ctx context.Context, s *session.Session, m manifestFile, o testOptions) error {
	config, err := configText(s, o.config)
	if err != nil {
		return err
	}
	if o.config == "" {
		config = json.RawMessage(`{}`)
	}
	names, err := o.names(ctx, s, m, config)
	if err != nil {
		return err
	}
	for _, name := range names {
		f, err := recordStream(ctx, s, m, name, config, o)
		if err != nil {
			return err
		}
		text, err := f.Text()
		if err != nil {
			return err
		}
		path := filepath.Join(o.fixtures, url.PathEscape(name)+".yaml")
		if err := s.World.WriteFile(path, text); err != nil {
			return fmt.Errorf("writing fixture of stream %s: %w", name, err)
		}
		s.Note("%s  %s, %s", path, counted(len(f.Exchanges), "request"), counted(f.Records(), "record"))
	}
	return nil
}

// names are the streams that were asked for, or all.
func (o *testOptions) names(ctx context.Context, s *session.Session, m manifestFile, config json.RawMessage) ([]string, error) {
	if o.streams != "" {
		return strings.Split(o.streams, ","), nil
	}
	source, err := m.source(s, declarative.SourceOptions{})
	if err != nil {
		return nil, err
	}
	catalog, err := source.Discover(ctx, config, func(m protocol.Message) error {
		if m.Log != nil {
			s.Note("%s %s", m.Log.Level, m.Log.Message)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	names := make([]string, len(catalog.Streams))
	for i, stream := range catalog.Streams {
		names[i] = stream.Name
	}
	return names, nil
}

func recordStream(ctx context.Context, s *session.Session, m manifestFile, name string, config json.RawMessage, o testOptions) (*fixture.Fixture, error) {
	f := &fixture.Fixture{Stream: name, At: s.World.Now().UTC().Truncate(time.Second), Limits: o.limits}
	clock := fixture.NewClock(f.At)
	clock.Wait = declarative.Sleep
	source, err := openStill(s, m, clock)
	if err != nil {
		return nil, err
	}
	masked, err := source.Masked(config)
	if err != nil {
		return nil, err
	}
	f.Config = fixture.JSON(masked)
	trial, err := f.Trial()
	if err != nil {
		return nil, err
	}
	trial.Config, trial.Repeat, trial.Refuse = config, o.retry, true
	recording, err := source.Record(ctx, trial)
	if err != nil {
		return nil, fmt.Errorf("recording: %w", err)
	}
	if err := failure(s, name, recording.Read.Logs); err != nil {
		return nil, retryable(fmt.Errorf("recording: %w", err), recording.Read, o.retry)
	}
	f.Put(recording)
	return f, nil
}

const adviceRecord = "record it: airfield definition test %s --record --config @FILE"

// errDifferent is returned for streams that are no longer as they were recorded.
var errDifferent = errors.New("the manifest does not do what was recorded")

// replay holds the manifest to each fixture.
func replay(ctx context.Context, s *session.Session, m manifestFile, o testOptions) error {
	source, err := m.source(s, declarative.SourceOptions{})
	if err != nil {
		return err
	}
	files, err := o.files(s, m.name)
	if err != nil {
		return err
	}
	p, err := s.Printer()
	if err != nil {
		return err
	}
	var results []tested
	failed := 0
	for _, name := range files {
		r, err := replayFile(ctx, s, m, name, o.config)
		if err != nil {
			return err
		}
		if !r.Passed {
			failed++
		}
		results = append(results, r)
	}
	if err := printTested(s, p, results); err != nil {
		return err
	}
	if o.streams == "" {
		tellUntested(s, source, results)
	}
	if failed > 0 {
		return exit.Hint(fmt.Errorf("%w: %s of %d", errDifferent, counted(failed, "stream"), len(results)), "when the change is meant, record again: airfield definition test %s --record --config @FILE", m.name)
	}
	return nil
}

// tellUntested names the streams that no recording holds to anything.
func tellUntested(s *session.Session, source *declarative.Source, results []tested) {
	names := slices.DeleteFunc(source.StreamNames(), func(name string) bool {
		return slices.ContainsFunc(results, func(r tested) bool { return r.Stream == name })
	})
	if len(names) > 0 {
		s.Note("not recorded, hence not tested: %s", strings.Join(names, ", "))
	}
}

// files are the fixtures of the streams that were asked for.
func (o *testOptions) files(s *session.Session, file string) ([]string, error) {
	files, err := s.World.Files(o.fixtures, ".yaml")
	if err != nil {
		return nil, fmt.Errorf("looking for fixtures: %w", err)
	}
	if o.streams != "" {
		files = nil
		for name := range strings.SplitSeq(o.streams, ",") {
			files = append(files, filepath.Join(o.fixtures, url.PathEscape(name)+".yaml"))
		}
	}
	if len(files) == 0 {
		return nil, exit.Hint(exit.Usagef("there are no fixtures in %s", o.fixtures), adviceRecord, file)
	}
	return files, nil
}

func replayFile(ctx context.Context, s *session.Session, m manifestFile, name, config string) (tested, error) {
	text, err := s.World.ReadFile(name)
	if err != nil {
		return tested{}, exit.Hint(exit.With(exit.Usage, fmt.Errorf("reading fixture: %w", err)), adviceRecord, m.name)
	}
	f, err := fixture.Parse(text)
	if err != nil {
		return tested{}, exit.Hint(exit.With(exit.Usage, fmt.Errorf("%s: %w", name, err)), adviceRecord, m.name)
	}
	source, err := openStill(s, m, fixture.NewClock(f.At))
	if err != nil {
		return tested{}, err
	}
	trial, err := f.Trial()
	if err != nil {
		return tested{}, exit.With(exit.Usage, err)
	}
	trial.Repeat = true // what failed while it was recorded fails again
	if config != "" {
		if trial.Config, err = configText(s, config); err != nil {
			return tested{}, err
		}
	}
	recording, err := source.Replay(ctx, trial, f.Exchanges)
	if err != nil {
		return tested{}, err
	}
	r := tested{Stream: f.Stream, File: name, Requests: len(f.Exchanges), Records: f.Records()}
	r.Difference, err = f.Compare(recording)
	r.Passed = len(r.Difference) == 0
	return r, err
}

func printTested(s *session.Session, p *output.Printer, results []tested) error {
	if p.Structured() {
		return p.Value(results)
	}
	for _, r := range results {
		word := "ok  "
		if !r.Passed {
			word = "FAIL"
		}
		lines := append([]string{fmt.Sprintf("%s  %s  %s, %s", word, r.Stream, counted(r.Requests, "request"), counted(r.Records, "record"))}, r.Difference...)
		for _, l := range lines {
			if _, err := fmt.Fprintln(s.World.Stdout, printable(l)); err != nil {
				return err
			}
		}
	}
	return nil
}
