package template

import "testing"

func TestPatternsOfPython(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		pattern, text, begin string
		occurs               bool
	}{
		{`[0-9.]+`, "2.5 seconds", "2.5", true},
		{`[0-9.]+`, "wait 9", "", true},
		{`[0-9.]+`, "soon", "", false},
		{`\d+(?=s)`, "30s", "30", true},
		{`(?<!a)b`, "b", "b", true},
		{`(?<!a)b`, "ab", "", false},
		{`(?P<n>\d)(?P=n)`, "77", "77", true},
		{`/items/\Z`, "/items/", "/items/", true},
		{`(?i)RETRY`, "retry", "retry", true},
		{``, "x", "", true},
	} {
		p, err := ParsePattern(c.pattern)
		if err != nil {
			t.Fatalf("%s: %v", c.pattern, err)
		}
		if begin, _ := p.Begin(c.text); begin != c.begin {
			t.Errorf("%s: %q begins with %q, want %q", c.pattern, c.text, begin, c.begin)
		}
		if p.Occurs(c.text) != c.occurs {
			t.Errorf("%s: occurs in %q: %t", c.pattern, c.text, !c.occurs)
		}
	}
	for _, wrong := range []string{"(", "[a", "(?P=n)", "a**"} {
		if _, err := ParsePattern(wrong); err == nil {
			t.Errorf("%s was read", wrong)
		}
	}
}
