package logs

import (
	"strings"
	"unicode/utf8"
)

// Text returns bytes of output as UTF-8: each byte that is part of no character becomes U+FFFD.
func Text(b []byte) string {
	if utf8.Valid(b) {
		return string(b)
	}
	var text strings.Builder
	text.Grow(len(b) + 2*utf8.UTFMax)
	for len(b) > 0 {
		r, n := utf8.DecodeRune(b)
		text.WriteRune(r)
		b = b[n:]
	}
	return text.String()
}

// Split cuts a text of UTF-8 into parts of at most MaxText bytes, between characters. An empty text is one part.
func Split(text string) []string {
	var parts []string
	for len(text) > MaxText {
		n := MaxText
		for !utf8.RuneStart(text[n]) {
			n--
		}
		parts, text = append(parts, text[:n]), text[n:]
	}
	return append(parts, text)
}
