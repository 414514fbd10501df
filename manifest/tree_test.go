package manifest

import "testing"

// TestTreeEvaluates has the same tree once as values and once as texts, for requests that have no other.
func TestTreeEvaluates(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ tree, value, texts string }{
		"numbers":            {`{a: "{{ config.n }}", b: 5, c: "05"}`, `{"a":7,"b":5,"c":"05"}`, `{"a":"7","b":5,"c":"05"}`},
		"lists":              {`{a: "{{ [config.n, 'x'] }}", b: ["{{ config.n }}"]}`, `{"a":[7,"x"],"b":[7]}`, `{"a":[7,"x"],"b":[7]}`},
		"objects inside":     {`{a: {b: "{{ config.n }}", c: "{{ config.none }}"}}`, `{"a":{"b":7}}`, `{"a":{"b":7}}`},
		"nothing":            {`{a: "{{ config.none }}", b: null}`, `{}`, `{}`},
		"keys":               {`{"{{ config.k }}": x}`, `{"key":"x"}`, `{"key":"x"}`},
		"an object of text":  {`"{{ {'a': config.n} }}"`, `{"a":7}`, `{"a":7}`},
		"a text of nothing":  {`"{{ config.none }}"`, `null`, `{}`},
		"what is no object":  {`"{{ config.n }}"`, `7`, `{}`},
		"a list of anything": {`["{{ config.n }}"]`, `[7]`, `{}`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p, problems := decodePage(t, "title: x\nextra: "+test.tree+"\n", Options{})
			if len(problems) > 0 {
				t.Fatal(problems)
			}
			vars := map[string]any{"config": map[string]any{"n": int64(7), "k": "key"}}
			value, err := p.Extra.Value(vars)
			if got := asJSON(t, value); err != nil || got != test.value {
				t.Errorf("Value: %s, %v; want %s", got, err, test.value)
			}
			texts, err := p.Extra.Texts(vars)
			if got := asJSON(t, texts); err != nil || got != test.texts {
				t.Errorf("Texts: %s, %v; want %s", got, err, test.texts)
			}
		})
	}
}
