package asl

import (
	"fmt"
	"strings"
)

// template is a payload template: JSON in which a member "name.$" is replaced by what its path selects.
type template struct {
	constant any
	lookup   *path
	field    string // of lookup, for the message
	members  map[string]*template
	items    []*template
}

// scope is what the paths of a state see.
type scope struct {
	data    any
	context func() map[string]any
}

func (sc scope) get(p path) (any, bool) { return p.get(sc.root(p)) }

// root is what the path begins at.
func (sc scope) root(p path) any {
	if p.context {
		return sc.context()
	}
	return sc.data
}

// invalidPath is the fault of a path that selects nothing.
func invalidPath(sc scope, p path) *fault {
	return runtimeFault("Invalid path '%s' : %s", p.text, p.missing(sc.root(p)))
}

// plain returns a value as a cause shows it: a string without quotes, anything else as JSON.
func plain(value any) string {
	if text, ok := value.(string); ok {
		return text
	}
	text, err := appendValue(nil, value)
	if err != nil {
		return fmt.Sprint(value)
	}
	return string(text)
}

// parseTemplate compiles value. allow judges each path.
func parseTemplate(value any, allow func(path) error) (*template, error) {
	switch v := value.(type) {
	case map[string]any:
		return parseMembers(v, allow)
	case []any:
		out := &template{items: make([]*template, len(v))}
		for i, item := range v {
			compiled, err := parseTemplate(item, allow)
			if err != nil {
				return nil, err
			}
			out.items[i] = compiled
		}
		return out, nil
	}
	return &template{constant: value}, nil
}

func parseMembers(members map[string]any, allow func(path) error) (*template, error) {
	out := &template{members: make(map[string]*template, len(members))}
	for field, value := range members {
		name, isPath := strings.CutSuffix(field, ".$")
		compiled, err := parseMember(field, isPath, value, allow)
		if err != nil {
			return nil, err
		}
		if _, twice := out.members[name]; twice {
			return nil, fmt.Errorf("%q and %q are both given", name, name+".$")
		}
		out.members[name] = compiled
	}
	return out, nil
}

func parseMember(field string, isPath bool, value any, allow func(path) error) (*template, error) {
	if !isPath {
		return parseTemplate(value, allow)
	}
	text, ok := value.(string)
	if !ok {
		return nil, fmt.Errorf("%q must be a path", field)
	}
	p, err := parsePath(text)
	if err == nil {
		err = allow(p)
	}
	if err != nil {
		return nil, fmt.Errorf("%q: %w", field, err)
	}
	return &template{lookup: &p, field: field}, nil
}

// apply fills the template. A path that selects nothing is States.Runtime.
func (t *template) apply(sc scope) (any, *fault) {
	switch {
	case t.lookup != nil:
		value, ok := sc.get(*t.lookup)
		if !ok {
			return nil, runtimeFault(missingInInput, t.lookup.text, t.field, plain(sc.data))
		}
		return value, nil
	case t.members != nil:
		return t.applyMembers(sc)
	case t.items != nil:
		return t.applyItems(sc)
	}
	return t.constant, nil
}

func (t *template) applyMembers(sc scope) (any, *fault) {
	out := make(map[string]any, len(t.members))
	for name, member := range t.members {
		value, f := member.apply(sc)
		if f != nil {
			return nil, f
		}
		out[name] = value
	}
	return out, nil
}

func (t *template) applyItems(sc scope) (any, *fault) {
	out := make([]any, len(t.items))
	for i, item := range t.items {
		value, f := item.apply(sc)
		if f != nil {
			return nil, f
		}
		out[i] = value
	}
	return out, nil
}
