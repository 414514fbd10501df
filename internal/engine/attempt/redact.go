package attempt

import (
	"encoding/json"
	"slices"
	"strings"
	"sync"

	"github.com/airfielddev/airfield/connector"
	"github.com/airfielddev/airfield/internal/platform"
	"github.com/airfielddev/airfield/secret"
)

// redactor hides the secrets of an attempt's configurations in text.
type redactor struct {
	mu      sync.RWMutex
	secrets []secret.String
	masked  map[connector.Kind]json.RawMessage // configurations with their secrets masked
}

func (r *redactor) redact(text string) string {
	if text == "" {
		return ""
	}
	r.mu.RLock()
	secrets := r.secrets
	r.mu.RUnlock()
	return secret.Redact(text, secrets...)
}

// learn takes for a secret what stands in config where masked has the platform's mask.
func (r *redactor) learn(kind connector.Kind, config, masked json.RawMessage) {
	r.mu.Lock()
	if r.masked == nil {
		r.masked = make(map[connector.Kind]json.RawMessage, 2)
	}
	r.masked[kind] = masked
	r.mu.Unlock()
	r.learnLike(kind, config)
}

// learnLike takes for a secret what stands in config where the configuration that was learned last has one.
func (r *redactor) learnLike(kind connector.Kind, config json.RawMessage) {
	r.mu.RLock()
	masked := r.masked[kind]
	r.mu.RUnlock()
	var plain, mask any
	if json.Unmarshal(config, &plain) != nil || json.Unmarshal(masked, &mask) != nil {
		return
	}
	r.add(underMask(plain, mask, nil))
}

// learnNamed takes for secrets all texts whose name says that they are.
func (r *redactor) learnNamed(config json.RawMessage) {
	var plain any
	if json.Unmarshal(config, &plain) == nil {
		r.add(named(plain, nil))
	}
}

func (r *redactor) add(found []string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	known := slices.Clone(r.secrets)
	for _, text := range found {
		known = append(known, secret.String(text))
		for line := range strings.Lines(text) { // a key of many lines is logged line by line
			known = append(known, secret.String(strings.TrimSpace(line)))
		}
	}
	slices.Sort(known)
	r.secrets = slices.Compact(known)
}

func underMask(plain, mask any, found []string) []string {
	switch m := mask.(type) {
	case string:
		if m == platform.Mask {
			return texts(plain, found)
		}
	case map[string]any:
		if p, ok := plain.(map[string]any); ok {
			for key := range m {
				found = underMask(p[key], m[key], found)
			}
		}
	case []any:
		if p, ok := plain.([]any); ok {
			for i := range min(len(m), len(p)) {
				found = underMask(p[i], m[i], found)
			}
		}
	}
	return found
}

func named(plain any, found []string) []string {
	switch p := plain.(type) {
	case map[string]any:
		for key, value := range p {
			if _, leaf := value.(string); leaf && secret.IsSecretName(key) {
				found = texts(value, found)
			} else {
				found = named(value, found)
			}
		}
	case []any:
		for _, value := range p {
			found = named(value, found)
		}
	}
	return found
}

// texts are all strings in a value. Numbers and booleans are too common to be hidden.
func texts(value any, found []string) []string {
	switch v := value.(type) {
	case string:
		return append(found, v)
	case map[string]any:
		for _, inner := range v {
			found = texts(inner, found)
		}
	case []any:
		for _, inner := range v {
			found = texts(inner, found)
		}
	}
	return found
}
