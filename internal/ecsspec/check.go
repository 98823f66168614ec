package ecsspec

import (
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"davit/internal/jsontree"
)

// wrong is the finding of a check that looks at one value; no words, no finding.
func wrong(what string) []finding {
	if what == "" {
		return nil
	}
	return []finding{{what: what}}
}

// text makes a check of what a string says.
func text(judge func(string) string) check {
	return func(n jsontree.Node) []finding {
		if n.Kind != jsontree.String {
			return nil
		}
		return wrong(judge(n.Text))
	}
}

// chars bounds a string's length in characters and, where legal is given, the characters themselves.
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

// items bounds a list's length.
func items(least, most int) check {
	return func(n jsontree.Node) []finding {
		if n.Kind != jsontree.Array || len(n.Items) >= least && len(n.Items) <= most {
			return nil
		}
		return wrong(strconv.Itoa(len(n.Items)) + " items were given")
	}
}

// between bounds a whole number.
func between(least, most int64) check {
	return func(n jsontree.Node) []finding {
		v, whole, fits := n.Int64()
		if !whole || !fits || v >= least && v <= most {
			return nil
		}
		return wrong(strconv.FormatInt(v, 10) + " was given")
	}
}

// enum takes the values of an SDK enum, less some that do not apply here.
func enum[T ~string](values []T, less ...T) check {
	return text(func(s string) string {
		if slices.Contains(values, T(s)) && !slices.Contains(less, T(s)) {
			return ""
		}
		return quoted(s) + " was given"
	})
}

// never refuses a member however it is filled.
func never(what string) check {
	return func(jsontree.Node) []finding { return wrong(what) }
}

// quoted repeats a caller's text in a detail, unless it is long.
func quoted(s string) string {
	if len(s) > 64 {
		return "a text of " + strconv.Itoa(len(s)) + " bytes"
	}
	return strconv.Quote(s)
}

// choice writes an enum's values, less some, as a limit.
func choice[T ~string](values []T, less ...T) string {
	var names []string
	for _, v := range values {
		if !slices.Contains(less, v) {
			names = append(names, string(v))
		}
	}
	return strings.Join(names, ", ")
}
