package fuzzing

import (
	"regexp"
	"testing"
	"unicode/utf8"
)

var (
	pointer = regexp.MustCompile(`^(?s:/([^~/]|~[01])*)*$`)
	rule    = regexp.MustCompile(`^[A-Z]{2}-[0-9]{2}$`)
)

// IsPointer reports whether s is an RFC 6901 JSON pointer in UTF-8.
func IsPointer(s string) bool { return utf8.ValidString(s) && pointer.MatchString(s) }

// Violation is run.Violation, which converts to it: the domain's own tests use this package too, so it cannot import the domain.
type Violation struct{ Field, Rule, Detail string }

// The bounds of a list of violations.
const (
	maxViolations = 1000
	maxText       = 2 << 20 // bytes; a Lambda's answer holds 6 MB, escapes included
)

// Violations holds the violations of a body against what each of them has to be: a pointer into the body, a rule's id, and words;
// and all of them against what an answer can hold.
func Violations[V any](t testing.TB, found []V, as func(V) Violation) {
	t.Helper()
	text := 0
	for i := range found {
		v := as(found[i])
		if !IsPointer(v.Field) || !rule.MatchString(v.Rule) || v.Detail == "" || !utf8.ValidString(v.Detail) {
			t.Errorf("violation %+q", v)
		}
		text += len(v.Field) + len(v.Detail)
	}
	if len(found) > maxViolations || text > maxText {
		t.Errorf("%d violations of %d bytes", len(found), text)
	}
}
