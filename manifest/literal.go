package manifest

import (
	"strconv"
	"strings"

	"github.com/airfielddev/airfield/internal/template"
)

// literal is what a field holds when it is written down rather than computed: the option holds of its tag. It is looked at where
// it stands, long before anything asks for it.
type literal struct {
	want string
	fits func(v any) bool
	hint func(text string) string // nil: there is nothing to say
	mild bool                     // what does not fit does no harm
}

var literals = map[string]literal{
	"whole":      {want: "a whole number", fits: func(v any) bool { _, ok := (&Node{scalar: v}).asInt(); return ok }},
	"number":     {want: "a number", fits: func(v any) bool { _, ok := (&Node{scalar: v}).asFloat(); return ok }},
	"duration":   {want: "an ISO 8601 duration such as P1D or PT1H", fits: isDuration, hint: meantDuration},
	"pattern":    {want: "a regular expression", fits: isPattern},
	"datetimes":  {want: "a datetime format such as %Y-%m-%d", fits: isTimeFormat, hint: meantFormat},
	"alternates": {want: "a datetime format such as %Y-%m-%d", fits: isTimeFormat, hint: meantFormat, mild: true},
	"status":     {want: "a status of HTTP, 100 to 599", fits: isStatus, mild: true},
}

// literal checks a value, or each of a list.
func (d *Decoder) literal(n *Node, l literal) {
	if n.Null() || n.kind == Mapping {
		return
	}
	for i, item := range n.items {
		d.In("["+strconv.Itoa(i)+"]", func() { d.literal(item, l) })
	}
	if n.kind == Sequence {
		return
	}
	v := n.scalar
	if text, ok := n.str(); ok {
		parsed, err := d.env.Parse(text)
		if err != nil || !parsed.Constant() || text == "" {
			return
		}
		if v, err = parsed.Value(nil, 0); err != nil {
			return
		}
	}
	if l.fits(v) {
		return
	}
	p := Problem{Place: n.place(d.path), Severity: Error, Code: CodeUnworkable, Message: "want " + l.want + ", found " + n.Describe()}
	if l.mild {
		p.Severity = Warning
	}
	if l.hint != nil {
		p.Hint = l.hint(template.Str(v))
	}
	d.problems.add(p)
}

func isDuration(v any) bool {
	_, err := template.ParseDuration(template.Str(v))
	return err == nil
}

// meantDuration knows the two ways in which durations are mostly misspelt.
func meantDuration(text string) string {
	text = strings.ToUpper(text)
	for _, meant := range []string{text, "P" + text, "PT" + strings.TrimPrefix(text, "P")} {
		if isDuration(meant) {
			return "did you mean " + meant + "?"
		}
	}
	return ""
}

func isPattern(v any) bool {
	_, err := template.ParsePattern(template.Str(v))
	return err == nil
}

func isTimeFormat(v any) bool { return template.CheckTimeFormat(template.Str(v)) == nil }

// Conversions of strftime that strptime has not, and those of other languages, with what does the same here.
var (
	unreadConversions = strings.NewReplacer("%T", "%H:%M:%S", "%R", "%H:%M", "%F", "%Y-%m-%d", "%D", "%m/%d/%y", "%e", "%d", "%k", "%H", "%l", "%I",
		"%L", "%f", "%N", "%f", "%-d", "%d", "%-m", "%m", "%-H", "%H", "%-I", "%I", "%-M", "%M", "%-S", "%S", "%:z", "%z")
	foreignConversions = strings.NewReplacer("YYYY", "%Y", "yyyy", "%Y", "MM", "%m", "DD", "%d", "dd", "%d", "HH", "%H", "hh", "%I", "mm", "%M",
		"ss", "%S", "SSSSSS", "%f", "SSS", "%_ms", "XXX", "%z", "'", "")
)

// meantFormat spells a format as it is to be or, where that is not known, says what is wrong with it.
func meantFormat(text string) string {
	meant := unreadConversions.Replace(text)
	if !strings.Contains(text, "%") {
		meant = foreignConversions.Replace(text)
	}
	if isTimeFormat(meant) {
		return "did you mean " + meant + "?"
	}
	return template.CheckTimeFormat(text).Error()
}

func isStatus(v any) bool {
	status, ok := (&Node{scalar: v}).asInt()
	return ok && status >= 100 && status < 600
}
