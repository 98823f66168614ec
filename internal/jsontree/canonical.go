package jsontree

import (
	"slices"
	"strings"
)

// Canonical writes a node so that two nodes of the same JSON value give the same bytes, whatever their member order, white space,
// escapes and number spelling (1, 1.0 and 1e0 are one value, -0 is 0, no digit is lost), and two of different values never do.
// omit names members of the outermost object that do not count. The bytes are JSON themselves, made for a fingerprint.
func Canonical(n Node, omit ...string) []byte {
	return n.appendTo(nil, writer{canonical: true, omit: omit})
}

// sorted orders members by the bytes of their names; doubled ones keep their order.
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
