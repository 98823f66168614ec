package ecsspec

import (
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"davit/internal/jsontree"
)

// wrong returns a finding of the value itself, none for "".
func wrong(what string) []finding {
	if what == "" {
		return nil
	}
	return []finding{{detail: what}}
}

// text returns a check of strings: judge returns what is wrong with one, "" when nothing is.
func text(judge func(string) string) check {
	return func(n jsontree.Node) []finding {
		if n.Kind != jsontree.String {
			return nil
		}
		return wrong(judge(n.Text))
	}
}

// chars returns a check of a string's length in characters and, where legal is not nil, of each character.
func chars(least, most int, legal func(rune) bool) check {
	return text(func(s string) string {
		switch length := utf8.RuneCountInString(s); {
		case length < least && length == 0:
			return "the value is empty"
		case length < least || length > most:
			return strconv.Itoa(length) + " characters were given"
		case legal == nil:
			return ""
		}
		for _, r := range s {
			if !legal(r) {
				return "the character " + strconv.QuoteRune(r) + " was given"
			}
		}
		return ""
	})
}

// notEmpty is a check that a text is not empty.
var notEmpty = text(func(s string) string {
	if s == "" {
		return "the value is empty"
	}
	return ""
})

// items returns a check of a list's length.
func items(least, most int) check {
	return func(n jsontree.Node) []finding {
		if n.Kind != jsontree.Array || len(n.Items) >= least && len(n.Items) <= most {
			return nil
		}
		return wrong(strconv.Itoa(len(n.Items)) + " items were given")
	}
}

// between returns a check that a whole number is from least to most.
func between(least, most int64) check {
	return func(n jsontree.Node) []finding {
		v, whole, fits := n.Int64()
		if !whole || !fits || v >= least && v <= most {
			return nil
		}
		return wrong(strconv.FormatInt(v, 10) + " was given")
	}
}

// enum returns a check that a string is a value of an SDK enum and none of less.
func enum[T ~string](values []T, less ...T) check {
	return text(func(s string) string {
		if slices.Contains(values, T(s)) && !slices.Contains(less, T(s)) {
			return ""
		}
		return quoted(s) + " was given"
	})
}

// never returns a check that no value passes.
func never(what string) check {
	return func(jsontree.Node) []finding { return wrong(what) }
}

// quoted returns a caller's text in quotes for a detail; of more than 64 bytes only its length.
func quoted(s string) string {
	if len(s) > 64 {
		return "a text of " + strconv.Itoa(len(s)) + " bytes"
	}
	return strconv.Quote(s)
}

// choice returns an enum's values, without less, as the limit of a rule.
func choice[T ~string](values []T, less ...T) string {
	var names []string
	for _, v := range values {
		if !slices.Contains(less, v) {
			names = append(names, string(v))
		}
	}
	return strings.Join(names, ", ")
}
