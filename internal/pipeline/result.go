package pipeline

import (
	"time"

	"github.com/airfielddev/airfield/protocol"
)

// Status is the outcome of an attempt.
type Status string

// The outcomes. An attempt has [Succeeded] only if the source ended well, the destination ended well, every stream
// completed, every state is committed and the counts agree.
const (
	Succeeded   Status = "succeeded"
	Failed      Status = "failed"
	Cancelled   Status = "cancelled"
	Interrupted Status = "interrupted" // stopped on request before the end; what was read is stored
)

// Result tells how an attempt ended.
type Result struct {
	Status   Status
	Failures []Failure // why it failed, the first cause first; empty when it succeeded
	Counts   Counts
	Duration time.Duration
}

// Stats count records and the bytes of their data.
type Stats struct {
	RecordsEmitted   int64 // by the source
	BytesEmitted     int64
	RecordsCommitted int64 // stored for good by the destination
	BytesCommitted   int64
	RecordsFiltered  int64 // left out by mappers, so that the destination was never given them
	RecordsRejected  int64 // given to the destination and refused by it
	StatesEmitted    int64
	EstimatedRecords int64 // 0: unknown
}

// StreamStats are the figures of one stream, under the source's name.
type StreamStats struct {
	Stream protocol.StreamDescriptor
	Stats
	Status     protocol.StreamRunStatus // "": nothing heard
	Resumed    bool                     // the attempt began with a state of the stream
	StartedAt  time.Time                // of the first record or status; zero: not yet
	FinishedAt time.Time                // of the completion; zero: not yet
}

// The types of failure beside those of the protocol.
const (
	HeartbeatTimeout   = "heartbeat_timeout"
	DestinationTimeout = "destination_timeout"
)

// Failure is one reason why an attempt failed.
type Failure struct {
	Origin   Origin
	Type     string // system_error, config_error, transient_error, heartbeat_timeout or destination_timeout
	Message  string // for people
	Internal string // for those who look after the connector
	Stack    string
	Stream   *protocol.StreamDescriptor // under the source's name; nil: not about one stream
	Traced   bool                       // told by the connector in a TRACE message
	At       time.Time
}

// Retryable tells whether another attempt can end better although nobody changes anything.
func (f Failure) Retryable() bool { return f.Type != string(protocol.FailureConfig) }
