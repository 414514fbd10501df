package platform

import (
	"encoding/json"
	"errors"
	"fmt"
)

// sealed encrypts a configuration for the store: a JSON string. It opens only as that of the same owner.
func (p *Platform) sealed(ownerID string, plain json.RawMessage) (json.RawMessage, error) {
	if plain == nil {
		return nil, nil
	}
	closed, err := p.secrets.Seal(plain, []byte(ownerID))
	if err != nil {
		return nil, fmt.Errorf("sealing configuration: %w", err)
	}
	return json.Marshal(closed)
}

func (p *Platform) unsealed(ownerID string, stored json.RawMessage) (json.RawMessage, error) {
	if stored == nil {
		return nil, nil
	}
	var closed []byte
	if err := json.Unmarshal(stored, &closed); err != nil {
		return nil, errors.New("unsealing configuration: it is not sealed")
	}
	plain, err := p.secrets.Open(closed, []byte(ownerID))
	if err != nil {
		return nil, fmt.Errorf("unsealing configuration: %w", err)
	}
	return plain, nil
}
