package definition

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestWords(t *testing.T) {
	t.Parallel()
	f := func(line string, want ...string) {
		t.Helper()
		got, err := words(line)
		if diff := cmp.Diff(want, got); diff != "" || err != nil {
			t.Errorf("%s: %v (-want +got):\n%s", line, err, diff)
		}
	}
	f("")
	f("  \t ")
	f("/opt/source", "/opt/source")
	f(" python3  -m\tsource_mine ", "python3", "-m", "source_mine")
	f(`'/opt/my source' --name "a b"c ''`, "/opt/my source", "--name", "a bc", "")
	f(`a\ b 'c\d' "e\"f"`, "a b", `c\d`, `e"f`)
	f(`$(touch x) ; rm * && $HOME`, "$(touch", "x)", ";", "rm", "*", "&&", "$HOME")
	for _, line := range []string{`'a`, `"a'`, `a\`} {
		if got, err := words(line); err == nil {
			t.Errorf("%s: got %q", line, got)
		}
	}
}

// Whatever the words are, quoting each and putting spaces between them gives the same words back.
func FuzzWords(f *testing.F) {
	f.Add("a b", "c'd")
	f.Add("", `\"`)
	f.Fuzz(func(t *testing.T, a, b string) {
		want := []string{strings.ToValidUTF8(a, "?"), strings.ToValidUTF8(b, "?")}
		var quoted []string
		for _, w := range want {
			quoted = append(quoted, "'"+strings.ReplaceAll(w, "'", `'\''`)+"'")
		}
		got, err := words(strings.Join(quoted, " "))
		if diff := cmp.Diff(want, got); diff != "" || err != nil {
			t.Errorf("%v (-want +got):\n%s", err, diff)
		}
	})
}
