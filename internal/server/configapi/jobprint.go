package configapi

import (
	"context"
	"fmt"
	"strings"

	"github.com/airfielddev/airfield/internal/platform"
	"github.com/airfielddev/airfield/internal/wire/config"
	"github.com/airfielddev/airfield/protocol"
)

const (
	logPage = 5_000   // lines read at once
	logTail = 100_000 // lines of an attempt that are shown; earlier ones are left out
)

func printJob(j platform.Job) config.JobRead {
	out := config.JobRead{
		ID:             j.ID,
		ConfigType:     config.JobConfigType(j.Type),
		ConfigID:       j.ConnectionID,
		EnabledStreams: descriptors(j.Streams),
		CreatedAt:      j.CreatedAt.Unix(),
		UpdatedAt:      j.UpdatedAt.Unix(),
		Status:         config.JobStatus(j.Status),
	}
	if !j.StartedAt.IsZero() {
		out.StartedAt = new(j.StartedAt.Unix())
	}
	switch j.Type {
	case platform.JobReset, platform.JobClear:
		out.ResetConfig = &config.ResetConfig{StreamsToReset: descriptors(j.Streams)}
	case platform.JobRefresh:
		out.RefreshConfig = &config.RefreshConfig{StreamsToRefresh: descriptors(j.Streams)}
	}
	t := j.Totals()
	out.AggregatedStats = &config.AggregatedStats{
		RecordsEmitted: t.RecordsEmitted, BytesEmitted: t.BytesEmitted,
		RecordsCommitted: t.RecordsCommitted, BytesCommitted: t.BytesCommitted, RecordsRejected: t.RecordsRejected,
	}
	for _, s := range j.StreamTotals() {
		out.StreamAggregatedStats = append(out.StreamAggregatedStats, config.StreamAggregatedStats{
			StreamName: s.Stream.Name, StreamNamespace: text(s.Stream.Namespace),
			RecordsEmitted: s.RecordsEmitted, BytesEmitted: s.BytesEmitted,
			RecordsCommitted: s.RecordsCommitted, BytesCommitted: s.BytesCommitted, RecordsRejected: s.RecordsRejected,
			WasBackfilled: new(false), WasResumed: new(s.WasResumed),
		})
	}
	return out
}

func descriptors(rows []protocol.StreamDescriptor) []config.StreamDescriptor {
	out := make([]config.StreamDescriptor, 0, len(rows))
	for _, d := range rows {
		out = append(out, descriptor(d))
	}
	return out
}

// printAttempt names the attempt by its number, which counts from zero.
func printAttempt(t platform.Attempt) config.AttemptRead {
	out := config.AttemptRead{
		ID:            int64(t.Number),
		Status:        config.AttemptStatus(t.Status),
		CreatedAt:     t.CreatedAt.Unix(),
		UpdatedAt:     t.UpdatedAt.Unix(),
		BytesSynced:   new(t.Stats.BytesCommitted),
		RecordsSynced: new(t.Stats.RecordsCommitted),
		TotalStats:    new(printStats(t.Stats)),
	}
	if !t.EndedAt.IsZero() {
		out.EndedAt = new(t.EndedAt.Unix())
	}
	for _, s := range t.Streams {
		out.StreamStats = append(out.StreamStats, config.AttemptStreamStats{
			StreamName: s.Stream.Name, StreamNamespace: text(s.Stream.Namespace), Stats: printStats(s.Stats),
		})
	}
	if t.Status == platform.AttemptFailed {
		out.FailureSummary = &config.FailureSummary{PartialSuccess: new(t.Stats.RecordsCommitted > 0)}
		for _, f := range t.Failures {
			out.FailureSummary.Failures = append(out.FailureSummary.Failures, *printFailure(&f))
		}
	}
	return out
}

func printStats(s platform.Stats) config.AttemptStats {
	out := config.AttemptStats{
		RecordsEmitted:       &s.RecordsEmitted,
		BytesEmitted:         &s.BytesEmitted,
		StateMessagesEmitted: &s.StatesEmitted,
		BytesCommitted:       &s.BytesCommitted,
		RecordsCommitted:     &s.RecordsCommitted,
		RecordsRejected:      &s.RecordsRejected,
	}
	if s.EstimatedRecords > 0 {
		out.EstimatedRecords = &s.EstimatedRecords
	}
	return out
}

// printJobInfo prints a job with its attempts and, when wanted, their logs as lines of text, which is the form that every
// client reads.
func (a *api) printJobInfo(ctx context.Context, j platform.Job, withLogs bool) (config.JobInfoRead, error) {
	out := config.JobInfoRead{Job: printJob(j)}
	for _, t := range j.Attempts {
		info := config.AttemptInfo{Attempt: printAttempt(t)}
		if withLogs {
			lines, err := a.logLines(ctx, j.ID, t.Number)
			if err != nil {
				return out, fmt.Errorf("reading the log of attempt %d of job %d: %w", t.Number, j.ID, err)
			}
			info.LogType, info.Logs = config.LogFormatted, &config.Logs{LogLines: lines}
		}
		out.Attempts = append(out.Attempts, info)
	}
	return out, nil
}

// logLines is the end of an attempt's log.
func (a *api) logLines(ctx context.Context, jobID int64, attempt int) ([]string, error) {
	lines := []string{}
	for from := 0; ; from += logPage {
		rows, err := a.platform.Logs(ctx, jobID, attempt, from, logPage)
		if err != nil {
			return nil, err
		}
		for _, l := range rows {
			lines = append(lines, logLine(l))
		}
		if len(rows) < logPage {
			return lines[max(len(lines)-logTail, 0):], nil
		}
		if len(lines) > 2*logTail {
			lines = append([]string{}, lines[len(lines)-logTail:]...)
		}
	}
}

// logLine reads like a line of Airbyte's own logs: time, origin, level, message.
func logLine(l platform.LogLine) string {
	line := fmt.Sprintf("%s %s > %s %s", l.At.UTC().Format("2006-01-02 15:04:05"), l.Source, l.Level, l.Message)
	if l.Stack != "" {
		line += "\n" + strings.TrimRight(l.Stack, "\n")
	}
	return line
}
