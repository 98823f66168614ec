package run

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
)

// policyReader collects the violations of a policy.
type policyReader struct {
	found []Violation
}

// maxPolicyFaults bounds how many violations of one policy are listed, so that an answer does not grow far beyond the body.
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
	at      string // JSON pointer
	members map[string]json.RawMessage
	read    []string
}

// object opens an object; anything else is a fault, and reads as an empty one.
func (d *policyReader) object(at string, raw json.RawMessage) *policyObject {
	o := &policyObject{reader: d, at: at}
	raw = bytes.TrimSpace(raw)
	if len(raw) == 0 || string(raw) == "null" {
		return o
	}
	if json.Unmarshal(raw, &o.members) != nil {
		d.fault(at, RulePolicyValue, "allowed: an object")
	}
	return o
}

func (o *policyObject) has(name string) bool {
	v, has := o.members[name]
	return has && string(v) != "null"
}

// member hands a member that is present to take.
func (o *policyObject) member(name string, take func(at string, v json.RawMessage)) {
	o.read = append(o.read, name)
	if o.has(name) {
		take(o.at+"/"+name, o.members[name])
	}
}

// number reads a whole number from 1 to most.
func (o *policyObject) number(name string, most int, into *int) {
	o.member(name, func(at string, v json.RawMessage) {
		var n float64
		if json.Unmarshal(v, &n) != nil || n != math.Trunc(n) || n < 1 || n > float64(most) {
			o.reader.fault(at, RulePolicyValue, fmt.Sprintf("allowed: a whole number from 1 to %d", most))
			return
		}
		*into = int(n)
	})
}

// choice reads one of a few names.
func (o *policyObject) choice(name string, allowed []string, into *string) {
	o.member(name, func(at string, v json.RawMessage) {
		var text string
		if json.Unmarshal(v, &text) != nil || !slices.Contains(allowed, text) {
			o.reader.fault(at, RulePolicyValue, "allowed: "+strings.Join(allowed, ", "))
			return
		}
		*into = text
	})
}

// rest faults the members that nobody read.
func (o *policyObject) rest() {
	for _, name := range slices.Sorted(maps.Keys(o.members)) {
		if !slices.Contains(o.read, name) {
			pointer := strings.NewReplacer("~", "~0", "/", "~1").Replace(name)
			o.reader.fault(o.at+"/"+pointer, RulePolicyName, "the policy has no such member here; allowed: "+strings.Join(o.read, ", "))
		}
	}
}

// texts reads a list of texts.
func (d *policyReader) texts(at string, raw json.RawMessage) ([]string, bool) {
	var list []string
	if json.Unmarshal(raw, &list) != nil {
		d.fault(at, RulePolicyValue, "allowed: a list of texts")
		return nil, false
	}
	return list, true
}
