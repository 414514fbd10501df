package platform

import (
	"slices"

	"github.com/airfielddev/airfield/protocol"
)

// startsAnew lists the streams that a new attempt reads or clears from the beginning. They get a new generation and lose their
// state: https://docs.airbyte.com/platform/operator-guides/refreshes.
func startsAnew(run *Run) []protocol.StreamDescriptor {
	first := len(run.Job.Attempts) == 0
	if run.ClearsOnly {
		if first {
			return run.Job.Streams
		}
		return nil
	}
	var anew []protocol.StreamDescriptor
	for _, s := range run.Connection.Streams {
		d := s.Stream.Descriptor()
		full := s.SyncMode == protocol.FullRefresh
		resumes := full && s.Stream.IsResumable && run.SupportsRefreshes && started(run.Job, d)
		refreshed := first && run.Job.Type == JobRefresh && slices.Contains(run.Job.Streams, d)
		if (full && !resumes) || refreshed {
			anew = append(anew, d)
		}
	}
	return anew
}

// started tells whether an earlier attempt of the job has given the stream its generation.
func started(j Job, d protocol.StreamDescriptor) bool {
	return slices.ContainsFunc(j.Attempts, func(a Attempt) bool {
		return slices.ContainsFunc(a.Streams, func(s StreamStats) bool { return s.Stream == d })
	})
}

// configured is the catalog of a run.
func configured(run *Run, generations map[protocol.StreamDescriptor]int64) protocol.ConfiguredCatalog {
	var catalog protocol.ConfiguredCatalog
	for _, s := range run.Connection.Streams {
		d := s.Stream.Descriptor()
		if run.ClearsOnly && !slices.Contains(run.Job.Streams, d) {
			continue
		}
		stream := s.configured()
		stream.GenerationID, stream.SyncID = generations[d], run.Job.ID
		if truncates(run, s) {
			stream.MinimumGenerationID = stream.GenerationID
		}
		if run.ClearsOnly {
			stream.SyncMode = protocol.FullRefresh
			if !run.SupportsRefreshes {
				stream.DestinationSyncMode = protocol.Overwrite
			}
		}
		catalog.Streams = append(catalog.Streams, stream)
	}
	return catalog
}

// truncates tells whether the destination is to drop what it held of a stream.
func truncates(run *Run, s ConnectionStream) bool {
	if run.ClearsOnly {
		return true
	}
	if run.Job.Type == JobRefresh && run.Job.RefreshMode == RefreshTruncate && slices.Contains(run.Job.Streams, s.Stream.Descriptor()) {
		return true
	}
	overwrites := s.DestinationSyncMode == protocol.Overwrite || s.DestinationSyncMode == protocol.OverwriteDedup
	return s.SyncMode == protocol.FullRefresh && overwrites
}

// only leaves out the states of streams that are not read. What change-data-capture sources hold together stays together.
func only(s ConnectionState, catalog protocol.ConfiguredCatalog) ConnectionState {
	if s.Type != protocol.StateTypeStream {
		return s
	}
	s.Streams = slices.DeleteFunc(slices.Clone(s.Streams), func(stream protocol.StreamState) bool {
		_, read := catalog.Stream(stream.StreamDescriptor)
		return !read
	})
	return s
}
