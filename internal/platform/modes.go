package platform

import (
	"slices"

	"github.com/airfielddev/airfield/protocol"
)

type modePair struct {
	name        string
	source      protocol.SyncMode
	destination protocol.DestinationSyncMode
}

// publicModes are the pairs of modes that have a public name, in the order in which they are listed.
var publicModes = []modePair{
	{"full_refresh_overwrite", protocol.FullRefresh, protocol.Overwrite},
	{"full_refresh_overwrite_deduped", protocol.FullRefresh, protocol.OverwriteDedup},
	{"full_refresh_append", protocol.FullRefresh, protocol.Append},
	{"full_refresh_update", protocol.FullRefresh, protocol.Update},
	{"full_refresh_soft_delete", protocol.FullRefresh, protocol.SoftDelete},
	{"incremental_append", protocol.Incremental, protocol.Append},
	{"incremental_deduped_history", protocol.Incremental, protocol.AppendDedup},
	{"incremental_update", protocol.Incremental, protocol.Update},
	{"incremental_soft_delete", protocol.Incremental, protocol.SoftDelete},
}

// ParseSyncMode reads the public name of a pair of modes, such as incremental_deduped_history. See
// https://docs.airbyte.com/platform/using-airbyte/core-concepts/sync-modes/.
func ParseSyncMode(name string) (protocol.SyncMode, protocol.DestinationSyncMode, bool) {
	for _, m := range publicModes {
		if m.name == name {
			return m.source, m.destination, true
		}
	}
	return "", "", false
}

// SyncModeName is the public name of a pair of modes. Full refresh with deduplication of what is appended and incremental with
// overwriting have none: it is "".
func SyncModeName(s protocol.SyncMode, d protocol.DestinationSyncMode) string {
	for _, m := range publicModes {
		if m.source == s && m.destination == d {
			return m.name
		}
	}
	return ""
}

// possibleModes are the public names that a stream and a destination can do together.
func possibleModes(s *protocol.Stream, destination []protocol.DestinationSyncMode) []string {
	var names []string
	for _, m := range publicModes {
		if s.Supports(m.source) && slices.Contains(destination, m.destination) {
			names = append(names, m.name)
		}
	}
	return names
}

// writingModes are the modes of a destination. One that replaces by generations can also deduplicate what it overwrites.
func writingModes(spec protocol.Spec, supportsRefreshes bool) []protocol.DestinationSyncMode {
	modes := slices.Clone(spec.SupportedDestinationSyncModes)
	if supportsRefreshes && slices.Contains(modes, protocol.Overwrite) && slices.Contains(modes, protocol.AppendDedup) &&
		!slices.Contains(modes, protocol.OverwriteDedup) {
		modes = append(modes, protocol.OverwriteDedup)
	}
	return modes
}
