package attempt

import (
	"fmt"
	"time"

	"github.com/airfielddev/airfield/internal/pipeline"
	"github.com/airfielddev/airfield/internal/platform"
	"github.com/airfielddev/airfield/protocol"
)

// say writes a line of the engine's own into the attempt's log.
func (a *attempt) say(level protocol.Level, format string, args ...any) {
	a.book.add(platform.LogLine{
		At: time.Now(), Level: level, Source: platform.LogFromPlatform, Message: fmt.Sprintf(format, args...),
	})
}

// announce tells at the head of the log what is about to happen.
func (a *attempt) announce() {
	run := &a.run
	if run.ClearsOnly {
		a.say(protocol.LevelInfo, "attempt %d of job %d: clearing %d streams of %s",
			run.Attempt.Number, run.Job.ID, truncated(run.Catalog), run.DestinationTitle)
		return
	}
	from := "from the beginning"
	if len(run.State) > 0 {
		from = "from the last committed state"
	}
	a.say(protocol.LevelInfo, "attempt %d of job %d: syncing %d streams of %s to %s %s",
		run.Attempt.Number, run.Job.ID, len(run.Catalog.Streams), run.SourceTitle, run.DestinationTitle, from)
	for _, line := range a.news {
		a.say(protocol.LevelWarn, "%s", a.redactor.redact(line))
	}
}

func truncated(c protocol.ConfiguredCatalog) int {
	n := 0
	for i := range c.Streams {
		if c.Streams[i].Truncates() {
			n++
		}
	}
	return n
}

// conclude tells at the end of the log how it went.
func (a *attempt) conclude(r pipeline.Result) {
	for _, f := range r.Failures {
		a.say(protocol.LevelError, "failure of the %s (%s): %s", f.Origin, f.Type, f.Message)
	}
	for _, c := range r.Counts.Streams {
		a.say(protocol.LevelInfo, "stream %s: %d records read, %d committed", c.Stream, c.RecordsEmitted, c.RecordsCommitted)
	}
	total := r.Counts.Total
	for _, s := range r.Counts.Streams {
		if s.RecordsFiltered > 0 {
			a.say(protocol.LevelInfo, "stream %s: mappers left out %d of %d records", s.Stream, s.RecordsFiltered, s.RecordsEmitted)
		}
	}
	a.say(protocol.LevelInfo, "attempt %d %s after %v: %d records read, %d committed",
		a.run.Attempt.Number, r.Status, r.Duration.Round(time.Millisecond), total.RecordsEmitted, total.RecordsCommitted)
}
