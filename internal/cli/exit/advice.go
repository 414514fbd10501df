package exit

import (
	"errors"
	"syscall"

	"github.com/airfielddev/airfield/cloud"
)

var advice = []struct {
	condition error
	hint      string
}{
	{cloud.ErrMissingSecret, "set AIRBYTE_CLIENT_ID and AIRBYTE_CLIENT_SECRET, add a context with: airfield context add, or start a server with: airfield server"},
	{cloud.ErrUnauthorized, "see which credentials are used with: airfield context show"},
	{cloud.ErrForbidden, "these credentials do not reach that far; see which are used with: airfield context show"},
	{cloud.ErrSafeMode, "only things named with delete-me or deleteme are deleted; rename it first, or add --no-safe-mode"},
	{cloud.ErrDuplicateName, "choose another name, or add --allow-duplicate"},
	{cloud.ErrMultipleFound, "use the id; see the ids with -o json"},
	{cloud.ErrSyncActive, "follow the running job with --on-conflict adopt, or stop it with: airfield job cancel"},
	{cloud.ErrWorkspaceNotEmpty, "delete what is in it first"},
	{cloud.ErrRateLimited, "try again later"},
	{syscall.ECONNREFUSED, "nothing listens there; start a server with: airfield server, or choose another with --api-root or --context"},
	{cloud.ErrUnreachable, "see which server is used with: airfield context show"},
}

// Advice is what to do about an error, or "".
func Advice(err error) string {
	if _, hint := chosen(err); hint != "" {
		return hint
	}
	for _, a := range advice {
		if errors.Is(err, a.condition) {
			return a.hint
		}
	}
	return ""
}
