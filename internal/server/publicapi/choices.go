package publicapi

import (
	"encoding/json"
	"fmt"

	"github.com/airfielddev/airfield/internal/platform"
	"github.com/airfielddev/airfield/internal/server/endpoint"
	"github.com/airfielddev/airfield/internal/wire"
	"github.com/airfielddev/airfield/internal/wire/public"
)

// readStreams reads which streams are chosen; nil when the request does not choose.
func readStreams(c *public.StreamConfigurations) ([]platform.StreamChoice, error) {
	if c == nil {
		return nil, nil
	}
	var out []platform.StreamChoice
	for i, s := range c.Streams {
		choice, err := readStream(fmt.Sprintf("configurations.streams[%d]", i), s)
		if err != nil {
			return nil, err
		}
		out = append(out, choice)
	}
	return out, nil
}

func readStream(at string, s public.StreamConfiguration) (choice platform.StreamChoice, err error) {
	if err := endpoint.Require(at+".name", s.Name); err != nil {
		return choice, err
	}
	if err := endpoint.Known(at+".syncMode", s.SyncMode); err != nil {
		return choice, err
	}
	choice = platform.StreamChoice{
		Name:         s.Name,
		SyncMode:     string(s.SyncMode),
		CursorField:  s.CursorField,
		PrimaryKey:   s.PrimaryKey,
		IncludeFiles: s.IncludeFiles,
	}
	if s.Namespace != nil {
		choice.Namespace = *s.Namespace
	}
	if s.DestinationObjectName != nil {
		choice.DestinationObjectName = *s.DestinationObjectName
	}
	if s.SelectedFields != nil {
		choice.SelectedFields = make([][]string, 0, len(*s.SelectedFields))
		for _, f := range *s.SelectedFields {
			choice.SelectedFields = append(choice.SelectedFields, f.FieldPath)
		}
	}
	if s.Mappers != nil {
		for _, m := range *s.Mappers {
			if err := endpoint.Known(at+".mappers[].type", m.Type); err != nil {
				return choice, err
			}
		}
		choice.Mappers, err = json.Marshal(s.Mappers)
	}
	return choice, err
}

// printStreams prints the streams of a connection; those that are not selected are not there.
func printStreams(streams []platform.ConnectionStream) (out public.StreamConfigurations, err error) {
	for _, s := range streams {
		printed, err := printStream(s)
		if err != nil {
			return out, fmt.Errorf("printing stream %s: %w", s.Stream.Name, err)
		}
		out.Streams = append(out.Streams, printed)
	}
	return out, nil
}

func printStream(s platform.ConnectionStream) (public.StreamConfiguration, error) {
	out := public.StreamConfiguration{
		Name:                  s.Stream.Name,
		Namespace:             given(s.Stream.Namespace),
		SyncMode:              public.SyncMode(platform.SyncModeName(s.SyncMode, s.DestinationSyncMode)),
		CursorField:           s.CursorField,
		PrimaryKey:            s.PrimaryKey,
		DestinationObjectName: given(s.DestinationObjectName),
		Mappers:               &wire.List[public.Mapper]{},
	}
	if s.IncludeFiles {
		out.IncludeFiles = new(true)
	}
	if s.FieldSelectionEnabled {
		fields := wire.List[public.SelectedField]{}
		for _, path := range s.SelectedFields {
			fields = append(fields, public.SelectedField{FieldPath: path})
		}
		out.SelectedFields = &fields
	}
	if absent(s.Mappers) {
		return out, nil
	}
	return out, json.Unmarshal(s.Mappers, out.Mappers)
}
