package run

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"

	"davit/internal/jsontree"
)

// policyReader collects the violations of a policy.
type policyReader struct {
	found []Violation
}

// maxPolicyFaults bounds how many violations of one policy are listed, so that a response does not grow far beyond the body.
const maxPolicyFaults = 1000

func (d *policyReader) fault(at, rule, detail string) {
	if len(d.found) >= maxPolicyFaults {
		return
	}
	d.found = append(d.found, Violation{Field: at, Rule: rule, Detail: detail})
}

// policyObject reads the members of one JSON object by their exact names.
type policyObject struct {
	reader  *policyReader
	at      string                   // JSON pointer
	members map[string]jsontree.Node // of a doubled name the last
	read    []string
}

// object opens an object; null reads as an empty one, and so does anything else, which is a fault.
func (d *policyReader) object(at string, n jsontree.Node) *policyObject {
	o := &policyObject{reader: d, at: at, members: make(map[string]jsontree.Node, len(n.Members))}
	if n.Kind != jsontree.Object && n.Kind != jsontree.Null {
		d.fault(at, RulePolicyValue, "allowed: an object")
	}
	for _, m := range n.Members {
		o.members[m.Name] = m.Value
	}
	return o
}

// has reports whether the object has a member of that name which is not null.
func (o *policyObject) has(name string) bool { return o.members[name].Kind != jsontree.Null }

// member calls take with a member that is there and not null.
func (o *policyObject) member(name string, take func(at string, v jsontree.Node)) {
	o.read = append(o.read, name)
	if o.has(name) {
		take(o.at+"/"+name, o.members[name])
	}
}

// number reads a whole number from 1 to most.
func (o *policyObject) number(name string, most int, into *int) {
	o.member(name, func(at string, v jsontree.Node) {
		n, ok := v.Float64()
		if !ok || n != math.Trunc(n) || n < 1 || n > float64(most) {
			o.reader.fault(at, RulePolicyValue, fmt.Sprintf("allowed: a whole number from 1 to %d", most))
			return
		}
		*into = int(n)
	})
}

// choice reads one of a few names.
func (o *policyObject) choice(name string, allowed []string, into *string) {
	o.member(name, func(at string, v jsontree.Node) {
		if v.Kind != jsontree.String || !slices.Contains(allowed, v.Text) {
			o.reader.fault(at, RulePolicyValue, "allowed: "+strings.Join(allowed, ", "))
			return
		}
		*into = v.Text
	})
}

// rest adds a fault for each member that was not read.
func (o *policyObject) rest() {
	for _, name := range slices.Sorted(maps.Keys(o.members)) {
		if !slices.Contains(o.read, name) {
			o.reader.fault(jsontree.Join(o.at, name), RulePolicyName, "the policy has no such member here; allowed: "+strings.Join(o.read, ", "))
		}
	}
}

// texts reads a list of texts; null in it reads as "".
func (d *policyReader) texts(at string, n jsontree.Node) ([]string, bool) {
	if !isListOf(n, func(item jsontree.Node) bool { return item.Kind == jsontree.String }) {
		d.fault(at, RulePolicyValue, "allowed: a list of texts")
		return nil, false
	}
	list := make([]string, len(n.Items))
	for i, item := range n.Items {
		list[i] = item.Text
	}
	return list, true
}

// isListOf reports whether n is an array of items that fit, or are null.
func isListOf(n jsontree.Node, fits func(jsontree.Node) bool) bool {
	return n.Kind == jsontree.Array && !slices.ContainsFunc(n.Items, func(item jsontree.Node) bool {
		return item.Kind != jsontree.Null && !fits(item)
	})
}

func isNumber(n jsontree.Node) bool {
	_, ok := n.Float64()
	return ok
}
