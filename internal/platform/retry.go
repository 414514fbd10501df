package platform

import (
	"cmp"
	"time"
)

// RetryPolicy decides whether a failed attempt is followed by another. Zero fields have the values of
// https://docs.airbyte.com/platform/understanding-airbyte/jobs#retry-rules. An attempt that committed records failed in part;
// one that committed none failed completely.
type RetryPolicy struct {
	CompleteSuccessive int           // complete failures in a row; 0: 5
	CompleteTotal      int           // complete failures of a job; 0: 10
	PartialSuccessive  int           // partial failures in a row; 0: 1000
	PartialTotal       int           // partial failures of a job; 0: 20
	BackoffMin         time.Duration // wait after the first complete failure in a row; 0: 10 seconds
	BackoffMax         time.Duration // 0: 30 minutes
	BackoffBase        int           // each further wait is so many times longer; 0: 3
}

func (r RetryPolicy) withDefaults() RetryPolicy {
	return RetryPolicy{
		CompleteSuccessive: cmp.Or(r.CompleteSuccessive, 5),
		CompleteTotal:      cmp.Or(r.CompleteTotal, 10),
		PartialSuccessive:  cmp.Or(r.PartialSuccessive, 1000),
		PartialTotal:       cmp.Or(r.PartialTotal, 20),
		BackoffMin:         cmp.Or(r.BackoffMin, 10*time.Second),
		BackoffMax:         cmp.Or(r.BackoffMax, 30*time.Minute),
		BackoffBase:        cmp.Or(r.BackoffBase, 3),
	}
}

// next tells, after the last of some attempts has failed, whether another is to be made and how long to wait for it. Attempts
// that were interrupted count for nothing.
func (r RetryPolicy) next(attempts []Attempt) (wait time.Duration, again bool) {
	var complete, partial, completeInRow, partialInRow int
	for _, a := range attempts {
		switch {
		case a.Interrupted || a.Status != AttemptFailed:
		case a.Stats.RecordsCommitted > 0:
			partial, partialInRow, completeInRow = partial+1, partialInRow+1, 0
		default:
			complete, completeInRow, partialInRow = complete+1, completeInRow+1, 0
		}
	}
	again = complete < r.CompleteTotal && completeInRow < r.CompleteSuccessive && partial < r.PartialTotal && partialInRow < r.PartialSuccessive
	if !again || completeInRow == 0 {
		return 0, again
	}
	return r.backoff(completeInRow), true
}

// backoff is the wait after the n-th complete failure in a row.
func (r RetryPolicy) backoff(n int) time.Duration {
	wait := r.BackoffMin
	for range n - 1 {
		if wait >= r.BackoffMax {
			break
		}
		wait *= time.Duration(r.BackoffBase)
	}
	return min(wait, r.BackoffMax)
}
