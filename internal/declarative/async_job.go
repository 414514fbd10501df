package declarative

import (
	"slices"
	"time"

	"github.com/airfielddev/airfield/internal/template"
	"github.com/airfielddev/airfield/manifest"
)

// jobStatus is what a job on the other side is doing.
type jobStatus int

const (
	jobUnknown jobStatus = iota
	jobRunning
	jobCompleted
	jobFailed
	jobTimedOut
	jobSkipped // there is nothing to download
)

// JobStatuses are the words of an API for what its jobs are doing.
type JobStatuses struct {
	Running   []string `manifest:"running,required"`
	Completed []string `manifest:"completed,required"`
	Failed    []string `manifest:"failed,required"`
	TimedOut  []string `manifest:"timeout,required"`
	Skipped   []string `manifest:"skipped"`
}

// UnmarshalManifest checks that every word means one thing.
func (s *JobStatuses) UnmarshalManifest(d *manifest.Decoder, n *manifest.Node) {
	type plain JobStatuses
	d.Decode(n, (*plain)(s))
	seen := map[string]bool{}
	for _, word := range slices.Concat(s.Running, s.Completed, s.Failed, s.TimedOut, s.Skipped) {
		if seen[word] {
			d.Problem(n, manifest.CodeInvalidValue, "the status %q means two things", word)
		}
		seen[word] = true
	}
}

func (s *JobStatuses) find(word string) jobStatus {
	switch {
	case slices.Contains(s.Running, word):
		return jobRunning
	case slices.Contains(s.Completed, word):
		return jobCompleted
	case slices.Contains(s.Failed, word):
		return jobFailed
	case slices.Contains(s.TimedOut, word):
		return jobTimedOut
	case slices.Contains(s.Skipped, word):
		return jobSkipped
	}
	return jobUnknown
}

// asyncJob is what was asked for a slice, and what became of it.
type asyncJob struct {
	slice   Slice
	status  jobStatus
	attempt int  // counted from 1
	lost    bool // there is no learning what became of it, now or by another attempt
	began   time.Time
	retryAt time.Time      // when a failed job may be asked for again
	created *template.Dict // what the API said when it was asked; nil: it was never taken on
	polled  *Response      // what it said when the job was done
	done    *template.Dict // the same, for templates
	err     error          // why it failed, where there is more to say than that it did
}

func (j *asyncJob) failed() bool { return j.status == jobFailed || j.status == jobTimedOut }

// pollSlice is the slice for requests about the job.
func (j *asyncJob) pollSlice() Slice {
	return j.with("creation_response", j.created)
}

// downloadSlice is the slice for requests of what the job has prepared.
func (j *asyncJob) downloadSlice(target any) Slice {
	s := j.with("creation_response", j.created)
	s.Extra.Set("polling_response", j.done)
	s.Extra.Set("download_target", target)
	return s
}

func (j *asyncJob) with(name string, value any) Slice {
	s := j.slice
	s.Extra = copyDict(orEmpty(s.Extra))
	s.Extra.Set(name, value)
	return s
}
