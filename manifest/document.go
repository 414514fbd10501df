package manifest

import (
	"bytes"
	"encoding/json"
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
	text = bytes.TrimPrefix(text, []byte("\xef\xbb\xbf"))
	trimmed := bytes.TrimLeft(text, " \t\r\n")
	if bytes.HasPrefix(trimmed, []byte("{")) && json.Valid(trimmed) {
		doc.source = parseJSON(text, doc.problems)
	} else {
		doc.source = parseYAML(text, doc.problems)
	}
	if doc.source == nil {
		return doc.problems.sorted().Err()
	}
	if doc.source.kind != Mapping {
		doc.problems.at(doc.source, "", CodeWrongType, "want an object, found %s", doc.source.describe())
		return doc.problems.sorted().Err()
	}
	if err := doc.measured(doc.source); err != nil {
		return err
	}
	doc.root = resolveReferences(doc.source, doc.problems)
	return doc.measured(doc.root)
}

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

// MarshalJSON writes the manifest as JSON, as it was written: with its references.
func (doc *Document) MarshalJSON() ([]byte, error) { return doc.source.MarshalJSON() }
