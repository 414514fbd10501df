package definition

import (
	"errors"
	"fmt"
	"slices"

	"github.com/airfielddev/airfield/internal/cli/exit"
	"github.com/airfielddev/airfield/internal/cli/session"
	"github.com/airfielddev/airfield/internal/declarative"
	"github.com/airfielddev/airfield/manifest"
)

// manifestFile is the text of a manifest, and what its problems call it.
type manifestFile struct {
	name string
	text []byte
}

// readManifest reads a file; - is stdin.
func readManifest(s *session.Session, file string) (manifestFile, error) {
	text, err := s.World.ReadFile(file)
	if err != nil {
		return manifestFile{}, exit.With(exit.Usage, fmt.Errorf("reading the manifest: %w", err))
	}
	if file == "-" {
		file = "stdin"
	}
	return manifestFile{file, text}, nil
}

// source makes a source of the manifest. Where that cannot be done, what is wrong is told, and the error says so in short.
func (m manifestFile) source(s *session.Session, options declarative.SourceOptions) (*declarative.Source, error) {
	options.File = m.name
	source, err := declarative.NewSource(m.text, options)
	if err == nil {
		return source, nil
	}
	problems, ok := errors.AsType[manifest.Problems](err)
	if !ok {
		return nil, exit.With(exit.Usage, err)
	}
	for _, line := range told(problems.Errors()) {
		s.Note("%s", line)
	}
	return nil, m.verdict("%s cannot be used: %s", problems)
}

// verdict says in short what is wrong with the manifest.
func (m manifestFile) verdict(format string, problems manifest.Problems) error {
	err := exit.With(exit.Usage, fmt.Errorf(format, m.name, counted(len(told(problems.Errors())), "error")))
	if slices.ContainsFunc(problems.Errors(), func(p manifest.Problem) bool { return p.Code != manifest.CodeSyntax }) {
		return exit.Hint(err, "what a component can be told: airfield definition explain COMPONENT")
	}
	return err
}

// openManifest makes a source of the manifest in a file.
func openManifest(s *session.Session, file string, options declarative.SourceOptions) (*declarative.Source, error) {
	m, err := readManifest(s, file)
	if err != nil {
		return nil, err
	}
	return m.source(s, options)
}

// told are problems as lines. One that a part of the text has in all the places that refer to it is told once.
func told(problems manifest.Problems) []string {
	type fault struct {
		line, column  int
		message, hint string
	}
	var first manifest.Problems
	others := map[fault]int{}
	for _, p := range problems {
		key := fault{p.Line, p.Column, p.Message, p.Hint}
		if n, again := others[key]; again && p.Line > 0 {
			others[key] = n + 1
			continue
		}
		others[key] = 0
		first = append(first, p)
	}
	lines := make([]string, len(first))
	for i, p := range first {
		lines[i] = printable(p.String())
		if n := others[fault{p.Line, p.Column, p.Message, p.Hint}]; n > 0 && p.Line > 0 {
			lines[i] += " (the same in " + counted(n, "more place") + ")"
		}
	}
	return lines
}

// withoutNotes leaves out what works as well as ever.
func withoutNotes(problems manifest.Problems) manifest.Problems {
	return slices.DeleteFunc(slices.Clone(problems), func(p manifest.Problem) bool { return p.Severity == manifest.Note })
}
