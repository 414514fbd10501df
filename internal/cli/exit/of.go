package exit

import (
	"context"
	"errors"
	"io/fs"
	"net"

	"github.com/airfielddev/airfield"
	"github.com/airfielddev/airfield/cloud"
	"github.com/airfielddev/airfield/internal/declarative"
)

// byCondition is read from the top: the first condition that an error matches decides.
var byCondition = []struct {
	condition error
	code      Code
}{
	{cloud.ErrUnauthorized, Auth},
	{cloud.ErrForbidden, Auth},
	{cloud.ErrMissingSecret, Auth},
	{cloud.ErrSyncFailed, JobFailed},
	{cloud.ErrSyncActive, Conflict},
	{cloud.ErrDuplicateName, Conflict},
	{cloud.ErrWorkspaceNotEmpty, Conflict},
	{cloud.ErrConflict, Conflict},
	{cloud.ErrNotFound, Usage},
	{cloud.ErrMultipleFound, Usage},
	{cloud.ErrSafeMode, Usage},
	{cloud.ErrInvalidInput, Usage},
	{cloud.ErrWorkspaceMismatch, Usage},
	{airfield.ErrUnknownStream, Usage},
	{declarative.ErrInput, Usage},
	{cloud.ErrTimeout, Timeout},
	{context.DeadlineExceeded, Timeout},
	{cloud.ErrUnreachable, Environment},
	{cloud.ErrRateLimited, Environment},
	{context.Canceled, Interrupted},
}

// Of is the code of an error: the outermost one that was chosen with [With], else that of the condition it matches, else that
// of an unreachable or broken server, else [Failure].
func Of(err error) Code {
	if err == nil {
		return OK
	}
	if code, _ := chosen(err); code != 0 {
		return code
	}
	if refusal, ok := errors.AsType[*cloud.Error](err); ok && refusal.JobStatus == cloud.JobCancelled && errors.Is(err, cloud.ErrSyncFailed) {
		return JobCanceled
	}
	for _, c := range byCondition {
		if errors.Is(err, c.condition) {
			return c.code
		}
	}
	if unreachable(err) || broken(err) {
		return Environment
	}
	return Failure
}

// unreachable tells whether the other side could not be talked to, or a file of this machine could not be used.
func unreachable(err error) bool {
	_, network := errors.AsType[net.Error](err)
	_, file := errors.AsType[*fs.PathError](err)
	return network || file
}

// broken tells whether the server answered that it cannot.
func broken(err error) bool {
	refusal, ok := errors.AsType[*cloud.Error](err)
	return ok && refusal.Status >= 500
}
