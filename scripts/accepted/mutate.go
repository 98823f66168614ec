package main

import (
	"encoding/json"
	"maps"
	"slices"
)

// slot is the place of a value in an object or a list.
type slot struct {
	get    any
	set    func(any)
	remove func() // nil in a list
}

// slots appends the places in a value to list, in a fixed order.
func slots(list []slot, value any) []slot {
	switch v := value.(type) {
	case map[string]any:
		for _, name := range slices.Sorted(maps.Keys(v)) {
			list = append(list, slot{v[name], func(to any) { v[name] = to }, func() { delete(v, name) }})
			list = slots(list, v[name])
		}
	case []any:
		for i := range v {
			list = append(list, slot{v[i], func(to any) { v[i] = to }, nil})
			list = slots(list, v[i])
		}
	}
	return list
}

// mutate changes one value anywhere in the request: removes it, empties it, replaces it by one of another type, or adds a member
// that ECS does not have.
func (g *generator) mutate(root map[string]any) {
	all := slots(nil, root)
	if len(all) == 0 {
		return
	}
	at := pick(g, all)
	switch g.IntN(6) {
	case 0, 1, 2:
		if at.remove != nil {
			at.remove()
			return
		}
		at.set(map[string]any{})
	case 3:
		at.set(pick(g, []any{nil, "", 0, false, []any{}, map[string]any{}, "x", json.Number("1.5"), []any{nil}, map[string]any{"x": 1}}))
	case 4:
		at.set(g.otherValue(at.get))
	default:
		if members, isObject := at.get.(map[string]any); isObject {
			members[pick(g, []string{"", "Name", "value", "a/b", "type"})] = "x"
		}
	}
}

// otherValue returns another value of the same JSON type.
func (g *generator) otherValue(value any) any {
	switch v := value.(type) {
	case string:
		return g.text("")
	case []any:
		for range g.length("") {
			if len(v) > 0 {
				v = append(v, v[0])
			}
		}
		return v
	case bool:
		return !v
	case map[string]any:
		return map[string]any{}
	default:
		return g.number("")
	}
}
