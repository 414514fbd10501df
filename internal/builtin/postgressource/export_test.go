package postgressource

import "github.com/airfielddev/airfield/connector"

// NewEvery makes a source that emits a state after each n records, so that small tables have several.
func NewEvery(n int64) connector.Source { return source{every: n} }
