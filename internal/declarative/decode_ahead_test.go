package declarative

import (
	"errors"
	"strconv"
	"strings"
	"testing"
)

// numbers is a list of the numbers below n.
func numbers(n int) []byte {
	list := make([]string, n)
	for i := range list {
		list[i] = strconv.Itoa(i)
	}
	return []byte("[" + strings.Join(list, ", ") + "]")
}

func TestDecodeAheadKeepsOrder(t *testing.T) {
	t.Parallel()
	for _, n := range []int{0, 1, aheadFrom / 4, aheadFrom / 4 / aheadBy * aheadBy} {
		next := int64(0)
		err := decodeAhead(numbers(n), func(v any) error {
			if v != next {
				t.Fatalf("got %v, want %d", v, next)
			}
			next++
			return nil
		})
		if err != nil || next != int64(n) {
			t.Fatalf("%d of %d values, %v", next, n, err)
		}
	}
}

// A page's memory is used for another page as soon as nobody wants more of it.
func TestDecodeAheadLeavesTextAlone(t *testing.T) {
	t.Parallel()
	enough := errors.New("enough")
	for _, most := range []int{1, aheadBy, aheadBy + 1, 5 * aheadBy} {
		text, seen := numbers(aheadFrom), 0
		err := decodeAhead(text, func(any) error {
			if seen++; seen == most {
				return enough
			}
			return nil
		})
		clear(text) // a race, if anything reads on
		if !errors.Is(err, enough) || seen != most {
			t.Fatalf("%d values, %v", seen, err)
		}
	}
}

func TestDecodeAheadTellsOfFaults(t *testing.T) {
	t.Parallel()
	text := append(numbers(aheadFrom), "x"...)
	text[len(text)-2] = ','
	if err := decodeAhead(text, func(any) error { return nil }); err == nil {
		t.Fatal("no error of a text that is no JSON")
	}
}
