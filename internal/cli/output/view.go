package output

import (
	"fmt"
	"iter"
	"slices"
	"strings"
	"text/tabwriter"
)

// View says how things of one kind are shown to people. Programs get the JSON form of the things themselves.
type View[T any] struct {
	Name    func(T) string // what -o name prints
	Columns []Column[T]    // at least one
}

// Column is one fact about a thing.
type Column[T any] struct {
	Title  string // "records synced"; capitals are for the printer
	Text   func(T) string
	Detail bool // shown when one thing is asked for, not in lists
}

// Slice is a list that is at hand, for [View.List].
func Slice[T any](things []T) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		for _, t := range things {
			if !yield(t, nil) {
				return
			}
		}
	}
}

// List prints things one by one. Lines of JSON and names come out as the things arrive; the other formats need all of them first.
func (v View[T]) List(p *Printer, things iter.Seq2[T, error]) error {
	if p.query == nil && p.format == JSONL {
		return each(things, func(t T) error { return p.Value(t) })
	}
	if p.format == Name {
		return each(things, func(t T) error { return p.name(v.Name(t)) })
	}
	all := []T{}
	if err := each(things, func(t T) error { all = append(all, t); return nil }); err != nil {
		return err
	}
	if p.format == Table {
		return v.table(p, all)
	}
	return p.Value(all)
}

// One prints one thing: as a table, a fact to a line.
func (v View[T]) One(p *Printer, thing T) error {
	switch p.format {
	case Name:
		return p.name(v.Name(thing))
	case Table:
		return v.facts(p, thing)
	default:
		return p.Value(thing)
	}
}

func (v View[T]) table(p *Printer, all []T) error {
	columns := slices.DeleteFunc(slices.Clone(v.Columns), func(c Column[T]) bool { return c.Detail })
	rows := make([][]string, 0, len(all)+1)
	rows = append(rows, cells(columns, func(c Column[T]) string { return strings.ToUpper(c.Title) }))
	for _, thing := range all {
		rows = append(rows, cells(columns, func(c Column[T]) string { return c.Text(thing) }))
	}
	return p.Rows(rows)
}

func (v View[T]) facts(p *Printer, thing T) error {
	var rows [][]string
	for _, c := range v.Columns {
		if text := c.Text(thing); text != "" {
			rows = append(rows, []string{strings.ToUpper(c.Title), text})
		}
	}
	return p.Rows(rows)
}

// Rows prints cells in columns that are as wide as they need to be.
func (p *Printer) Rows(rows [][]string) error {
	w := tabwriter.NewWriter(p.out, 0, 0, 2, ' ', 0)
	for _, row := range rows {
		last := len(row) - 1
		for i, cell := range row {
			end := "\t"
			if i == last {
				end = "\n"
			}
			fmt.Fprint(w, oneLine(cell), end)
		}
	}
	return w.Flush()
}

func (p *Printer) name(name string) error {
	_, err := fmt.Fprintln(p.out, oneLine(name))
	return err
}

// oneLine keeps a cell from breaking the table, and a name made by somebody else from steering the terminal.
func oneLine(text string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f || (r >= 0x80 && r < 0xa0) {
			return ' '
		}
		return r
	}, text)
}

func cells[T any](columns []Column[T], text func(Column[T]) string) []string {
	out := make([]string, len(columns))
	for i, c := range columns {
		out[i] = text(c)
	}
	return out
}

func each[T any](things iter.Seq2[T, error], do func(T) error) error {
	for thing, err := range things {
		if err != nil {
			return err
		}
		if err := do(thing); err != nil {
			return err
		}
	}
	return nil
}
