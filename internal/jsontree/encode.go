package jsontree

import (
	"strconv"
	"unicode/utf8"
)

// Encode writes the node as compact JSON: members in order, numbers as they were written, strings with the fewest escapes.
func (n Node) Encode() []byte { return n.appendTo(nil, writer{}) }

// writer carries what Encode and Canonical do differently.
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

// AppendString writes s in double quotes, escaping only what JSON must have escaped. Bytes that are not UTF-8 become U+FFFD.
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
