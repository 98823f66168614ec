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

func (sc scope) get(p path) (any, bool) {
	if p.context {
		return p.get(sc.context())
	}
	return p.get(sc.data)
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
			return nil, runtimeFault("The JSONPath '%s' specified for the field '%s' could not be found in the input", t.lookup.text, t.field)
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

// reaches reports whether any path of the template selects the node named, or one around it.
func (t *template) reaches(names ...string) bool {
	if t.lookup != nil {
		return t.lookup.context && covers(t.lookup.hops, names)
	}
	for _, member := range t.members {
		if member.reaches(names...) {
			return true
		}
	}
	for _, item := range t.items {
		if item.reaches(names...) {
			return true
		}
	}
	return false
}

func covers(hops []hop, names []string) bool {
	for i, h := range hops {
		if i >= len(names) || h.name != names[i] {
			return false
		}
	}
	return true
}
