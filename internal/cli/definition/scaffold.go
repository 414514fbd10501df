package definition

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/spf13/cobra"

	"github.com/airfielddev/airfield/internal/cli/exit"
	"github.com/airfielddev/airfield/internal/cli/session"
	"github.com/airfielddev/airfield/internal/declarative"
	"github.com/airfielddev/airfield/internal/declarative/scaffold"
	"github.com/airfielddev/airfield/internal/wire/config"
)

type scaffoldOptions struct {
	plan   scaffold.Plan
	auth   string
	config string
	probe  bool
}

// noConfig is the configuration where none is given.
const noConfig = "{}"

func newScaffold(s *session.Session) *cobra.Command {
	var o scaffoldOptions
	cmd := &cobra.Command{
		Use:   "scaffold --url URL",
		Short: "Write a first low-code manifest for an API",
		Long: `Write a first low-code manifest for an API, with comments that say what is left to do. It is valid as it is.

With --probe, the API is asked once, with the credentials in --config, and the manifest says what was learned: where the records are, what names
them, what they look like, and how the next page is asked for. The credentials are not written. For --auth bearer and api-key the
configuration is {"api_key": ...}; for basic, {"username": ..., "password": ...}; for oauth, {"client_id": ..., "client_secret": ..., "refresh_token": ...}.`,
		Example: `  airfield definition scaffold --url https://api.example.com/v1/customers --auth bearer > customers.yaml
  airfield definition scaffold --url https://api.example.com/v1/customers --auth bearer --probe --config @config.json > customers.yaml`,
		Args: session.Words(),
		RunE: s.Run(func(ctx context.Context, _ []string) error { return writeScaffold(ctx, s, o) }),
	}
	f := cmd.Flags()
	f.StringVar(&o.plan.URL, "url", "", "`address` of the records of the first stream")
	f.StringVar(&o.plan.Stream, "stream", "", "`name` of the stream (default: the last part of the address)")
	f.StringVar(&o.auth, "auth", string(scaffold.None), "how the API knows who is asking: "+scaffold.AuthNames())
	f.StringVar(&o.plan.Header, "key-header", "", "`header` that an API key is sent in (default: X-Api-Key)")
	f.StringVar(&o.plan.Param, "key-param", "", "`parameter` of the query that an API key is sent in, instead of a header")
	f.StringVar(&o.plan.TokenURL, "token-url", "", "`address` where OAuth gets its tokens (default: /oauth/token at the same host)")
	f.BoolVar(&o.probe, "probe", false, "ask the API once, and write what is learned")
	f.StringVar(&o.config, "config", noConfig, "`configuration` to ask the API with: JSON, YAML, @FILE or -")
	cmd.MarkFlagsMutuallyExclusive("key-header", "key-param")
	return cmd
}

func writeScaffold(ctx context.Context, s *session.Session, o scaffoldOptions) error {
	if err := session.Required(session.Flag{Name: "url", Value: o.plan.URL}); err != nil {
		return err
	}
	o.plan.Auth = scaffold.Auth(o.auth)
	plan, err := o.plan.Normalized()
	if err != nil {
		return exit.With(exit.Usage, err)
	}
	if o.probe {
		if plan.Auth != scaffold.None && o.config == noConfig {
			return exit.Usagef("--probe with --auth %s wants the credentials in --config", plan.Auth)
		}
		if plan.Findings, err = probe(ctx, s, plan, o.config); err != nil {
			return err
		}
	}
	text, err := scaffold.Manifest(plan)
	if err != nil {
		return err
	}
	_, err = s.World.Stdout.Write(text)
	return err
}

// errNoAnswer is returned when nothing could be learned from an API.
var errNoAnswer = errors.New("the API gave nothing to learn from")

// probe asks the API once, as the manifest does that knows nothing yet.
func probe(ctx context.Context, s *session.Session, plan scaffold.Plan, credentials string) (*scaffold.Findings, error) {
	text, err := scaffold.Manifest(plan)
	if err != nil {
		return nil, err
	}
	source, err := declarative.NewSource(text, declarative.SourceOptions{})
	if err != nil {
		return nil, err
	}
	trial := declarative.Trial{Stream: plan.Stream, Slices: 1, Pages: 1, Refuse: true}
	if trial.Config, err = configText(s, credentials); err != nil {
		return nil, err
	}
	recording, err := source.Record(ctx, trial)
	if err != nil {
		return nil, err
	}
	answer := firstAnswer(recording.Read)
	if err := failure(s, plan.Stream, recording.Read.Logs); err != nil {
		err = fmt.Errorf("asking the API: %w", err)
		if answer != nil && answer.Status == http.StatusUnauthorized {
			return nil, exit.Hint(err, "--auth says how the API knows who is asking, and --config has the credentials")
		}
		return nil, err
	}
	if recording.Read.LatestConfigUpdate != nil {
		s.Note("WARN the API has renewed the credentials, and the old ones may be spent")
	}
	if answer == nil {
		return nil, errNoAnswer
	}
	findings, err := scaffold.Learn([]byte(answer.Body), answer.Headers["Link"])
	if err != nil {
		return nil, err
	}
	s.Note("the answer has %s%s", counted(findings.Records, "record"), learned(findings))
	return &findings, nil
}

// firstAnswer is that to the first page; nil: there is none.
func firstAnswer(read config.BuilderStream) *config.BuilderResponse {
	if len(read.Slices) == 0 || len(read.Slices[0].Pages) == 0 {
		return nil
	}
	return read.Slices[0].Pages[0].Response
}

// learned says in short what was found.
func learned(f scaffold.Findings) string {
	var parts []string
	if len(f.RecordPath) > 0 {
		parts = append(parts, "at "+strings.Join(f.RecordPath, "."))
	}
	if f.Key != "" {
		parts = append(parts, "named by "+f.Key)
	}
	if f.Pages.Kind != scaffold.NoPages {
		parts = append(parts, "in pages ("+string(f.Pages.Kind)+")")
	}
	if len(parts) == 0 {
		return ""
	}
	return ", " + strings.Join(parts, ", ")
}
