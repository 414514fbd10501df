package manifest

import (
	"cmp"
	"slices"
	"strings"
)

// DidYouMean is a hint that names the candidate closest to a word, or "" when none is close.
func DidYouMean(word string, candidates []string) string {
	best, least := "", len(word)/3+2
	for _, c := range candidates {
		if d := distance(strings.ToLower(word), strings.ToLower(c), least); d < least {
			best, least = c, d
		}
	}
	if best == "" {
		return ""
	}
	return "did you mean " + best + "?"
}

// Alternatives goes on from a name that is none of the candidates: which was likely meant, and which there are, up to ten of them.
func Alternatives(word string, candidates []string) string {
	meant := DidYouMean(word, candidates)
	if meant != "" {
		meant = " (" + meant + ")"
	}
	names := slices.Sorted(slices.Values(candidates))
	const shown = 10
	if len(names) > shown {
		names = append(names[:shown], "...")
	}
	return meant + "; it has " + cmp.Or(strings.Join(names, ", "), "none")
}

// distance counts the insertions, deletions, replacements and swaps of neighbours between two words, up to a limit.
func distance(a, b string, limit int) int {
	if len(a)-len(b) >= limit || len(b)-len(a) >= limit || len(a) > 100 {
		return limit
	}
	var before []int
	last := make([]int, len(b)+1)
	for j := range last {
		last[j] = j
	}
	for i := range len(a) {
		row := make([]int, len(b)+1)
		row[0] = i + 1
		for j := range len(b) {
			cost := 1
			if a[i] == b[j] {
				cost = 0
			}
			row[j+1] = min(row[j]+1, last[j+1]+1, last[j]+cost)
			if i > 0 && j > 0 && a[i] == b[j-1] && a[i-1] == b[j] {
				row[j+1] = min(row[j+1], before[j-1]+1)
			}
		}
		before, last = last, row
	}
	return last[len(b)]
}
