package run

import (
	"bytes"
	"encoding/json"
	"reflect"
	"slices"
)

// mergeJSON merges one description into another, member by member, down into objects and into lists of items that have a name. What the merged one lacks is
// kept; unless it is newer it only adds.
type mergeJSON struct{ newer bool }

// merge returns a with b merged into it, and a itself where that changes nothing.
func (o mergeJSON) merge(a, b json.RawMessage) json.RawMessage {
	lower, upper := parse(a), parse(b)
	if merged, changed := o.value("", lower, upper); changed {
		return marshal(merged, a)
	}
	return a
}

// parse reads JSON with its numbers as they are written; nil where it is none.
func parse(raw json.RawMessage) (v any) {
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	if d.Decode(&v) != nil {
		return nil
	}
	return v
}

func marshal(v any, otherwise json.RawMessage) json.RawMessage {
	raw, err := json.Marshal(v)
	if err != nil {
		return otherwise
	}
	return raw
}

// value returns a with b merged into it; name is the member, or the list, that they are in. It may change what a holds.
func (o mergeJSON) value(name string, a, b any) (merged any, changed bool) {
	switch {
	case a == nil:
		return b, b != nil
	case b == nil && !o.newer:
		return a, false
	}
	switch a := a.(type) {
	case map[string]any:
		if b, ok := b.(map[string]any); ok {
			return a, o.object(name, a, b)
		}
	case []any:
		if b, ok := b.([]any); ok {
			return o.list(name, a, b)
		}
	}
	return o.whole(a, b)
}

func (o mergeJSON) whole(a, b any) (merged any, changed bool) {
	if !o.newer {
		return a, false
	}
	return b, !reflect.DeepEqual(a, b)
}

// object merges over into an object, which is of a list or a member of that name. It reports whether that changed it.
func (o mergeJSON) object(list string, into, over map[string]any) (changed bool) {
	for name, upper := range over {
		if list == "attachments" && name == "type" && into[name] != nil {
			continue // an event has names of its own for it: eni for ElasticNetworkInterface
		}
		if merged, differs := o.value(name, into[name], upper); differs {
			into[name], changed = merged, true
		}
	}
	if o.newer && list == "containers" {
		changed = dropUnset(into, over) || changed
	}
	return changed
}

// dropUnset removes members that an event has whenever they have a value: a container that was started again has no exit code.
func dropUnset(into, over map[string]any) (changed bool) {
	for _, name := range []string{"exitCode", "reason"} {
		if _, has := into[name]; has && over[name] == nil {
			delete(into, name)
			changed = true
		}
	}
	return changed
}

// list matches the items of both lists by their names. Lists of anything else are one value; an empty one changes nothing.
func (o mergeJSON) list(name string, a, b []any) (merged any, changed bool) {
	into, named := namedItems(a)
	over, alsoNamed := namedItems(b)
	switch {
	case len(b) == 0:
		return a, false // nothing is told
	case !named || !alsoNamed:
		return o.whole(a, b)
	}
	for _, upper := range over {
		i := slices.IndexFunc(into, func(x *namedItem) bool { return !x.matched && x.same(upper) })
		if i < 0 {
			upper.matched, changed = true, true
			into, a = append(into, upper), append(a, upper.members)
			continue
		}
		into[i].matched = true
		changed = o.object(name, into[i].members, upper.members) || changed
	}
	return a, changed
}

// itemNames are the members that ECS names the things of a list by, the most telling first.
var itemNames = []string{"containerArn", "id", "attachmentId", "name"}

// namedItem is an item of a list that has a name.
type namedItem struct {
	members map[string]any
	names   [4]string // as in naming
	matched bool      // its counterpart was found
}

// same reports whether two things have the same name, by the first kind of name that both have.
func (x *namedItem) same(y *namedItem) bool {
	for i := range itemNames {
		if x.names[i] != "" && y.names[i] != "" {
			return x.names[i] == y.names[i]
		}
	}
	return false
}

// namedItems returns the items of a list with their names; false when an item has none.
func namedItems(list []any) ([]*namedItem, bool) {
	things := make([]*namedItem, len(list))
	for i, item := range list {
		members, isObject := item.(map[string]any)
		if !isObject {
			return nil, false
		}
		things[i] = &namedItem{members: members}
		for kind, member := range itemNames {
			name, isText := members[member].(string)
			if members[member] != nil && !isText {
				return nil, false
			}
			things[i].names[kind] = name
		}
		if things[i].names == [4]string{} {
			return nil, false
		}
	}
	return things, true
}
