package manifest

import (
	"errors"
	"fmt"
	"testing"
)

func TestTemplateNumbers(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ text, whole, number string }{
		{`7`, "7 true", "7 true"},
		{`"{{ config.n }}"`, "7 true", "7 true"},
		{`"{{ config.half }}"`, "want a whole number, found another number", "0.5 true"},
		{`"7.0"`, "7 true", "7 true"},
		{`"{{ config.none }}"`, "0 false", "0 false"},
		{`""`, "0 false", "0 false"},
		{`null`, "0 false", "0 false"},
		{`"{{ config.secret }}"`, "want a whole number, found a text", "want a number, found a text"},
		{`"{{ config.l }}"`, "want a whole number, found a list", "want a number, found a list"},
		{`"{{ config }}"`, "want a whole number, found an object", "want a number, found an object"},
	} {
		p, problems := decodePage(t, "title: "+test.text+"\n", Options{})
		if test.text != "null" && len(problems) > 0 {
			t.Fatal(problems)
		}
		vars := map[string]any{"config": map[string]any{"n": int64(7), "half": 0.5, "secret": "sesame", "l": []any{int64(1)}}}
		whole, given, err := p.Title.Int(vars)
		if got := outcome(fmt.Sprint(whole, given), err); got != test.whole {
			t.Errorf("%s: Int: %s; want %s", test.text, got, test.whole)
		}
		number, given, err := p.Title.Number(vars)
		if got := outcome(fmt.Sprint(number, given), err); got != test.number {
			t.Errorf("%s: Number: %s; want %s", test.text, got, test.number)
		}
	}
}

// outcome is what an evaluation gave, or the fault without its place.
func outcome(v string, err error) string {
	if place, ok := errors.AsType[*PlaceError](err); ok {
		return place.Err.Error()
	}
	if err != nil {
		return err.Error()
	}
	return v
}
