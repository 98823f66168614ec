package jsontree

import (
	"strconv"
	"strings"
)

// number reads a number literal and returns it as written.
func (p *parser) number() string {
	start := p.pos
	if p.peek() == '-' {
		p.pos++
	}
	if p.peek() == '0' {
		p.pos++
	} else {
		p.digits()
	}
	if c := p.peek(); c >= '0' && c <= '9' {
		p.fail(start, "a number must not begin with a zero")
	}
	if p.peek() == '.' {
		p.pos++
		p.digits()
	}
	if c := p.peek(); c == 'e' || c == 'E' {
		p.pos++
		if c := p.peek(); c == '+' || c == '-' {
			p.pos++
		}
		p.digits()
	}
	return string(p.data[start:p.pos])
}

func (p *parser) digits() {
	start := p.pos
	for p.pos < len(p.data) && p.data[p.pos] >= '0' && p.data[p.pos] <= '9' {
		p.pos++
	}
	if p.pos == start {
		p.fail(p.pos, p.orEnd("a digit is expected here"))
	}
}

// Int64 returns a number that is a whole one whatever its spelling (1, 1.0, 10e-1). whole is false for a fraction, fits for a
// whole number beyond int64; value is meant only when both are true. A node that is no number is neither.
func (n Node) Int64() (value int64, whole, fits bool) {
	if n.Kind != Number {
		return 0, false, false
	}
	if v, err := strconv.ParseInt(n.Text, 10, 64); err == nil {
		return v, true, true
	}
	d := toDecimal(n.Text)
	if strings.HasPrefix(d.exponent, "-") {
		return 0, false, false
	}
	const most = 19 // digits of the largest int64
	zeros, err := strconv.Atoi(d.exponent)
	if err != nil || zeros > most || len(d.digits) > most {
		return 0, true, false
	}
	text := d.digits + strings.Repeat("0", zeros)
	if d.negative {
		text = "-" + text
	}
	if d.digits == "" {
		text = "0"
	}
	v, err := strconv.ParseInt(text, 10, 64)
	return v, true, err == nil
}

// Float64 returns a number as the nearest float64. It reports false for one beyond the largest, and for a node that is no number.
func (n Node) Float64() (float64, bool) {
	if n.Kind != Number {
		return 0, false
	}
	v, err := strconv.ParseFloat(n.Text, 64)
	if err != nil {
		return 0, false
	}
	return v, true
}
