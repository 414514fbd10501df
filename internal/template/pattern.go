package template

// Pattern is a regular expression in the dialect of Python, as the regex filters of templates have it. A match that takes longer than
// a second is none.
type Pattern struct{ regex *regex }

// ParsePattern reads a pattern.
func ParsePattern(text string) (*Pattern, error) {
	r, err := newRegex(text)
	if err != nil {
		return nil, err
	}
	return &Pattern{r}, nil
}

// Occurs tells whether some part of a text matches.
func (p *Pattern) Occurs(text string) bool {
	matches, err := p.regex.MatchString(text)
	return err == nil && matches
}

// Begin is the match that a text begins with.
func (p *Pattern) Begin(text string) (match string, ok bool) {
	m, err := p.regex.FindStringMatch(text)
	if err != nil || m == nil || m.Index != 0 {
		return "", false
	}
	return m.String(), true
}
