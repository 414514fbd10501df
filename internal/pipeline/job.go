package pipeline

import (
	"cmp"
	"context"
	"encoding/json"
	"time"

	"github.com/airfielddev/airfield/connector"
	"github.com/airfielddev/airfield/internal/pipeline/mapping"
	"github.com/airfielddev/airfield/protocol"
)

// Job is all that one attempt needs.
type Job struct {
	Source       connector.Source // nil: nothing is read, every stream is completed at once, as a clear does
	SourceTitle  string           // for messages: "Sample Data (Faker)"; "": "the source"
	SourceConfig json.RawMessage

	Destination       connector.Destination
	DestinationTitle  string // "": "the destination"
	DestinationConfig json.RawMessage
	// SupportsRefreshes says that the destination replaces old rows by generation. Otherwise it is told to overwrite.
	SupportsRefreshes bool

	Catalog protocol.ConfiguredCatalog // under the source's names, generations and sync id set
	Naming  Naming
	// SelectedFields are the fields to keep of a stream; only the first element of a path counts. A stream that is absent
	// keeps all fields.
	SelectedFields map[protocol.StreamDescriptor][][]string
	// Mappers change what is selected of a stream's records, one after the other. A stream that is absent is moved as it is.
	Mappers map[protocol.StreamDescriptor][]mapping.Mapper
	State   []*protocol.State // committed by earlier attempts; empty: start from the beginning
	// Staging is the path of a folder for the files that records are about, which both connectors see. "": the destination takes
	// none, so that a stream whose files are included cannot be read.
	Staging string

	Hooks  Hooks
	Limits Limits
	// Stop asks for a graceful end when it is closed: the source stops, the destination stores what it was given, states
	// are committed, and the attempt is [Interrupted]. Nil: never.
	Stop <-chan struct{}
	// Redact hides secrets in log lines and failures. Nil: nothing is hidden.
	Redact func(string) string
}

// Hooks are called while an attempt runs, and never after [Run] has returned. Nil hooks are not called.
type Hooks struct {
	// Commit makes states durable that the destination has echoed. Calls follow each other. An error ends the attempt.
	Commit func(context.Context, Commit) error
	// Progress tells the counts when they have changed and there is no state to commit. It is never called beside Commit.
	Progress func(context.Context, Counts)
	// Log takes one line of log. It is called from several goroutines at once.
	Log func(Line)
	// Config makes a configuration durable that a connector has changed, such as a token it has renewed. It may be called
	// from several goroutines at once. An error ends the attempt.
	Config func(context.Context, connector.Kind, json.RawMessage) error
}

// Commit is a set of states that the destination has stored all records of.
type Commit struct {
	// States are as the source wrote them, under its names, at most one for each stream. There are none when only the
	// counts have moved.
	States []*protocol.State
	Counts Counts // with everything counted as committed that the states cover
}

// Counts are the figures of an attempt at one moment.
type Counts struct {
	Streams []StreamStats // in the order of the catalog
	Total   Stats
}

// Limits bound an attempt. Zero fields have the defaults that are given beside them.
type Limits struct {
	RecordBytes   int           // the largest record; 64 MiB
	BufferBytes   int           // record data that waits between source and destination; 8 MiB, or one record when that is larger
	BufferRecords int           // records that wait between source and destination; 32768
	Report        time.Duration // between two calls of Commit or Progress; half a second
	Patience      time.Duration // how long a connector that was told to stop may take, and a hook to answer; 10 seconds
	// Heartbeat is how long the source may be silent while nothing holds it up; 0: for ever.
	Heartbeat time.Duration
	// Stall is how long the destination may neither take records nor acknowledge states while there are any; 0: for ever.
	Stall time.Duration
}

// Origin is the part of an attempt that a log line or a failure comes from.
type Origin string

// The origins.
const (
	FromSource      Origin = "source"
	FromDestination Origin = "destination"
	FromPlatform    Origin = "platform"
)

// Line is one line of log.
type Line struct {
	At      time.Time
	Level   protocol.Level
	From    Origin
	Message string
	Stack   string
}

func (j Job) withDefaults() Job {
	j.SourceTitle = cmp.Or(j.SourceTitle, "the source")
	j.DestinationTitle = cmp.Or(j.DestinationTitle, "the destination")
	if j.Redact == nil {
		j.Redact = func(s string) string { return s }
	}
	j.Limits.RecordBytes = cmp.Or(j.Limits.RecordBytes, 64<<20)
	j.Limits.BufferBytes = cmp.Or(j.Limits.BufferBytes, 8<<20)
	j.Limits.BufferRecords = cmp.Or(j.Limits.BufferRecords, 32<<10)
	j.Limits.Report = cmp.Or(j.Limits.Report, 500*time.Millisecond)
	j.Limits.Patience = cmp.Or(j.Limits.Patience, 10*time.Second)
	return j
}
