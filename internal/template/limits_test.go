package template

import (
	"errors"
	"runtime"
	"strings"
	"testing"
	"time"
)

// TestLimits evaluates what would take forever, or all memory, without limits.
func TestLimits(t *testing.T) {
	vars := Vars{"s": strings.Repeat("a", 1000), "l": make([]any, 3000), "a": strings.Repeat("a", 60) + "!"}
	f := func(text string, kind error) {
		t.Helper()
		tmpl, err := Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		start := time.Now()
		_, err = tmpl.render(vars)
		if !errors.Is(err, kind) {
			t.Errorf("%s: %v, want %v", text, err, kind)
		}
		if took := time.Since(start); took > 2*time.Minute {
			t.Errorf("%s: took %v", text, took)
		}
		runtime.ReadMemStats(&after)
		if made := after.TotalAlloc - before.TotalAlloc; made > 4<<30 {
			t.Errorf("%s: took %d MiB", text, made>>20)
		}
	}
	loop := "{% for a in l %}{% for b in l %}"
	end := "{% endfor %}{% endfor %}"
	ns := "{% set ns = namespace(x=s, y=s) %}"
	f("{{ 'a' * 10 ** 9 }}", ErrLimit)
	f("{{ 10 ** 9 * 'a' }}", ErrLimit)
	f("{{ [1] * 10 ** 9 }}", ErrLimit)
	f("{{ (1, 2) * 10 ** 30 }}", ErrLimit)
	f("{{ 10 ** (10 ** 9) }}", ErrLimit)
	f("{{ 2 ** 100000 }}", ErrLimit)
	f("{{ 2 ** 60000 * 2 ** 60000 }}", ErrLimit)
	f("{{ 'a'.ljust(10 ** 9) }}", ErrLimit)
	f("{{ 'a'|center(10 ** 9) }}", ErrLimit)
	f("{{ 'a'|indent(10 ** 9) }}", ErrLimit)
	f("{{ '%1000000000d' % 1 }}", ErrLimit)
	f("{{ '%.1000000000f' % 1 }}", ErrLimit)
	f("{{ '%*d' % (10 ** 9, 1) }}", ErrLimit)
	f("{{ '{:1000000000}'.format(1) }}", ErrLimit)
	f("{{ '{:.1000000000f}'.format(1) }}", ErrLimit)
	f("{{ now_utc().strftime('%1000000000d') }}", ErrLimit)
	f("{{ (s * 1000).replace('a', s * 100) }}", ErrLimit)
	f("{{ (s * 20000).split('a') }}", ErrLimit)
	f("{{ (s * 20000).split() }}", ErrLimit)
	f("{{ s * 20000 | list }}", ErrType)
	f("{{ (s * 20000)|list }}", ErrLimit)
	f("{{ '\t'.expandtabs(10 ** 9) }}", ErrLimit)
	f("{{ [1]|batch(10 ** 9, 'x')|list }}", ErrLimit)
	f("{{ []|slice(10 ** 9)|list }}", ErrLimit)
	f("{{ [1]|tojson(10 ** 9) }}", ErrLimit)
	f(loop+end, ErrLimit)
	f(loop+"{{ s }}"+end, ErrLimit)
	f(loop+"{% set x = s * 60 %}"+end, ErrLimit)
	f(ns+loop+"{% set ns.x = ns.x ~ ns.x %}"+end, ErrLimit)
	f(ns+loop+"{% set ns.x = [ns.x, ns.x] %}"+end+"{{ ns.x }}", ErrLimit)
	f(ns+"{% for a in l %}{% set ns.x = [ns.x] %}{% set ns.y = [ns.y] %}{% endfor %}{{ ns.x == ns.y }}", ErrValue)
	f(ns+"{% for a in l %}{% set ns.x = [ns.x] %}{% set ns.y = [ns.y] %}{% endfor %}{{ ns.x < ns.y }}", ErrValue)
	f(ns+"{% for a in l %}{% set ns.x = (ns.x,) %}{% endfor %}{{ {ns.x: 1} }}", ErrValue)
	f(ns+"{% for a in l %}{% set ns.x = [ns.x] %}{% endfor %}{{ ns.x|tojson }}", ErrLimit)
	f(ns+"{% for a in l %}{% set ns.x = ns.x|map('string') %}{% endfor %}{{ ns.x|list }}", ErrValue)
	f("{% set x = 2 ** 60000 %}"+loop+"{% set y = x // 3 %}"+end, ErrLimit)
	f("{% set x = [] %}{% set _ = x.append(x) %}{{ x }}", ErrLimit)
	f("{% set x = [1] %}{% for a in x %}{% set _ = x.append(a) %}{% endfor %}", nil)
	f("{{ a|regex_search('(a+)+$') }}", ErrLimit)
	f("{{ a|regex_replace('(a+)+$', 'x') }}", ErrLimit)
	f("{{ s|regex_search('("+strings.Repeat("a?", 9000)+")') }}", ErrLimit)
	f(loop+"{% set x = s in l %}"+end, ErrLimit)
}

// TestDeepTemplates parses what would recurse too deeply.
func TestDeepTemplates(t *testing.T) {
	t.Parallel()
	f := func(text string) {
		t.Helper()
		if _, err := Parse(text); !errors.Is(err, ErrSyntax) {
			t.Errorf("%.40s...: %v", text, err)
		}
	}
	const n = 50_000
	for _, open := range []string{"(", "[", "{'a':", "not ", "-", "a.b(", "a[", "a if b else ", "a|f(", "a is f("} {
		f("{{ " + strings.Repeat(open, n/2))
	}
	f("{{ a" + strings.Repeat(".a", n) + " }}")
	f("{{ a" + strings.Repeat("|int", n) + " }}")
	f("{{ a" + strings.Repeat("+a", n) + " }}")
	f("{{ a" + strings.Repeat(" or a", n) + " }}")
	f(strings.Repeat("{% if a %}", n/5))
	f(strings.Repeat("x", 1<<20))
}
