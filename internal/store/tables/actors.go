package tables

import (
	"maps"
	"slices"
	"strings"

	"github.com/airfielddev/airfield/connector"
	"github.com/airfielddev/airfield/internal/platform"
)

// endColumn is the column in which a connection names its source or destination.
func endColumn(kind connector.Kind) string {
	if kind == connector.KindDestination {
		return "destination_id"
	}
	return "source_id"
}

// actors adds what narrows sources or destinations alone.
func (w *where) actors(kind connector.Kind, f platform.ActorFilter) {
	w.states(kind, f.States)
	if f.Search == "" {
		return
	}
	either := where{terms: []string{nameLike}, args: []any{like(f.Search)}}
	in(&either, "definition_id", titled(f.Titles, f.Search))
	w.add("("+strings.Join(either.terms, " OR ")+")", either.args...)
}

// titled are the definitions whose titles contain a text.
func titled(titles map[string]string, text string) (ids []string) {
	for _, id := range slices.Sorted(maps.Keys(titles)) {
		if strings.Contains(strings.ToLower(titles[id]), strings.ToLower(text)) {
			ids = append(ids, id)
		}
	}
	return ids
}

// states adds a condition on the connections of a source or destination.
func (w *where) states(kind connector.Kind, wanted []platform.ActorState) {
	active := "EXISTS (SELECT 1 FROM connections c WHERE c." + endColumn(kind) + " = actors.id AND c.status = 'active')"
	terms := map[platform.ActorState]string{platform.ActorActive: active, platform.ActorInactive: "NOT " + active}
	var either []string
	for _, s := range wanted {
		if term, ok := terms[s]; ok {
			either = append(either, term)
		}
	}
	if len(wanted) > 0 {
		w.add("(" + strings.Join(append(either, "1 = 0"), " OR ") + ")")
	}
}
