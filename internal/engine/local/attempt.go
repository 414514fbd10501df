package local

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/airfielddev/airfield/connector"
	"github.com/airfielddev/airfield/internal/pipeline"
	"github.com/airfielddev/airfield/internal/platform"
	"github.com/airfielddev/airfield/protocol"
)

// attempt makes one attempt at a job, from its start in the store to its end there.
func (e *Engine) attempt(ctx context.Context, stop <-chan struct{}, job platform.Job) {
	keep := context.WithoutCancel(ctx) // the end of an attempt is stored even when it was cancelled
	run, err := e.begin(keep, job.ID)
	if errors.Is(err, platform.ErrConflict) {
		e.log.InfoContext(keep, "job is not run", "job_id", job.ID, "reason", err)
		return
	}
	if err != nil {
		e.complain(keep, fmt.Sprintf("starting an attempt at job %d", job.ID), err)
		return
	}
	a := &attempt{
		engine: e, run: run,
		redactor: &redactor{},
		book:     newLogbook(func(lines []platform.LogLine) error { return e.appendLogs(keep, run, lines) }),
	}
	result := a.work(ctx, stop)
	a.book.close()
	err = persist(keep, func(ctx context.Context) error {
		_, err := e.platform.FinishAttempt(ctx, run.Job.ID, run.Attempt.Number, result)
		return err
	})
	if err != nil {
		e.complain(keep, fmt.Sprintf("finishing job %d", job.ID), err)
	}
}

func (e *Engine) begin(ctx context.Context, jobID int64) (run platform.Run, err error) {
	err = persist(ctx, func(ctx context.Context) error {
		run, err = e.platform.StartAttempt(ctx, jobID)
		return err
	})
	return run, err
}

func (e *Engine) appendLogs(ctx context.Context, run platform.Run, lines []platform.LogLine) error {
	err := e.platform.AppendLogs(ctx, run.Job.ID, run.Attempt.Number, lines)
	if err != nil {
		e.complain(ctx, fmt.Sprintf("storing the log of job %d", run.Job.ID), err)
	}
	return err
}

// persist tries again what must be stored, because the alternative is a job that looks as if it ran for ever. A refusal by the
// platform is final.
func persist(ctx context.Context, store func(context.Context) error) error {
	wait := 100 * time.Millisecond
	for try := 1; ; try++ {
		err := store(ctx)
		_, refused := errors.AsType[*platform.Error](err)
		if err == nil || refused || try == 6 {
			return err
		}
		<-time.After(wait)
		wait *= 2
	}
}

// attempt is one attempt at work.
type attempt struct {
	engine   *Engine
	run      platform.Run
	redactor *redactor
	book     *logbook
}

// work runs the connectors and tells how it went.
func (a *attempt) work(ctx context.Context, stop <-chan struct{}) platform.AttemptResult {
	a.learnSecrets(ctx)
	a.announce()
	job, failure := a.job(ctx)
	if failure != nil {
		a.say(protocol.LevelError, "%s", failure.Message)
		return platform.AttemptResult{Status: platform.OutcomeFailed, Failures: []platform.Failure{*failure}}
	}
	job.Stop = stop
	result := pipeline.Run(ctx, job)
	a.conclude(result)
	return outcome(ctx, result)
}

// job turns what the platform knows into a job of the pipeline. A connector that cannot be had fails the job for good.
func (a *attempt) job(ctx context.Context) (pipeline.Job, *platform.Failure) {
	run := &a.run
	destination, err := a.engine.connectors.Destination(ctx, run.Destination)
	if err != nil {
		return pipeline.Job{}, a.unavailable(platform.OriginDestination, run.DestinationTitle, err)
	}
	var source connector.Source
	if !run.ClearsOnly {
		if source, err = a.engine.connectors.Source(ctx, run.Source); err != nil {
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
		State:          run.State,
		Hooks:          a.hooks(),
		Limits:         a.engine.limits,
		Redact:         a.redactor.redact,
	}, nil
}

func (a *attempt) unavailable(origin platform.FailureOrigin, title string, err error) *platform.Failure {
	text := a.redactor.redact(err.Error())
	return &platform.Failure{
		Origin: origin, Type: string(protocol.FailureConfig), At: time.Now(),
		Message: fmt.Sprintf("%s cannot be run: %s", title, text), Internal: text,
	}
}

func (a *attempt) hooks() pipeline.Hooks {
	p, job, number := a.engine.platform, a.run.Job.ID, a.run.Attempt.Number
	return pipeline.Hooks{
		Commit: func(ctx context.Context, c pipeline.Commit) error {
			streams, total := counts(c.Counts)
			return p.CommitStates(ctx, job, number, c.States, streams, total)
		},
		Progress: func(ctx context.Context, c pipeline.Counts) {
			streams, total := counts(c)
			if err := p.Progress(ctx, job, number, streams, total); err != nil {
				a.engine.complain(ctx, fmt.Sprintf("storing the progress of job %d", job), err)
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
	if err := a.engine.platform.StoreConnectorConfig(ctx, kind, id, config); err != nil {
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
	actor, err := a.engine.platform.Actor(ctx, kind, id)
	if err != nil {
		a.engine.complain(ctx, fmt.Sprintf("reading %s %s", kind, id), err)
		return
	}
	a.redactor.learn(kind, config, actor.Config)
}
