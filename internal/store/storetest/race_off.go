//go:build !race

package storetest

import "time"

// pageTime is how long a page of a large list may take.
const pageTime = 20 * time.Millisecond
