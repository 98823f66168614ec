package jsontree

import (
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Encode returns the node as compact JSON: members in order, numbers as they were written, strings with the fewest escapes.
func (n Node) Encode() []byte { return n.appendTo(nil, writer{}) }

// writer holds how Canonical differs from Encode.
type writer struct {
	canonical bool
	omit      []string // names left out of the outermost object
}

func (n Node) appendTo(dst []byte, w writer) []byte {
	switch n.Kind {
	case Bool:
		return strconv.AppendBool(dst, n.Truth)
	case Number:
		if w.canonical {
			return appendCanonicalNumber(dst, n.Text)
		}
		return append(dst, n.Text...)
	case String:
		return AppendString(dst, n.Text)
	case Array:
		return n.appendItems(dst, w)
	case Object:
		return n.appendMembers(dst, w)
	default:
		return append(dst, "null"...)
	}
}

func (n Node) appendItems(dst []byte, w writer) []byte {
	w.omit = nil
	dst = append(dst, '[')
	for i, item := range n.Items {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = item.appendTo(dst, w)
	}
	return append(dst, ']')
}

func (n Node) appendMembers(dst []byte, w writer) []byte {
	members := n.Members
	if w.canonical {
		members = sorted(members)
	}
	inner := writer{canonical: w.canonical}
	dst = append(dst, '{')
	start := len(dst)
	for _, m := range members {
		if contains(w.omit, m.Name) {
			continue
		}
		if len(dst) > start {
			dst = append(dst, ',')
		}
		dst = append(AppendString(dst, m.Name), ':')
		dst = m.Value.appendTo(dst, inner)
	}
	return append(dst, '}')
}

const hexDigits = "0123456789abcdef"

// AppendString appends s in double quotes to dst, escaping only what JSON must have escaped. Bytes that are not UTF-8 become U+FFFD.
func AppendString(dst []byte, s string) []byte {
	dst = append(dst, '"')
	for i := 0; i < len(s); {
		c := s[i]
		if c >= utf8.RuneSelf {
			r, size := utf8.DecodeRuneInString(s[i:])
			dst = utf8.AppendRune(dst, r)
			i += size
			continue
		}
		dst = appendASCII(dst, c)
		i++
	}
	return append(dst, '"')
}

func appendASCII(dst []byte, c byte) []byte {
	switch {
	case c == '"' || c == '\\':
		return append(dst, '\\', c)
	case c >= ' ':
		return append(dst, c)
	case c == '\n':
		return append(dst, `\n`...)
	case c == '\t':
		return append(dst, `\t`...)
	case c == '\r':
		return append(dst, `\r`...)
	default:
		return append(dst, '\\', 'u', '0', '0', hexDigits[c>>4], hexDigits[c&15])
	}
}

// Canonical returns the same bytes for two nodes of the same JSON value, whatever their member order, white space,
// escapes and number spelling (1, 1.0 and 1e0 are one value, -0 is 0, no digit is lost), and never for two of different values.
// omit names members of the outermost object that do not count. The bytes are JSON themselves, made for a fingerprint.
func Canonical(n Node, omit ...string) []byte {
	return n.appendTo(nil, writer{canonical: true, omit: omit})
}

// sorted returns members in the order of the bytes of their names; doubled ones keep their order.
func sorted(members []Member) []Member {
	byName := func(a, b Member) int { return strings.Compare(a.Name, b.Name) }
	if slices.IsSortedFunc(members, byName) {
		return members
	}
	members = slices.Clone(members)
	slices.SortStableFunc(members, byName)
	return members
}

func appendCanonicalNumber(dst []byte, literal string) []byte {
	d := toDecimal(literal)
	if d.digits == "" {
		return append(dst, '0')
	}
	if d.negative {
		dst = append(dst, '-')
	}
	dst = append(dst, d.digits...)
	if d.exponent == "0" {
		return dst
	}
	return append(append(dst, 'e'), d.exponent...)
}
