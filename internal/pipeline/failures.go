package pipeline

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"slices"
	"sync"
	"time"

	"github.com/airfielddev/airfield/connector"
	"github.com/airfielddev/airfield/protocol"
)

// mostFailures is how many failures of an attempt are kept. The first ones tell why it failed.
const mostFailures = 20

// failures collects what went wrong, in the order in which it did.
type failures struct {
	mu     sync.Mutex
	redact func(string) string
	list   []Failure
}

// add keeps a failure, unless it repeats one that is known.
func (fs *failures) add(f Failure) {
	f.At = time.Now()
	f.Message, f.Internal, f.Stack = fs.redact(f.Message), fs.redact(f.Internal), fs.redact(f.Stack)
	fs.mu.Lock()
	defer fs.mu.Unlock()
	repeats := slices.ContainsFunc(fs.list, func(known Failure) bool {
		return known.Origin == f.Origin && known.Message == f.Message
	})
	if !repeats && len(fs.list) < mostFailures {
		fs.list = append(fs.list, f)
	}
}

func (fs *failures) all() []Failure {
	fs.mu.Lock()
	defer fs.mu.Unlock()
	return slices.Clone(fs.list)
}

func (fs *failures) any(from Origin) bool {
	return slices.ContainsFunc(fs.all(), func(f Failure) bool { return f.Origin == from })
}

// failureOf explains an error of a connector. Its own words stand alone; other errors are introduced by the connector's title.
func failureOf(origin Origin, title string, err error) Failure {
	f := Failure{Origin: origin, Type: string(connector.FailureOf(err)), Internal: err.Error()}
	explained, ok := errors.AsType[*connector.Error](err)
	if !ok {
		f.Message = title + " failed: " + err.Error()
		return f
	}
	f.Message, f.Stack, f.Stream = explained.Message, explained.Stack, explained.Stream
	if explained.Internal != "" {
		f.Internal = explained.Internal
	}
	return f
}

// breach is what a connector did against the protocol.
func breach(origin Origin, title string, err error) Failure {
	f := failureOf(origin, title, err)
	f.Type = string(protocol.FailureSystem)
	f.Message = fmt.Sprintf("cannot go on with %s: %v", title, err)
	return f
}

// guard calls a connector and turns a panic into an error that names it.
func guard(title string, call func() error) (err error) {
	defer func() {
		if cause := recover(); cause != nil {
			err = &connector.Error{
				Type:    protocol.FailureSystem,
				Message: fmt.Sprintf("%s crashed: %v", title, cause),
				Stack:   string(debug.Stack()),
			}
		}
	}()
	return call()
}

// isStop tells whether an error only says that its maker was told to stop.
func isStop(err error) bool {
	return errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) ||
		errors.Is(err, errOver) || errors.Is(err, errStopping) || errors.Is(err, errEarly)
}
