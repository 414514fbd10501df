package misfit

import (
	"regexp"
	"strings"
	"time"

	"github.com/dlclark/regexp2"
	"github.com/santhosh-tekuri/jsonschema/v6"
)

// patternTimeout bounds a pattern that backtracks.
const patternTimeout = 200 * time.Millisecond

// Pattern reads a pattern of a schema. It takes Go's expressions where they will do, and backtracking ones for the look-ahead that
// connectors written for Java and Python use.
func Pattern(text string) (jsonschema.Regexp, error) {
	if r, err := regexp.Compile(text); err == nil {
		return r, nil
	}
	r, err := regexp2.Compile(strings.ReplaceAll(text, `\Z`, `\z`), regexp2.ECMAScript)
	if err != nil {
		if r, err = regexp2.Compile(text, regexp2.None); err != nil {
			return nil, err
		}
	}
	r.MatchTimeout = patternTimeout
	return backtracking{r}, nil
}

type backtracking struct{ *regexp2.Regexp }

// MatchString is true also for text on which the pattern ran out of time: the connector itself will judge it.
func (b backtracking) MatchString(text string) bool {
	ok, err := b.Regexp.MatchString(text)
	return ok || err != nil
}
