package faker

import (
	"math/bits"
	"strconv"
	"time"
)

// dice is a random sequence that begins anywhere at no cost: SplitMix64, https://prng.di.unimi.it/splitmix64.c.
type dice uint64

// newDice is the sequence of row i of a stream. The odd numbers spread seeds, streams and rows that lie close together.
func newDice(seed int64, stream uint64, i int64) dice {
	d := dice(uint64(seed)*0x9e3779b97f4a7c15 ^ stream*0xd1342543de82ef95 ^ uint64(i)*0xaef17502108ef2d9)
	d.next()
	return d
}

func (d *dice) next() uint64 {
	*d += 0x9e3779b97f4a7c15
	z := uint64(*d)
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}

// roll is a number below n.
func (d *dice) roll(n int64) int64 {
	high, _ := bits.Mul64(d.next(), uint64(n))
	return int64(high)
}

func (d *dice) pick(words []string) string { return words[d.roll(int64(len(words)))] }

// The time in which everything is made to have happened, in seconds since the Unix epoch: the years 2000 to 2023.
const (
	firstSecond = 946684800
	lastSecond  = 1704067199
)

// moment is a time not before from, in seconds since the Unix epoch.
func (d *dice) moment(from int64) int64 { return from + d.roll(lastSecond-from+1) }

// appendSecond writes a time since 1970 as 2006-01-02T15:04:05+00:00. It is four times as fast as time.AppendFormat.
func appendSecond(dst []byte, unix int64) []byte {
	day, second := unix/86400, unix%86400
	year, month, date := civil(day)
	dst = append(appendTwo(appendTwo(dst, year/100), year%100), '-')
	dst = append(appendTwo(dst, month), '-')
	dst = append(appendTwo(dst, date), 'T')
	dst = append(appendTwo(dst, second/3600), ':')
	dst = append(appendTwo(dst, second/60%60), ':')
	return append(appendTwo(dst, second%60), "+00:00"...)
}

// civil is the date of a day since 1970-01-01, by the algorithm of https://howardhinnant.github.io/date_algorithms.html.
func civil(day int64) (year, month, date int64) {
	z := day + 719468
	era := z / 146097
	dayOfEra := z - era*146097
	yearOfEra := (dayOfEra - dayOfEra/1460 + dayOfEra/36524 - dayOfEra/146096) / 365
	dayOfYear := dayOfEra - (365*yearOfEra + yearOfEra/4 - yearOfEra/100)
	shifted := (5*dayOfYear + 2) / 153 // months count from March
	date = dayOfYear - (153*shifted+2)/5 + 1
	month = shifted + 3
	if month > 12 {
		month -= 12
	}
	year = yearOfEra + era*400
	if month <= 2 {
		year++
	}
	return year, month, date
}

func appendTwo(dst []byte, n int64) []byte { return append(dst, byte('0'+n/10), byte('0'+n%10)) }

// appendTime writes the present time to the microsecond, so that two reads in one second can be told apart.
func appendTime(dst []byte, at time.Time) []byte {
	return at.UTC().AppendFormat(dst, "2006-01-02T15:04:05.000000+00:00")
}

func appendInt(dst []byte, n int64) []byte { return strconv.AppendInt(dst, n, 10) }
