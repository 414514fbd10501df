package platform

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/airfielddev/airfield/internal/pipeline/mapping"
	"github.com/airfielddev/airfield/internal/rawjson"
	"github.com/airfielddev/airfield/protocol"
)

// settleMappers makes the mappers of chosen streams fit for the store: they have ids, masks are replaced by the keys they stand for,
// all can be applied, and keys are sealed. What the connection had before is in c, opened.
func (p *Platform) settleMappers(c Connection, streams []ConnectionStream) error {
	lists := make([][]mapping.Mapper, len(streams))
	for i, s := range streams {
		var err error
		if lists[i], err = completeMappers(c, s); err != nil {
			return err
		}
	}
	if err := checkMappers(streams, lists); err != nil {
		return err
	}
	for i := range streams {
		if err := p.keepMappers(c.ID, &streams[i], lists[i]); err != nil {
			return err
		}
	}
	return nil
}

// mappersOf reads the mappers of a stream. Fields that are to be hashed in the old way count as mappers when there are no others.
func mappersOf(s ConnectionStream) (list []mapping.Mapper, err error) {
	if !rawjson.IsNull(s.Mappers) {
		if err := json.Unmarshal(s.Mappers, &list); err != nil {
			return nil, badRequest(fmt.Sprintf("The mappers of stream %s are not a list of mappers.", s.Stream.Name))
		}
	}
	if len(list) > 0 || rawjson.IsNull(s.HashedFields) {
		return list, nil
	}
	var hashed []struct{ FieldPath []string }
	if err := json.Unmarshal(s.HashedFields, &hashed); err != nil {
		return nil, badRequest(fmt.Sprintf("The hashed fields of stream %s are not a list of fields.", s.Stream.Name))
	}
	for _, h := range hashed {
		settings, err := json.Marshal(map[string]string{"targetField": dotted(h.FieldPath), "method": "SHA-256", "fieldNameSuffix": "_hashed"})
		if err != nil {
			return nil, err
		}
		list = append(list, mapping.Mapper{Type: mapping.Hashing, Config: settings})
	}
	return list, nil
}

// completeMappers gives mappers their ids and, where a mask stands, the keys of those that had the ids before.
func completeMappers(c Connection, s ConnectionStream) ([]mapping.Mapper, error) {
	list, err := mappersOf(s)
	if err != nil {
		return nil, err
	}
	for i, m := range list {
		if m.ID == "" {
			list[i].ID = newID()
		}
	}
	return unmaskMappers(c, s, list)
}

// unmaskMappers puts the keys that the mappers of a stream had before where a mask stands.
func unmaskMappers(c Connection, s ConnectionStream, list []mapping.Mapper) ([]mapping.Mapper, error) {
	var before []mapping.Mapper
	if known, ok := (chooser{before: c.Streams}).previous(s.Stream.Descriptor()); ok {
		before, _ = mappersOf(known) // what cannot be read holds no key
	}
	list = slices.Clone(list)
	for i, m := range list {
		if key, ok := rawjson.String(keyOf(m)); !ok || key != Mask {
			continue
		}
		old := slices.IndexFunc(before, func(b mapping.Mapper) bool { return b.ID == m.ID && keyOf(b) != nil })
		if old < 0 {
			return nil, mapperProblem(m, "secret-not-found", fmt.Sprintf("A mapper of stream %s has a mask for its key, but there is no stored key of a mapper with this id.", s.Stream.Name))
		}
		var err error
		if list[i], err = withKey(m, keyOf(before[old])); err != nil {
			return nil, err
		}
	}
	return list, nil
}

// mapperProblem refuses one mapper.
func mapperProblem(m mapping.Mapper, problem, message string) *Error {
	data := map[string]any{"mapperType": m.Type}
	if m.ID != "" {
		data["mapperId"] = m.ID
	}
	return &Error{Condition: ErrInvalid, Problem: "error:mapper-validation/" + problem, Message: message, Data: data}
}

// checkMappers tries whether the mappers of all streams can be applied. What is wrong with one is told as the API does it:
// https://reference.airbyte.com/reference/createconnection.
func checkMappers(streams []ConnectionStream, lists [][]mapping.Mapper) error {
	var details []map[string]any
	first := ""
	for i, s := range streams {
		_, err := mapping.New(s.configured(), s.selection(), lists[i])
		faults, _ := errors.AsType[mapping.Faults](err)
		for _, f := range faults {
			m, message := lists[i][f.Mapper], fmt.Sprintf("Stream %s: %s", s.Stream.Descriptor(), f.Message)
			if f.Reason == mapping.MissingSetting || f.Reason == mapping.BadSetting {
				return mapperProblem(m, string(f.Reason), message)
			}
			if first == "" {
				first = message
			}
			details = append(details, map[string]any{
				"stream": s.Stream.Name, "error": f.Reason, "message": f.Message, "mapper": maskMappers([]mapping.Mapper{m})[0],
			})
		}
	}
	if details == nil {
		return nil
	}
	return &Error{Condition: ErrInvalid, Problem: "error:mapper-validation", Message: first, Data: map[string]any{"errors": details}}
}

// configured is the stream as a sync is told of it, before it has generations.
func (s ConnectionStream) configured() protocol.ConfiguredStream {
	return protocol.ConfiguredStream{
		Stream: s.Stream, SyncMode: s.SyncMode, DestinationSyncMode: s.DestinationSyncMode, CursorField: s.CursorField,
		PrimaryKey: s.PrimaryKey, IncludeFiles: s.IncludeFiles, DestinationObjectName: s.DestinationObjectName,
	}
}

func (s ConnectionStream) selection() mapping.Selection {
	if !s.FieldSelectionEnabled {
		return nil
	}
	return mapping.Select(s.SelectedFields)
}

// mappersFor gathers the mappers that a run applies.
func (p *Platform) mappersFor(c Connection) (map[protocol.StreamDescriptor][]mapping.Mapper, error) {
	all := map[protocol.StreamDescriptor][]mapping.Mapper{}
	for _, s := range c.Streams {
		list, err := p.openMappers(c.ID, s)
		if err != nil {
			return nil, refuse(ErrConflict, "The mappers of stream %s cannot be read: %v.", s.Stream.Descriptor(), err)
		}
		if len(list) > 0 {
			all[s.Stream.Descriptor()] = list
		}
	}
	return all, nil
}
