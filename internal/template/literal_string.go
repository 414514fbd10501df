package template

import "strings"

// strings reads one string literal and those that follow it, which are joined.
func (p *literal) strings() (any, bool) {
	var text strings.Builder
	isBytes := false
	for n := 0; ; n++ {
		prefix := p.prefix()
		if prefix < 0 {
			return nil, false
		}
		mark := strings.ToLower(p.s[p.at : p.at+prefix])
		bytes := strings.Contains(mark, "b")
		if n > 0 && bytes != isBytes {
			return nil, false
		}
		isBytes = bytes
		p.at += prefix
		part, ok := p.quoted(strings.Contains(mark, "r"), bytes)
		if !ok {
			return nil, false
		}
		text.WriteString(part)
		if c := p.peek(); c == 0 || c != '\'' && c != '"' && strings.IndexByte("bBrRuU", c) < 0 {
			break
		}
	}
	if isBytes {
		return Bytes(text.String()), true
	}
	return text.String(), true
}

// prefix is the length of the letters before the opening quote, or negative when there is none.
func (p *literal) prefix() int {
	rest := p.s[p.at:]
	n := strings.IndexAny(rest, `'"`)
	if n < 0 || n > 2 {
		return -1
	}
	switch strings.ToLower(rest[:n]) {
	case "", "b", "r", "u", "br", "rb":
		return n
	}
	return -1
}

// quoted reads a string from its opening quote to its closing one.
func (p *literal) quoted(raw, bytes bool) (string, bool) {
	quote := p.s[p.at : p.at+1]
	triple := strings.HasPrefix(p.s[p.at:], strings.Repeat(quote, 3))
	if triple {
		quote = strings.Repeat(quote, 3)
	}
	start := p.at + len(quote)
	for i := start; i < len(p.s); i++ {
		switch c := p.s[i]; {
		case c == '\\':
			i++
		case (c == '\n' || c == '\r') && !triple:
			return "", false
		case strings.HasPrefix(p.s[i:], quote):
			p.at = i + len(quote)
			return decoded(p.s[start:i], raw, bytes)
		}
	}
	return "", false
}

func decoded(text string, raw, bytes bool) (string, bool) {
	if bytes && !isASCII(text) {
		return "", false
	}
	text = strings.ReplaceAll(strings.ReplaceAll(text, "\r\n", "\n"), "\r", "\n")
	if raw {
		return text, true
	}
	return unescape(text, bytes)
}
