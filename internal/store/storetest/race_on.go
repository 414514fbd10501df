//go:build race

package storetest

import "time"

// pageTime is how long a page of a large list may take under the race detector.
const pageTime = 400 * time.Millisecond
