package table

import "github.com/airfielddev/airfield/internal/rawjson"

// unknown marks a place in the usual order of fields that belongs to no column.
const unknown = -1

// Row lays the fields of one record beside the columns of its table. It learns the order in which a stream's records name
// their fields, so that a field is found by its place and the map is asked only when the order changes.
//
// A Row is for one goroutine.
type Row struct {
	values  [][]byte // by column, nil when absent
	index   map[string]int
	order   []int // the column of the field that was last seen at each place
	columns []Column
}

// NewRow is a row for records of a stream with the given columns.
func NewRow(columns []Column) *Row {
	index := make(map[string]int, len(columns))
	for i := range columns {
		index[columns[i].Field] = i
	}
	return &Row{columns: columns, index: index, values: make([][]byte, len(columns))}
}

// Set reads a record. The values point into data. A field named twice has its last value; fields without a column are left out.
func (r *Row) Set(data []byte) error {
	clear(r.values)
	place := 0
	o := rawjson.Fields(data)
	for o.Next() {
		column := r.column(place, o.Key())
		if column != unknown {
			r.values[column] = o.Value()
		}
		place++
	}
	return o.Err()
}

// Value is the raw JSON of a column, nil when the record does not have it.
func (r *Row) Value(column int) []byte { return r.values[column] }

func (r *Row) column(place int, key []byte) int {
	if place < len(r.order) {
		if c := r.order[place]; c != unknown && r.columns[c].Field == string(key) {
			return c
		}
	}
	column, ok := r.index[string(key)]
	if !ok {
		column = unknown
	}
	if place == len(r.order) {
		r.order = append(r.order, column)
	} else {
		r.order[place] = column
	}
	return column
}
