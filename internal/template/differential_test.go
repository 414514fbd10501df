package template

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

// The differential tests evaluate the same templates here and in Python. They need a python3 with jinja2 and
// airbyte-cdk, or the one named in AIRFIELD_TEST_PYTHON.

// differentialCase is a template with its variables, or a text to read as a literal.
type differentialCase struct {
	Template string          `json:"template,omitempty"`
	Vars     json.RawMessage `json:"vars,omitempty"`
	Literal  *string         `json:"literal,omitempty"`
}

// verdict is what Python made of a case.
type verdict struct {
	Text   string   `json:"text,omitempty"`
	Native string   `json:"native,omitempty"` // of a literal
	Error  string   `json:"error,omitempty"`
	Is     string   `json:"is,omitempty"`
	Names  []string `json:"names,omitempty"`
}

// oracle finds the Python to compare with.
func oracle(t *testing.T) string {
	t.Helper()
	python := os.Getenv("AIRFIELD_TEST_PYTHON")
	if python == "" {
		python = "python3"
	}
	find := "import importlib.util as u, sys; sys.exit(not (u.find_spec('jinja2') and u.find_spec('airbyte_cdk')))"
	if err := exec.CommandContext(t.Context(), python, "-c", find).Run(); err != nil {
		t.Skip("no python3 with jinja2 and airbyte-cdk: set AIRFIELD_TEST_PYTHON to one")
	}
	return python
}

// ask has Python evaluate cases.
func ask(t *testing.T, python string, cases []differentialCase) []verdict {
	t.Helper()
	var in bytes.Buffer
	enc := json.NewEncoder(&in)
	for _, c := range cases {
		if err := enc.Encode(c); err != nil {
			t.Fatal(err)
		}
	}
	cmd := exec.CommandContext(t.Context(), python, filepath.Join("testdata", "differential", "oracle.py"))
	cmd.Env = append(os.Environ(), "TZ=UTC", "PYTHONHASHSEED=0") // in UTC, as connectors run
	cmd.Stdin = &in
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	verdicts := decodeVerdicts(t, out)
	if len(verdicts) != len(cases) {
		t.Fatalf("%d results for %d cases", len(verdicts), len(cases))
	}
	return verdicts
}

func decodeVerdicts(t *testing.T, data []byte) []verdict {
	t.Helper()
	var verdicts []verdict
	for line := range bytes.Lines(data) {
		var v verdict
		if err := json.Unmarshal(line, &v); err != nil {
			t.Fatal(err)
		}
		verdicts = append(verdicts, v)
	}
	return verdicts
}

// kindOf names an error as the oracle does.
func kindOf(err error) string {
	for name, kind := range map[string]error{
		"undefined": ErrUndefined, "syntax": ErrSyntax, "type": ErrType, "limit": ErrLimit, "value": ErrValue,
	} {
		if errors.Is(err, kind) {
			return name
		}
	}
	return ""
}

// ours evaluates a case here. Unlike Text it tells errors of type.
func ours(text string, vars Vars) (string, error) {
	env := Env{Now: func() time.Time { return time.Date(2024, 2, 29, 23, 30, 0, 123456789, time.UTC) }}
	tmpl, err := env.Parse(text)
	if err != nil {
		return "", err
	}
	if err := tmpl.check(vars); err != nil {
		return "", err
	}
	if tmpl.Constant() {
		return tmpl.source, nil
	}
	return tmpl.render(vars)
}

// addresses are where Python's objects are in memory.
var addresses = regexp.MustCompile(`0x[0-9a-f]+`)

func differs(v verdict, text string, err error) string {
	if err != nil || v.Error != "" {
		got, want := kindOf(err), v.Error
		if want == "missing" {
			want = "value"
		}
		if got == want {
			return ""
		}
		return "got error " + got + " (" + errorText(err) + "), want " + v.Error + v.Is + " " + strings.Join(v.Names, ",") + v.Text
	}
	if addresses.ReplaceAllString(text, "0x0") != addresses.ReplaceAllString(v.Text, "0x0") {
		return "got " + toRepr(text) + ", want " + toRepr(v.Text)
	}
	return ""
}

func errorText(err error) string {
	if err == nil {
		return "none"
	}
	return err.Error()
}

// templateLines reads templates from a file: one a line with ⏎ for line ends, or several expressions with blanks
// between them. Lines that begin with # are comments.
func templateLines(t *testing.T, name string) []string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", "differential", name))
	if err != nil {
		t.Fatal(err)
	}
	var list []string
	for line := range strings.Lines(string(data)) {
		line = strings.TrimSuffix(line, "\n")
		if line != "" && !strings.HasPrefix(line, "# ") {
			list = append(list, splitExpressions(strings.ReplaceAll(line, "⏎", "\n"))...)
		}
	}
	return list
}

// splitExpressions splits a line of nothing but expressions.
func splitExpressions(line string) []string {
	if strings.Contains(line, "{%") || strings.Contains(line, "{#") || !strings.HasPrefix(line, "{{ ") {
		return []string{line}
	}
	return strings.Split(strings.ReplaceAll(line, " }} {{ ", " }}\x00{{ "), "\x00")
}

const differentialVars = `{
	"s": "Hello World", "e": "", "n": 5, "z": 0, "m": -7, "big": 123456789012345678901234567890, "f": 2.5, "t": true, "no": null,
	"l": [3, 1, 2], "w": ["b", "A", "c", "a"], "mixed": [1, "a", null, 2.0, true, [1], {"k": "v"}],
	"d": {"b": 1, "a": "x", "items": [1, 2], "nested": {"deep": {"er": "found"}}, "none": null, "q": "it's"},
	"rows": [{"id": 1, "name": "x", "tag": {"k": "p"}}, {"id": 2, "name": "y", "tag": {"k": "q"}}, {"id": 3, "name": "x", "tag": {}}, {"id": 4}],
	"u": "é😀ß", "date": "2024-01-31", "stamp": "2024-02-29T12:34:56.789+02:00", "url": "https://h.io/a b?c=d&e=f#g", "num": "42", "float": "1.50"
}`

var update = flag.Bool("update", false, "record what Python makes of the differential tests")

// recorded are the cases whose verdicts are kept, so that they are tested where there is no Python too.
func recorded(t *testing.T) []differentialCase {
	t.Helper()
	var cases []differentialCase
	for _, text := range templateLines(t, "templates.txt") {
		cases = append(cases, differentialCase{Template: text, Vars: json.RawMessage(differentialVars)})
	}
	for _, text := range writtenLiterals() {
		cases = append(cases, differentialCase{Literal: &text})
	}
	return cases
}

const verdictFile = "verdicts.jsonl"

func TestRecorded(t *testing.T) {
	t.Parallel()
	data, err := os.ReadFile(filepath.Join("testdata", "differential", verdictFile))
	if err != nil {
		t.Fatal(err)
	}
	verdicts := decodeVerdicts(t, data)
	cases := recorded(t)
	if len(verdicts) != len(cases) {
		t.Fatalf("%d verdicts for %d cases: record them with -run TestDifferential -update", len(verdicts), len(cases))
	}
	compareAll(t, cases, verdicts)
}

func TestDifferential(t *testing.T) {
	t.Parallel()
	cases := recorded(t)
	verdicts := ask(t, oracle(t), cases)
	compareAll(t, cases, verdicts)
	if !*update {
		return
	}
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	for _, v := range verdicts {
		v.Text = addresses.ReplaceAllString(v.Text, "0x0")
		if err := enc.Encode(v); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(filepath.Join("testdata", "differential", verdictFile), out.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
}

func compareAll(t *testing.T, cases []differentialCase, verdicts []verdict) {
	t.Helper()
	v, err := DecodeJSON([]byte(differentialVars))
	if err != nil {
		t.Fatal(err)
	}
	vars := Vars{}
	for k, x := range v.(*Dict).All() {
		vars[k.(string)] = x
	}
	for i, c := range cases {
		if c.Literal != nil {
			compareLiteral(t, *c.Literal, verdicts[i].Native)
			continue
		}
		got, err := ours(c.Template, vars)
		if diff := differs(verdicts[i], got, err); diff != "" {
			t.Errorf("%s: %s", c.Template, diff)
		}
	}
}

// manifestVars makes variables for a template of a manifest: mappings in which every name and text of the template is
// a key. The turn varies the values.
func manifestVars(tmpl *Template, turn int) Vars {
	values := []any{
		"2024-02-29T12:34:56Z", int64(5), "12,34", []any{NewDict(0), "x", int64(3)}, nil, "", true, "2024-01-31", 2.5,
		"https://example.com/a?b=1", []any{}, NewDict(0), "007", int64(1700000000), "a, b", false,
	}
	inner := NewDict(0)
	outer := NewDict(0)
	l := lexer{src: tmpl.source}
	if l.run() != nil {
		return nil
	}
	for i, tok := range l.tokens {
		if (tok.kind == tName || tok.kind == tString) && tok.text != "" {
			inner.Set(tok.text, values[(i*7+turn*5)%len(values)])
			outer.Set(tok.text, values[(i*3+turn)%len(values)])
			if (i+turn)%3 == 0 {
				outer.Set(tok.text, inner)
			}
			if (i+turn)%5 == 0 {
				outer.Set(tok.text, []any{inner, inner})
			}
		}
	}
	vars := Vars{}
	for i, name := range tmpl.Names() {
		vars[name] = outer
		if (i+turn)%4 == 3 {
			vars[name] = inner
		}
	}
	return vars
}

func TestDifferentialCorpus(t *testing.T) {
	t.Parallel()
	python := oracle(t)
	var list []string
	var all []Vars
	var cases []differentialCase
	for _, text := range corpus(t) {
		tmpl, err := Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		for turn := range 3 {
			vars := manifestVars(tmpl, turn)
			data, err := AppendJSON(nil, map[string]any(vars))
			if err != nil {
				t.Fatal(err)
			}
			list, all = append(list, text), append(all, vars)
			cases = append(cases, differentialCase{Template: text, Vars: data})
		}
	}
	verdicts := ask(t, python, cases)
	failed := 0
	rendered := 0
	for i, text := range list {
		got, err := ours(text, all[i])
		if diff := differs(verdicts[i], got, err); diff != "" {
			if failed++; failed < 400 {
				t.Errorf("%s: %s", text, diff)
			}
		}
		if err == nil {
			rendered++
		}
	}
	t.Logf("%d of %d evaluations gave a text", rendered, len(list))
	if rendered < len(list)/4 {
		t.Errorf("only %d of %d evaluations gave a text", rendered, len(list))
	}
}

// writtenLiterals are texts that are Python literals, or nearly.
func writtenLiterals() []string {
	return []string{
		"", "1", "01", "00", "0_0", "1_0", "1__0", "1.", ".5", ".", "..", "...", "....", "1e5", "1e", "1E+5", "1e-5", "0x1F", "0X_1f", "0x", "0b2", "0o8",
		"1j", "[1j]", "1if", "1 if 1 else 2", "True", "true", "None", "Nonex", "True False", "-1", "--1", "-(1)", "+-1", "-True", "- 1", "-'a'", "-[1]", "1-2", "1+2",
		"'a'", "\"a\"", "'a' 'b'", "'a'\"b\"", "'a'b'c'", "b'a' b'b'", "u'a'", "r'\\n'", "rb'a'", "ub'a'", "f'a'", "'''a\nb'''", "'a\nb'", "'a\\\nb'", "'a", "'a''", "'\\x41'", "'\\xz'",
		"'\\u00e9'", "'\\q'", "'\\101'", "b'\\u00e9'", "b'é'", "'é'", "[]", "[1,]", "[,]", "[1 2]", "[1, 2", "[[1], [2]]", "()", "(1)", "(1,)", "(,)", "1,", "1,2", "1,2,", ",1", "1,,2",
		"{}", "{1}", "{1,}", "{1, 1.0}", "{1: 2}", "{1: 2,}", "{1: 2, 3}", "{1, 2: 3}", "{[1]}", "{[1]: 2}", "{(1, 2): 3}", "{'a': [1, {'b': None}]}", "{\"a\": true}", "{'a': 1, 'a': 2}",
		"set()", "set( )", "set(1)", "set", "set ()", "[set()]", " 1", "\t1", "\n1", "\n 1", " \n1", "\n\n1\n\n", "1\n2", "1 # c", "1#", "# c\n1", "#c", "1\n# c\n", "1\\\n", "\\\n1", "1 \\\n", "[1,\n2]", "[1, # c\n2]",
		"(1\n,2)", "1\n,2", "2024-01-01", "20240101", "2024-1-1", "a,b", "a", "1a", "0a", "1_a", "1.5.5", "1..2", "[...]", "*a", "[*a]", "{**{}}", "lambda: 1", "not True", "1 == 1", "1;", "()()", "[1][0]", "'a'[0]", "'a'.x",
		"1 .x", "(1 , )", "((1, 2), [3])", "(((((1)))))", "1\r\n", "\r\n1", "1\x0c", "\x0c1", "1\x00", "'\x00'", "inf", "nan", "1e999", "-1e999", "[1e999]", "b''", "b'x'", "'a' b'b'", "None,", "True,False", "-1,-2", "1 ,2 # c",
		strings.Repeat("9", 4300), strings.Repeat("9", 4301), strings.Repeat("[", 80) + strings.Repeat("]", 80), strings.Repeat("(", 80) + "1" + strings.Repeat(")", 80),
		"0xé", "1é", "é", "'\\ud83d'x", "0777", "0_7", "1_000.5_0", "0e5", "00.5", "09.5", "09", "09e1", "1e1_0", "1_e5", "1._5", "Falsey", "False", "None # x", "'#'", "['a#b']", "[# x\n]", "{# x\n1: 2}", "{\n'a'\n:\n1\n}", "'a'\n'b'", "('a'\n'b')",
	}
}

// madeLiterals are texts made of the pieces of literals.
func madeLiterals() []string {
	var list []string
	parts := []string{"1", "0", "_", ".", "e", "-", "+", "'", "\"", "a", "[", "]", "(", ")", "{", "}", ",", ":", " ", "\n", "#", "\\", "b", "r", "u", "x", "True", "None", "set()", "...", "'a'", "1.5", "\t", "'''"}
	seed := uint64(1)
	for range 6000 {
		var b strings.Builder
		for range 1 + seed>>60 {
			seed = seed*6364136223846793005 + 1442695040888963407
			b.WriteString(parts[seed>>33%uint64(len(parts))])
		}
		list = append(list, b.String())
	}
	return list
}

func TestDifferentialLiterals(t *testing.T) {
	t.Parallel()
	python := oracle(t)
	list := madeLiterals()
	var cases []differentialCase
	for _, text := range list {
		cases = append(cases, differentialCase{Literal: &text})
	}
	verdicts := ask(t, python, cases)
	literals := 0
	for i, text := range list {
		if compareLiteral(t, text, verdicts[i].Native) {
			literals++
		}
	}
	if literals < 150 {
		t.Errorf("only %d of the texts are literals", literals)
	}
}

// compareLiteral reads a text as a literal and compares with Python's repr. It tells whether the text is one.
func compareLiteral(t *testing.T, text, want string) bool {
	t.Helper()
	got, ok := Literal(text)
	if !ok {
		got = text
	}
	if strings.HasSuffix(strings.TrimRight(want, ")]}"), "j") && !ok {
		return false // complex numbers stay text here
	}
	if s := toRepr(got); s != want && !sameSet(got, want) {
		t.Errorf("%q: got %s, want %s", text, s, want)
	}
	return ok
}

// sameSet allows for the order of sets, which Python does not keep.
func sameSet(v any, want string) bool {
	s, ok := v.(Set)
	if !ok {
		return false
	}
	w, ok := Literal(want)
	if !ok {
		return false
	}
	same, err := (&evaluation{}).equal(s, w)
	return same && err == nil
}
