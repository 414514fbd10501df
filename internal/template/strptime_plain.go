package template

import "time"

// plainTime reads a moment without a zone whose numbers all have their full width, as nearly every record has it. Whatever else
// there is in value or format, it leaves to strptime.
func plainTime(value, format string) (time.Time, bool) {
	fields := [...]int{'Y': 1900, 'm': 1, 'd': 1, 'H': 0, 'M': 0, 'S': 0}
	var seen [len(fields)]bool
	at := 0
	for i := 0; i < len(format); i++ {
		if format[i] != '%' {
			if at >= len(value) || value[at] != format[i] || isBlank(format[i]) {
				return time.Time{}, false
			}
			at++
			continue
		}
		i++
		width := plainWidth(format, i)
		if width == 0 || seen[format[i]] || at+width > len(value) {
			return time.Time{}, false
		}
		n := 0
		for _, c := range []byte(value[at : at+width]) {
			if !isDigit(c) {
				return time.Time{}, false
			}
			n = n*10 + int(c-'0')
		}
		fields[format[i]], seen[format[i]] = n, true
		at += width
	}
	if at != len(value) || fields['Y'] == 0 || fields['m'] > 12 || fields['H'] > 23 || fields['M'] > 59 || fields['S'] > 59 {
		return time.Time{}, false
	}
	t := time.Date(fields['Y'], time.Month(fields['m']), fields['d'], fields['H'], fields['M'], fields['S'], 0, time.UTC)
	return t, fields['m'] > 0 && fields['d'] > 0 && t.Day() == fields['d']
}

// plainWidth is how many digits a directive takes, or 0 for those that plainTime does not read.
func plainWidth(format string, i int) int {
	if i >= len(format) {
		return 0
	}
	switch format[i] {
	case 'Y':
		return 4
	case 'm', 'd', 'H', 'M', 'S':
		return 2
	}
	return 0
}
