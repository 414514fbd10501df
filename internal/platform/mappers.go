package platform

import (
	"encoding/json"
	"fmt"

	"github.com/airfielddev/airfield/internal/rawjson"
)

// checkMappers looks at the mappers of a stream. One that carries a key is refused: connections are not sealed, and what Airbyte
// asks for in its place, a secrets manager, is not there.
func checkMappers(stream string, mappers json.RawMessage) error {
	if rawjson.IsNull(mappers) {
		return nil
	}
	var list []struct {
		Type   string `json:"type"`
		Config struct {
			Key json.RawMessage `json:"key"`
		} `json:"mapperConfiguration"`
	}
	if err := json.Unmarshal(mappers, &list); err != nil {
		return badRequest(fmt.Sprintf("The mappers of stream %s are not a list of mappers.", stream))
	}
	for _, m := range list {
		if m.Type == "encryption" && !rawjson.IsNull(m.Config.Key) {
			return &Error{
				Condition: ErrConflict, Problem: "error:mapper-validation/runtime-secrets-manager-required",
				Message: fmt.Sprintf("The encryption key of stream %s cannot be kept safely by this server.", stream),
			}
		}
	}
	return nil
}

// unmapped refuses to move the records of a stream that has mappers. No engine applies them, and records that were to be hashed
// must not arrive in clear.
func unmapped(streams []ConnectionStream) error {
	for _, s := range streams {
		var list []json.RawMessage
		if s.Mappers != nil && json.Unmarshal(s.Mappers, &list) == nil && len(list) > 0 {
			return refuse(ErrConflict, "Stream %s has mappers, which this server does not apply. Remove them to sync its records as they are.", s.Stream.Descriptor())
		}
	}
	return nil
}
