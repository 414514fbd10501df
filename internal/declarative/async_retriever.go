package declarative

import (
	"context"
	"fmt"
	"time"

	"github.com/airfielddev/airfield/internal/template"
	"github.com/airfielddev/airfield/manifest"
)

// AsyncRetriever reads a slice by asking the API to prepare it, waiting until that is done, and downloading what was prepared.
type AsyncRetriever struct {
	Selector          Selector          `manifest:"record_selector,required,default=RecordSelector"`
	Statuses          JobStatuses       `manifest:"status_mapping,required"`
	StatusExtractor   Of[Extractor]     `manifest:"status_extractor,required"`
	TargetExtractor   Of[Extractor]     `manifest:"download_target_extractor"`
	DownloadExtractor Of[Extractor]     `manifest:"download_extractor"`
	Creation          Of[Requester]     `manifest:"creation_requester,required"`
	Polling           Of[Requester]     `manifest:"polling_requester,required"`
	Target            Of[Requester]     `manifest:"download_target_requester"`
	Download          Of[Requester]     `manifest:"download_requester,required"`
	Abort             Of[Requester]     `manifest:"abort_requester"`
	Delete            Of[Requester]     `manifest:"delete_requester"`
	Timeout           manifest.Template `manifest:"polling_job_timeout,holds=whole"`               // minutes
	RetryWait         manifest.Template `manifest:"failed_retry_wait_time_in_seconds,holds=whole"` // after the API said that a job failed
	Decoder           Of[Decoder]       `manifest:"decoder"`                                       // of what tells about jobs
	DownloadDecoder   Of[Decoder]       `manifest:"download_decoder"`
	DownloadPaginator Of[Paginator]     `manifest:"download_paginator"`
	Routers           Routers           `manifest:"partition_router"`
}

const (
	// defaultJobTimeout is how long a job may take.
	defaultJobTimeout = time.Hour
	// jobAttempts is how often a slice is asked for before it is given up.
	jobAttempts = 3
	// pollInterval lies between two looks at the jobs that are running.
	pollInterval = 5 * time.Second
)

// UnmarshalManifest checks what the fields say together.
func (c *AsyncRetriever) UnmarshalManifest(d *manifest.Decoder, n *manifest.Node) {
	type plain AsyncRetriever
	d.Decode(n, (*plain)(c))
	if c.Target.Present() && !c.TargetExtractor.Present() {
		d.ProblemOf(n, "download_target_requester", manifest.CodeInvalidValue,
			"download_target_requester goes with a download_target_extractor, which is missing")
	}
	for _, part := range []struct {
		field     string
		requester *Of[Requester]
	}{
		{"creation_requester", &c.Creation}, {"polling_requester", &c.Polling}, {"download_target_requester", &c.Target},
		{"download_requester", &c.Download}, {"abort_requester", &c.Abort}, {"delete_requester", &c.Delete},
	} {
		d.In(part.field, func() { refuseLess(d, n.Get(part.field), part.requester) })
	}
}

// Build makes the retriever. Its requests are never answered from memory: jobs change.
func (c *AsyncRetriever) Build(env *Env) (Retriever, error) {
	streams := env.jobs.retrievers.Add(1)
	r := &asyncRetriever{env: env, statuses: c.Statuses, timeout: defaultJobTimeout}
	var err error
	if r.router, err = c.Routers.Build(env); err != nil {
		return nil, err
	}
	r.awaitsParent = env.jobs.retrievers.Load() > streams
	if r.selector, err = c.Selector.build(env); err != nil {
		return nil, err
	}
	// No cursor filters what a job gives, so there is nothing to transform for it.
	r.selector.transformFirst = c.Selector.TransformBefore != nil && *c.Selector.TransformBefore
	direct := env.uncached()
	for _, slot := range []struct {
		from *Of[Requester]
		to   *Requester
	}{
		{&c.Creation, &r.creation}, {&c.Polling, &r.polling}, {&c.Target, &r.target}, {&c.Abort, &r.abort}, {&c.Delete, &r.remove},
	} {
		if *slot.to, err = slot.from.Build(direct); err != nil {
			return nil, err
		}
		if requester, ok := slot.from.Component().(*HTTPRequester); ok {
			r.templates = append(r.templates, requester.templates()...)
		}
	}
	if err := c.buildExtractors(direct, r); err != nil {
		return nil, err
	}
	if r.download, err = c.buildDownload(direct); err != nil {
		return nil, err
	}
	return r, c.durations(r)
}

func (c *AsyncRetriever) buildExtractors(env *Env, r *asyncRetriever) error {
	var err error
	if r.decoder, err = c.Decoder.Build(env); err != nil {
		return err
	}
	if r.decoder == nil {
		r.decoder = newJSONDecoder(env)
	}
	if r.status, err = c.StatusExtractor.Build(env); err != nil {
		return err
	}
	r.targets, err = c.TargetExtractor.Build(env)
	return err
}

// buildDownload makes what reads the pages of a download. Records are filtered and transformed by the retriever around it.
func (c *AsyncRetriever) buildDownload(env *Env) (*simpleRetriever, error) {
	requester, err := c.Download.Build(env)
	if err != nil {
		return nil, err
	}
	decoder, err := c.DownloadDecoder.Build(env)
	if err != nil {
		return nil, err
	}
	if decoder == nil {
		decoder = newJSONDecoder(env)
	}
	extractor, err := c.DownloadExtractor.Build(env)
	if err != nil {
		return nil, err
	}
	if extractor == nil {
		extractor = new(dpathExtractor)
	}
	if own, ok := extractor.(interface{ Decoder() Decoder }); ok {
		decoder = own.Decoder()
	}
	paginator, err := c.DownloadPaginator.Build(env)
	if err != nil {
		return nil, err
	}
	if paginator == nil {
		paginator = new(NoPagination)
	}
	return &simpleRetriever{
		requester: requester, decoder: decoder, paginator: paginator, env: env, share: mayShare(env, paginator),
		selector: &selector{extractor: extractor, rules: new(recordRules)},
	}, nil
}

func (c *AsyncRetriever) durations(r *asyncRetriever) error {
	minutes, given, err := c.Timeout.Int(r.env.Vars())
	if err != nil {
		return fmt.Errorf("evaluating polling_job_timeout: %w", err)
	}
	if given && minutes > 0 {
		r.timeout = time.Duration(minutes) * time.Minute
	}
	seconds, given, err := c.RetryWait.Int(r.env.Vars())
	if err != nil {
		return fmt.Errorf("evaluating failed_retry_wait_time_in_seconds: %w", err)
	}
	if given && seconds < 1 {
		return fmt.Errorf("failed_retry_wait_time_in_seconds is %d, but wants to be 1 or more", seconds)
	}
	r.retryWait = time.Duration(seconds) * time.Second
	return nil
}

// asyncRetriever is an AsyncRetriever at work.
type asyncRetriever struct {
	env      *Env
	router   PartitionRouter
	selector *selector
	download *simpleRetriever
	statuses JobStatuses
	decoder  Decoder
	status   Extractor
	targets  Extractor // nil: one download, without a target

	creation, polling     Requester
	target, abort, remove Requester // nil: none
	timeout, retryWait    time.Duration
	awaitsParent          bool     // a parent stream has jobs of its own, out of the same budget
	templates             []string // what requests are made of, for how they spell the headers of responses
}

func (r *asyncRetriever) Router() PartitionRouter { return r.router }

// Prepare wraps a cursor so that it gives out a slice once its job is done.
func (r *asyncRetriever) Prepare(c Cursor) Cursor {
	return &jobCursor{Cursor: c, retriever: r, done: map[Slice]*asyncJob{}}
}

// Read downloads what the job of a slice has prepared. Without a job, it asks for one and waits for it.
func (r *asyncRetriever) Read(ctx context.Context, q Query, yield func(*template.Dict) error) error {
	if q.job != nil {
		return r.read(ctx, q, yield)
	}
	one := func(_ context.Context, give func(Slice) error) error { return give(q.Slice) }
	return newJobRun(r).each(ctx, one, func(j *asyncJob) error {
		q.job = j
		return r.read(ctx, q, yield)
	})
}

func (r *asyncRetriever) read(ctx context.Context, q Query, yield func(*template.Dict) error) error {
	if q.job.status == jobSkipped {
		return nil
	}
	targets, err := r.downloadTargets(ctx, q.job)
	if err != nil {
		return err
	}
	q.Admit, q.Old = nil, nil
	for _, target := range targets {
		err := r.download.Read(ctx, Query{Slice: q.job.downloadSlice(target)}, func(record *template.Dict) error {
			wanted, err := r.selector.shape(record, q)
			if err != nil || !wanted {
				return err
			}
			return yield(record)
		})
		if err != nil {
			return err
		}
	}
	r.cleanUp(ctx, q.job)
	return nil
}
