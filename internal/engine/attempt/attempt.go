// Package attempt makes one attempt at a job, whatever engine asks for it: it gets the connectors, runs the pipeline, and
// stores states, counts, logs and the outcome.
package attempt

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/airfielddev/airfield/connector"
	"github.com/airfielddev/airfield/internal/pipeline"
	"github.com/airfielddev/airfield/internal/platform"
	"github.com/airfielddev/airfield/protocol"
)

// ErrShutdown is the cause with which the context of an attempt ends when nobody cancelled the job, but the process cannot go
// on: the attempt is interrupted then, not cancelled.
var ErrShutdown = errors.New("the server is shutting down")

// childHeartbeat is how long a source in a child process may be silent when no limit is set. Nobody but the pipeline would
// notice that it hangs.
const childHeartbeat = 3 * time.Hour

// Runner makes attempts. Platform and Connectors are required.
type Runner struct {
	Platform   *platform.Platform
	Connectors platform.Connectors
	Limits     pipeline.Limits // without a heartbeat, sources in child processes have one of three hours
	// Staging is the path of the folder in which an attempt that moves files has one of its own until it ends; made when absent.
	// "": that of the system for temporary files.
	Staging string
	Logger  *slog.Logger
}

// Run makes one attempt at a job that was claimed, from its start in the store to its end there, and returns the job as it is
// then. When stop is closed the attempt ends in order and is interrupted; when ctx is done it ends as soon as it can, cancelled
// or, if the cause is [ErrShutdown], interrupted.
//
// An error says that the attempt could not be started or its end not be stored; what the connectors did is in the job. It
// matches [platform.ErrConflict] when the job is not to be run any more.
func (r *Runner) Run(ctx context.Context, jobID int64, stop <-chan struct{}) (platform.Job, error) {
	keep := context.WithoutCancel(ctx) // the end of an attempt is stored even when it was cancelled
	news := r.prepareSchema(ctx, jobID, stop)
	run, err := r.begin(keep, jobID)
	if err != nil {
		return platform.Job{}, fmt.Errorf("starting an attempt at job %d: %w", jobID, err)
	}
	a := &attempt{
		Runner: r, run: run, news: news,
		redactor: &redactor{},
		book:     newLogbook(func(lines []platform.LogLine) { r.appendLogs(keep, run, lines) }),
	}
	result := a.work(ctx, stop)
	a.book.close()
	job, err := r.finish(keep, run, result)
	if err != nil {
		return job, fmt.Errorf("finishing attempt %d of job %d: %w", run.Attempt.Number, jobID, err)
	}
	return job, nil
}

// prepareSchema brings the schema of the job's connection up to date, and returns what the log is to tell of it. It gives up when the
// job is to stop: the attempt that follows ends at once.
func (r *Runner) prepareSchema(ctx context.Context, jobID int64, stop <-chan struct{}) []string {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	go func() {
		select {
		case <-stop:
			cancel()
		case <-ctx.Done():
		}
	}()
	news, err := r.Platform.PrepareSchema(ctx, jobID)
	if err != nil && ctx.Err() == nil {
		r.warn(ctx, jobID, "a sync goes on with the schema that is known", err)
	}
	return news
}

func (r *Runner) begin(ctx context.Context, jobID int64) (run platform.Run, err error) {
	err = persist(ctx, func(ctx context.Context) error {
		run, err = r.Platform.StartAttempt(ctx, jobID)
		return err
	})
	return run, err
}

func (r *Runner) finish(ctx context.Context, run platform.Run, result platform.AttemptResult) (job platform.Job, err error) {
	err = persist(ctx, func(ctx context.Context) error {
		job, err = r.Platform.FinishAttempt(ctx, run.Job.ID, run.Attempt.Number, result)
		return err
	})
	return job, err
}

func (r *Runner) appendLogs(ctx context.Context, run platform.Run, lines []platform.LogLine) {
	if err := r.Platform.AppendLogs(ctx, run.Job.ID, run.Attempt.Number, lines); err != nil {
		r.warn(ctx, run.Job.ID, "log was not stored", err)
	}
}

// warn reports what goes wrong beside an attempt and does not stop it.
func (r *Runner) warn(ctx context.Context, jobID int64, what string, err error) {
	if r.Logger != nil {
		r.Logger.WarnContext(ctx, what, "job_id", jobID, "error", err)
	}
}

// How often something is tried that must be stored, and the longest wait in between. Together they outlast the restart of a
// database.
const (
	mostTries   = 12
	longestWait = 5 * time.Second
)

// persist tries again what must be stored, because the alternative is a job that looks as if it ran for ever. A refusal by the
// platform is final.
func persist(ctx context.Context, store func(context.Context) error) error {
	wait := 100 * time.Millisecond
	for try := 1; ; try++ {
		err := store(ctx)
		_, refused := errors.AsType[*platform.Error](err)
		if err == nil || refused || try == mostTries {
			return err
		}
		<-time.After(wait)
		wait = min(2*wait, longestWait)
	}
}

// attempt is one attempt at work.
type attempt struct {
	*Runner
	run      platform.Run
	news     []string // about the schema of the source
	redactor *redactor
	book     *logbook
}

// work runs the connectors and tells how it went.
func (a *attempt) work(ctx context.Context, stop <-chan struct{}) platform.AttemptResult {
	a.learnSecrets(context.WithoutCancel(ctx)) // a connector that is cancelled at once may still log
	a.announce()
	job, failure := a.job(ctx)
	if failure != nil && ctx.Err() != nil {
		return platform.AttemptResult{Status: status(ctx, pipeline.Cancelled)}
	}
	if failure != nil {
		a.say(protocol.LevelError, "%s", failure.Message)
		return platform.AttemptResult{Status: platform.OutcomeFailed, Failures: []platform.Failure{*failure}}
	}
	if job.Staging, failure = a.stage(); failure != nil {
		a.say(protocol.LevelError, "%s", failure.Message)
		return platform.AttemptResult{Status: platform.OutcomeFailed, Failures: []platform.Failure{*failure}}
	}
	defer a.unstage(ctx, job.Staging)
	job.Stop = stop
	result := pipeline.Run(ctx, job)
	a.conclude(result)
	return outcome(ctx, result)
}

// job turns what the platform knows into a job of the pipeline. A connector that cannot be had fails the job for good.
func (a *attempt) job(ctx context.Context) (pipeline.Job, *platform.Failure) {
	run := &a.run
	destination, err := a.Connectors.Destination(ctx, run.Destination)
	if err != nil {
		return pipeline.Job{}, a.unavailable(platform.OriginDestination, run.DestinationTitle, err)
	}
	var source connector.Source
	if !run.ClearsOnly {
		if source, err = a.Connectors.Source(ctx, run.Source); err != nil {
			return pipeline.Job{}, a.unavailable(platform.OriginSource, run.SourceTitle, err)
		}
	}
	return pipeline.Job{
		Source: source, SourceTitle: run.SourceTitle, SourceConfig: run.SourceConfig,
		Destination: destination, DestinationTitle: run.DestinationTitle, DestinationConfig: run.DestinationConfig,
		SupportsRefreshes: run.SupportsRefreshes,
		Catalog:           run.Catalog,
		Naming: pipeline.Naming{
			Namespace: pipeline.Namespace(run.Connection.NamespaceDefinition),
			Format:    run.Connection.NamespaceFormat,
			Prefix:    run.Connection.Prefix,
		},
		SelectedFields: run.SelectedFields,
		Mappers:        run.Mappers,
		State:          run.State,
		Hooks:          a.hooks(),
		Limits:         a.limits(),
		Redact:         a.redactor.redact,
	}, nil
}

func (a *attempt) limits() pipeline.Limits {
	limits := a.Limits
	if len(a.run.Source.Executable) > 0 || a.run.Source.Image != "" {
		limits.Heartbeat = cmp.Or(limits.Heartbeat, childHeartbeat)
	}
	return limits
}

func (a *attempt) unavailable(origin platform.FailureOrigin, title string, err error) *platform.Failure {
	text := a.redactor.redact(err.Error())
	return &platform.Failure{
		Origin: origin, Type: string(protocol.FailureConfig), At: time.Now(),
		Message: fmt.Sprintf("%s cannot be run: %s", title, text), Internal: text,
	}
}

func (a *attempt) hooks() pipeline.Hooks {
	p, job, number := a.Platform, a.run.Job.ID, a.run.Attempt.Number
	return pipeline.Hooks{
		Commit: func(ctx context.Context, c pipeline.Commit) error {
			streams, total := counts(c.Counts)
			return p.CommitStates(ctx, job, number, c.States, streams, total)
		},
		Progress: func(ctx context.Context, c pipeline.Counts) {
			streams, total := counts(c)
			if err := p.Progress(ctx, job, number, streams, total); err != nil {
				a.warn(ctx, job, "progress was not stored", err)
			}
		},
		Log:    func(l pipeline.Line) { a.book.add(logLine(l)) },
		Config: a.storeConfig,
	}
}

// storeConfig keeps a configuration that a connector has changed. Its new secrets are known before anything can log them.
func (a *attempt) storeConfig(ctx context.Context, kind connector.Kind, config json.RawMessage) error {
	id := a.run.SourceID
	if kind == connector.KindDestination {
		id = a.run.DestinationID
	}
	a.redactor.learnLike(kind, config)
	if err := a.Platform.StoreConnectorConfig(ctx, kind, id, config); err != nil {
		return err
	}
	a.learnActor(ctx, kind, id, config)
	return nil
}

func (a *attempt) learnSecrets(ctx context.Context) {
	a.learnActor(ctx, connector.KindSource, a.run.SourceID, a.run.SourceConfig)
	a.learnActor(ctx, connector.KindDestination, a.run.DestinationID, a.run.DestinationConfig)
}

// learnActor finds the secrets of a configuration by what the platform masks of it.
func (a *attempt) learnActor(ctx context.Context, kind connector.Kind, id string, config json.RawMessage) {
	a.redactor.learnNamed(config)
	actor, err := a.Platform.Actor(ctx, kind, id)
	if err != nil {
		a.warn(ctx, a.run.Job.ID, "secrets of a "+string(kind)+" are known by their names only", err)
		return
	}
	a.redactor.learn(kind, config, actor.Config)
}
