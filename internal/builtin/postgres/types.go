package postgres

import "github.com/airfielddev/airfield/internal/builtin/table"

// typeName is the type of a column as format_type writes it.
func typeName(t table.Type) string {
	switch t {
	case table.String:
		return "character varying"
	case table.Boolean:
		return "boolean"
	case table.Integer:
		return "bigint"
	case table.Number:
		return "numeric"
	case table.Date:
		return "date"
	case table.TimestampTZ:
		return "timestamp with time zone"
	case table.Timestamp:
		return "timestamp without time zone"
	case table.TimeTZ:
		return "time with time zone"
	case table.Time:
		return "time without time zone"
	default:
		return "jsonb"
	}
}

// typeCalled finds the type that has a name. Types that this connector never makes have none.
func typeCalled(name string) (table.Type, bool) {
	if name == "text" {
		return table.String, true
	}
	for t := table.JSON; t <= table.Time; t++ {
		if typeName(t) == name {
			return t, true
		}
	}
	return 0, false
}

// widening is the expression that turns a column of one type into one that holds all its values and more, or "".
func widening(column string, from, to table.Type) string {
	switch {
	case to == table.JSON:
		return "to_jsonb(" + column + ")"
	case to == table.String && from == table.JSON:
		return column + " #>> '{}'"
	case to == table.String, from == table.Integer && to == table.Number, from == table.Time && to == table.TimeTZ:
		return column + "::" + typeName(to)
	case from == table.Date && (to == table.Timestamp || to == table.TimestampTZ):
		return column + "::" + typeName(to)
	case from == table.Timestamp && to == table.TimestampTZ:
		return column + " AT TIME ZONE 'UTC'"
	}
	return ""
}
