package ecsspec

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"

	"davit/internal/jsontree"
)

var errNotObject = errors.New("the input is not a JSON object")

// WithValues returns an operation's input with some top-level members set and others dropped; all else stays as it was written. A
// member that is there keeps its place, new ones follow at the end in the order of their names. Values are whatever encoding/json
// writes; it fails on those that it cannot, and on an input that is not a JSON object.
func WithValues(input json.RawMessage, set map[string]any, drop ...string) (json.RawMessage, error) {
	doc, serr := jsontree.Parse(input)
	if serr != nil {
		return nil, fmt.Errorf("set values: %w", serr)
	}
	if doc.Root.Kind != jsontree.Object {
		return nil, fmt.Errorf("set values: %w", errNotObject)
	}
	root := doc.Root.Without(drop...)
	for _, name := range slices.Sorted(maps.Keys(set)) {
		value, err := node(set[name])
		if err != nil {
			return nil, fmt.Errorf("set %s: %w", name, err)
		}
		root = root.With(name, value)
	}
	return root.Encode(), nil
}

func node(value any) (jsontree.Node, error) {
	text, err := json.Marshal(value)
	if err != nil {
		return jsontree.Node{}, err
	}
	doc, serr := jsontree.Parse(text)
	if serr != nil {
		return jsontree.Node{}, serr
	}
	return doc.Root, nil
}
