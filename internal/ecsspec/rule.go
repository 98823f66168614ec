package ecsspec

import (
	"slices"
	"strconv"
	"strings"

	"davit/internal/jsontree"
	"davit/internal/run"
)

// rule is one V row of the table: what one field of an input may hold. It is checked before ECS is asked.
type rule struct {
	id       string
	on       []run.Operation
	field    string // JSON pointer from the input; * stands for every item of a list
	limit    string // what is allowed, in words
	older    string // what older pages say instead; "" where they say the same
	source   string // the public page that states it
	required bool   // absent or null breaks the rule, where the field's parent is there
	typed    bool   // a value of the wrong JSON type breaks this rule, not the codec's
	check    check  // nil: only required and typed matter
	words    string // what ECS says to it, see inWords; "": nothing that is known
}

// check returns what is wrong with a value that is there and is not null. It returns nothing for a value of the wrong JSON type: the codec
// reports that.
type check func(jsontree.Node) []finding

// finding is one fault of a value.
type finding struct {
	pointer string // JSON pointer from the value to the part that is at fault; "" is the value itself
	detail  string
}

// judge returns what breaks the rules of one operation in its input.
func judge(op run.Operation, input jsontree.Node) []run.Violation {
	var found []run.Violation
	for _, r := range rules {
		if slices.Contains(r.on, op) {
			found = r.judge(found, input, "", tokens(r.field))
		}
	}
	return found
}

func tokens(pointer string) []string {
	if pointer == "" {
		return nil
	}
	return strings.Split(pointer[1:], "/")
}

// judge walks from n down the tokens that are left; pointer is where n lies.
func (r rule) judge(found []run.Violation, n jsontree.Node, pointer string, left []string) []run.Violation {
	if len(left) == 0 {
		if r.check == nil {
			return found
		}
		for _, f := range r.check(n) {
			found = append(found, r.violation(pointer+f.pointer, f.detail))
		}
		return found
	}
	if left[0] == "*" {
		for i, item := range n.Items {
			found = r.judge(found, item, jsontree.Join(pointer, strconv.Itoa(i)), left[1:])
		}
		return found
	}
	below := jsontree.Join(pointer, left[0])
	if value, ok := n.Get(left[0]); ok {
		return r.judge(found, value, below, left[1:])
	}
	if r.required && len(left) == 1 && n.Kind == jsontree.Object {
		found = append(found, r.violation(below, "a value is required here"))
	}
	return found
}

func (r rule) violation(pointer, what string) run.Violation {
	return run.Violation{Field: pointer, Rule: r.id, Detail: what + "; allowed: " + r.allowed()}
}

// allowed returns the limit, with what a reader of older pages may expect instead.
func (r rule) allowed() string {
	if r.older == "" {
		return r.limit
	}
	return r.limit + " (older pages: " + r.older + ")"
}

// withSource sets the source of the rows that have none.
func withSource(source string, rows []rule) []rule {
	for i := range rows {
		if rows[i].source == "" {
			rows[i].source = source
		}
	}
	return rows
}
