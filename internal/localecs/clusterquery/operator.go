package clusterquery

import (
	"regexp"
	"slices"
)

// kind is a set of operators that a subject has together.
type kind int

const (
	equality kind = iota
	order
	existence
	membership
	patterns
)

// operator is one of the language, with its symbol if it has one. What it negates is written down once: its test is that of its counterpart.
type operator struct {
	symbol, word string
	kind         kind
	negated      bool
	holds        func(difference int) bool // of value and argument, for equality and order
}

// operators are in an order in which no symbol is hidden by one that begins it.
func operators() []operator {
	equal := func(d int) bool { return d == 0 }
	return []operator{
		{"==", "equals", equality, false, equal},
		{"!=", "not_equals", equality, true, equal},
		{"=~", "matches", patterns, false, nil},
		{"!~", "not_matches", patterns, true, nil},
		{">=", "greater_than_equal", order, false, func(d int) bool { return d >= 0 }},
		{"<=", "less_than_equal", order, false, func(d int) bool { return d <= 0 }},
		{">", "greater_than", order, false, func(d int) bool { return d > 0 }},
		{"<", "less_than", order, false, func(d int) bool { return d < 0 }},
		{"!exists", "not_exists", existence, true, nil},
		{"!in", "not_in", membership, true, nil},
		{"", "exists", existence, false, nil},
		{"", "in", membership, false, nil},
	}
}

// test is what one value of the subject must pass.
func (op operator) test(s *subject, arguments []string) (func(value string) bool, error) {
	switch op.kind {
	case existence:
		return func(string) bool { return true }, nil
	case patterns:
		whole, err := regexp.Compile("^(?s:" + arguments[0] + ")$")
		if err != nil {
			return nil, err
		}
		return whole.MatchString, nil
	case membership:
		return func(v string) bool {
			return slices.ContainsFunc(arguments, func(a string) bool { return s.compare(v, a) == 0 })
		}, nil
	default:
		return func(v string) bool { return op.holds(s.compare(v, arguments[0])) }, nil
	}
}
