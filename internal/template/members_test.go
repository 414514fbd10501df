package template

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestMembers(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		text  string
		want  []string
		known bool
	}{
		{"{{ config.response }}", nil, true},
		{"no template", nil, true},
		{"{{ response.next }}", []string{"next"}, true},
		{"{{ response['meta']['next'] or response.get('cursor', '') }}", []string{"cursor", "meta"}, true},
		{"{{ response.get('meta', {}).get('next') }}", []string{"meta"}, true},
		{"{{ response.a ~ [response.b, {'x': -response.c}] | length }}", []string{"a", "b", "c"}, true},
		{"{{ 1 if response.has_more is sameas true else response.d[response.e:] }}", []string{"d", "e", "has_more"}, true},
		{"{% if not response.a %}{% set x = response.b %}{{ x }}{% else %}{% for y in response.c if response.d %}{{ y }}{% endfor %}{% endif %}", []string{"a", "b", "c", "d"}, true},
		{"{% with x = response.a %}{% filter default(response.b) %}{{ x }}{% endfilter %}{% endwith %}", []string{"a", "b"}, true},
		{"{{ config.get(response.a) }}", []string{"a"}, true},
		{"{{ response }}", nil, false},
		{"{{ response | length }}", nil, false},
		{"{{ 'next' in response }}", nil, false},
		{"{{ response[config.key] }}", nil, false},
		{"{{ response.get(config.key) }}", nil, false},
		{"{{ response.get('a', response) }}", []string{"a"}, false},
		{"{{ response.items() }}", nil, false},
		{"{{ response.values }}", nil, false},
		{"{{ response.get }}", nil, false},
		{"{% set r = response %}{{ r.next }}", nil, false},
		{"{{ config.get(*response) }}", nil, false},
		{"{{ config[response] }}", nil, false},
	} {
		tmpl, err := Parse(test.text)
		if err != nil {
			t.Fatal(err)
		}
		got, known := tmpl.Members("response")
		if known != test.known || known && !cmp.Equal(got, test.want) {
			t.Errorf("%s: got %q, %t, want %q, %t", test.text, got, known, test.want, test.known)
		}
	}
}
