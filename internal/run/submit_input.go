package run

import (
	"encoding/json"
	"fmt"

	"davit/internal/jsontree"
)

// resolvedInput is the input of a run's launch calls on its way from the body to the record.
type resolvedInput struct {
	jsontree.Node // an object, with everything that pin and setDefault put into it

	// written holds the members that were filled in from the stack's defaults, as its owner spelled them: the record keeps that spelling.
	written map[string]json.RawMessage
	// changed is set once pin or Stack.fill ran. The members are then kept in the order of their names, before that in the caller's.
	changed bool
}

// pin sets the revision that the run will launch.
func (in *resolvedInput) pin(def *Definition) {
	in.Node = in.With("taskDefinition", jsontree.Node{Kind: jsontree.String, Text: def.ARN})
	in.changed = true
}

// setDefault sets a member to a default of the stack.
func (in *resolvedInput) setDefault(name string, value json.RawMessage) {
	doc, syntax := jsontree.Parse(value)
	if syntax != nil {
		return // the defaults were checked when the process began
	}
	in.Node = in.With(name, doc.Root)
	if in.written == nil {
		in.written = map[string]json.RawMessage{}
	}
	in.written[name] = value
}

// text returns a text member, "" when there is none.
func (in *resolvedInput) text(name string) string {
	value, _ := in.Get(name)
	if value.Kind != jsontree.String {
		return ""
	}
	return value.Text
}

// encode returns the input as the record keeps it: compact, and equal bytes for equal inputs once it was changed.
func (in *resolvedInput) encode() json.RawMessage {
	if !in.changed {
		return in.Encode()
	}
	members := make(map[string]json.RawMessage, len(in.Members))
	for _, m := range in.Members {
		if written, isDefault := in.written[m.Name]; isDefault {
			members[m.Name] = written
		} else {
			members[m.Name] = m.Value.Encode()
		}
	}
	text, err := json.Marshal(members)
	if err != nil {
		return in.Encode() // nodes and checked defaults always encode
	}
	return text
}

// maxPacked is how large request and resolved may be together, compressed, so that a record with its tasks stays
// well under what a store takes (an item of DynamoDB: 400 KB).
const maxPacked = 100_000

func checkSize(r *Run) error {
	n := compressed(r.Request, r.Resolved)
	if n <= maxPacked {
		return nil
	}
	return &Error{Code: CodeTooLarge, Message: "the request is too large to keep", Violations: []Violation{
		{"", RuleTooLarge, fmt.Sprintf("%d bytes compressed with what ECS is asked; allowed: %d", n, maxPacked)},
	}}
}
