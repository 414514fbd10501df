package template

import (
	"errors"
	"testing"
	"time"
)

// seeds are templates of every kind.
var seeds = []string{
	"", "plain", "{{ config['a'] }}", "{% for x in l %}{{ loop.index }}{{ x }}{% else %}-{% endfor %}", "{{ a.b.c|default(1)|int + 2 }}",
	"{% set x = [] %}{% set _ = x.append(x) %}{{ x }}", "{{ 'a' * 10 ** 9 }}", "{{ 10 ** 10 ** 9 }}", "{{ '%1000000000d' % 1 }}",
	"{{ '{:>999999999}'.format(1) }}", "{% raw %}{{ }}{% endraw %}", "{#- c -#}", "{{ l[::-1]|join(',') }}", "{{ (1,2)|map('int')|list }}",
	"{{ 'aaaaaaaaaaaaaaaaaaaaaaaaaaaa!'|regex_search('(a+)+$') }}", "{{ now_utc().strftime('%Y %_ms %9999999d') }}", "{% if a %}{% elif b %}{% endif %}",
	"{{ format_datetime('2024-01-01', '%s', '%Y-%m-%d') }}", "{{ duration('P1Y2M') + str_to_datetime('2024-01-31') }}", "{{ a if b else c if d }}",
	"{% set a = [1,1] %}{% set a = [a,a] %}{{ a == a }}{{ a|tojson }}", "{{ s|hash }}{{ s|hmac('k') }}{{ s|base64encode }}", "{{ -1 ** 2 // 3 % 4 }}",
	"{% with a=1, b=2 %}{{ a ~ b }}{% endwith %}{% filter upper %}x{% endfilter %}", "{{ dict(a=1, **{'b': 2}).items() }}", "{{ x.pop('a') }}{{ x.clear() }}",
}

func fuzzVars() Vars {
	d := NewDict(3)
	d.Set("a", int64(1))
	d.Set("b", []any{"x", nil, 2.5})
	d.Set("date", "2024-02-29T00:00:00Z")
	vars := Vars{"config": d, "record": d, "x": d, "l": []any{int64(1), "a", d}, "s": "text é", "n": int64(-3), "f": 1.5}
	for _, name := range []string{"a", "b", "c", "d", "y", "z"} {
		vars[name] = d
	}
	return vars
}

func FuzzParse(f *testing.F) {
	for _, s := range seeds {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		tmpl, err := Parse(text)
		if err != nil {
			e, ok := errors.AsType[*Error](err)
			if !ok || e.Line < 1 || e.Column < 1 || !errors.Is(err, ErrSyntax) {
				t.Errorf("error without a place: %v", err)
			}
			return
		}
		if tmpl.String() != text {
			t.Errorf("the template is %q", tmpl)
		}
	})
}

func FuzzEval(f *testing.F) {
	for _, s := range seeds {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		tmpl, err := Parse(text)
		if err != nil {
			return
		}
		vars := fuzzVars()
		for _, name := range tmpl.Names() {
			if _, ok := vars[name]; !ok {
				vars[name] = vars["config"]
			}
		}
		start := time.Now()
		_, err = tmpl.Value(vars, 0)
		if err != nil && !errors.Is(err, ErrUndefined) && !errors.Is(err, ErrValue) && !errors.Is(err, ErrLimit) {
			t.Errorf("error of no kind: %v", err)
		}
		if took := time.Since(start); took > 2*time.Minute {
			t.Errorf("took %v", took)
		}
		if got, want := toRepr(vars["config"]), toRepr(fuzzVars()["config"]); got != want {
			t.Errorf("the template changed its input to %s", got)
		}
	})
}

func FuzzLiteral(f *testing.F) {
	for _, s := range writtenLiterals() {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		v, ok := Literal(text)
		if !ok {
			return
		}
		printed := toRepr(v)
		again, ok := Literal(printed)
		if !ok || toRepr(again) != printed {
			// What Python prints for infinities and the empty set has no literal, nor have very long integers.
			if !containsUnwritable(v) {
				t.Errorf("%q is %s, which reads as %s", text, printed, toRepr(again))
			}
		}
	})
}

// containsUnwritable tells whether repr does not give a literal that reads back.
func containsUnwritable(v any) bool {
	switch v := inward(v).(type) {
	case float64:
		return v-v != 0
	case string, int64, bool, nil, Bytes:
		return false
	case *list:
		return anyUnwritable(v.items)
	case Tuple:
		return anyUnwritable(v)
	case Set:
		return anyUnwritable(v)
	case *Dict:
		for k, x := range v.All() {
			if containsUnwritable(k) || containsUnwritable(x) {
				return true
			}
		}
		return false
	}
	return true
}

func anyUnwritable(items []any) bool {
	for _, x := range items {
		if containsUnwritable(x) {
			return true
		}
	}
	return false
}

func FuzzParseTime(f *testing.F) {
	for _, s := range [][2]string{
		{"2024-01-02T03:04:05Z", "%Y-%m-%dT%H:%M:%SZ"}, {"1704164645", "%s"}, {"1e9", "%s_as_float"}, {"Tue Jan 30 10:00:00 2024", "%c"},
		{"2024 05 3", "%Y %U %w"}, {"2024-05-3", "%G-%V-%u"}, {"11111111111", "%d%m%y%H%M%S%f%j%w"}, {"10:00 PM +01:02:03.5", "%I:%M %p %z"}, {"", "%%"},
	} {
		f.Add(s[0], s[1])
	}
	f.Fuzz(func(t *testing.T, value, format string) {
		moment, err := ParseTime(value, format)
		if err != nil {
			if !errors.Is(err, ErrValue) && !errors.Is(err, ErrLimit) {
				t.Errorf("error of no kind: %v", err)
			}
			return
		}
		if y := moment.Year(); y < 1 || y > 9999 {
			t.Errorf("year %d", y)
		}
	})
}

func FuzzFormatTime(f *testing.F) {
	for _, s := range []string{"%Y-%m-%d", "%s", "%_ms", "%9999d", "%-d%", "%c %x %X %r", "%^#10A", "%Ey%Od", "é%"} {
		f.Add(s, int64(1704164645678901))
	}
	f.Fuzz(func(t *testing.T, format string, micros int64) {
		text, err := FormatTime(time.UnixMicro(micros), format)
		if err != nil && !errors.Is(err, ErrLimit) {
			t.Errorf("error of no kind: %v", err)
		}
		if len(text) > (maxWidth+64)*(len(format)+1) {
			t.Errorf("%d bytes for a format of %d", len(text), len(format))
		}
	})
}

func FuzzParseDuration(f *testing.F) {
	for _, s := range []string{"P1Y2M3DT4H5M6.5S", "-P1D", "PT", "P999999999D", "P1,5W"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		d, err := ParseDuration(text)
		if err != nil {
			if !errors.Is(err, ErrValue) {
				t.Errorf("error of no kind: %v", err)
			}
			return
		}
		at := time.Date(2024, 1, 31, 0, 0, 0, 0, time.UTC)
		if later, err := d.AddTo(at); err == nil && (later.Year() < 1 || later.Year() > 9999) {
			t.Errorf("%s later is %v", text, later)
		}
	})
}

func FuzzISODate(f *testing.F) {
	for _, s := range []string{"2024-01-31", "2024-W05-3T10:00:00.5+01:00", "2024060", "20240131T24"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		d, err := parseISO(text)
		if err == nil && (d.t.Year() < 1 || d.t.Year() > 9999) {
			t.Errorf("%q is %v", text, d.t)
		}
	})
}
