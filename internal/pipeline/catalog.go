package pipeline

import (
	"slices"

	"github.com/airfielddev/airfield/protocol"
)

// sourceCatalog is the catalog as sources know it: modes that only the platform or destinations know are spelled in
// older words.
func sourceCatalog(job *Job) protocol.ConfiguredCatalog {
	streams := slices.Clone(job.Catalog.Streams)
	for i := range streams {
		switch s := &streams[i]; s.DestinationSyncMode {
		case protocol.OverwriteDedup:
			s.DestinationSyncMode = protocol.Overwrite
		case protocol.Update, protocol.SoftDelete:
			s.DestinationSyncMode = protocol.Append
		}
	}
	return protocol.ConfiguredCatalog{Streams: streams}
}

// destinationCatalog is the catalog under the destination's names, with the modes it understands and the fields it will see.
func destinationCatalog(job *Job, set *streamSet) protocol.ConfiguredCatalog {
	streams := slices.Clone(job.Catalog.Streams)
	for i := range streams {
		s, known := &streams[i], set.all[i]
		s.Stream.JSONSchema = known.fields.Schema(s.Stream.JSONSchema)
		if known.mapped != nil {
			*s = known.mapped.Stream()
		}
		s.Stream.Name, s.Stream.Namespace = known.target.Name, known.target.Namespace
		s.DestinationSyncMode = destinationMode(job, s)
	}
	return protocol.ConfiguredCatalog{Streams: streams}
}

func destinationMode(job *Job, s *protocol.ConfiguredStream) protocol.DestinationSyncMode {
	switch {
	case job.SupportsRefreshes:
		return generationMode(s.DestinationSyncMode)
	case job.Source == nil && s.Truncates(), s.DestinationSyncMode == protocol.OverwriteDedup:
		return protocol.Overwrite
	case job.Source == nil:
		return protocol.Append
	}
	return s.DestinationSyncMode
}

// generationMode is the mode for a destination that replaces by generation: the minimum generation alone says what goes.
func generationMode(mode protocol.DestinationSyncMode) protocol.DestinationSyncMode {
	switch mode {
	case protocol.Overwrite:
		return protocol.Append
	case protocol.OverwriteDedup:
		return protocol.AppendDedup
	}
	return mode
}

// replacesAtEnd tells whether the destination takes the end of its input for the completion of a stream it overwrites.
// Such a destination must see an error, not an end, when the source stops early.
func replacesAtEnd(c protocol.ConfiguredCatalog) bool {
	return slices.ContainsFunc(c.Streams, func(s protocol.ConfiguredStream) bool {
		return s.DestinationSyncMode == protocol.Overwrite
	})
}
