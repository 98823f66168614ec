package jsontree

import (
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// text reads a string from its opening quote on and returns it unescaped.
func (p *parser) text() string {
	start := p.pos
	p.pos++
	var unescaped []byte
	for p.fault == nil {
		part, end := p.run()
		switch end {
		case '"':
			p.pos++
			return string(unescaped) + string(part)
		case '\\':
			unescaped = p.escape(append(unescaped, part...))
		case 0:
			p.fail(start, "this string is not closed")
		default:
			p.fail(p.pos, "a control character in a string must be written as an escape")
		}
	}
	return ""
}

// run returns the plain bytes from here up to a quote, a backslash, a control character or the end (0), and which it was.
func (p *parser) run() (part []byte, end byte) {
	from := p.pos
	for p.pos < len(p.data) && !stops(p.data[p.pos]) {
		p.pos++
	}
	part = p.data[from:p.pos]
	if !utf8.Valid(part) {
		p.fail(from+invalidAt(part), "the text is not valid UTF-8")
	}
	if p.pos == len(p.data) {
		return part, 0
	}
	return part, max(p.data[p.pos], 1)
}

func stops(c byte) bool { return c == '"' || c == '\\' || c < ' ' }

func invalidAt(part []byte) int {
	at := 0
	for at < len(part) {
		r, size := utf8.DecodeRune(part[at:])
		if r == utf8.RuneError && size <= 1 {
			break
		}
		at += size
	}
	return at
}

const (
	escapeNames  = `"\/bfnrt`
	escapeValues = "\"\\/\b\f\n\r\t"
)

// escape reads one escape sequence and adds its character to out.
func (p *parser) escape(out []byte) []byte {
	if p.pos+1 >= len(p.data) {
		p.fail(p.pos, "the text ends too early")
		return out
	}
	c := p.data[p.pos+1]
	if c == 'u' {
		return utf8.AppendRune(out, p.unicode())
	}
	i := strings.IndexByte(escapeNames, c)
	if i < 0 {
		p.fail(p.pos, `an escape is \" \\ \/ \b \f \n \r \t or \u and four hex digits`)
		return out
	}
	p.pos += 2
	return append(out, escapeValues[i])
}

// unicode reads \uXXXX, or the two of them that make one character.
func (p *parser) unicode() rune {
	start := p.pos
	r := p.hex()
	if !utf16.IsSurrogate(r) || p.fault != nil {
		return r
	}
	if p.pos+1 < len(p.data) && p.data[p.pos] == '\\' && p.data[p.pos+1] == 'u' {
		if pair := utf16.DecodeRune(r, p.hex()); pair != utf8.RuneError {
			return pair
		}
	}
	p.fail(start, `a \u surrogate is without its other half`)
	return utf8.RuneError
}

func (p *parser) hex() rune {
	var r rune
	for i := p.pos + 2; i < p.pos+6; i++ {
		if i >= len(p.data) {
			p.fail(len(p.data), "the text ends too early")
			return 0
		}
		d, ok := hexDigit(p.data[i])
		if !ok {
			p.fail(p.pos, `\u takes four hex digits`)
			return 0
		}
		r = r<<4 | d
	}
	p.pos += 6
	return r
}

func hexDigit(c byte) (rune, bool) {
	switch {
	case c >= '0' && c <= '9':
		return rune(c - '0'), true
	case c >= 'a' && c <= 'f':
		return rune(c-'a') + 10, true
	case c >= 'A' && c <= 'F':
		return rune(c-'A') + 10, true
	default:
		return 0, false
	}
}
