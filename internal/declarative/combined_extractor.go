package declarative

import (
	"context"

	"github.com/airfielddev/airfield/manifest"
)

// CombinedExtractor takes records from several places of a response: from all of them, or from the first that has any.
type CombinedExtractor struct {
	Extractors []Of[Extractor] `manifest:"extractors,required"`
	Mode       string          `manifest:"mode"`               // union or first_match
	SkipEmpty  bool            `manifest:"skip_empty_records"` // leaves out null, {}, [] and "", which count for paging nevertheless
}

const (
	combineAll   = "union"
	combineFirst = "first_match"
)

// UnmarshalManifest checks what the fields say.
func (c *CombinedExtractor) UnmarshalManifest(d *manifest.Decoder, n *manifest.Node) {
	type plain CombinedExtractor
	d.Decode(n, (*plain)(c))
	if c.Mode != combineAll && c.Mode != combineFirst {
		d.ProblemOf(n, "mode", manifest.CodeInvalidValue, "want union or first_match, found %q", c.Mode)
	}
	if list := n.Get("extractors"); !list.Null() && len(c.Extractors) == 0 {
		d.Problem(list, manifest.CodeInvalidValue, "want at least one extractor")
	}
}

// Build makes the extractors.
func (c *CombinedExtractor) Build(env *Env) (Extractor, error) {
	list, err := buildAll(env, c.Extractors)
	return &combinedExtractor{list: list, first: c.Mode == combineFirst, skipEmpty: c.SkipEmpty}, err
}

// inflates tells whether a page has more records than the API would count: those of several lists.
func (c *CombinedExtractor) inflates() bool {
	if c.Mode == combineAll {
		return true
	}
	for i := range c.Extractors {
		if inner, ok := c.Extractors[i].Component().(*CombinedExtractor); ok && inner.inflates() {
			return true
		}
	}
	return false
}

type combinedExtractor struct {
	list             []Extractor
	first, skipEmpty bool
	counts           bool // whoever asks wants to know of what is left out
}

// droppedRecord stands for an empty record that is left out.
type droppedRecord struct{}

// count makes the extractor tell of what it leaves out, for the size of the page.
func (x *combinedExtractor) count() {
	x.counts = true
	for _, inner := range x.list {
		if c, ok := inner.(*combinedExtractor); ok {
			c.count()
		}
	}
}

func (x *combinedExtractor) Extract(ctx context.Context, body any, yield func(any) error) error {
	for _, extractor := range x.list {
		found, err := x.extract(ctx, extractor, body, yield)
		if err != nil || found && x.first {
			return err
		}
	}
	return nil
}

// extract tells whether an extractor found records. Where the first that does so wins, what it left out before counts only then.
func (x *combinedExtractor) extract(ctx context.Context, extractor Extractor, body any, yield func(any) error) (found bool, err error) {
	var held int
	err = extractor.Extract(ctx, body, func(v any) error {
		_, dropped := v.(droppedRecord)
		switch {
		case !dropped && (!x.skipEmpty || truthy(v)):
			found = true
			for ; held > 0; held-- {
				if err := yield(droppedRecord{}); err != nil {
					return err
				}
			}
			return yield(v)
		case !x.counts:
			return nil
		case x.first && !found:
			held++
			return nil
		}
		return yield(droppedRecord{})
	})
	return found, err
}
