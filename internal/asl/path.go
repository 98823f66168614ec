package asl

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"unicode"
)

// path is a reference path: it selects at most one node of the state's data or of the context object.
type path struct {
	text    string
	context bool
	hops    []hop
}

// hop is one member name, or one index where name is empty and indexed is true.
type hop struct {
	name    string
	index   int
	indexed bool
}

// parsePath reads $, $.a.b, $['a'], $.a[0] and their forms with $$.
func parsePath(text string) (path, error) {
	p := path{text: text}
	rest, ok := strings.CutPrefix(text, "$")
	if !ok {
		if strings.HasPrefix(text, "States.") {
			name, _, _ := strings.Cut(text, "(")
			return p, fmt.Errorf("the intrinsic function %s is not implemented", name)
		}
		return p, fmt.Errorf("%q is not a path: it does not begin with $", text)
	}
	rest, p.context = strings.CutPrefix(rest, "$")
	for rest != "" {
		next, after, err := parseHop(rest)
		if err != nil {
			return p, fmt.Errorf("%q is not a reference path: %w", text, err)
		}
		p.hops, rest = append(p.hops, next), after
	}
	return p, nil
}

func parseHop(rest string) (hop, string, error) {
	if strings.HasPrefix(rest, ".[") {
		rest = rest[1:]
	}
	if inner, ok := strings.CutPrefix(rest, "["); ok {
		return parseBracket(inner)
	}
	inner, ok := strings.CutPrefix(rest, ".")
	if !ok {
		return hop{}, "", fmt.Errorf("unexpected %q", rest)
	}
	end := strings.IndexFunc(inner, func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != '_' && r != '-'
	})
	if end < 0 {
		end = len(inner)
	}
	if end == 0 {
		return hop{}, "", fmt.Errorf("no member name after the dot in %q", rest)
	}
	return hop{name: inner[:end]}, inner[end:], nil
}

func parseBracket(inner string) (hop, string, error) {
	for _, quote := range []string{"'", `"`} {
		if body, ok := strings.CutPrefix(inner, quote); ok {
			name, after, found := strings.Cut(body, quote+"]")
			if !found || name == "" || strings.ContainsAny(name, `'"\`) {
				return hop{}, "", errors.New("a bracket must hold one plain quoted name")
			}
			return hop{name: name}, after, nil
		}
	}
	digits, after, found := strings.Cut(inner, "]")
	index, err := strconv.ParseUint(digits, 10, 31)
	if !found || err != nil {
		return hop{}, "", fmt.Errorf("[%s is neither a quoted name nor an index", inner)
	}
	return hop{index: int(index), indexed: true}, after, nil
}

// get is the node that the path selects in root, and whether there is one.
func (p path) get(root any) (any, bool) {
	for _, h := range p.hops {
		next, ok := h.get(root)
		if !ok {
			return nil, false
		}
		root = next
	}
	return root, true
}

func (h hop) get(node any) (any, bool) {
	if h.indexed {
		items, ok := node.([]any)
		if !ok || h.index >= len(items) {
			return nil, false
		}
		return items[h.index], true
	}
	members, _ := node.(map[string]any)
	value, ok := members[h.name]
	return value, ok
}

// missing describes why get finds nothing in root, in the words of Step Functions.
func (p path) missing(root any) string {
	var found strings.Builder
	found.WriteByte('$')
	for i, h := range p.hops {
		found.WriteString(h.String())
		next, ok := h.get(root)
		if !ok && i < len(p.hops)-1 {
			return "Missing property in path " + found.String()
		}
		root = next
	}
	return "No results for path: " + found.String()
}

// String returns the hop in brackets.
func (h hop) String() string {
	if h.indexed {
		return fmt.Sprintf("[%d]", h.index)
	}
	return "['" + h.name + "']"
}

// put is a copy of root with value in the place of the path; missing members on the way are made.
func (p path) put(root, value any) (any, *fault) {
	out, ok := put(root, p.hops, value)
	if !ok {
		return nil, &fault{name: errResultPath, cause: fmt.Sprintf("ResultPath %s does not fit the state's input", p.text), unlocated: true}
	}
	return out, nil
}

func put(node any, hops []hop, value any) (any, bool) {
	if len(hops) == 0 {
		return value, true
	}
	if hops[0].indexed {
		return putItem(node, hops, value)
	}
	members, ok := node.(map[string]any)
	if !ok {
		return nil, false
	}
	old, present := members[hops[0].name]
	if !present {
		old = map[string]any{}
	}
	inner, ok := put(old, hops[1:], value)
	if !ok {
		return nil, false
	}
	out := maps.Clone(members)
	out[hops[0].name] = inner
	return out, true
}

func putItem(node any, hops []hop, value any) (any, bool) {
	items, ok := node.([]any)
	if !ok || hops[0].index >= len(items) {
		return nil, false
	}
	inner, ok := put(items[hops[0].index], hops[1:], value)
	if !ok {
		return nil, false
	}
	out := slices.Clone(items)
	out[hops[0].index] = inner
	return out, true
}
