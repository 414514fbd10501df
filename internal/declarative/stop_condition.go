package declarative

import (
	"slices"

	"github.com/airfielddev/airfield/internal/template"
	"github.com/airfielddev/airfield/manifest"
)

// A condition that takes a short page for the last one is right only for the size that was asked for: with a smaller size, every
// page is short, and all but the first would be missing without a word.

// safety tells whether a smaller size can make a stop condition true for a full page.
type safety int

const (
	stopsRight safety = iota
	stopsPerhaps
	stopsEarly
)

const (
	lastSize  = "last_page_size"
	askedSize = "page_size"
)

// checkStop sees that pages of any size down to a minimum are read to the end.
func (c *CursorPagination) checkStop(d *manifest.Decoder, n *manifest.Node, minimum int64) {
	switch stopSafety(&c.Stop, minimum) {
	case stopsEarly:
		d.ProblemOf(n, "stop_condition", manifest.CodeInvalidValue,
			"smaller pages than usual would end the stream here; compare last_page_size with page_size, or with 0")
	case stopsPerhaps:
		d.WarnOf(n, "stop_condition", manifest.CodeInvalidValue,
			"this may end the stream at a page that is full, but smaller than usual; to compare last_page_size with page_size is always safe")
	}
}

func stopSafety(stop *manifest.Template, minimum int64) safety {
	comparisons := stop.Comparisons()
	if !slices.Contains(stop.Names(), lastSize) {
		return otherSafety(comparisons)
	}
	result, understood := stopsRight, false
	for _, c := range comparisons {
		if !c.Left.Has(lastSize) && !c.Right.Has(lastSize) {
			continue
		}
		one := stopsPerhaps
		if c.Decides {
			one = sizeSafety(c, minimum)
		}
		understood = understood || one == stopsRight
		result = max(result, one)
	}
	if !understood {
		return max(result, stopsPerhaps)
	}
	return result
}

// otherSafety judges a condition without last_page_size. What it holds below a limit may be the number of records nevertheless.
func otherSafety(comparisons []template.Comparison) safety {
	for _, c := range comparisons {
		low := c.Left
		switch c.Op {
		case "<", "<=":
		case ">", ">=":
			low = c.Right
		default:
			continue
		}
		if !low.Literal || !c.Decides {
			return stopsPerhaps
		}
	}
	return stopsRight
}

var mirrored = map[string]string{"<": ">", "<=": ">=", ">": "<", ">=": "<="}

// sizeSafety judges a comparison of last_page_size.
func sizeSafety(c template.Comparison, minimum int64) safety {
	if c.Left.Has(lastSize) && c.Right.Has(lastSize) {
		return stopsPerhaps
	}
	size, other, op := c.Left, c.Right, c.Op
	if c.Right.Has(lastSize) {
		size, other = c.Right, c.Left
		if turned, ok := mirrored[op]; ok {
			op = turned
		}
	}
	bare := size.Bare && size.Variable == lastSize
	switch op {
	case "==", "!=":
		if bare && other.Literal && other.Value == int64(0) {
			return stopsRight
		}
	case ">", ">=":
		if bare {
			return stopsRight
		}
	case "<", "<=":
		return boundSafety(size, op, other, minimum)
	}
	return stopsPerhaps
}

// boundSafety judges a condition that the size lies below a limit: one that no page can be asked for below, or that follows the size.
func boundSafety(size template.Operand, op string, limit template.Operand, minimum int64) safety {
	switch {
	case size.Arithmetic:
		return stopsPerhaps
	case limit.Has(askedSize) && limit.Variable == askedSize:
		return stopsRight
	case limit.Has(askedSize):
		return stopsPerhaps
	}
	n, whole := limit.Value.(int64)
	if op == "<=" {
		n++
	}
	if limit.Literal && whole && n <= minimum {
		return stopsRight
	}
	return stopsEarly
}
