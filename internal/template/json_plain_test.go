package template

import (
	"strings"
	"testing"
)

func TestPlainText(t *testing.T) {
	t.Parallel()
	for c := range 256 {
		want := c >= ' ' && c < 0x7f && c != '"' && c != '\\'
		for length := range 18 {
			for at := range length {
				b := []byte(strings.Repeat("a", length))
				b[at] = byte(c)
				if got := isPlain(string(b)); got != want {
					t.Fatalf("byte %#x at %d of %d: got %t", c, at, length, got)
				}
			}
		}
	}
}
