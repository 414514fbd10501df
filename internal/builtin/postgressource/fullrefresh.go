package postgressource

import (
	"context"
	"fmt"
	"slices"
	"strings"
)

// fullRefresh reads the whole table: in the order of its primary key when it has one, so that a read that was broken off
// goes on behind the last row; in the order of the server otherwise.
func (r *reader) fullRefresh(ctx context.Context, last checkpoint) error {
	if !r.table.resumable() {
		return r.inAnyOrder(ctx)
	}
	key := r.table.key()
	names := make([]string, len(key))
	for i, c := range key {
		names[i] = c.name
	}
	if last.Type != byKey || !slices.Equal(last.KeyField, names) {
		last = r.checkpoint(byKey)
	}
	last.KeyField = names
	if !last.Complete {
		if err := r.inKeyOrder(ctx, &last); err != nil {
			return err
		}
	}
	last.Complete = true
	return r.stream.Checkpoint(last)
}

func (r *reader) inAnyOrder(ctx context.Context) error {
	err := r.query(ctx, r.selection(), nil, func(values [][]byte) error {
		r.encode(values)
		return r.emit(ctx)
	})
	if err != nil {
		return err
	}
	done := r.checkpoint(byNone)
	done.Complete = true
	return r.stream.Checkpoint(done)
}

func (r *reader) inKeyOrder(ctx context.Context, last *checkpoint) error {
	places := r.places(last.KeyField)
	statement, parameters := r.behindKey(*last)
	return r.query(ctx, statement, parameters, func(values [][]byte) error {
		r.encode(values)
		if err := r.emit(ctx); err != nil {
			return err
		}
		if r.stream.Since() < r.every {
			return nil
		}
		last.KeyValue = last.KeyValue[:0]
		for _, place := range places {
			last.KeyValue = append(last.KeyValue, string(values[place]))
		}
		return r.stream.Checkpoint(*last)
	})
}

// behindKey selects the rows behind the last one, in the order of the key.
func (r *reader) behindKey(last checkpoint) (statement string, parameters [][]byte) {
	names, marks := make([]string, len(last.KeyField)), make([]string, len(last.KeyField))
	for i, name := range last.KeyField {
		names[i], marks[i] = quoteName(name), fmt.Sprintf("$%d", i+1)
	}
	key := strings.Join(names, ", ")
	statement = r.selection()
	if len(last.KeyValue) == len(names) {
		statement += " WHERE (" + key + ") > (" + strings.Join(marks, ", ") + ")"
		for _, value := range last.KeyValue {
			parameters = append(parameters, []byte(value))
		}
	}
	return statement + " ORDER BY " + key, parameters
}

// places are the positions of columns in a row.
func (r *reader) places(names []string) []int {
	out := make([]int, 0, len(names))
	for _, name := range names {
		out = append(out, slices.IndexFunc(r.table.columns, func(c column) bool { return c.name == name }))
	}
	return out
}
