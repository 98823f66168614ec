// Package jsontree reads JSON strictly into an ordered tree and writes it back. It keeps what
// encoding/json loses (member order, number spelling, doubled names) and refuses what encoding/json lets pass (invalid UTF-8,
// half surrogate pairs, text after the value).
//
// Text that is stored keeps its spelling, which a tree does not. Rewriter, RawMembers, SetMembers and StringMember work on the text itself and take
// what encoding/json takes.
package jsontree

import "strings"

// Kind is what a JSON value is. The zero Kind is Null.
type Kind uint8

// The six kinds of JSON values.
const (
	Null Kind = iota
	Bool
	Number
	String
	Array
	Object
)

// String returns the kind's name as messages to callers have it.
func (k Kind) String() string {
	switch k {
	case Bool:
		return "boolean"
	case Number:
		return "number"
	case String:
		return "string"
	case Array:
		return "array"
	case Object:
		return "object"
	default:
		return "null"
	}
}

// Node is one JSON value. The zero Node is null. Nodes are shared, not copied: treat one as immutable.
type Node struct {
	Kind    Kind
	Truth   bool     // Bool only
	Text    string   // String: the unescaped value; Number: the literal as it was written
	Items   []Node   // Array only, in order
	Members []Member // Object only, in order; a doubled name is there as often as it was written
}

// Member is one name and value of an object.
type Member struct {
	Name  string
	Value Node
}

// Get returns the first member called name. It reports false for an absent or null one, and for a node that is not an object.
func (n Node) Get(name string) (Node, bool) {
	for _, m := range n.Members {
		if m.Name == name {
			return m.Value, m.Value.Kind != Null
		}
	}
	return Node{}, false
}

// Without returns the object less its members of the given names; n itself is left alone.
func (n Node) Without(names ...string) Node {
	kept := make([]Member, 0, len(n.Members))
	for _, m := range n.Members {
		if !contains(names, m.Name) {
			kept = append(kept, m)
		}
	}
	n.Members = kept
	return n
}

// With returns the object with member name set to value: in its place when it is there, at the end otherwise. n itself is left alone.
func (n Node) With(name string, value Node) Node {
	n.Members = append(make([]Member, 0, len(n.Members)+1), n.Members...)
	for i := range n.Members {
		if n.Members[i].Name == name {
			n.Members[i].Value = value
			return n
		}
	}
	n.Members = append(n.Members, Member{Name: name, Value: value})
	return n
}

// WithoutNulls returns the value without the null members of its objects, at any depth. The items of arrays all stay. n itself is left alone.
func (n Node) WithoutNulls() Node {
	items, members := n.Items, n.Members
	if items != nil {
		n.Items = make([]Node, len(items))
	}
	for i, item := range items {
		n.Items[i] = item.WithoutNulls()
	}
	if members != nil {
		n.Members = make([]Member, 0, len(members))
	}
	for _, m := range members {
		if m.Value.Kind != Null {
			n.Members = append(n.Members, Member{m.Name, m.Value.WithoutNulls()})
		}
	}
	return n
}

func contains(names []string, name string) bool {
	for _, n := range names {
		if n == name {
			return true
		}
	}
	return false
}

// Join returns an RFC 6901 JSON pointer with one more member name or index, escaping ~ and /.
func Join(pointer, token string) string {
	return string(AppendToken([]byte(pointer), token))
}

// AppendToken appends "/" and the escaped token to a JSON pointer.
func AppendToken(dst []byte, token string) []byte {
	dst = append(dst, '/')
	if !strings.ContainsAny(token, "~/") {
		return append(dst, token...)
	}
	for i := 0; i < len(token); i++ {
		switch token[i] {
		case '~':
			dst = append(dst, "~0"...)
		case '/':
			dst = append(dst, "~1"...)
		default:
			dst = append(dst, token[i])
		}
	}
	return dst
}
