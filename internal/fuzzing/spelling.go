package fuzzing

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
	"unicode/utf16"
)

// Respell writes the same JSON value otherwise: members in the opposite order, white space, strings all in escapes, numbers with an
// exponent. ok is false for a text that encoding/json does not take, and for one with a doubled name, whose order matters.
func Respell(text []byte) (other []byte, ok bool) {
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	if !json.Valid(text) {
		return nil, false
	}
	return respell(d)
}

func respell(d *json.Decoder) ([]byte, bool) {
	token, err := d.Token()
	if err != nil {
		return nil, false
	}
	switch v := token.(type) {
	case json.Delim:
		return respellNested(d, v)
	case string:
		return escaped(v), true
	case json.Number:
		return respellNumber(v.String()), true
	case bool:
		return []byte(map[bool]string{true: "\ttrue", false: "false\n"}[v]), true
	default:
		return []byte(" null "), true
	}
}

func respellNested(d *json.Decoder, opening json.Delim) ([]byte, bool) {
	var parts [][]byte
	seen := map[string]bool{}
	for d.More() {
		var part []byte
		if opening == '{' {
			token, err := d.Token()
			name, isName := token.(string)
			if err != nil || !isName || seen[name] {
				return nil, false
			}
			seen[name] = true
			part = append(escaped(name), " : "...)
		}
		value, ok := respell(d)
		if !ok {
			return nil, false
		}
		parts = append(parts, append(part, value...))
	}
	if _, err := d.Token(); err != nil {
		return nil, false
	}
	inside := "[ "
	if opening == '{' {
		inside = "{\r\n"
		slices.Reverse(parts)
	}
	return append(append([]byte(inside), bytes.Join(parts, []byte(" ,\t"))...), map[json.Delim]byte{'{': '}', '[': ']'}[opening]), true
}

// respellNumber moves the point by one place, where there is no exponent that would have to change with it.
func respellNumber(literal string) []byte {
	switch {
	case literal == "0" || literal == "-0":
		return []byte("-0.0")
	case strings.ContainsAny(literal, "eE"):
		return []byte(strings.ToUpper(literal))
	case strings.Contains(literal, "."):
		return []byte(literal + "0E+00")
	default:
		return []byte(literal + "0e-1")
	}
}

func escaped(s string) []byte {
	out := []byte{'"'}
	for _, unit := range utf16.Encode([]rune(s)) {
		const hex = "0123456789ABCDEF"
		out = append(out, '\\', 'u', hex[unit>>12], hex[unit>>8&15], hex[unit>>4&15], hex[unit&15])
	}
	return append(out, '"')
}
