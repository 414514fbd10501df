// Package local runs jobs in this process, from the queue that the platform keeps in its store.
//
// What was running when the process died is taken up again at the next start, from the last committed state.
package local

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"github.com/airfielddev/airfield/internal/engine/attempt"
	"github.com/airfielddev/airfield/internal/pipeline"
	"github.com/airfielddev/airfield/internal/platform"
)

// Config says what an engine works with. Platform and Connectors are required.
type Config struct {
	Platform   *platform.Platform
	Connectors platform.Connectors
	Workers    int             // attempts that run at once; 0: 4
	Limits     pipeline.Limits // of each attempt; see [attempt.Runner]
	Staging    string          // where attempts put files that they move; see [attempt.Runner]
	Clock      Clock           // nil: the system's
	Logger     *slog.Logger    // nil: nothing is logged
	// Grace is how long attempts may take to stop when the engine does, before they are cancelled. 0: 20 seconds.
	Grace time.Duration
}

// Clock tells when jobs are due.
type Clock interface {
	Now() time.Time
	// Until sends once the time has come, at once when it has passed. Nobody need receive.
	Until(at time.Time) <-chan time.Time
}

// Engine runs jobs, the oldest first, and at most one of each connection at a time.
type Engine struct {
	platform *platform.Platform
	runner   attempt.Runner
	clock    Clock
	log      *slog.Logger
	grace    time.Duration

	woken   chan struct{}
	slots   chan struct{} // holds one token for each attempt that runs
	workers sync.WaitGroup

	mu      sync.Mutex
	running map[int64]context.CancelCauseFunc // by job
}

var _ platform.Engine = (*Engine)(nil)

// New makes an engine that does nothing until [Engine.Run] is called.
func New(cfg Config) *Engine {
	e := &Engine{
		platform: cfg.Platform,
		runner: attempt.Runner{
			Platform: cfg.Platform, Connectors: cfg.Connectors, Limits: cfg.Limits, Staging: cfg.Staging, Logger: cfg.Logger,
		},
		clock:   cfg.Clock,
		log:     cfg.Logger,
		grace:   cmp.Or(cfg.Grace, 20*time.Second),
		woken:   make(chan struct{}, 1),
		slots:   make(chan struct{}, cmp.Or(cfg.Workers, 4)),
		running: map[int64]context.CancelCauseFunc{},
	}
	if e.clock == nil {
		e.clock = systemClock{}
	}
	if e.log == nil {
		e.log = slog.New(slog.DiscardHandler)
	}
	return e
}

// Wake makes the engine look for jobs that wait.
func (e *Engine) Wake() {
	select {
	case e.woken <- struct{}{}:
	default: // it will look anyway
	}
}

// errCancelled is why the context of an attempt ends when somebody cancels its job.
var errCancelled = errors.New("the job was cancelled")

// Cancel asks the attempt that works on a job to stop. It does nothing when there is none.
func (e *Engine) Cancel(jobID int64) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if cancel, ok := e.running[jobID]; ok {
		cancel(errCancelled)
	}
}

// enter makes an attempt known, so that Cancel finds it.
func (e *Engine) enter(jobID int64, cancel context.CancelCauseFunc) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.running[jobID] = cancel
}

func (e *Engine) leave(jobID int64) {
	e.mu.Lock()
	defer e.mu.Unlock()
	delete(e.running, jobID)
}

type systemClock struct{}

func (systemClock) Now() time.Time                      { return time.Now() }
func (systemClock) Until(at time.Time) <-chan time.Time { return time.After(time.Until(at)) }
