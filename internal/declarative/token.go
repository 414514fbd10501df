package declarative

import (
	"sync"
	"time"

	"github.com/airfielddev/airfield/internal/template"
)

// tokenDepth is how deep in an answer the token may be.
const tokenDepth = 5

// deepValue finds a key in nested objects and lists, the outermost first.
func deepValue(v any, key string, depth int) (any, bool) {
	if depth == 0 {
		return nil, false
	}
	switch v := v.(type) {
	case *template.Dict:
		if found, ok := v.Get(key); ok {
			return found, true
		}
		for _, inner := range v.All() {
			if found, ok := deepValue(inner, key, depth-1); ok {
				return found, true
			}
		}
	case []any:
		for _, inner := range v {
			if found, ok := deepValue(inner, key, depth-1); ok {
				return found, true
			}
		}
	}
	return nil, false
}

// token is shared by all authenticators that would ask for the same one.
type token struct {
	mu sync.Mutex
	tokenValue
}

type tokenValue struct {
	access, refresh string
	expires         time.Time
}

// tokenStore holds the tokens of one check, discover or read.
type tokenStore struct {
	mu     sync.Mutex
	tokens map[string]*token
	config *template.Dict // with the latest tokens written to it; nil: as it was given
}

func newTokenStore() *tokenStore { return &tokenStore{tokens: map[string]*token{}} }

func (s *tokenStore) get(identity string, start tokenValue) *token {
	s.mu.Lock()
	defer s.mu.Unlock()
	t := s.tokens[identity]
	if t == nil {
		t = &token{tokenValue: start}
		s.tokens[identity] = t
	}
	return t
}
