package run

import (
	"encoding/json"
	"fmt"
	"strconv"

	"davit/internal/jsontree"
)

// prepare makes the body of the new run. What the body alone cannot decide is left to checkValues.
func (p *rerun) prepare() error {
	given, err := p.first.bodyAsAccepted()
	if err != nil {
		return err
	}
	p.before = mapValues(given, func(envValue) jsontree.Node { return maskNode })
	p.masked = p.before
	if p.body.patch.Kind == jsontree.Object {
		p.masked = p.before.MergePatch(p.body.patch)
	}
	if err := p.setRevision(); err != nil {
		return err
	}
	if err := p.setFailedOnly(); err != nil {
		return err
	}
	p.whole, p.kept = fillValues(p.masked, given)
	return nil
}

// bodyAsAccepted returns the POST /runs body that makes the same request and policy, without a clientToken.
func (r *Run) bodyAsAccepted() (jsontree.Node, error) {
	request, bad := jsontree.Parse(r.Request)
	if bad != nil {
		return jsontree.Node{}, fmt.Errorf("the request of run %s: %w", r.ID, bad)
	}
	text, err := json.Marshal(r.Policy)
	if err != nil {
		return jsontree.Node{}, fmt.Errorf("the policy of run %s: %w", r.ID, err)
	}
	policy, bad := jsontree.Parse(text)
	if bad != nil {
		return jsontree.Node{}, fmt.Errorf("the policy of run %s: %w", r.ID, bad)
	}
	return request.Root.Without("clientToken").With("policy", policy.Root), nil
}

// setRevision pins the revision that ran, where that is asked for, or where the values are not the caller's and the patch names no other.
func (p *rerun) setRevision() error {
	named := p.body.names("taskDefinition")
	revision := p.body.revision
	if revision == revisionSame && named {
		return InvalidRequest(Violation{"/revision", RuleRerunBody, "the patch has a taskDefinition: leave one of the two out"})
	}
	if revision == "" && !named && (p.first.Owner != p.q.Caller || !p.ownsValues()) {
		revision = revisionSame
	}
	switch {
	case revision != revisionSame:
	case p.first.Definition != nil:
		p.masked = p.masked.With("taskDefinition", jsontree.Node{Kind: jsontree.String, Text: p.first.Definition.ARN})
	case p.body.revision == revisionSame:
		return wrongState("/revision", "no revision of the task definition is known to have run; ask for latest")
	}
	return nil
}

// setFailedOnly leaves the tasks out that succeeded.
func (p *rerun) setFailedOnly() error {
	if !p.body.failedOnly {
		return nil
	}
	for _, name := range []string{"count", "containerInstances"} {
		if p.body.names(name) {
			return InvalidRequest(Violation{"/failedOnly", RuleRerunBody, "the patch has " + name + ": leave one of the two out"})
		}
	}
	if !p.first.Status.Terminal() {
		return wrongState("/failedOnly", "the run has not ended: which of its tasks fail is not known yet")
	}
	count, instances := p.first.unsuccessful()
	switch {
	case count == 0:
		return wrongState("/failedOnly", "every task of the run succeeded")
	case p.first.Operation == StartTask:
		p.masked = p.masked.With("containerInstances", textList(instances))
	default:
		p.masked = p.masked.With("count", jsontree.Node{Kind: jsontree.Number, Text: strconv.Itoa(count)})
	}
	return nil
}

func wrongState(field, detail string) *Error {
	return &Error{Code: CodeWrongState, Message: detail, Violations: []Violation{{field, RuleRerunBody, detail}}}
}

func textList(texts []string) jsontree.Node {
	list := jsontree.Node{Kind: jsontree.Array}
	for _, text := range texts {
		list.Items = append(list.Items, jsontree.Node{Kind: jsontree.String, Text: text})
	}
	return list
}

// unsuccessful returns how many tasks of a run that is over did not succeed, and for StartTask the container instances that are without one that did.
func (r *Run) unsuccessful() (count int, instances []string) {
	left := append([]string{}, r.Instances...)
	succeeded := 0
	for i := range r.Attempts {
		a := &r.Attempts[i]
		for j := range a.Tasks {
			if t := &a.Tasks[j]; !a.Withdrawn && t.Ended() && r.judge(t).Class == "" {
				succeeded++
				left = without(left, t.State().InstanceARN)
			}
		}
	}
	count = max(0, r.Count-succeeded)
	return count, left[:min(len(left), count)]
}
