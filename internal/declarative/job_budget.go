package declarative

import (
	"context"
	"fmt"
	"sync/atomic"

	"github.com/airfielddev/airfield/manifest"
)

// maxJobs bounds what a manifest or a configuration may ask for.
const maxJobs = 1000

// jobBudget is how many jobs an API does for us at once, over all streams.
type jobBudget struct {
	places     chan struct{}
	retrievers atomic.Int64 // that were built so far
}

// newJobBudget has one place, unless the manifest says otherwise.
func newJobBudget(count *manifest.Template, env *Env) (*jobBudget, error) {
	n, _, err := count.Int(env.Vars())
	if err != nil {
		return nil, fmt.Errorf("evaluating max_concurrent_async_job_count: %w", err)
	}
	return &jobBudget{places: make(chan struct{}, max(1, min(n, maxJobs)))}, nil
}

// take gives a place, if there is one or, where wait is set, once there is.
func (b *jobBudget) take(ctx context.Context, wait bool) (bool, error) {
	if !wait {
		select {
		case b.places <- struct{}{}:
			return true, nil
		default:
			return false, nil
		}
	}
	select {
	case b.places <- struct{}{}:
		return true, nil
	case <-ctx.Done():
		return false, ctx.Err()
	}
}

func (b *jobBudget) release() { <-b.places }
