package ecsname

import (
	"encoding/base64"
	"slices"
	"strings"

	"davit/internal/localecs/ecserror"
)

// MaxPage is the most that any list or description answers in one call, and what a list answers by default.
const MaxPage = 100

// ordering is that of the keys in a list.
type ordering bool

// The orders of a list.
const (
	Ascending  ordering = false
	Descending ordering = true
)

// Page is the part of names that a list answers. The next token is the key of the last name answered, so names that come and go
// between two calls move no other name.
func Page(entries []Entry, order ordering, maxResults *int32, token *string) (names []string, next *string, err error) {
	size := MaxPage
	if maxResults != nil {
		size = int(*maxResults)
	}
	if size < 1 || size > MaxPage {
		return nil, nil, ecserror.Invalid("maxResults must be between 1 and 100.")
	}
	if token != nil && *token != "" {
		if entries, err = after(entries, order, *token); err != nil {
			return nil, nil, err
		}
	}
	names = []string{}
	for _, e := range entries[:min(size, len(entries))] {
		names = append(names, e.Name)
	}
	if len(entries) > size {
		next = new(base64.RawURLEncoding.EncodeToString([]byte(entries[size-1].Key)))
	}
	return names, next, nil
}

// Entry is a name to list and the key that orders it.
type Entry struct{ Key, Name string }

// after drops the entries up to the one that the token names. That one may be gone: its key still says where to go on.
func after(entries []Entry, order ordering, token string) ([]Entry, error) {
	key, err := base64.RawURLEncoding.DecodeString(token)
	if err != nil || len(key) == 0 {
		return nil, ecserror.Invalid("Invalid token.")
	}
	last := string(key)
	at := slices.IndexFunc(entries, func(e Entry) bool {
		return e.Key != last && (e.Key < last) == bool(order)
	})
	if at < 0 {
		return nil, nil
	}
	return entries[at:], nil
}

// ShortName takes the name out of an ARN of the kind; a name stays as it is.
func ShortName(kind, ref string) string { return strings.TrimPrefix(ref, ARNRoot+kind+"/") }

// ByKey orders entries by their keys.
func ByKey(a, b Entry) int { return strings.Compare(a.Key, b.Key) }
