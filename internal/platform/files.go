package platform

import (
	"context"
	"fmt"
	"slices"

	"github.com/airfielddev/airfield/connector"
)

// checkFiles refuses streams whose files are included and cannot be moved: https://reference.airbyte.com/reference/createconnection.
func (p *Platform) checkFiles(ctx context.Context, tb Tables, c Connection) error {
	moved := slices.DeleteFunc(slices.Clone(c.Streams), func(s ConnectionStream) bool { return !s.IncludeFiles })
	if len(moved) == 0 {
		return nil
	}
	destination, err := actor(ctx, tb, connector.KindDestination, c.DestinationID)
	if err != nil {
		return err
	}
	d, err := p.definition(ctx, tb, destination.DefinitionID)
	if err != nil {
		return err
	}
	if !d.TakesFiles() {
		return noFiles("connection-unsupported", moved, fmt.Sprintf("%s takes no files, so that those of a stream cannot be included.", d.DisplayName()))
	}
	moved = slices.DeleteFunc(moved, func(s ConnectionStream) bool { return s.Stream.IsFileBased })
	if len(moved) > 0 {
		return noFiles("stream-unsupported", moved, fmt.Sprintf("Stream %s has no files that could be included.", moved[0].Stream.Descriptor()))
	}
	return nil
}

func noFiles(problem string, streams []ConnectionStream, message string) *Error {
	list := make([]map[string]any, len(streams))
	for i, s := range streams {
		list[i] = map[string]any{"streamName": s.Stream.Name, "streamNamespace": s.Stream.Namespace}
	}
	return &Error{
		Condition: ErrInvalid, Problem: "error:connection-validation/file-transfer/" + problem, Message: message,
		Data: map[string]any{"streams": list},
	}
}
