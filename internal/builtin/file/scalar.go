package file

import (
	"encoding/base64"
	"encoding/hex"
	"math"
	"math/big"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/parquet-go/parquet-go"
	logical "github.com/parquet-go/parquet-go/format"
)

// scalar is how the values of a leaf column become JSON.
type scalar struct {
	schema string
	write  func(dst []byte, v parquet.Value) []byte
}

// append writes a value that may be null.
func (s *scalar) append(dst []byte, v parquet.Value) []byte {
	if v.IsNull() {
		return append(dst, "null"...)
	}
	return s.write(dst, v)
}

const timeSchema = `{"type":["null","string"],"format":"time","airbyte_type":"time_without_timezone"}`

func newScalar(t parquet.Type) scalar {
	if annotated := t.LogicalType(); annotated != nil {
		switch l := annotated.Value.(type) {
		case *logical.StringType, *logical.EnumType, *logical.JsonType:
			return scalar{schemas[kindText], appendTextValue}
		case *logical.UUIDType:
			return scalar{schemas[kindText], appendUUID}
		case *logical.DecimalType:
			return scalar{schemas[kindNumber], func(dst []byte, v parquet.Value) []byte { return appendDecimal(dst, v, int(l.Scale)) }}
		case *logical.DateType:
			return scalar{schemas[kindDate], appendDate}
		case *logical.TimeType:
			unit := duration(l.Unit)
			return scalar{timeSchema, func(dst []byte, v parquet.Value) []byte { return appendClock(dst, whole(v), unit) }}
		case *logical.TimestampType:
			return timestampScalar(l)
		case *logical.IntType:
			if !l.IsSigned {
				return scalar{schemas[kindInteger], appendUnsigned}
			}
		}
	}
	return physicalScalar(t.Kind())
}

// physicalScalar is for columns that say nothing but how their values are stored.
func physicalScalar(k parquet.Kind) scalar {
	switch k {
	case parquet.Boolean:
		return scalar{schemas[kindBoolean], func(dst []byte, v parquet.Value) []byte { return strconv.AppendBool(dst, v.Boolean()) }}
	case parquet.Int32, parquet.Int64:
		return scalar{schemas[kindInteger], func(dst []byte, v parquet.Value) []byte { return strconv.AppendInt(dst, whole(v), 10) }}
	case parquet.Int96:
		return scalar{schemas[kindTimestampTZ], appendInt96}
	case parquet.Float:
		return scalar{schemas[kindNumber], func(dst []byte, v parquet.Value) []byte { return appendFloat(dst, float64(v.Float()), 32) }}
	case parquet.Double:
		return scalar{schemas[kindNumber], func(dst []byte, v parquet.Value) []byte { return appendFloat(dst, v.Double(), 64) }}
	}
	return scalar{schemas[kindText], appendBytes}
}

func timestampScalar(l *logical.TimestampType) scalar {
	unit := duration(l.Unit)
	if l.IsAdjustedToUTC {
		return scalar{schemas[kindTimestampTZ], func(dst []byte, v parquet.Value) []byte {
			return appendTime(dst, whole(v), unit, time.RFC3339Nano)
		}}
	}
	return scalar{schemas[kindTimestamp], func(dst []byte, v parquet.Value) []byte {
		return appendTime(dst, whole(v), unit, "2006-01-02T15:04:05.999999999")
	}}
}

// whole is an integer of either width.
func whole(v parquet.Value) int64 {
	if v.Kind() == parquet.Int32 {
		return int64(v.Int32())
	}
	return v.Int64()
}

func duration(unit logical.TimeUnit) time.Duration {
	switch unit.Value.(type) {
	case *logical.MilliSeconds:
		return time.Millisecond
	case *logical.NanoSeconds:
		return time.Nanosecond
	}
	return time.Microsecond
}

func appendTextValue(dst []byte, v parquet.Value) []byte {
	return appendText(dst, string(v.ByteArray()))
}

// appendBytes writes text as text, since old writers do not say which columns hold text, and anything else in base 64.
func appendBytes(dst []byte, v parquet.Value) []byte {
	if b := v.ByteArray(); !utf8.Valid(b) {
		return append(base64.StdEncoding.AppendEncode(append(dst, '"'), b), '"')
	}
	return appendTextValue(dst, v)
}

func appendUUID(dst []byte, v parquet.Value) []byte {
	b := v.ByteArray()
	if len(b) != 16 {
		return appendBytes(dst, v)
	}
	dst = append(dst, '"')
	for i, end := range []int{4, 6, 8, 10, 16} {
		if i > 0 {
			dst = append(dst, '-')
		}
		dst = hex.AppendEncode(dst, b[[]int{0, 4, 6, 8, 10}[i]:end])
	}
	return append(dst, '"')
}

func appendUnsigned(dst []byte, v parquet.Value) []byte {
	if v.Kind() == parquet.Int32 {
		return strconv.AppendUint(dst, uint64(v.Uint32()), 10)
	}
	return strconv.AppendUint(dst, v.Uint64(), 10)
}

// appendFloat writes null for NaN and the infinities, which JSON does not have.
func appendFloat(dst []byte, f float64, bits int) []byte {
	if math.IsNaN(f) || math.IsInf(f, 0) {
		return append(dst, "null"...)
	}
	return strconv.AppendFloat(dst, f, 'g', -1, bits)
}

// appendDecimal writes all digits of an integer, or of bytes that hold one, with the point put in.
func appendDecimal(dst []byte, v parquet.Value, scale int) []byte {
	digits := ""
	switch v.Kind() {
	case parquet.Int32, parquet.Int64:
		digits = strconv.FormatInt(whole(v), 10)
	default:
		digits = signed(v.ByteArray()).String()
	}
	if digits, negative := strings.CutPrefix(digits, "-"); negative {
		return appendPoint(append(dst, '-'), digits, scale)
	}
	return appendPoint(dst, digits, scale)
}

func appendPoint(dst []byte, digits string, scale int) []byte {
	if scale <= 0 {
		return append(dst, digits...)
	}
	if missing := scale + 1 - len(digits); missing > 0 {
		digits = strings.Repeat("0", missing) + digits
	}
	point := len(digits) - scale
	return append(append(append(dst, digits[:point]...), '.'), digits[point:]...)
}

// signed reads a number in two's complement, most significant byte first.
func signed(b []byte) *big.Int {
	n := new(big.Int).SetBytes(b)
	if len(b) > 0 && b[0] >= 0x80 {
		n.Sub(n, new(big.Int).Lsh(big.NewInt(1), uint(len(b))*8))
	}
	return n
}

func appendDate(dst []byte, v parquet.Value) []byte {
	day := time.Unix(whole(v)*86400, 0).UTC()
	return append(day.AppendFormat(append(dst, '"'), time.DateOnly), '"')
}

func appendClock(dst []byte, n int64, unit time.Duration) []byte {
	clock := time.Unix(0, 0).UTC().Add(time.Duration(n) * unit)
	return append(clock.AppendFormat(append(dst, '"'), "15:04:05.999999999"), '"')
}

// appendTime splits off the seconds first: a far year in nanoseconds would not fit 64 bits.
func appendTime(dst []byte, n int64, unit time.Duration, layout string) []byte {
	perSecond := int64(time.Second / unit)
	at := time.Unix(n/perSecond, n%perSecond*int64(unit)).UTC()
	return append(at.AppendFormat(append(dst, '"'), layout), '"')
}

// appendInt96 writes the times of old writers: nanoseconds of a day, and the day by the Julian calendar.
func appendInt96(dst []byte, v parquet.Value) []byte {
	const epoch = 2440588 // the Julian day of 1970-01-01
	n := v.Int96()
	nanos := int64(n[1])<<32 | int64(n[0])
	at := time.Unix((int64(n[2])-epoch)*86400, nanos).UTC()
	return append(at.AppendFormat(append(dst, '"'), time.RFC3339Nano), '"')
}
