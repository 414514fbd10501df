package manifest

import (
	"bytes"
	"encoding/json"
	"regexp"
)

// Document is a manifest that has been read, but not yet understood.
type Document struct {
	file     string
	source   *Node // as written
	root     *Node // with references resolved
	problems *problemList
}

// Parse reads a manifest, YAML or JSON; file names it in problems. The error is of type [Problems]. What is merely doubtful is
// kept for [Decode] to report.
func Parse(file string, text []byte) (*Document, error) {
	doc := &Document{file: file, problems: &problemList{file: file}}
	if err := doc.parse(text); err != nil {
		return nil, err
	}
	return doc, nil
}

func (doc *Document) parse(text []byte) error {
	doc.source = doc.read(bytes.TrimPrefix(text, []byte("\xef\xbb\xbf")))
	if doc.source == nil {
		return doc.problems.sorted().Err()
	}
	if doc.source.kind != Mapping {
		doc.problems.at(doc.source, "", CodeWrongType, "want an object, found %s", doc.source.Describe())
		return doc.problems.sorted().Err()
	}
	if err := doc.measured(doc.source); err != nil {
		return err
	}
	doc.root = resolveReferences(doc.source, doc.problems)
	return doc.measured(doc.root)
}

// read makes nodes of the text. What is neither JSON nor YAML, and looks like JSON, is told what is wrong with it as JSON.
func (doc *Document) read(text []byte) *Node {
	trimmed := bytes.TrimLeft(text, " \t\r\n")
	if bytes.HasPrefix(trimmed, []byte("{")) && json.Valid(trimmed) {
		return parseJSON(text, doc.problems)
	}
	n := parseYAML(text, doc.problems)
	if n == nil && objectStart.Match(trimmed) {
		doc.problems = &problemList{file: doc.file}
		return parseJSON(text, doc.problems)
	}
	return n
}

// objectStart is how an object begins in JSON, and hardly ever in YAML that people write.
var objectStart = regexp.MustCompile(`^\{\s*["}]`)

// measured refuses a manifest that is small on disk and endless in use.
func (doc *Document) measured(root *Node) error {
	size, depth := measure(root, map[*Node][2]int{})
	if size > maxNodes || depth > maxDepth {
		doc.problems.at(root, "", CodeTooLarge, "the manifest is too large once its references are followed")
	}
	return doc.problems.sorted().Err()
}

// Root is the manifest with its references resolved.
func (doc *Document) Root() *Node { return doc.root }

// Place is where a node of the manifest stands, when it was reached by a path.
func (doc *Document) Place(n *Node, path string) Place {
	p := n.place(path)
	p.File = doc.file
	return p
}

// MarshalJSON writes the manifest as JSON, as it was written: with its references.
func (doc *Document) MarshalJSON() ([]byte, error) { return doc.source.MarshalJSON() }
