package manifest

import (
	"math"
	"math/big"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/airfielddev/airfield/internal/template"
)

// Plain scalars are read by the rules of YAML 1.1 as PyYAML applies them (https://yaml.org/type/), which differ from those of
// YAML 1.2: yes and off are booleans, 010 is eight, 1:30 is ninety, and 1e3 is text.
var (
	floatPattern = regexp.MustCompile(`^(?:[-+]?[0-9][0-9_]*\.[0-9_]*(?:[eE][-+][0-9]+)?|\.[0-9][0-9_]*(?:[eE][-+][0-9]+)?|[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+\.[0-9_]*|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))$`)
	intPattern   = regexp.MustCompile(`^(?:[-+]?0b[0-1_]+|[-+]?0[0-7_]+|[-+]?(?:0|[1-9][0-9_]*)|[-+]?0x[0-9a-fA-F_]+|[-+]?[1-9][0-9_]*(?::[0-5]?[0-9])+)$`)
	datePattern  = regexp.MustCompile(`^[0-9]{4}-[0-9]{2}-[0-9]{2}$`)
	timePattern  = regexp.MustCompile(`^([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})(?:[Tt]|[ \t]+)([0-9]{1,2}):([0-9]{2}):([0-9]{2})(?:\.([0-9]*))?(?:[ \t]*(Z|[-+][0-9]{1,2}(?::[0-9]{2})?))?$`)
)

// plainScalar reads an unquoted scalar.
func plainScalar(text string) any {
	switch text {
	case "", "~", "null", "Null", "NULL":
		return nil
	case "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON":
		return true
	case "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF":
		return false
	}
	if !strings.ContainsAny(text[:1], "+-.0123456789") {
		return text
	}
	switch {
	case intPattern.MatchString(text):
		return intScalar(text)
	case floatPattern.MatchString(text):
		return floatScalar(text)
	case datePattern.MatchString(text) || timePattern.MatchString(text):
		return timeScalar(text)
	}
	return text
}

func intScalar(text string) any {
	digits := strings.ReplaceAll(text, "_", "")
	negative := strings.HasPrefix(digits, "-")
	digits = strings.TrimLeft(digits, "+-")
	n := new(big.Int)
	switch {
	case strings.Contains(digits, ":"):
		for part := range strings.SplitSeq(digits, ":") {
			value, _ := new(big.Int).SetString(part, 10)
			n.Add(n.Mul(n, big.NewInt(60)), value)
		}
	case strings.HasPrefix(digits, "0b"), strings.HasPrefix(digits, "0x"):
		base := map[byte]int{'b': 2, 'x': 16}[digits[1]]
		if _, ok := n.SetString(digits[2:], base); !ok {
			return text
		}
	case len(digits) > 1 && digits[0] == '0':
		n.SetString(digits, 8)
	default:
		n.SetString(digits, 10)
	}
	if negative {
		n.Neg(n)
	}
	if n.IsInt64() {
		return n.Int64()
	}
	return n
}

func floatScalar(text string) any {
	digits := strings.ToLower(strings.ReplaceAll(text, "_", ""))
	sign := 1.0
	if strings.HasPrefix(digits, "-") {
		sign = -1
	}
	digits = strings.TrimLeft(digits, "+-")
	switch digits {
	case ".inf":
		return math.Inf(int(sign))
	case ".nan":
		return math.NaN()
	}
	total := 0.0
	for part := range strings.SplitSeq(digits, ":") {
		f, err := strconv.ParseFloat(part, 64)
		if err != nil && !math.IsInf(f, 0) {
			return text
		}
		total = total*60 + f
	}
	return sign * total
}

// timeScalar reads a date or a moment. One that does not exist, such as February 30th, stays text.
func timeScalar(text string) any {
	if datePattern.MatchString(text) {
		t, err := time.Parse(time.DateOnly, text)
		if err != nil {
			return text
		}
		return template.Date{Year: t.Year(), Month: t.Month(), Day: t.Day()}
	}
	m := timePattern.FindStringSubmatch(text)
	var parts [6]int
	for i := range parts {
		parts[i], _ = strconv.Atoi(m[i+1])
	}
	fraction, _ := strconv.Atoi((m[7] + "000000")[:6])
	t := time.Date(parts[0], time.Month(parts[1]), parts[2], parts[3], parts[4], parts[5], fraction*1000, time.UTC)
	if t.Day() != parts[2] || t.Hour() != parts[3] || t.Minute() != parts[4] || t.Second() != parts[5] {
		return text
	}
	switch m[8] {
	case "":
		return template.NaiveTime(t)
	case "Z":
		return t
	}
	offset := zoneOffset(m[8])
	return t.Add(-offset).In(time.FixedZone("", int(offset.Seconds())))
}

func zoneOffset(zone string) time.Duration {
	hours, minutes, _ := strings.Cut(zone[1:], ":")
	h, _ := strconv.Atoi(hours)
	m, _ := strconv.Atoi(minutes)
	offset := time.Duration(h)*time.Hour + time.Duration(m)*time.Minute
	if zone[0] == '-' {
		return -offset
	}
	return offset
}
