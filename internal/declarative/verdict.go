package declarative

import "github.com/airfielddev/airfield/protocol"

// Action is what is done about a response.
type Action string

// The actions.
const (
	Succeed         Action = "SUCCESS"
	Fail            Action = "FAIL"
	Retry           Action = "RETRY"
	Ignore          Action = "IGNORE"
	ResetPagination Action = "RESET_PAGINATION"
	RateLimited     Action = "RATE_LIMITED"
	RefreshToken    Action = "REFRESH_TOKEN_THEN_RETRY"
	ReducePageSize  Action = "REDUCE_PAGE_SIZE"
	SplitWindow     Action = "SPLIT_REQUEST_WINDOW"
)

// Verdict is what an error handler makes of a response.
type Verdict struct {
	Action  Action
	Failure protocol.FailureType
	Message string // for the person who configured the connector
}
