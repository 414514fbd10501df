package manifest

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Severity says whether a manifest with a problem can be used.
type Severity string

// The severities, worst first. A strict reading takes warnings for errors; notes never stop anything.
const (
	Error   Severity = "error"
	Warning Severity = "warning"
	Note    Severity = "note"
)

// Code is the kind of a problem, for programs.
type Code string

// The kinds of problem.
const (
	CodeSyntax           Code = "syntax"            // the text is not YAML or JSON
	CodeReference        Code = "reference"         // a $ref that leads nowhere or in a circle
	CodeTooLarge         Code = "too_large"         // references that expand without measure
	CodeDuplicateKey     Code = "duplicate_key"     // the last one counts
	CodeUnknownField     Code = "unknown_field"     // it is ignored
	CodeMissingField     Code = "missing_field"     //
	CodeWrongType        Code = "wrong_type"        // a text where a list is wanted
	CodeInvalidValue     Code = "invalid_value"     // of the right type, but not allowed
	CodeTemplate         Code = "template"          // a {{ ... }} that cannot be read
	CodeUnworkable       Code = "unworkable"        // of the right type, but nothing can be done with it
	CodeUnknownComponent Code = "unknown_component" // no component of the slot has that name
	CodeCustomComponent  Code = "custom_component"  // it is Python code
	CodeUnsupported      Code = "unsupported"       // it exists in the format, but not here
	CodeDeprecated       Code = "deprecated"        // an older spelling, still understood
)

// Place is where something stands in a manifest.
type Place struct {
	File   string `json:"file,omitempty"`
	Line   int    `json:"line,omitempty"`   // counted from 1; 0: not known
	Column int    `json:"column,omitempty"` // counted from 1, in characters
	Path   string `json:"path,omitempty"`   // "streams[0].retriever"; how it was reached, also through references
}

// String is "file:line:column: path", without the parts that are not known; where the file is not, "line 1, column 1: path".
func (p Place) String() string {
	var b strings.Builder
	b.WriteString(p.File)
	switch {
	case p.Line > 0 && p.File == "":
		fmt.Fprintf(&b, "line %d, column %d", p.Line, p.Column)
	case p.Line > 0:
		fmt.Fprintf(&b, ":%d:%d", p.Line, p.Column)
	}
	if p.Path != "" {
		if b.Len() > 0 {
			b.WriteString(": ")
		}
		b.WriteString(p.Path)
	}
	return b.String()
}

// Problem is one thing that is wrong with a manifest.
type Problem struct {
	Place
	Severity Severity `json:"severity"`
	Code     Code     `json:"code"`
	Message  string   `json:"message"`
	Hint     string   `json:"hint,omitempty"` // "did you mean http_method?"
}

// String is the problem as one line of text.
func (p Problem) String() string {
	place := p.Place
	path := place.Path
	place.Path = ""
	var b strings.Builder
	if s := place.String(); s != "" {
		b.WriteString(s + ": ")
	}
	b.WriteString(string(p.Severity) + ": ")
	if path != "" {
		b.WriteString(path + ": ")
	}
	b.WriteString(p.Message)
	if p.Hint != "" {
		b.WriteString(" (" + p.Hint + ")")
	}
	return b.String()
}

// Problems is everything that is wrong with a manifest, in the order of the text. As an error it stands for those of severity
// Error, so use [Problems.Err] to tell whether there are any.
type Problems []Problem

// shownErrors is how many problems an error spells out.
const shownErrors = 20

// Error lists the errors, a line each, up to 20 of them.
func (ps Problems) Error() string {
	var b strings.Builder
	errors := ps.Errors()
	for i, p := range errors {
		if i == shownErrors {
			b.WriteString("\nand " + strconv.Itoa(len(errors)-i) + " more errors")
			break
		}
		if i > 0 {
			b.WriteByte('\n')
		}
		b.WriteString(p.String())
	}
	return b.String()
}

// Errors are the problems of severity Error.
func (ps Problems) Errors() Problems {
	return slices.DeleteFunc(slices.Clone(ps), func(p Problem) bool { return p.Severity != Error })
}

// Err is the problems as an error, or nil when none of them is of severity Error.
func (ps Problems) Err() error {
	if slices.ContainsFunc(ps, func(p Problem) bool { return p.Severity == Error }) {
		return ps
	}
	return nil
}

// Sort brings the problems into the order of the text.
func (ps Problems) Sort() {
	slices.SortStableFunc(ps, func(a, b Problem) int {
		return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
	})
}

// strict makes errors of warnings.
func (ps Problems) strict() {
	for i := range ps {
		if ps[i].Severity == Warning {
			ps[i].Severity = Error
		}
	}
}

// problemList collects problems. Warnings about one place that is used many times are kept once.
type problemList struct {
	file string
	list Problems
	seen map[Problem]bool
	errs int // how many of them are errors
}

func (l *problemList) add(p Problem) {
	p.File = l.file
	key := p
	if p.Severity != Error {
		key.Path = ""
	}
	if l.seen[key] {
		return
	}
	if l.seen == nil {
		l.seen = map[Problem]bool{}
	}
	l.seen[key] = true
	l.list = append(l.list, p)
	if p.Severity == Error {
		l.errs++
	}
}

func (l *problemList) at(n *Node, path string, code Code, format string, args ...any) {
	l.add(Problem{Place: n.place(path), Severity: Error, Code: code, Message: fmt.Sprintf(format, args...)})
}

func (l *problemList) sorted() Problems {
	l.list.Sort()
	return l.list
}

// PlaceError is an error of building a component, with the component's place in the manifest.
type PlaceError struct {
	Place Place
	Err   error
}

// Error is the place and the error.
func (e *PlaceError) Error() string { return e.Place.String() + ": " + e.Err.Error() }

// Unwrap is the error without the place.
func (e *PlaceError) Unwrap() error { return e.Err }
