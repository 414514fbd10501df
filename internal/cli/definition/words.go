package definition

import (
	"errors"
	"strings"
)

var errQuote = errors.New("a quote is not closed")

// words takes a command line apart: spaces separate, single and double quotes hold together, and a backslash outside of single
// quotes takes away the meaning of what follows it. Nothing is expanded, and what a shell would do with $, *, ; and the like is
// not done.
func words(line string) ([]string, error) {
	var out []string
	var word strings.Builder
	var quote rune
	within, escaped := false, false
	for _, c := range line {
		switch {
		case escaped:
			word.WriteRune(c)
			escaped = false
		case c == '\\' && quote != '\'':
			within, escaped = true, true
		case quote != 0 && c == quote:
			quote = 0
		case quote != 0:
			word.WriteRune(c)
		case c == '\'' || c == '"':
			within, quote = true, c
		case c == ' ' || c == '\t' || c == '\n':
			if within {
				out = append(out, word.String())
			}
			word.Reset()
			within = false
		default:
			word.WriteRune(c)
			within = true
		}
	}
	if quote != 0 || escaped {
		return nil, errQuote
	}
	if within {
		out = append(out, word.String())
	}
	return out, nil
}
