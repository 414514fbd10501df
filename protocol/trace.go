package protocol

import "time"

// TraceType says which payload a [Trace] carries.
type TraceType string

// The types of trace.
const (
	TraceTypeError        TraceType = "ERROR"
	TraceTypeEstimate     TraceType = "ESTIMATE"
	TraceTypeStreamStatus TraceType = "STREAM_STATUS"
	TraceTypeAnalytics    TraceType = "ANALYTICS"
)

// Trace is what a connector tells about its own run: an error, an estimate, how far a stream has come.
type Trace struct {
	Type         TraceType     `json:"type"`
	EmittedAt    float64       `json:"emitted_at"` // milliseconds since the Unix epoch
	Error        *TraceError   `json:"error,omitempty"`
	Estimate     *Estimate     `json:"estimate,omitempty"`
	StreamStatus *StreamStatus `json:"stream_status,omitempty"`
	Analytics    *Analytics    `json:"analytics,omitempty"`
}

// FailureType decides what the platform does about an error: a config_error is not retried.
type FailureType string

// The types of failure.
const (
	FailureSystem    FailureType = "system_error"
	FailureConfig    FailureType = "config_error"
	FailureTransient FailureType = "transient_error"
)

// TraceError is an error as a connector reports it.
type TraceError struct {
	Message          string            `json:"message"` // for the person who configured the connector
	InternalMessage  string            `json:"internal_message,omitempty"`
	StackTrace       string            `json:"stack_trace,omitempty"`
	FailureType      FailureType       `json:"failure_type,omitempty"`
	StreamDescriptor *StreamDescriptor `json:"stream_descriptor,omitempty"`
}

// Estimate is a connector's guess of the work ahead, for one stream or for the whole sync.
type Estimate struct {
	Name         string `json:"name"`
	Type         string `json:"type"` // STREAM or SYNC
	Namespace    string `json:"namespace,omitempty"`
	RowEstimate  int64  `json:"row_estimate,omitempty"`
	ByteEstimate int64  `json:"byte_estimate,omitempty"`
}

// Analytics is a counter a connector reports about itself.
type Analytics struct {
	Type  string `json:"type"`
	Value string `json:"value,omitempty"`
}

// StreamRunStatus is how far a stream has come.
type StreamRunStatus string

// The statuses of a stream.
const (
	StreamStarted    StreamRunStatus = "STARTED"
	StreamRunning    StreamRunStatus = "RUNNING"
	StreamComplete   StreamRunStatus = "COMPLETE"
	StreamIncomplete StreamRunStatus = "INCOMPLETE"
)

// StreamStatus tells the status of one stream.
type StreamStatus struct {
	StreamDescriptor StreamDescriptor `json:"stream_descriptor"`
	Status           StreamRunStatus  `json:"status"`
}

// StatusMessage says that a stream has reached a status.
func StatusMessage(d StreamDescriptor, status StreamRunStatus, at time.Time) Message {
	return Message{Type: TypeTrace, Trace: &Trace{
		Type:         TraceTypeStreamStatus,
		EmittedAt:    float64(at.UnixMilli()),
		StreamStatus: &StreamStatus{StreamDescriptor: d, Status: status},
	}}
}

// EstimateMessage tells how many rows a stream is expected to have.
func EstimateMessage(d StreamDescriptor, rows int64, at time.Time) Message {
	return Message{Type: TypeTrace, Trace: &Trace{
		Type:      TraceTypeEstimate,
		EmittedAt: float64(at.UnixMilli()),
		Estimate:  &Estimate{Name: d.Name, Namespace: d.Namespace, Type: "STREAM", RowEstimate: rows},
	}}
}
