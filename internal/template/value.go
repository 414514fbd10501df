package template

import (
	"encoding/json"
	"math/big"
	"reflect"
	"slices"
	"strconv"
	"time"
)

// Tuple is a Python tuple: what "1,2" reads as. As JSON it is a list.
type Tuple []any

// Set is a Python set, in order of appearance. Only text that spells one, such as "{1, 2}", makes it.
type Set []any

// Bytes is a Python bytes object. Only text that spells one, such as "b'x'", makes it.
type Bytes string

// Ellipsis is Python's "...".
type Ellipsis struct{}

// Date is a day without time or zone.
type Date struct {
	Year  int
	Month time.Month
	Day   int
}

// NaiveTime is a date and time without a zone; a plain [time.Time] has one.
type NaiveTime time.Time

// list is a list inside an evaluation, shared by reference as Python's are.
type list struct{ items []any }

// datetime is a moment inside an evaluation. A naive one keeps its clock reading as if it were UTC.
type datetime struct {
	t     time.Time
	naive bool
}

// undefined is what a missing name, attribute or item gives.
type undefined struct {
	of     any // the object that lacks name, or absent
	name   any
	hint   string
	unsafe bool // access was refused, not missing
}

// absentValue is an argument that was not passed, or the lack of an object.
type absentValue struct{}

var absent any = absentValue{}

func (u *undefined) err() error {
	if u.unsafe {
		return &Error{Kind: ErrValue, Message: u.message()}
	}
	return &Error{Kind: ErrUndefined, Message: u.message()}
}

func (u *undefined) message() string {
	switch name := u.name.(type) {
	case nil:
		if u.hint == "" {
			return typeName(u.of) + " has no such element"
		}
		return u.hint
	case string:
		if u.unsafe {
			return "access to attribute " + strconv.Quote(name) + " of " + typeName(u.of) + " is not allowed"
		}
		if u.of == absent {
			return strconv.Quote(name) + " is undefined"
		}
		return typeName(u.of) + " has no attribute " + strconv.Quote(name)
	}
	return typeName(u.of) + " has no such element"
}

// inward turns a value as Go programs hold it into the form evaluation works on. Values already in that form come
// back unchanged and cost a type switch; the elements of containers are converted when they are taken out.
func inward(v any) any {
	switch x := v.(type) {
	case nil, string, int64, float64, bool, *list, Tuple, *big.Int:
		return v
	case *Dict:
		if x == nil {
			return nil
		}
		return v
	case []any:
		return &list{x}
	case int:
		return int64(x)
	case map[string]any:
		return dictOf(x)
	case time.Time:
		return &datetime{t: x}
	case NaiveTime:
		return &datetime{t: time.Time(x), naive: true}
	case json.Number:
		return numberOf(string(x))
	}
	return inwardRare(v)
}

// inwardRare handles Go's other numbers, slices and string maps, and types made of them.
func inwardRare(v any) any {
	switch v.(type) {
	case Set, Bytes:
		return v
	}
	r := reflect.ValueOf(v)
	switch r.Kind() {
	case reflect.Bool:
		return r.Bool()
	case reflect.String:
		return r.String()
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return r.Int()
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		return shrink(new(big.Int).SetUint64(r.Uint()))
	case reflect.Float32, reflect.Float64:
		return r.Float()
	case reflect.Slice:
		items := make([]any, r.Len())
		for i := range items {
			items[i] = r.Index(i).Interface()
		}
		return &list{items}
	case reflect.Map:
		if r.Type().Key().Kind() != reflect.String {
			return v
		}
		m := make(map[string]any, r.Len())
		for _, k := range r.MapKeys() {
			m[k.String()] = r.MapIndex(k).Interface()
		}
		return dictOf(m)
	}
	return v
}

// dictOf sorts the keys, since a Go map has no order to keep.
func dictOf(m map[string]any) *Dict {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	d := NewDict(len(m))
	for _, k := range keys {
		d.Set(k, m[k])
	}
	return d
}

// numberOf reads a JSON number: an integer stays one, whatever its size.
func numberOf(s string) any {
	if i, err := strconv.ParseInt(s, 10, 64); err == nil {
		return i
	}
	if len(s) <= maxDigits {
		if b, ok := new(big.Int).SetString(s, 10); ok {
			return b
		}
	}
	return floatOf(s)
}

func floatOf(s string) any {
	f, _ := strconv.ParseFloat(s, 64) // a range error gives infinity, as in Python
	return f
}

// shrink gives an int64 where the number fits in one.
func shrink(b *big.Int) any {
	if b.IsInt64() {
		return b.Int64()
	}
	return b
}

// copied is a deep copy that a template may change without touching its input.
func copied(v any) any {
	switch x := inward(v).(type) {
	case *Dict:
		d := NewDict(x.Len())
		d.attrs = x.attrs
		for k, v := range x.All() {
			d.put(k, copied(v))
		}
		return d
	case *list:
		items := make([]any, len(x.items))
		for i, v := range x.items {
			items[i] = copied(v)
		}
		return &list{items}
	default:
		return x
	}
}

// typeName is the name Python gives the type of a value.
func typeName(v any) string {
	switch x := v.(type) {
	case nil:
		return "None"
	case bool:
		return "bool"
	case int64, *big.Int:
		return "int"
	case float64:
		return "float"
	case string:
		return "str"
	case *Dict:
		return "dict"
	case *list, []any:
		return "list"
	case Tuple:
		return "tuple"
	case *undefined:
		return "Undefined"
	case typed:
		return x.typeName()
	}
	return rareTypeName(v)
}

func rareTypeName(v any) string {
	switch v.(type) {
	case Set:
		return "set"
	case Bytes:
		return "bytes"
	case Ellipsis:
		return "ellipsis"
	case *datetime:
		return "datetime.datetime"
	case Date:
		return "datetime.date"
	case timedelta:
		return "datetime.timedelta"
	case *calendarDuration:
		return "Duration"
	}
	return "object"
}

// typed is implemented by the evaluation's own kinds of object.
type typed interface{ typeName() string }
