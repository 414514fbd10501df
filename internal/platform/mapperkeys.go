package platform

import (
	"encoding/json"
	"slices"

	"github.com/airfielddev/airfield/internal/pipeline/mapping"
	"github.com/airfielddev/airfield/internal/platform/config"
	"github.com/airfielddev/airfield/internal/rawjson"
)

// keyOf is the one setting of a mapper that is secret; nil when it has none.
func keyOf(m mapping.Mapper) json.RawMessage {
	if key := rawjson.Get(m.Config, "key"); !rawjson.IsNull(key) {
		return key
	}
	return nil
}

func withKey(m mapping.Mapper, key json.RawMessage) (mapping.Mapper, error) {
	changed, err := config.Merge(m.Config, json.RawMessage(`{"key":`+string(key)+`}`))
	if err != nil {
		return m, mapperProblem(m, string(mapping.BadSetting), "The mapper's configuration cannot be read: "+err.Error()+".")
	}
	m.Config = changed
	return m, nil
}

// sealedKey is what the store holds in the place of a key.
type sealedKey struct {
	Secret json.RawMessage `json:"_secret"`
}

// keyOwner says which mapper a sealed key opens for.
func keyOwner(connectionID, mapperID string) string { return connectionID + "/" + mapperID }

// keepMappers puts mappers into a stream, with their keys sealed.
func (p *Platform) keepMappers(connectionID string, s *ConnectionStream, list []mapping.Mapper) (err error) {
	s.Mappers, s.HashedFields = nil, nil
	for i, m := range list {
		key := keyOf(m)
		if key == nil {
			continue
		}
		if key, err = p.sealed(keyOwner(connectionID, m.ID), key); err != nil {
			return err
		}
		if key, err = json.Marshal(sealedKey{key}); err != nil {
			return err
		}
		if list[i], err = withKey(m, key); err != nil {
			return err
		}
	}
	if len(list) > 0 {
		s.Mappers, err = json.Marshal(list)
	}
	return err
}

// openMappers reads the mappers of a stored stream, ready to be applied.
func (p *Platform) openMappers(connectionID string, s ConnectionStream) ([]mapping.Mapper, error) {
	list, err := mappersOf(s)
	if err != nil {
		return nil, err
	}
	for i, m := range list {
		var closed sealedKey
		if key := keyOf(m); key == nil || json.Unmarshal(key, &closed) != nil {
			continue
		}
		key, err := p.unsealed(keyOwner(connectionID, m.ID), closed.Secret)
		if err != nil {
			return nil, err
		}
		if list[i], err = withKey(m, key); err != nil {
			return nil, err
		}
	}
	return list, nil
}

// opened is a connection with the keys of its mappers as they are. Those that cannot be opened stay sealed, so that they can be
// replaced.
func (p *Platform) opened(c Connection) Connection {
	c.Streams = slices.Clone(c.Streams)
	for i, s := range c.Streams {
		if list, err := p.openMappers(c.ID, s); err == nil && len(list) > 0 {
			if text, err := json.Marshal(list); err == nil {
				c.Streams[i].Mappers = text
			}
		}
	}
	return c
}

// masked is a connection as callers see it: without the keys of its mappers.
func (c Connection) masked() Connection {
	c.Streams = slices.Clone(c.Streams)
	for i, s := range c.Streams {
		c.Streams[i].Mappers = maskedMappers(s)
	}
	return c
}

// maskedMappers are the mappers of a stream without their keys; nil when there are none, or when they cannot be masked.
func maskedMappers(s ConnectionStream) json.RawMessage {
	if rawjson.IsNull(s.Mappers) {
		return nil
	}
	list, err := mappersOf(s)
	if err != nil || len(list) == 0 {
		return nil
	}
	text, _ := json.Marshal(maskMappers(list))
	return text
}

// maskMappers hides keys. A configuration whose key cannot be replaced is not shown at all.
func maskMappers(list []mapping.Mapper) []mapping.Mapper {
	out := slices.Clone(list)
	for i, m := range out {
		if !json.Valid(m.Config) {
			out[i].Config = json.RawMessage(`{}`)
		}
		if keyOf(m) == nil {
			continue
		}
		hidden, err := withKey(m, json.RawMessage(`"`+Mask+`"`))
		if err != nil {
			hidden.Config = json.RawMessage(`{}`)
		}
		out[i] = hidden
	}
	return out
}
