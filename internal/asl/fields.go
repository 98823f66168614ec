package asl

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
)

// maxSeconds bounds every number of seconds in a definition.
const maxSeconds = 99999999

// faults collects what is wrong with a definition, so that all of it is reported at once.
type faults struct{ list []error }

func (f *faults) add(where, format string, args ...any) {
	f.list = append(f.list, fmt.Errorf("%s: %w", where, fmt.Errorf(format, args...)))
}

func (f *faults) err() error { return errors.Join(f.list...) }

// fields reads one object of a definition. Each member is taken once; close refuses what is left.
type fields struct {
	where   string
	members map[string]json.RawMessage
	faults  *faults
}

func newFields(where string, text []byte, f *faults) *fields {
	out := &fields{where: where, faults: f}
	if err := json.Unmarshal(text, &out.members); err != nil || out.members == nil {
		f.add(where, "must be an object")
	}
	return out
}

func (f *fields) refuse(format string, args ...any) { f.faults.add(f.where, format, args...) }

func (f *fields) has(name string) bool {
	_, ok := f.members[name]
	return ok
}

func (f *fields) take(name string) (json.RawMessage, bool) {
	value, ok := f.members[name]
	delete(f.members, name)
	return value, ok
}

// close refuses every member that was not read.
func (f *fields) close() {
	for _, name := range slices.Sorted(maps.Keys(f.members)) {
		f.refuse("field %q is not implemented", name)
	}
}

// text is a string, or "" when the member is absent.
func (f *fields) text(name string) string {
	raw, ok := f.take(name)
	if !ok {
		return ""
	}
	var out *string
	if err := json.Unmarshal(raw, &out); err != nil || out == nil {
		f.refuse("field %q must be a string", name)
		return ""
	}
	return *out
}

// needed is a string that must be there and not be empty.
func (f *fields) needed(name string) string {
	if !f.has(name) {
		f.refuse("field %q is missing", name)
		return ""
	}
	out := f.text(name)
	if out == "" {
		f.refuse("field %q must not be empty", name)
	}
	return out
}

// integer is a whole number from low to high, or otherwise when the member is absent.
func (f *fields) integer(name string, low, high, otherwise int64) int64 {
	raw, ok := f.take(name)
	if !ok {
		return otherwise
	}
	out, err := strconv.ParseInt(string(raw), 10, 64)
	if err != nil || out < low || out > high {
		f.refuse("field %q must be a whole number from %d to %d", name, low, high)
		return otherwise
	}
	return out
}

// flag is a boolean, or false when the member is absent.
func (f *fields) flag(name string) bool {
	raw, ok := f.take(name)
	if ok && string(raw) != "true" && string(raw) != "false" {
		f.refuse("field %q must be true or false", name)
	}
	return string(raw) == "true"
}

// reference is a path into the state's data, or nil when the member is absent.
func (f *fields) reference(name string) *path {
	p := f.anyReference(name)
	if p != nil && p.context {
		f.refuse("field %q may not use the context object", name)
		return nil
	}
	return p
}

// anyReference is a path into the state's data or the context object, or nil when the member is absent.
func (f *fields) anyReference(name string) *path {
	if !f.has(name) {
		return nil
	}
	p, ok := f.path(name, f.text(name))
	if !ok {
		return nil
	}
	if err := contextRule(false)(*p); err != nil {
		f.refuse("field %q: %w", name, err)
		return nil
	}
	return p
}

func (f *fields) path(name, text string) (*path, bool) {
	p, err := parsePath(text)
	if err != nil {
		f.refuse("field %q: %w", name, err)
		return nil, false
	}
	return &p, true
}

// list is an array with at least one element, or nil when the member is absent.
func (f *fields) list(name string) []json.RawMessage {
	present := f.has(name)
	out := f.anyList(name)
	if present && len(out) == 0 {
		f.refuse("field %q must be an array that is not empty", name)
	}
	return out
}

// anyList is an array, or nil when the member is absent.
func (f *fields) anyList(name string) []json.RawMessage {
	raw, ok := f.take(name)
	if !ok {
		return nil
	}
	var out []json.RawMessage
	if err := json.Unmarshal(raw, &out); err != nil || out == nil {
		f.refuse("field %q must be an array", name)
	}
	return out
}

// value is any JSON value and whether the member is there.
func (f *fields) value(name string) (any, bool) {
	raw, ok := f.take(name)
	if !ok {
		return nil, false
	}
	out, err := parseValue(raw)
	if err != nil {
		f.refuse("field %q: %w", name, err)
	}
	return out, true
}
