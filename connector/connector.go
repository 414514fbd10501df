// Package connector says what a connector is: something that describes itself, checks a configuration, and reads or writes.
//
// It is the Airbyte protocol as Go interfaces: https://docs.airbyte.com/platform/understanding-airbyte/airbyte-protocol.
// Connectors written in Go, declarative manifests and child processes all look alike through it.
package connector

import (
	"context"
	"encoding/json"
	"iter"

	"github.com/airfielddev/airfield/protocol"
)

// Emit hands one message over. It copies what it keeps, so the bytes of a record may be reused once it has returned.
// It may be called from several goroutines at once; messages sent by one of them stay in order.
// An error means that nobody listens any more: stop and return it.
type Emit func(protocol.Message) error

// Discard is an [Emit] that drops every message.
func Discard(protocol.Message) error { return nil }

// Connector is what sources and destinations share. Implementations are safe for concurrent use and keep no state between calls.
//
// Problems that a person can fix are returned as an [*Error] of type config_error.
type Connector interface {
	// Spec describes the configuration and the abilities of the connector.
	Spec(ctx context.Context) (protocol.Spec, error)
	// Check tries whether a configuration works. A configuration that does not work is a status, not an error.
	// Logs and control messages go to emit.
	Check(ctx context.Context, config json.RawMessage, emit Emit) (protocol.ConnectionStatus, error)
}

// Source is a connector that reads.
type Source interface {
	Connector
	// Discover lists the streams that can be read.
	Discover(ctx context.Context, config json.RawMessage, emit Emit) (protocol.Catalog, error)
	// Read emits the records of the selected streams, and states from which a later Read goes on. It returns nil only when
	// every stream was read to its end. When ctx is done it returns soon, with ctx.Err().
	//
	// A state says that all records emitted before it need not be read again, so it is emitted after them. Records are JSON
	// objects without line breaks. Streams are announced by STARTED and ended by COMPLETE or INCOMPLETE statuses.
	Read(ctx context.Context, req ReadRequest, emit Emit) error
}

// ReadRequest is what a source needs to read.
type ReadRequest struct {
	Config  json.RawMessage
	Catalog protocol.ConfiguredCatalog
	State   []*protocol.State // empty: start from the beginning
	// Staging is the path of a folder for the files of streams with include_files, which the destination sees too. "": nobody takes
	// files, so that asking for them is a config_error.
	Staging string
}

// Messages is the input of a destination. A message is valid until the next one is asked for. An error ends the sequence.
type Messages = iter.Seq2[*protocol.Message, error]

// Destination is a connector that writes.
type Destination interface {
	Connector
	// Write stores the records it is given. It echoes each state through emit once all records before it are durable, in the
	// order of arrival; that, and nothing else, commits them. When a stream that truncates is COMPLETE, it makes the new
	// generation visible and drops the older ones in one step. It returns nil only when everything was stored.
	//
	// When the input ends with an error or ctx is done, rows that were already stored stay, what waits aside for a stream's
	// completion stays aside, and the error is returned.
	Write(ctx context.Context, req WriteRequest, in Messages, emit Emit) error
}

// WriteRequest is what a destination needs to write.
type WriteRequest struct {
	Config  json.RawMessage
	Catalog protocol.ConfiguredCatalog
	// Staging is the path of the folder that has the files of records. It is gone after the write. "": no record has a file.
	Staging string
}
