package protocol

import "encoding/json"

// MessageType says which payload a [Message] carries.
type MessageType string

// The types of message a connector may write.
const (
	TypeRecord           MessageType = "RECORD"
	TypeState            MessageType = "STATE"
	TypeLog              MessageType = "LOG"
	TypeTrace            MessageType = "TRACE"
	TypeControl          MessageType = "CONTROL"
	TypeSpec             MessageType = "SPEC"
	TypeConnectionStatus MessageType = "CONNECTION_STATUS"
	TypeCatalog          MessageType = "CATALOG"
)

// Message is one line of the protocol. Type decides which of the other fields is meaningful.
//
// Record is held by value because records outnumber everything else by orders of magnitude.
type Message struct {
	Type             MessageType
	Record           Record
	State            *State
	Log              *Log
	Trace            *Trace
	Control          *Control
	Spec             *Spec
	ConnectionStatus *ConnectionStatus
	Catalog          *Catalog
}

// Record is one row of a stream.
type Record struct {
	Stream    string
	Namespace string // "": none
	Data      []byte // a JSON object, as the source wrote it
	EmittedAt int64  // milliseconds since the Unix epoch
	Meta      []byte // the record's meta object as JSON; nil when there is none
	// File is the file that the record is about; nil when there is none. It is not changed once made.
	File *FileReference
}

// Descriptor names the stream the record belongs to.
func (r *Record) Descriptor() StreamDescriptor {
	return StreamDescriptor{Name: r.Stream, Namespace: r.Namespace}
}

// RecordMeta is the decoded form of [Record].Meta.
type RecordMeta struct {
	Changes []Change `json:"changes,omitempty"`
}

// Change tells that a field of a record is not what the source's system holds, and why.
type Change struct {
	Field  string `json:"field"`
	Change string `json:"change"` // NULLED or TRUNCATED
	Reason string `json:"reason"`
}

// The values of [Change].Change and the reasons that this module gives.
const (
	ChangeNulled    = "NULLED"
	ChangeTruncated = "TRUNCATED"

	ReasonDestinationTypecast  = "DESTINATION_TYPECAST_ERROR"
	ReasonDestinationFieldSize = "DESTINATION_FIELD_SIZE_LIMITATION"
	ReasonSourceRetrieval      = "SOURCE_RETRIEVAL_ERROR"

	ReasonPlatformSerialization = "PLATFORM_SERIALIZATION_ERROR"
)

// FileReference says where the file is that a record is about, which the source has put into a staging folder for the destination to
// take. See
// https://docs.airbyte.com/platform/next/using-airbyte/sync-files-and-records.
type FileReference struct {
	StagingFileURL         string `json:"staging_file_url"`          // the path of the file
	SourceFileRelativePath string `json:"source_file_relative_path"` // what the destination is to call it, below a folder of its own
	FileSizeBytes          int64  `json:"file_size_bytes"`
}

// Level is the severity of a [Log] message.
type Level string

// The levels of a log message, most severe first.
const (
	LevelFatal Level = "FATAL"
	LevelError Level = "ERROR"
	LevelWarn  Level = "WARN"
	LevelInfo  Level = "INFO"
	LevelDebug Level = "DEBUG"
	LevelTrace Level = "TRACE"
)

// Log is a line for the job's log.
type Log struct {
	Level      Level  `json:"level"`
	Message    string `json:"message"`
	StackTrace string `json:"stack_trace,omitempty"`
}

// Control asks the platform to do something; the only kind is CONNECTOR_CONFIG, which replaces the stored configuration.
type Control struct {
	Type            string          `json:"type"`
	EmittedAt       float64         `json:"emitted_at"` // milliseconds since the Unix epoch
	ConnectorConfig *ConfigEnvelope `json:"connectorConfig,omitempty"`
}

// ControlConnectorConfig is the type of a [Control] message that carries a new configuration.
const ControlConnectorConfig = "CONNECTOR_CONFIG"

// ConfigEnvelope holds the configuration of a [Control] message.
type ConfigEnvelope struct {
	Config json.RawMessage `json:"config"`
}

// Status is the outcome of a check.
type Status string

// The outcomes of a check.
const (
	StatusSucceeded Status = "SUCCEEDED"
	StatusFailed    Status = "FAILED"
)

// ConnectionStatus is a connector's answer to check. A failed check is an answer, not an error.
type ConnectionStatus struct {
	Status  Status `json:"status"`
	Message string `json:"message,omitempty"`
}

// RecordMessage wraps a record.
func RecordMessage(r Record) Message { return Message{Type: TypeRecord, Record: r} }

// StateMessage wraps a state.
func StateMessage(s *State) Message { return Message{Type: TypeState, State: s} }

// LogMessage wraps one line of log.
func LogMessage(level Level, text string) Message {
	return Message{Type: TypeLog, Log: &Log{Level: level, Message: text}}
}
