package file

import "github.com/airfielddev/airfield/connector"

// NewEvery makes a source that emits a state after each n records, so that small files have several.
func NewEvery(o Options, n int64) connector.Source { return source{options: o, every: n} }
