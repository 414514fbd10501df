package tables

import (
	"cmp"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/airfielddev/airfield/connector"
	"github.com/airfielddev/airfield/internal/platform"
)

// order is what the rows of a list are ordered by: an expression on their columns, and then their ids.
type order struct {
	key        string
	args       []any
	descending bool
	after      string // an id
}

// order is that of a list.
func (t table[T]) order(f platform.Filter) order {
	switch {
	case f.Connections != nil:
		of := f.Connections
		return order{t.d.keyOfConnection(of.Order), nil, of.Descending, of.After}
	case f.Actors != nil:
		of := f.Actors
		key, args := t.d.keyOfActor(f.Kind, of)
		return order{key, args, of.Descending, of.After}
	}
	return order{key: "created"}
}

func (o order) String() string {
	direction := ""
	if o.descending {
		direction = " DESC"
	}
	return " ORDER BY " + o.key + direction + ", id" + direction
}

// after adds a condition that a row comes after the one that a list begins behind.
func (t table[T]) after(w *where, f platform.Filter) {
	o := t.order(f)
	if o.after == "" {
		return
	}
	than := ">"
	if o.descending {
		than = "<"
	}
	at, id := "(SELECT "+o.key+" FROM "+t.table+" WHERE id = ?)", []any{o.after}
	// The first of the two terms, which the other implies, is one that an index can be searched by.
	w.add(o.key+" "+than+"= "+at+" AND ("+o.key+" "+than+" "+at+" OR id "+than+" ?)",
		slices.Concat(o.args, o.args, id, o.args, o.args, id, id)...)
}

// keyOfConnection is what connections are ordered by.
func (d Dialect) keyOfConnection(order platform.ConnectionOrder) string {
	switch order {
	case platform.ByName:
		return d.name()
	case platform.BySourceName:
		return "(SELECT " + d.name() + " FROM actors a WHERE a.id = source_id)"
	case platform.ByDestinationName:
		return "(SELECT " + d.name() + " FROM actors a WHERE a.id = destination_id)"
	case platform.ByLastJob:
		return "COALESCE((SELECT MAX(j.created) FROM jobs j WHERE j.connection_id = connections.id), 0)"
	}
	return "created"
}

// keyOfActor is what sources or destinations are ordered by.
func (d Dialect) keyOfActor(kind connector.Kind, f *platform.ActorFilter) (key string, args []any) {
	switch f.Order {
	case platform.ActorsByName:
		return d.name(), nil
	case platform.ActorsByTitle:
		return rank(f.Titles)
	case platform.ActorsByLastJob:
		return "COALESCE((SELECT MAX(j.created) FROM connections c JOIN jobs j ON j.connection_id = c.id WHERE c." +
			endColumn(kind) + " = actors.id AND c.deleted = 0), 0)", nil
	}
	return "created", nil
}

func (d Dialect) name() string { return cmp.Or(d.Name, "name") }

// rank is where a definition stands among all titles: those that are the same have the same rank, and one without a title the
// first.
func rank(titles map[string]string) (key string, args []any) {
	sorted := slices.Compact(slices.Sorted(maps.Values(titles)))
	var b strings.Builder
	for _, id := range slices.Sorted(maps.Keys(titles)) {
		at, _ := slices.BinarySearch(sorted, titles[id])
		b.WriteString(" WHEN ? THEN " + strconv.Itoa(at+1))
		args = append(args, id)
	}
	if len(args) == 0 {
		return "0", nil
	}
	return "CASE definition_id" + b.String() + " ELSE 0 END", args
}
