package config

import (
	"encoding/json"

	"github.com/airfielddev/airfield/internal/wire"
)

// LogFormat is the shape of a log.
type LogFormat string

// The shapes of a log.
const (
	LogFormatted  LogFormat = "formatted"
	LogStructured LogFormat = "structured"
)

// Values lists the enum.
func (LogFormat) Values() []LogFormat { return []LogFormat{LogFormatted, LogStructured} }

// Logs is a log as lines or as events. One of the two is printed and never both, because clients that find events look
// no further.
type Logs struct {
	LogLines wire.List[string]
	Events   wire.List[LogEvent]
	Version  string
}

// MarshalJSON prints events when they are there, even if there are none of them, and lines otherwise.
func (l Logs) MarshalJSON() ([]byte, error) {
	if l.Events == nil {
		return json.Marshal(struct {
			LogLines wire.List[string] `json:"logLines"`
		}{l.LogLines})
	}
	return json.Marshal(struct {
		Events  wire.List[LogEvent] `json:"events"`
		Version string              `json:"version,omitempty"`
	}{l.Events, l.Version})
}

// UnmarshalJSON reads either shape.
func (l *Logs) UnmarshalJSON(text []byte) error {
	var both struct {
		LogLines wire.List[string]   `json:"logLines"`
		Events   wire.List[LogEvent] `json:"events"`
		Version  string              `json:"version"`
	}
	if err := json.Unmarshal(text, &both); err != nil {
		return err
	}
	*l = Logs{LogLines: both.LogLines, Events: both.Events, Version: both.Version}
	return nil
}

// LogLevel is how much a log event matters.
type LogLevel string

// How much a log event matters.
const (
	LevelTrace LogLevel = "trace"
	LevelDebug LogLevel = "debug"
	LevelInfo  LogLevel = "info"
	LevelWarn  LogLevel = "warn"
	LevelError LogLevel = "error"
)

// Values lists the enum.
func (LogLevel) Values() []LogLevel {
	return []LogLevel{LevelTrace, LevelDebug, LevelInfo, LevelWarn, LevelError}
}

// UnmarshalText reads the value without regard to case.
func (e *LogLevel) UnmarshalText(text []byte) error { wire.Fold(e, text); return nil }

// LogSource is who wrote a log event.
type LogSource string

// Who wrote a log event.
const (
	LogFromSource       LogSource = "source"
	LogFromDestination  LogSource = "destination"
	LogFromPlatform     LogSource = "platform"
	LogFromOrchestrator LogSource = "replication-orchestrator"
)

// Values lists the enum.
func (LogSource) Values() []LogSource {
	return []LogSource{LogFromSource, LogFromDestination, LogFromPlatform, LogFromOrchestrator}
}

// UnmarshalText reads the value without regard to case.
func (e *LogSource) UnmarshalText(text []byte) error { wire.Fold(e, text); return nil }

// LogEvent is an entry of a log. Timestamp is Unix milliseconds.
type LogEvent struct {
	Timestamp  int64      `json:"timestamp"`
	Message    string     `json:"message"`
	Level      LogLevel   `json:"level"`
	LogSource  LogSource  `json:"logSource"`
	Caller     *LogCaller `json:"caller,omitempty"`
	StackTrace string     `json:"stackTrace,omitempty"`
}

// LogCaller is the place in a program that wrote an event.
type LogCaller struct {
	ClassName  string `json:"className,omitempty"`
	MethodName string `json:"methodName,omitempty"`
	LineNumber *int   `json:"lineNumber,omitempty"`
	ThreadName string `json:"threadName,omitempty"`
}
