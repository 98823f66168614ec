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

// New returns an Env that reads variables with lookup: os.LookupEnv, or a test's own.
func New(lookup func(name string) (value string, ok bool)) *Env { return &Env{lookup: lookup} }

// Err returns every fault of the variables that were read, joined; nil when there is none. It holds no value that may be long or secret.
func (e *Env) Err() error { return errors.Join(e.faults...) }

// Fail adds an error of the start that is no variable's. It ignores nil.
func (e *Env) Fail(err error) {
	if err != nil {
		e.faults = append(e.faults, err)
	}
}

// addFault records that a variable has a value that is not allowed, once however often it is read.
func (e *Env) addFault(name, problem, allowed string) {
	fault := fmt.Errorf("%s %s; allowed: %s", name, problem, allowed)
	if !slices.ContainsFunc(e.faults, func(known error) bool { return known.Error() == fault.Error() }) {
		e.Fail(fault)
	}
}

// optional returns a variable's value without the spaces around it; "" when it is not set.
func (e *Env) optional(name string) string {
	value, _ := e.lookup(name)
	return strings.TrimSpace(value)
}

// required returns the value of a variable that may not be empty.
func (e *Env) required(name, allowed string) (value string, ok bool) {
	if value = e.optional(name); value == "" {
		e.addFault(name, "is not set", allowed)
		return "", false
	}
	return value, true
}

// matching returns the value of a required variable that check accepts; "" after a fault.
func (e *Env) matching(name, allowed string, check func(string) bool) string {
	value, ok := e.required(name, allowed)
	if ok && !check(value) {
		e.addFault(name, fmt.Sprintf("is %q", truncated(value)), allowed)
		return ""
	}
	return value
}

// oneOf returns the value of a required variable that is one of words; "" after a fault.
func (e *Env) oneOf(name string, words ...string) string {
	return e.matching(name, strings.Join(words, ", "), func(v string) bool { return slices.Contains(words, v) })
}

// boolean returns the value of a required variable that is true or false; false after a fault.
func (e *Env) boolean(name string) bool { return e.oneOf(name, "true", "false") == "true" }

// truncated returns s, cut to at most 80 bytes.
func truncated(s string) string {
	if len(s) <= 80 {
		return s
	}
	return strings.ToValidUTF8(s[:77], "") + "..."
}

// consistsOf reports whether s has between least and most bytes, all of them of alphabet.
func consistsOf(s, alphabet string, least, most int) bool {
	return len(s) >= least && len(s) <= most && strings.Trim(s, alphabet) == ""
}

// The characters that names consist of.
const (
	digits         = "0123456789"
	lowercase      = "abcdefghijklmnopqrstuvwxyz"
	wordCharacters = lowercase + "ABCDEFGHIJKLMNOPQRSTUVWXYZ" + digits + "_-"
)
