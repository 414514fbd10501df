package attempt

import (
	"context"
	"errors"

	"github.com/airfielddev/airfield/internal/pipeline"
	"github.com/airfielddev/airfield/internal/platform"
)

// outcome is the pipeline's result in the platform's words. Who cancelled decides what a cancelled attempt is.
func outcome(ctx context.Context, r pipeline.Result) platform.AttemptResult {
	streams, total := counts(r.Counts)
	result := platform.AttemptResult{Status: status(ctx, r.Status), Streams: streams, Total: total}
	for _, f := range r.Failures {
		result.Failures = append(result.Failures, failure(f))
	}
	return result
}

func status(ctx context.Context, s pipeline.Status) platform.AttemptOutcome {
	switch s {
	case pipeline.Succeeded:
		return platform.OutcomeSucceeded
	case pipeline.Interrupted:
		return platform.OutcomeInterrupted
	case pipeline.Cancelled:
		if errors.Is(context.Cause(ctx), ErrShutdown) {
			return platform.OutcomeInterrupted
		}
		return platform.OutcomeCancelled
	}
	return platform.OutcomeFailed
}

func failure(f pipeline.Failure) platform.Failure {
	return platform.Failure{
		Origin: origin(f.Origin), Type: f.Type, Message: f.Message, Internal: f.Internal, Stack: f.Stack,
		Stream: f.Stream, FromTrace: f.Traced, Retryable: f.Retryable(), At: f.At,
	}
}

func origin(o pipeline.Origin) platform.FailureOrigin {
	switch o {
	case pipeline.FromSource:
		return platform.OriginSource
	case pipeline.FromDestination:
		return platform.OriginDestination
	}
	return platform.OriginReplication
}

func counts(c pipeline.Counts) ([]platform.StreamStats, platform.Stats) {
	streams := make([]platform.StreamStats, len(c.Streams))
	for i, s := range c.Streams {
		streams[i] = platform.StreamStats{
			Stream: s.Stream, Stats: platform.Stats(s.Stats), Status: s.Status, WasResumed: s.Resumed,
		}
	}
	return streams, platform.Stats(c.Total)
}

func logLine(l pipeline.Line) platform.LogLine {
	return platform.LogLine{At: l.At, Level: l.Level, Source: platform.LogSource(l.From), Message: l.Message, Stack: l.Stack}
}
