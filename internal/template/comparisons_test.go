package template

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestComparisons writes each comparison as its operands and operator, with "!" before one that does not decide.
func TestComparisons(t *testing.T) {
	t.Parallel()
	for text, want := range map[string][]string{
		"plain":                                         nil,
		"{{ not response.next }}":                       nil,
		"{{ n < 100 }}":                                 {"n < 100"},
		"{{ n | int < 100 }}":                           {"n| < 100"},
		"{{ n - 100 < 0 }}":                             {"(n) < 0"},
		"{{ (n or 5) <= m }}":                           {"(n) <= m"},
		"{{ a.b == 'x' or n >= 1 and m in [n] }}":       {"?a == x", "m in ?n", "n >= 1"},
		"{{ 1 < n < m }}":                               {"1 < n", "n < m"},
		"{{ not (n >= 100) }}":                          {"! n >= 100"},
		"{{ (n < 100) == true }}":                       {"! n < 100", "?n == True"},
		"{{ n < 3 }} ":                                  {"! n < 3"},
		"{% if n < 3 %}true{% endif %}":                 {"n < 3"},
		"{% if n < 3 %}{{ 1 }}{% endif %}":              {"n < 3"},
		"{% if n < 3 %}{{ m }}{% endif %}":              {"! n < 3"},
		"{% if n < 3 %}false{% endif %}":                {"! n < 3"},
		"{% if n < 3 %}1{% else %}2{% endif %}":         {"! n < 3"},
		"{% set x = n < 3 %}{{ x }}":                    {"! n < 3"},
		"{{ 1 if n < 3 else m > 4 }}":                   {"! m > 4", "! n < 3"},
		"{{ [n < 3] | length }}":                        {"! n < 3"},
		"{{ max(n != 3, 2) }}":                          {"! n != 3"},
		"{% for x in [n < 3] %}{{ m < x }}{% endfor %}": {"! m < x", "! n < 3"},
		"{{ [page, 100] | max > -1 }}":                  {"?page > ?"},
	} {
		parsed, err := Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, c := range parsed.Comparisons() {
			said := fmt.Sprintf("%s %s %s", spelled(c.Left), c.Op, spelled(c.Right))
			if !c.Decides {
				said = "! " + said
			}
			got = append(got, said)
		}
		slices.Sort(got)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", text, diff)
		}
	}
}

func spelled(o Operand) string {
	switch {
	case o.Literal:
		return Str(o.Value)
	case o.Arithmetic:
		return "(" + strings.Join(o.Names, ",") + ")"
	case o.Bare:
		return o.Variable
	case o.Variable != "":
		return o.Variable + "|"
	}
	return "?" + strings.Join(o.Names, ",")
}
