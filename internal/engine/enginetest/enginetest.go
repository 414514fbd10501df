// Package enginetest is the suite that every engine passes: jobs run, retry, stop and resume as the platform promises,
// whoever runs them.
package enginetest

import (
	"context"
	"testing"
	"time"

	"github.com/airfielddev/airfield/internal/platform"
)

// Engine is what the suite holds to its promises.
type Engine interface {
	platform.Engine
	// Run works until ctx is done and returns when everything it started has ended.
	Run(ctx context.Context) error
}

// Parts are what an engine is made of.
type Parts struct {
	Platform   *platform.Platform
	Connectors platform.Connectors
	Clock      *Clock
	Workers    int           // attempts at once; 0: two or more
	Grace      time.Duration // how long attempts may take to stop with the engine; 0: the engine's own
	Patience   time.Duration // how long connectors may take to stop when told to; 0: the engine's own
}

// Case says how to make an engine and the store under it.
type Case struct {
	// Store opens an empty store, which is closed when the test ends.
	Store func(t *testing.T) platform.Store
	// Engine makes an engine. Several are made in one test, one after the other has ended.
	Engine func(t *testing.T, p Parts) Engine
}

// Run holds an engine to its promises.
func Run(t *testing.T, c Case) {
	t.Helper()
	for name, test := range map[string]func(*testing.T, *world){
		"Sync":                 testSync,
		"Queued":               testQueued,
		"RetryResumes":         testRetryResumes,
		"RetryWaits":           testRetryWaits,
		"ConfigError":          testConfigError,
		"UnavailableConnector": testUnavailableConnector,
		"Panic":                testPanic,
		"Cancel":               testCancel,
		"CancelFetch":          testCancelFetch,
		"CancelWaiting":        testCancelWaiting,
		"Restart":              testRestart,
		"Crash":                testCrash,
		"DeafConnector":        testDeafConnector,
		"Parallel":             testParallel,
		"Order":                testOrder,
		"TellsOfWaiting":       testTellsOfWaiting,
		"Schedule":             testSchedule,
		"Clear":                testClear,
		"RenewedConfig":        testRenewedConfig,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(t, newWorld(t, c))
		})
	}
}
