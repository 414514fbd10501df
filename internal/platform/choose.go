package platform

import (
	"fmt"
	"slices"
	"strings"

	"github.com/airfielddev/airfield/internal/rawjson"
	"github.com/airfielddev/airfield/protocol"
)

// chooser expands what a caller says of streams into all that a sync needs to know, by the rules of
// https://reference.airbyte.com/reference/createconnection.
type chooser struct {
	catalog *protocol.Catalog
	modes   []protocol.DestinationSyncMode
	before  []ConnectionStream // as the connection had them; nil: it is new
}

// all selects every stream, each in the way of one that is named without more.
func (c chooser) all() ([]ConnectionStream, error) {
	choices := make([]StreamChoice, 0, len(c.catalog.Streams))
	for _, s := range c.catalog.Streams {
		choices = append(choices, StreamChoice{Name: s.Name, Namespace: s.Namespace})
	}
	return c.choose(choices)
}

func (c chooser) choose(choices []StreamChoice) ([]ConnectionStream, error) {
	type written struct{ name, namespace string }
	seen := map[written]bool{}
	found := map[protocol.StreamDescriptor]bool{}
	var streams []ConnectionStream
	for _, choice := range choices {
		w := written{choice.Name, choice.Namespace}
		stream, err := c.find(choice)
		if err != nil {
			return nil, err
		}
		if seen[w] || found[stream.Descriptor()] {
			return nil, badRequest(fmt.Sprintf("Duplicate stream found in configuration for stream name [%s] in namespace [%s].", choice.Name, choice.Namespace))
		}
		seen[w], found[stream.Descriptor()] = true, true
		s, err := c.expand(choice, stream)
		if err != nil {
			return nil, err
		}
		streams = append(streams, s)
	}
	return streams, nil
}

// find matches by name alone when the name is unique, and by the namespace too when it is not.
func (c chooser) find(choice StreamChoice) (*protocol.Stream, error) {
	var named, exact []*protocol.Stream
	for i := range c.catalog.Streams {
		s := &c.catalog.Streams[i]
		if s.Name != choice.Name {
			continue
		}
		named = append(named, s)
		if s.Namespace == choice.Namespace {
			exact = append(exact, s)
		}
	}
	switch {
	case len(named) == 1:
		return named[0], nil
	case len(exact) == 1:
		return exact[0], nil
	case len(named) > 1 && choice.Namespace == "":
		return nil, badRequest(fmt.Sprintf("Multiple streams found with name %s. Please specify a namespace.", choice.Name))
	}
	return nil, badRequest(fmt.Sprintf("No streams found with name [%s] and namespace [%s]. Available streams: %s", choice.Name, choice.Namespace, c.names()))
}

// names lists the streams there are, so that a slip of the pen can be seen.
func (c chooser) names() string {
	const enough = 20
	var names []string
	for i, s := range c.catalog.Streams {
		if i == enough {
			names = append(names, "...")
			break
		}
		names = append(names, s.Descriptor().String())
	}
	return "[" + strings.Join(names, ", ") + "]"
}

func (c chooser) previous(d protocol.StreamDescriptor) (ConnectionStream, bool) {
	i := slices.IndexFunc(c.before, func(s ConnectionStream) bool { return s.Stream.Descriptor() == d })
	if i < 0 {
		return ConnectionStream{}, false
	}
	return c.before[i], true
}

// expand fills in what the caller left open: from the connection as it was if the stream was selected before, else from the
// stream's own defaults.
func (c chooser) expand(choice StreamChoice, stream *protocol.Stream) (ConnectionStream, error) {
	s := defaultStream(*stream)
	previous, known := c.previous(stream.Descriptor())
	if known {
		s = previous
		s.Stream = *stream
	}
	if err := c.mode(&s, choice, known); err != nil {
		return s, err
	}
	if err := cursor(&s, choice); err != nil {
		return s, err
	}
	if err := primaryKey(&s, choice); err != nil {
		return s, err
	}
	if err := selectFields(&s, choice); err != nil {
		return s, err
	}
	extras(&s, choice)
	return s, nil
}

// defaultStream is a stream nobody has said anything about.
func defaultStream(stream protocol.Stream) ConnectionStream {
	return ConnectionStream{
		Stream: stream, SyncMode: protocol.FullRefresh, DestinationSyncMode: protocol.Overwrite, AliasName: alias(stream.Name),
		CursorField: stream.DefaultCursorField, PrimaryKey: stream.SourceDefinedPrimaryKey,
	}
}

// alias is the stream's name with everything but letters and digits replaced.
func alias(name string) string {
	return strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' {
			return r
		}
		return '_'
	}, name)
}

func (c chooser) mode(s *ConnectionStream, choice StreamChoice, known bool) error {
	name := choice.SyncMode
	if name == "" && known {
		return nil
	}
	if name == "" || name == publicModes[0].name {
		s.SyncMode, s.DestinationSyncMode = protocol.FullRefresh, protocol.Overwrite
		return nil
	}
	valid := possibleModes(&s.Stream, c.modes)
	source, destination, ok := ParseSyncMode(name)
	if !ok || !slices.Contains(valid, name) {
		return badRequest(fmt.Sprintf("Cannot set sync mode to %s for stream %s. Valid sync modes are: [%s]", name, s.Stream.Name, strings.Join(valid, ", ")))
	}
	s.SyncMode, s.DestinationSyncMode = source, destination
	return nil
}

func extras(s *ConnectionStream, choice StreamChoice) {
	assign(&s.IncludeFiles, choice.IncludeFiles)
	if choice.DestinationObjectName != "" {
		s.DestinationObjectName = choice.DestinationObjectName
	}
	if !rawjson.IsNull(choice.Mappers) {
		s.Mappers = choice.Mappers
	}
}
