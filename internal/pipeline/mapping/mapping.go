package mapping

import (
	"bytes"
	"encoding/json"

	"github.com/airfielddev/airfield/protocol"
)

// Mapping is all that happens to the records of one stream. It is for one goroutine at a time.
type Mapping struct {
	selected Selection
	steps    []step
	stream   protocol.ConfiguredStream

	row  row
	data []byte
	meta []byte
}

// step is a mapper at work.
type step interface {
	// apply changes a row, or is false to leave it out.
	apply(r *row) bool
}

// New prepares the mappers of a stream, which are applied one after the other to what is selected of each record. The error is
// [Faults], with all mappers that cannot be applied.
func New(stream protocol.ConfiguredStream, selected Selection, mappers []Mapper) (*Mapping, error) {
	stream.Stream.JSONSchema = selected.Schema(stream.Stream.JSONSchema)
	shape := newShape(stream)
	m := &Mapping{selected: selected}
	var faults Faults
	for i, mapper := range mappers {
		step, fault := newStep(mapper, shape)
		if fault != nil {
			fault.Mapper = i
			faults = append(faults, fault)
			continue
		}
		m.steps = append(m.steps, step)
	}
	if len(faults) > 0 {
		return nil, faults
	}
	m.stream = shape.result()
	return m, nil
}

// newStep reads a mapper and changes the shape as it will change the records.
func newStep(m Mapper, s *shape) (step, *Fault) {
	if !json.Valid(m.Config) || bytes.TrimSpace(m.Config)[0] != '{' {
		return nil, faultOf(BadSetting, "The mapper's configuration must be a JSON object.")
	}
	config := &settings{config: m.Config}
	switch m.Type {
	case Hashing:
		return newHashing(config, s)
	case FieldFiltering:
		return newRemoval(config, s)
	case FieldRenaming:
		return newRenaming(config, s)
	case RowFiltering:
		return newFilter(config, s)
	case Encryption:
		return newEncryption(config, s)
	}
	return nil, faultOf(UnknownType, "There is no mapper %q.", m.Type)
}

// Stream is what the destination is told of the stream: its schema, cursor and primary key after all mappers.
func (m *Mapping) Stream() protocol.ConfiguredStream { return m.stream }

// Apply changes one record. What it returns is valid until it is called again; keep is false when the row is left out. Values
// that cannot be changed are left out of the record, which the meta object then tells. An error says that data is not a JSON object.
func (m *Mapping) Apply(data, meta []byte) (newData, newMeta []byte, keep bool, err error) {
	if err := m.row.read(data, m.selected); err != nil {
		return nil, nil, false, err
	}
	for _, step := range m.steps {
		if !step.apply(&m.row) {
			return nil, nil, false, nil
		}
	}
	m.data = m.row.append(m.data[:0])
	if len(m.row.nulled) > 0 {
		m.meta = appendNulled(m.meta[:0], meta, m.row.nulled)
		meta = m.meta
	}
	return m.data, meta, true, nil
}
