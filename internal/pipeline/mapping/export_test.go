package mapping

import (
	"crypto/aes"
	"encoding/json"
)

// AppendUnder encrypts under a vector that is not random.
func AppendUnder(mode string, key, iv, text []byte) ([]byte, error) {
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	config, err := json.Marshal(map[string]string{"mode": mode})
	if err != nil {
		return nil, err
	}
	return pick(&settings{config: config}, "mode", modes).mode(block, nil, iv, text)
}
