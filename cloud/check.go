package cloud

import (
	"context"

	"github.com/airfielddev/airfield/internal/wire/config"
)

// CheckResult is what a check of a deployed connector found.
type CheckResult struct {
	// Succeeded tells whether the connector can do its work with this configuration.
	Succeeded bool
	// Message says why not, for people.
	Message string
	// Broken tells that the check itself could not be done, so that nothing is known about the configuration.
	Broken bool

	resource string
	id       string
}

// Err is nil when the check succeeded, and otherwise an *[Error] that says why not; it matches [ErrInvalidInput] unless the check
// is broken.
func (r CheckResult) Err() error {
	if r.Succeeded {
		return nil
	}
	e := &Error{Op: "checking " + r.resource + " " + r.id, Resource: r.resource, ID: r.id, Detail: r.String()}
	if !r.Broken {
		e.Err = ErrInvalidInput
	}
	return e
}

// String is "Success", or what failed.
func (r CheckResult) String() string {
	switch {
	case r.Succeeded:
		return "Success"
	case r.Broken:
		return "Broken: " + r.Message
	}
	return "Failed: " + r.Message
}

// Check asks the deployed connector whether it can do its work. A check that fails is a result and not an error; use
// [CheckResult.Err] to make it one.
func (s *Source) Check(ctx context.Context) (CheckResult, error) {
	return s.workspace.check(ctx, "source", s.id, config.SourceID{SourceID: s.id})
}

// Check asks the deployed connector whether it can do its work. A check that fails is a result and not an error; use
// [CheckResult.Err] to make it one.
func (d *Destination) Check(ctx context.Context) (CheckResult, error) {
	return d.workspace.check(ctx, "destination", d.id, config.DestinationID{DestinationID: d.id})
}

func (w *Workspace) check(ctx context.Context, kind, id string, body any) (CheckResult, error) {
	if id == "" {
		return CheckResult{}, refuse(ErrInvalidInput, "checking "+kind, kind, id, "an ID is needed")
	}
	req := w.client.query("checking "+kind+" "+id, body, kind+"s", "check_connection")
	answer, err := ask[config.CheckConnectionRead](ctx, w.client, req, kind, id)
	if err != nil {
		return CheckResult{}, err
	}
	r := CheckResult{
		Succeeded: answer.Status == config.CheckSucceeded, Message: answer.Message, resource: kind, id: id,
		Broken: answer.Status != config.CheckSucceeded && answer.Status != config.CheckFailed,
	}
	if !r.Succeeded && r.Message == "" {
		r.Message = jobFault(answer.JobInfo)
	}
	return r, nil
}

// jobFault says why a job that a call waited for did not succeed.
func jobFault(job config.SynchronousJobRead) string {
	if f := job.FailureReason; f != nil {
		for _, text := range []string{f.ExternalMessage, f.InternalMessage, string(f.FailureType)} {
			if text != "" {
				return text
			}
		}
	}
	return "the server did not say why"
}
