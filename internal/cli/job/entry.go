package job

import (
	"regexp"
	"strings"
	"time"

	"github.com/airfielddev/airfield/cloud"
)

// entry is a line of a log as it is shown.
type entry struct {
	Attempt int       `json:"attempt"`
	Time    time.Time `json:"time,omitzero"`
	Level   string    `json:"level,omitempty"`
	Source  string    `json:"source,omitempty"`
	Message string    `json:"message"`

	line string // what a person reads
}

// plain is how servers print a line that has a time, an origin and a level. It may go on over more lines.
var plain = regexp.MustCompile(`(?s)^(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d) ([a-z-]+) (?:> )?(TRACE|DEBUG|INFO|WARN|ERROR|FATAL):? (.*)$`)

// entryOf takes a plain line apart where it can.
func entryOf(e cloud.LogEntry) entry {
	whole := entry{Attempt: e.Attempt, Time: e.Time, Level: strings.ToLower(e.Level), Source: e.Source, Message: e.Message, line: e.String()}
	if e.Level != "" || e.Source != "" {
		return whole
	}
	parts := plain.FindStringSubmatch(e.Message)
	if parts == nil {
		return whole
	}
	at, err := time.Parse(time.DateTime, parts[1])
	if err != nil {
		return whole
	}
	return entry{Attempt: e.Attempt, Time: at, Source: parts[2], Level: strings.ToLower(parts[3]), Message: parts[4], line: e.Message}
}
