package manifest

import (
	"fmt"
	"math"
	"testing"
)

// TestPlainScalars has what PyYAML's safe loader makes of unquoted scalars.
func TestPlainScalars(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"yes": "bool true", "Off": "bool false", "y": "string y", "on": "bool true", "NO": "bool false", "true": "bool true",
		"~": "<nil> <nil>", "null": "<nil> <nil>", "nUll": "string nUll",
		"12": "int64 12", "+12": "int64 12", "-5": "int64 -5", "0": "int64 0", "1_000": "int64 1000", "017": "int64 15", "0o17": "string 0o17",
		"08": "string 08", "0x1F": "int64 31", "0b101": "int64 5", "1:30": "int64 90", "12:30:45": "int64 45045", "-1:30": "int64 -90",
		"123456789012345678901234567890": "*big.Int 123456789012345678901234567890",
		"1.5":                            "float64 1.5", "1.": "float64 1", ".5": "float64 0.5", "1e3": "string 1e3", "1.0e3": "string 1.0e3", "1.0e+3": "float64 1000",
		"1_0.5": "float64 10.5", "1:30.5": "float64 90.5", "-.inf": "float64 -Inf", ".inf": "float64 +Inf", "+.5": "string +.5",
		"2024-01-02": "template.Date 2024-01-02", "2024-1-2": "string 2024-1-2", "2024-02-30": "string 2024-02-30",
		"2024-01-02T03:04:05Z": "time.Time 2024-01-02 03:04:05 +0000 UTC", "2024-01-02 03:04:05.5 +02:00": "time.Time 2024-01-02 03:04:05.5 +0200 +0200",
		"-": "string -", "1.2.3": "string 1.2.3", "abc": "string abc", "=": "string =",
	} {
		v := plainScalar(text)
		if got := fmt.Sprintf("%T %v", v, v); got != want {
			t.Errorf("%s: got %s, want %s", text, got, want)
		}
	}
	if f, ok := plainScalar(".nan").(float64); !ok || !math.IsNaN(f) {
		t.Error(".nan is not a number that is not a number")
	}
}
