package config

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Env is the environment of one process. It is not safe for concurrent use.
type Env struct {
	lookup func(name string) (value string, ok bool)
	faults []error
}

// New reads by lookup: os.LookupEnv, or a test's own.
func New(lookup func(name string) (value string, ok bool)) *Env { return &Env{lookup: lookup} }

// Err is everything that is wrong with what was asked for, nil when nothing is. Values that may be long or secret are not in it.
func (e *Env) Err() error { return errors.Join(e.faults...) }

// Fail adds what somebody else found wrong at the start.
func (e *Env) Fail(err error) {
	if err != nil {
		e.faults = append(e.faults, err)
	}
}

// addFault says that a variable is not what it may be.
func (e *Env) addFault(name, problem, allowed string) {
	e.Fail(fmt.Errorf("%s %s; allowed: %s", name, problem, allowed))
}

// optional is a variable without the spaces around it; "" when it is not set.
func (e *Env) optional(name string) string {
	value, _ := e.lookup(name)
	return strings.TrimSpace(value)
}

// required is a variable that may not be empty.
func (e *Env) required(name, allowed string) (value string, ok bool) {
	if value = e.optional(name); value == "" {
		e.addFault(name, "is not set", allowed)
		return "", false
	}
	return value, true
}

// matching is a required variable that a check accepts; "" after a fault.
func (e *Env) matching(name, allowed string, check func(string) bool) string {
	value, ok := e.required(name, allowed)
	if ok && !check(value) {
		e.addFault(name, fmt.Sprintf("is %q", truncated(value)), allowed)
		return ""
	}
	return value
}

// oneOf is a required variable that is one of a few words; "" after a fault.
func (e *Env) oneOf(name string, words ...string) string {
	return e.matching(name, strings.Join(words, ", "), func(v string) bool { return slices.Contains(words, v) })
}

func (e *Env) boolean(name string) bool { return e.oneOf(name, "true", "false") == "true" }

// truncated keeps a start's error readable.
func truncated(s string) string {
	if len(s) <= 80 {
		return s
	}
	return strings.ToValidUTF8(s[:77], "") + "..."
}

// consistsOf says whether s has between least and most bytes, all of them of alphabet.
func consistsOf(s, alphabet string, least, most int) bool {
	return len(s) >= least && len(s) <= most && strings.Trim(s, alphabet) == ""
}

// The alphabets of names.
const (
	digits         = "0123456789"
	lowercase      = "abcdefghijklmnopqrstuvwxyz"
	wordCharacters = lowercase + "ABCDEFGHIJKLMNOPQRSTUVWXYZ" + digits + "_-"
)
