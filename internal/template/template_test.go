package template

import (
	"errors"
	"fmt"
	"math/big"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// parse is Parse for templates that are right.
func parse(t *testing.T, text string) *Template {
	t.Helper()
	tmpl, err := Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return tmpl
}

func TestParseErrors(t *testing.T) {
	t.Parallel()
	f := func(text string, line, column int, message string) {
		t.Helper()
		_, err := Parse(text)
		e, ok := errors.AsType[*Error](err)
		if !ok || !errors.Is(err, ErrSyntax) {
			t.Errorf("%s: %v", text, err)
			return
		}
		if e.Line != line || e.Column != column || !strings.Contains(e.Message, message) {
			t.Errorf("%s: %v", text, err)
		}
	}
	f("{{ a", 1, 5, "end of the template")
	f("x\n  {{ a b }}", 2, 8, "expected '}}', found 'b'")
	f("{{ a|nope }}", 1, 6, "there is no filter 'nope'")
	f("{{ a is nope }}", 1, 9, "there is no test 'nope'")
	f("{% macro x() %}{% endmacro %}", 1, 4, "'macro' is not supported")
	f("{% include 'file' %}", 1, 4, "not supported")
	f("{% if a %}x", 1, 12, "looking for elif or else or endif")
	f("{{ 'a }}", 1, 4, "unexpected character")
	f("{{ (a] }}", 1, 6, "unexpected ']'")
	f("{% for x in l recursive %}{% endfor %}", 1, 15, "recursive")
	f("{% set none = 1 %}", 1, 8, "cannot be assigned")
}

func TestEvaluationErrors(t *testing.T) {
	t.Parallel()
	vars := Vars{"config": map[string]any{"token": "sesame", "l": []any{1}}}
	f := func(text string, kind error, message string) {
		t.Helper()
		_, err := parse(t, text).Value(vars, 0)
		if !errors.Is(err, kind) || err.Error() != message {
			t.Errorf("%s: %v", text, err)
		}
	}
	f("{{ config.a.b }}", ErrUndefined, `line 1, column 13: dict has no attribute "a"`)
	f("\n{{ config.l[5].x }}", ErrUndefined, "line 2, column 16: list has no such element")
	f("{{ 1 / 0 }}", ErrValue, "line 1, column 6: division by zero")
	f("{{ nope }}", ErrValue, "there is no variable 'nope' here")
	f("{{ stream_state.x }}", ErrValue, "stream_state is no longer available to templates; use stream_interval")
	f("{{ str_to_datetime(config.token) }}", ErrValue, "line 1, column 19: this is no ISO 8601 date")
	f("{{ 'a' * 10 ** 9 }}", ErrLimit, "line 1, column 8: the template makes too much text")
	for _, text := range []string{
		"{{ config.token / config.l }}", "{{ config.token.nope() }}", "{{ config.token|base64decode }}",
		"{{ config.token|hmac(config.token, config.token) }}", "{{ format_datetime(config.token, '%Y', '%d') }}", "{{ config[config.token].x }}", "{{ {config.token: 1}.pop('x') }}",
	} {
		if _, err := parse(t, text).render(vars); err == nil || strings.Contains(err.Error(), "sesame") {
			t.Errorf("%s: error %v", text, err)
		}
	}
}

func TestTypeMismatchGivesSource(t *testing.T) {
	t.Parallel()
	tmpl := parse(t, "x{{ s + 1 }}")
	v, err := tmpl.Value(Vars{"s": "a"}, 0)
	if err != nil || v != "x{{ s + 1 }}" {
		t.Errorf("got %v and %v", v, err)
	}
	v, err = tmpl.Value(Vars{"s": 1}, 0)
	if err != nil || v != "x2" {
		t.Errorf("the same template with a number: %v and %v", v, err)
	}
	truth, err := parse(t, "{{ s > 1 }}").Bool(Vars{"s": "a"})
	if err != nil || !truth {
		t.Errorf("a condition that compares text with a number: %v and %v", truth, err)
	}
}

func TestNames(t *testing.T) {
	t.Parallel()
	f := func(text string, constant bool, want ...string) {
		t.Helper()
		tmpl := parse(t, text)
		if diff := cmp.Diff(append([]string{}, want...), append([]string{}, tmpl.Names()...)); diff != "" {
			t.Errorf("%s: %s", text, diff)
		}
		if tmpl.Constant() != constant {
			t.Errorf("%s: constant is %v", text, tmpl.Constant())
		}
	}
	f("plain } text {", true)
	f("{{ 1 }}", false)
	f("{# note #}", false)
	f("{{ config.a }}{{ now_utc() }}{{ record['b'][config.c] }}", false, "config", "record")
	f("{% set x = a %}{% for y in x if z %}{{ y }}{{ loop.index }}{{ w|default(v) }}{% endfor %}", false, "a", "v", "w", "z")
	f("{% if a %}{% set x = 1 %}{% endif %}{{ x }}", false, "a", "x")
}

func TestAliases(t *testing.T) {
	t.Parallel()
	partition := NewDict(1)
	partition.Set("id", 7)
	slice := NewDict(1).WithAttributes(map[string]any{"partition": partition, "extra_fields": map[string]any{"a.b": "c"}})
	slice.Set("id", 7)
	slice.Set("partition", "key")
	vars := Vars{"stream_slice": slice}
	f := func(text, want string) {
		t.Helper()
		got, err := parse(t, text).Text(vars)
		if err != nil || got != want {
			t.Errorf("%s: %q and %v, want %q", text, got, err, want)
		}
	}
	f("{{ stream_partition.id }}/{{ stream_interval['id'] }}", "7/7")
	f("{{ stream_slice.partition.id }}", "7")
	f("{{ stream_slice['partition'] }}", "key")
	f("{{ stream_slice.extra_fields['a.b'] }}{{ stream_slice['extra_fields']['a.b'] }}", "cc")
	f("{{ stream_slice }}", "{'id': 7, 'partition': 'key'}")
}

func TestGoValues(t *testing.T) {
	t.Parallel()
	big1, _ := new(big.Int).SetString("123456789012345678901", 10)
	moment := time.Date(2024, 2, 29, 1, 2, 3, 4000, time.FixedZone("", 3600))
	vars := Vars{"x": []any{
		1, int8(2), uint64(1 << 63), float32(1.5), []string{"a"}, map[string]int{"b": 1, "a": 2}, map[string]any{"z": nil},
		big1, moment, NaiveTime(moment), Date{2024, 2, 29}, Tuple{1}, Set{1}, Bytes("b"), Ellipsis{}, true, nil,
	}}
	got, err := parse(t, "{% for v in x %}{{ v }};{% endfor %}").Text(vars)
	want := "1;2;9223372036854775808;1.5;['a'];{'a': 2, 'b': 1};{'z': None};123456789012345678901;" +
		"2024-02-29 01:02:03.000004+01:00;2024-02-29 01:02:03.000004;2024-02-29;(1,);{1};b'b';Ellipsis;True;None;"
	if err != nil || got != want {
		t.Errorf("got %s and %v, want %s", got, err, want)
	}
	type id string
	vars = Vars{"x": []any{(*Dict)(nil), id("i"), time.Month(2)}}
	if got, err := parse(t, "{{ x[0] }}{{ x[1] + 'j' }}{{ x[2] + 1 }}{{ x[0].y }}").Text(vars); err != nil || got != "Noneij3" {
		t.Errorf("got %s and %v", got, err)
	}
	if got := Str([]any{"a", 1.0, nil}); got != "['a', 1.0, None]" {
		t.Errorf("Str gives %s", got)
	}
}

func TestClock(t *testing.T) {
	t.Parallel()
	at := time.Date(2024, 2, 29, 23, 30, 0, 123456789, time.FixedZone("", -3600))
	env := Env{Now: func() time.Time { return at }}
	f := func(text, want string) {
		t.Helper()
		tmpl, err := env.Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		got, err := tmpl.Text(nil)
		if err != nil || got != want {
			t.Errorf("%s: %q and %v, want %q", text, got, err, want)
		}
	}
	f("{{ now_utc() }}", "2024-03-01 00:30:00.123456+00:00")
	f("{{ today_utc() }}", "2024-03-01")
	f("{{ today_with_timezone('America/New_York') }}", "2024-02-29")
	f("{{ day_delta(-1) }}", "2024-02-29T00:30:00.123456+0000")
	f("{{ day_delta(1.5, '%Y-%m-%d %H') }}", "2024-03-02 12")
	f("{{ now_utc().strftime('%s') }}", "1709253000")
	f("{{ (now_utc() - duration('P1M')).strftime('%Y-%m-%d') }}", "2024-02-01")
	f("{{ now_utc() - now_utc() }}", "0:00:00")
}

// TestMutation checks that templates change neither their input nor each other's.
func TestMutation(t *testing.T) {
	t.Parallel()
	record := NewDict(1)
	record.Set("l", []any{int64(1)})
	vars := Vars{"record": record}
	tmpl := parse(t, "{% set _ = record.l.append(2) %}{% set _ = record.update({'x': 1}) %}{{ record }}")
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			got, err := tmpl.Text(vars)
			if err != nil || got != "{'l': [1, 2], 'x': 1}" {
				t.Errorf("got %s and %v", got, err)
			}
		})
	}
	wg.Wait()
	if got := Str(record); got != "{'l': [1]}" {
		t.Errorf("the record is now %s", got)
	}
	if _, err := parse(t, "{{ record.l['app' ~ 'end'](2) }}").Text(vars); !errors.Is(err, ErrValue) {
		t.Errorf("changing the input by a computed name: %v", err)
	}
}

func TestTypes(t *testing.T) {
	t.Parallel()
	f := func(text string, types Types, want any) {
		t.Helper()
		v, err := parse(t, text).Value(nil, types)
		if diff := cmp.Diff(want, v); err != nil || diff != "" {
			t.Errorf("%s as %b: %v %s", text, types, err, diff)
		}
	}
	f("5", 0, int64(5))
	f("5", String, "5")
	f("5", Float, "5")
	f("5.0", Float|Integer, 5.0)
	f("True", Integer, true)
	f("True", Boolean, true)
	f("[1, 2]", List, []any{int64(1), int64(2)})
	f("(1, 2)", List, "(1, 2)")
	f("(1, 2)", 0, Tuple{int64(1), int64(2)})
	f("{'a': 1}", List, "{'a': 1}")
	f("''", String, "")
	f("", 0, "")
}

func TestDict(t *testing.T) {
	t.Parallel()
	d := NewDict(0)
	want := map[string]int{}
	for i := range 200 {
		key := fmt.Sprint(i * 7 % 50)
		d.Set(key, i)
		want[key] = i
		if i%3 == 0 {
			gone := fmt.Sprint(i % 50)
			_, had := want[gone]
			if d.Delete(gone) != had {
				t.Errorf("deleting %s: had it %v", gone, had)
			}
			delete(want, gone)
		}
	}
	if d.Len() != len(want) {
		t.Errorf("%d entries, want %d", d.Len(), len(want))
	}
	got := map[string]int{}
	for k, v := range d.All() {
		got[k.(string)] = v.(int)
		if w, ok := d.Get(k.(string)); !ok || w != v {
			t.Errorf("%v is %v by Get and %v by All", k, w, v)
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if _, ok := d.Get("nope"); ok {
		t.Error("found a key that is not there")
	}
}

func TestJSON(t *testing.T) {
	t.Parallel()
	const text = `{"b":[1,2.0,1e+16,12345678901234567890,-0.5,null,true,"é\"\n"],"a":{"z":{},"y":[]}}`
	v, err := DecodeJSON([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	b, err := AppendJSON(nil, v)
	if err != nil || string(b) != text {
		t.Errorf("got %s and %v", b, err)
	}
	for _, bad := range []string{"", "{", "1 2", `{"a":}`, "NaN", strings.Repeat("[", 20_000)} {
		if v, err := DecodeJSON([]byte(bad)); err == nil {
			t.Errorf("%.20s is read as %v", bad, v)
		}
	}
	got, err := parse(t, "{{ json_loads(s).a[0] }}").Value(Vars{"json_loads": JSONLoads(), "s": `{"a":[12345678901234567890]}`}, 0)
	if err != nil || Str(got) != "12345678901234567890" {
		t.Errorf("json_loads gives %v and %v", got, err)
	}
}

func TestDuration(t *testing.T) {
	t.Parallel()
	at := time.Date(2024, 1, 31, 10, 0, 0, 0, time.UTC)
	f := func(text, later, earlier string) {
		t.Helper()
		d, err := ParseDuration(text)
		if err != nil {
			t.Fatal(err)
		}
		a, err := d.AddTo(at)
		if err != nil {
			t.Fatal(err)
		}
		b, err := d.SubtractFrom(at)
		if err != nil {
			t.Fatal(err)
		}
		if a.Format(time.RFC3339) != later || b.Format(time.RFC3339) != earlier {
			t.Errorf("%s: %v and %v", text, a, b)
		}
	}
	f("P1M", "2024-02-29T10:00:00Z", "2023-12-31T10:00:00Z")
	f("P1Y1M1DT1H", "2025-03-01T11:00:00Z", "2022-12-30T09:00:00Z")
	f("-P1W", "2024-01-24T10:00:00Z", "2024-02-07T10:00:00Z")
	f("PT0.5S", "2024-01-31T10:00:00Z", "2024-01-31T09:59:59Z")
	d, err := ParseDuration("P0.5M")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := d.AddTo(at); !errors.Is(err, ErrValue) {
		t.Errorf("half a month: %v", err)
	}
}

func Example() {
	env := Env{Now: func() time.Time { return time.Date(2024, 3, 1, 0, 0, 0, 0, time.UTC) }}
	tmpl, err := env.Parse("{{ config['days'] or 30 }} days before {{ (now_utc() - duration('P30D')).strftime('%Y-%m-%d') }}")
	if err != nil {
		fmt.Println(err)
		return
	}
	text, err := tmpl.Text(Vars{"config": map[string]any{"days": nil}})
	fmt.Println(text, err)
	// Output: 30 days before 2024-01-31 <nil>
}

func TestDurationInMicroseconds(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]int64{"PT0.5S": 500000, "P1DT1S": 86401e6, "-P1D": -86400e6, "PT0S": 0} {
		d, err := ParseDuration(text)
		if err != nil {
			t.Fatal(err)
		}
		if got, ok := d.Micros(); !ok || got != want {
			t.Errorf("%s: got %d, %t", text, got, ok)
		}
	}
	for _, text := range []string{"P1M", "P1Y1D", "P110000000D"} {
		d, err := ParseDuration(text)
		if err != nil {
			t.Fatal(err)
		}
		if got, ok := d.Micros(); ok {
			t.Errorf("%s: got %d", text, got)
		}
	}
}
