package template

import "maps"

// library is everything templates can call.
type library struct {
	macros, filters, tests functionTable
	methodsOf              map[string]methodTable // by Python type name
}

var builtins = newLibrary()

func newLibrary() *library {
	l := &library{
		macros:  functionTable{},
		filters: functionTable{},
		tests:   tests().prepare(),
		methodsOf: map[string]methodTable{
			"str":                stringMethods(),
			"list":               listMethods(),
			"tuple":              tupleMethods(),
			"dict":               dictMethods(),
			"int":                intMethods(),
			"bool":               intMethods(),
			"float":              floatMethods(),
			"bytes":              bytesMethods(),
			"datetime.datetime":  datetimeMethods(),
			"datetime.date":      dateMethods(),
			"datetime.timedelta": timedeltaMethods(),
			"LoopContext":        loopMethods(),
			"Cycler":             cyclerMethods(),
		},
	}
	for _, t := range []functionTable{timeMacros(), valueMacros()} {
		maps.Copy(l.macros, t.prepare())
	}
	for _, t := range []functionTable{
		stringFilters(), numberFilters(), listFilters(), selectFilters(), jsonFilters(), hashFilters(), htmlFilters(), regexFilters(),
	} {
		maps.Copy(l.filters, t.prepare())
	}
	for name, t := range l.methodsOf {
		t.prepare()
		for _, f := range t {
			f.of = name
		}
	}
	return l
}

// method finds the method of a value.
func (l *library) method(of any, name string) *function {
	return l.methods(typeName(of), name)
}

func (l *library) methods(of, name string) *function {
	return l.methodsOf[of][name]
}
