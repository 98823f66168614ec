package jsontree

import (
	"strconv"
	"strings"
)

// decimal is a number as digits × 10^exponent, the digits without zeros at either end. Zero has no digits, exponent 0 and no sign.
type decimal struct {
	negative bool
	digits   string
	exponent string // a whole number of any length, as strconv would write it
}

// toDecimal returns a literal as a decimal. The zeros of an exponent are never written out: 1e999999999 costs no more than its eleven bytes.
func toDecimal(literal string) decimal {
	mantissa, power := strings.TrimPrefix(literal, "-"), ""
	if i := strings.IndexAny(mantissa, "eE"); i >= 0 {
		mantissa, power = mantissa[:i], mantissa[i+1:]
	}
	whole, fraction, _ := strings.Cut(mantissa, ".")
	digits := strings.TrimLeft(whole+fraction, "0")
	if digits == "" {
		return decimal{exponent: "0"}
	}
	short := strings.TrimRight(digits, "0")
	return decimal{
		negative: literal[0] == '-',
		digits:   short,
		exponent: addToPower(power, int64(len(digits)-len(short)-len(fraction))),
	}
}

// addToPower adds delta to the exponent of a literal ("", "5", "+05", "-5"), which may have more digits than any integer type.
func addToPower(power string, delta int64) string {
	negative := strings.HasPrefix(power, "-")
	size := strings.TrimLeft(power, "+-0")
	if len(size) <= 18 {
		v, _ := strconv.ParseInt("0"+size, 10, 64) // at most 18 digits always fit
		if negative {
			v = -v
		}
		return strconv.FormatInt(v+delta, 10)
	}
	if !negative {
		return addDigits(size, delta)
	}
	return "-" + addDigits(size, -delta)
}

// addDigits adds delta to a whole number of more than 18 digits; delta is far smaller, so that the sum is positive too.
func addDigits(size string, delta int64) string {
	sum := []byte(size)
	for i := len(sum) - 1; i >= 0 && delta != 0; i-- {
		delta += int64(sum[i] - '0')
		digit := (delta%10 + 10) % 10
		sum[i] = byte('0' + digit)
		delta = (delta - digit) / 10
	}
	if delta > 0 {
		return strconv.FormatInt(delta, 10) + string(sum)
	}
	return strings.TrimLeft(string(sum), "0")
}
