package declarative

import (
	"encoding/json"
	"errors"

	"github.com/airfielddev/airfield/internal/template"
)

// LegacyToPerPartitionStateMigration reads states of the form {"<id>": {"<cursor field>": value}}.
type LegacyToPerPartitionStateMigration struct{}

// Build makes the migration.
func (*LegacyToPerPartitionStateMigration) Build(*Env) (StateMigration, error) {
	return legacyStates{}, nil
}

type legacyStates struct{}

var errMigration = errors.New("LegacyToPerPartitionStateMigration needs a cursor and a SubstreamPartitionRouter or UnionPartitionRouter")

// Migrate leaves states of any other form as they are.
func (legacyStates) Migrate(raw json.RawMessage, stream *Stream) (json.RawMessage, error) {
	router, ok := stream.Retriever.Router().(interface{ fields() []string })
	if !ok || stream.Incremental == nil {
		return nil, errMigration
	}
	state, err := decodeState(raw)
	if err != nil {
		return nil, err
	}
	names := router.fields()
	if state.Len() == 0 || len(names) != 1 {
		return raw, nil
	}
	list := make([]any, 0, state.Len())
	for id, v := range state.All() {
		cursor, ok := v.(*template.Dict)
		if !ok || cursor.Len() != 1 {
			return raw, nil
		}
		if _, ok := cursor.Get(stream.Incremental.Field()); !ok {
			return raw, nil
		}
		partition, entry := template.NewDict(1), template.NewDict(2)
		partition.Set(names[0], id)
		entry.Set("partition", partition)
		entry.Set("cursor", cursor)
		list = append(list, entry)
	}
	migrated := template.NewDict(1)
	migrated.Set("states", list)
	return template.AppendJSON(nil, migrated)
}
