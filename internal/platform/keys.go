package platform

import (
	"fmt"
	"slices"

	"github.com/airfielddev/airfield/protocol"
)

func needsCursor(s *ConnectionStream) bool {
	return s.SyncMode == protocol.Incremental && (s.DestinationSyncMode == protocol.Append || s.DestinationSyncMode == protocol.AppendDedup)
}

func cursor(s *ConnectionStream, choice StreamChoice) error {
	given, standard := choice.CursorField, s.Stream.DefaultCursorField
	defined := s.Stream.SourceDefinedCursor
	if needsCursor(s) {
		switch {
		case defined && len(given) > 0 && len(standard) > 0 && !slices.Equal(given, standard):
			return badRequest(fmt.Sprintf("Cursor Field %s is already defined by source for stream: %s. Do not include a cursor field configuration for this stream.", dotted(given), s.Stream.Name))
		case len(given) > 0 && !defined && !hasPath(s.Stream.JSONSchema, given):
			return badRequest(fmt.Sprintf("Invalid cursor field %s for stream: %s. The fields are: %s", dotted(given), s.Stream.Name, dottedAll(propertyPaths(s.Stream.JSONSchema))))
		case len(given) == 0 && len(s.CursorField) == 0 && len(standard) == 0 && !defined:
			return badRequest(fmt.Sprintf("No default cursor field for stream: %s. Please include a cursor field configuration for this stream.", s.Stream.Name))
		}
	}
	switch {
	case defined:
		s.CursorField = standard
	case len(given) > 0:
		s.CursorField = given
	case len(s.CursorField) == 0:
		s.CursorField = standard
	}
	return nil
}

func needsKey(s *ConnectionStream) bool {
	return s.DestinationSyncMode == protocol.AppendDedup || s.DestinationSyncMode == protocol.OverwriteDedup || s.DestinationSyncMode == protocol.Update
}

func primaryKey(s *ConnectionStream, choice StreamChoice) error {
	given, defined := choice.PrimaryKey, s.Stream.SourceDefinedPrimaryKey
	if needsKey(s) {
		if err := checkKey(s, given, defined); err != nil {
			return err
		}
	}
	switch {
	case len(defined) > 0:
		s.PrimaryKey = defined
	case len(given) > 0:
		s.PrimaryKey = given
	}
	return nil
}

func checkKey(s *ConnectionStream, given, defined [][]string) error {
	name := s.Stream.Name
	if len(defined) > 0 {
		if len(given) > 0 && !equalPaths(given, defined) {
			return badRequest(fmt.Sprintf("Primary key for stream: %s is already pre-defined. Please do NOT include a primary key configuration for this stream.", name))
		}
		return nil
	}
	if len(given) == 0 {
		if len(s.PrimaryKey) == 0 {
			return badRequest(fmt.Sprintf("No default primary key for stream: %s. Please include a primary key configuration for this stream.", name))
		}
		return nil
	}
	for i, path := range given {
		if !hasPath(s.Stream.JSONSchema, path) {
			return badRequest(fmt.Sprintf("Invalid primary key %s for stream: %s. The fields are: %s", dotted(path), name, dottedAll(propertyPaths(s.Stream.JSONSchema))))
		}
		if slices.ContainsFunc(given[:i], func(p []string) bool { return slices.Equal(p, path) }) {
			return badRequest(fmt.Sprintf("Duplicate primary key detected for stream: %s, please don't provide the same column more than once. Key: %s", name, dotted(path)))
		}
	}
	return nil
}

func selectFields(s *ConnectionStream, choice StreamChoice) error {
	if choice.SelectedFields != nil {
		if err := checkSelection(s, choice.SelectedFields); err != nil {
			return err
		}
		s.FieldSelectionEnabled, s.SelectedFields = true, choice.SelectedFields
	}
	if !s.FieldSelectionEnabled {
		return nil
	}
	for _, needed := range neededFields(s) {
		if !slices.ContainsFunc(s.SelectedFields, func(path []string) bool { return len(path) > 0 && path[0] == needed }) {
			return badRequest(fmt.Sprintf("Field %s of stream %s is its primary key or cursor and must be selected.", needed, s.Stream.Name))
		}
	}
	return nil
}

func checkSelection(s *ConnectionStream, paths [][]string) error {
	if len(paths) == 0 {
		return badRequest(fmt.Sprintf("No fields selected for stream %s. Leave selectedFields out to select all of them.", s.Stream.Name))
	}
	selected := map[string]bool{}
	for _, path := range paths {
		if len(path) != 1 || path[0] == "" {
			return badRequest(fmt.Sprintf("Selected field %q of stream %s must be the name of one top-level field.", dotted(path), s.Stream.Name))
		}
		if selected[path[0]] {
			return badRequest(fmt.Sprintf("Field %s of stream %s is selected twice.", path[0], s.Stream.Name))
		}
		if !hasPath(s.Stream.JSONSchema, path) {
			return badRequest(fmt.Sprintf("Invalid selected field %s for stream %s.", path[0], s.Stream.Name))
		}
		selected[path[0]] = true
	}
	return nil
}

// neededFields are the top-level fields without which the stream's mode does not work.
func neededFields(s *ConnectionStream) []string {
	var names []string
	if needsKey(s) {
		for _, path := range s.PrimaryKey {
			if len(path) > 0 {
				names = append(names, path[0])
			}
		}
	}
	if s.SyncMode == protocol.Incremental && len(s.CursorField) > 0 {
		names = append(names, s.CursorField[0])
	}
	return names
}
