package manifest

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"
)

// maxDepth is how deep a manifest may nest, with its references followed.
const maxDepth = 1000

var yamlLine = regexp.MustCompile(`^(?:yaml: )?(?:unmarshal errors:\s*)?line (\d+): `)

// parseYAML makes nodes of YAML 1.1 text.
func parseYAML(text []byte, problems *problemList) *Node {
	if p, found := odd(text); found {
		problems.add(p)
		return nil
	}
	d := yaml.NewDecoder(bytes.NewReader(text))
	var doc yaml.Node
	if err := d.Decode(&doc); err != nil {
		if errors.Is(err, io.EOF) {
			problems.at(nil, "", CodeSyntax, "the manifest is empty")
			return nil
		}
		problems.add(yamlProblem(err, text))
		return nil
	}
	if len(doc.Content) == 0 {
		problems.at(nil, "", CodeSyntax, "the manifest is empty")
		return nil
	}
	c := &yamlConverter{problems: problems, done: map[*yaml.Node]*Node{}, open: map[*yaml.Node]bool{}}
	n := c.convert(doc.Content[0], 0)
	c.alone(d)
	return n
}

// alone tells of a second document, which nobody reads.
func (c *yamlConverter) alone(d *yaml.Decoder) {
	var second yaml.Node
	if d.Decode(&second) != nil || len(second.Content) == 0 || second.Content[0].Tag == "!!null" {
		return
	}
	at := Place{Line: second.Content[0].Line, Column: second.Content[0].Column}
	c.problems.add(Problem{Place: at, Severity: Warning, Code: CodeSyntax, Message: "a second document begins before this line; only the first is read"})
}

// parserFault is how the parser's messages begin, which count lines from 0; those of its scanner count from 1.
var parserFault = regexp.MustCompile(`^did not find expected (?:<|node content|'-' indicator|key|',' or)`)

var unknownAnchor = regexp.MustCompile(`^unknown anchor '(.+)' referenced$`)

func yamlProblem(err error, text []byte) Problem {
	p := Problem{Place: Place{Column: 1}, Severity: Error, Code: CodeSyntax, Message: strings.TrimPrefix(err.Error(), "yaml: ")}
	m := yamlLine.FindStringSubmatch(err.Error())
	if m != nil {
		p.Line, _ = strconv.Atoi(m[1])
		p.Message = err.Error()[len(m[0]):]
	}
	if m == nil || parserFault.MatchString(p.Message) {
		p.Line++ // the first line is left out of messages
	}
	lines := strings.Split(strings.TrimRight(string(text), "\r\n"), "\n")
	p.Line = min(p.Line, len(lines))
	if anchor := unknownAnchor.FindStringSubmatch(p.Message); anchor != nil {
		p.locate(strings.Index(string(text), "*"+anchor[1]), text)
	}
	p.mistake(lines)
	return p
}

// locate sets the place to that of a byte of the text.
func (p *Problem) locate(offset int, text []byte) {
	before := text[:max(offset, 0)]
	p.Line = 1 + bytes.Count(before, []byte("\n"))
	p.Column = 1 + utf8.RuneCount(before[bytes.LastIndexByte(before, '\n')+1:])
}

// odd finds what no YAML has, which its parser tells without a place: bytes that are no UTF-8, and control characters. Texts in UTF-16
// begin with a mark and are left to the parser.
func odd(text []byte) (p Problem, found bool) {
	if bytes.HasPrefix(text, []byte("\xff\xfe")) || bytes.HasPrefix(text, []byte("\xfe\xff")) {
		return p, false
	}
	p = Problem{Severity: Error, Code: CodeSyntax}
	for i := 0; i < len(text); {
		r, size := utf8.DecodeRune(text[i:])
		switch {
		case r == utf8.RuneError && size == 1:
			p.Message, p.Hint = "the text is not UTF-8", "save the file in that encoding"
		case r < ' ' && r != '\t' && r != '\n' && r != '\r', r >= 0x7f && r < 0xa0 && r != 0x85:
			p.Message = fmt.Sprintf("the control character %U is not allowed", r)
		default:
			i += size
			continue
		}
		p.locate(i, text)
		return p, true
	}
	return p, false
}

const quoteTemplate = `put quotes around a value that begins with a template: "{{ ... }}"`

// Mistakes of people who write YAML by hand, which the parser does not tell by their names.
var (
	bareTemplate = regexp.MustCompile(`(?:^|[:\-,\[])\s+\{[{%]`)
	bareSign     = regexp.MustCompile("(?:^|[:\\-,\\[{])\\s*(?:[@%`]|\\*(?:[\\s,\\]]|$))")
)

// mistake names what was probably done, when the line of a problem, or one beside it, shows it. The parser may be a line late
// or early.
func (p *Problem) mistake(lines []string) {
	for _, i := range []int{p.Line, p.Line - 1, p.Line + 1} {
		if i < 1 || i > len(lines) {
			continue
		}
		line := lines[i-1]
		switch indent := line[:len(line)-len(strings.TrimLeft(line, " \t"))]; {
		case strings.Contains(indent, "\t"):
			p.Line, p.Column, p.Hint = i, strings.Index(indent, "\t")+1, "a tab indents the line; YAML wants spaces"
			return
		case bareTemplate.MatchString(line):
			p.Line, p.Column, p.Hint = i, bareTemplate.FindStringIndex(line)[1]-1, quoteTemplate
			return
		case bareSign.MatchString(line):
			p.Line, p.Column, p.Hint = i, bareSign.FindStringIndex(line)[1], "put quotes around a value that begins with a sign"
			return
		}
	}
}

// yamlConverter turns the parser's nodes into ours, each anchor once.
type yamlConverter struct {
	problems *problemList
	done     map[*yaml.Node]*Node
	open     map[*yaml.Node]bool
}

func (c *yamlConverter) convert(y *yaml.Node, depth int) *Node {
	if y.Kind == yaml.AliasNode {
		if n := c.done[y.Alias]; n != nil {
			return n
		}
		if c.open[y.Alias] {
			n := &Node{line: y.Line, column: y.Column}
			c.problems.at(n, "", CodeReference, "the alias %s contains itself", y.Value)
			return n
		}
		return c.convert(y.Alias, depth)
	}
	n := &Node{line: y.Line, column: y.Column}
	if depth > maxDepth {
		c.problems.at(n, "", CodeTooLarge, "nested more than %d levels deep", maxDepth)
		return n
	}
	if y.Anchor != "" {
		c.open[y] = true
		defer delete(c.open, y)
	}
	switch y.Kind {
	case yaml.MappingNode:
		n.kind = Mapping
		c.mapping(n, y, depth)
	case yaml.SequenceNode:
		n.kind = Sequence
		for _, item := range y.Content {
			n.items = append(n.items, c.convert(item, depth+1))
		}
	default:
		c.scalar(n, y)
	}
	if y.Anchor != "" {
		c.done[y] = n
	}
	return n
}

func (c *yamlConverter) scalar(n *Node, y *yaml.Node) {
	n.text = y.Value
	plain := y.Style&(yaml.SingleQuotedStyle|yaml.DoubleQuotedStyle|yaml.LiteralStyle|yaml.FoldedStyle) == 0
	tagged := y.Style&yaml.TaggedStyle != 0
	switch {
	case tagged && y.Tag == "!!str", !tagged && !plain:
		n.scalar = y.Value
	case !tagged, y.Tag == "!!int", y.Tag == "!!float", y.Tag == "!!bool", y.Tag == "!!null", y.Tag == "!!timestamp":
		n.scalar = plainScalar(y.Value)
	default:
		n.scalar = y.Value
		c.problems.at(n, "", CodeSyntax, "the tag %s is not known", y.Tag)
	}
}

// mapping puts merged keys first and the mapping's own over them. A key that stands twice has its last value, in its first
// place.
func (c *yamlConverter) mapping(n *Node, y *yaml.Node, depth int) {
	var own []entry
	for i := 0; i+1 < len(y.Content); i += 2 {
		key, value := y.Content[i], y.Content[i+1]
		if key.Kind == yaml.ScalarNode && key.Style == 0 && key.Value == "<<" {
			c.merge(n, value, depth)
			continue
		}
		own = append(own, entry{key: c.key(key), line: key.Line, column: key.Column, node: c.convert(value, depth+1)})
	}
	written := map[string]bool{}
	for _, e := range own {
		if written[e.key] {
			c.problems.add(Problem{
				Place: Place{Line: e.line, Column: e.column}, Severity: Warning, Code: CodeDuplicateKey,
				Message: "the key " + strconv.Quote(e.key) + " stands here twice; the last one counts",
			})
		}
		written[e.key] = true
		n.put(e)
	}
}

// merge puts the entries of one mapping or of several into n. Of several, the last come first, and the values of the first count.
func (c *yamlConverter) merge(n *Node, from *yaml.Node, depth int) {
	source := c.convert(from, depth+1)
	mappings := []*Node{source}
	if source.kind == Sequence {
		mappings = source.items
	}
	for _, m := range slices.Backward(mappings) {
		if m.kind != Mapping {
			c.problems.at(m, "", CodeSyntax, "want an object to merge, found %s", m.Describe())
			continue
		}
		for _, e := range m.entries {
			n.put(e)
		}
	}
}

// key is a mapping's key as text, the way JSON writes keys that are not text.
func (c *yamlConverter) key(y *yaml.Node) string {
	if y.Kind == yaml.AliasNode {
		y = y.Alias
	}
	n := &Node{line: y.Line, column: y.Column}
	if y.Kind != yaml.ScalarNode {
		c.problems.add(Problem{Place: n.place(""), Severity: Error, Code: CodeSyntax, Message: "a key must be a text", Hint: keyHint(y)})
		return ""
	}
	c.scalar(n, y)
	switch v := n.scalar.(type) {
	case nil:
		return "null"
	case bool:
		return strconv.FormatBool(v)
	case int64:
		return strconv.FormatInt(v, 10)
	}
	return n.text
}

// keyHint tells what a key that is an object was probably meant to be.
func keyHint(y *yaml.Node) string {
	if y.Kind == yaml.MappingNode && y.Style == yaml.FlowStyle {
		return quoteTemplate
	}
	return ""
}

// put sets a key of a mapping that is being made.
func (n *Node) put(e entry) {
	if old := n.entry(e.key); old != nil {
		*old = e
		return
	}
	n.entries = append(n.entries, e)
}
