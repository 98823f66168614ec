// Package ecsspec knows the inputs of ECS's operations: which members they have, of which type, and what the values may be. Its
// table of rules (rules*.go, definition.go, behaviours.go, and the package refused) is data; each row has the id that a refused
// request shows. docs/rules.md is generated from it.
package ecsspec

//go:generate go run ./rulesdoc ../../docs/rules.md

import (
	"encoding/json"
	"slices"

	"github.com/aws/aws-sdk-go-v2/service/ecs"

	"davit/internal/ecsjson"
	"davit/internal/jsontree"
	"davit/internal/run"
)

// Spec checks inputs before ECS sees them. It holds nothing; the zero value is ready.
type Spec struct{}

var _ run.Spec = Spec{}

// Members of a run's body that are not, or not only, ECS's.
const (
	policyName      = "policy"
	clientTokenName = "clientToken"
	startedByName   = "startedBy"
	instancesName   = "containerInstances"
)

// Parse parses a POST /runs body and returns every broken rule at once, in the order doubled names, unknown names and types, the table's
// rows, the shapes; the first 1,000. Of the policy it checks doubled names only. A text that is not a JSON object has one violation and no
// Submission; otherwise the Submission holds what could be read, violations or not.
func (Spec) Parse(body []byte) (run.Submission, []run.Violation) {
	doc, found, ok := read(body)
	if !ok {
		return run.Submission{}, found
	}
	s := newSubmission(doc)
	input := doc.Root.Without(policyName)
	found = append(found, checkTypes(s.Operation, input)...)
	return s, bounded(addShapeFaults(s.Operation, input, append(found, judge(s.Operation, input)...)))
}

// Has reports whether the SDK's input of a launch operation has a member of that name.
func (Spec) Has(op run.Operation, member string) bool {
	if op == run.StartTask {
		return slices.Contains(ecsjson.Names(ecs.StartTaskInput{}), member)
	}
	return slices.Contains(ecsjson.Names(ecs.RunTaskInput{}), member)
}

// ParseTaskDefinition checks a RegisterTaskDefinition input and returns it compact, nil when it is not a JSON object.
func (Spec) ParseTaskDefinition(body []byte) (json.RawMessage, []run.Violation) {
	return parseInput(registerTaskDefinition, body)
}

// ParseStopTask checks a StopTask input and returns it compact, nil when it is not a JSON object.
func (Spec) ParseStopTask(body []byte) (json.RawMessage, []run.Violation) {
	return parseInput(stopTask, body)
}

// ParseDescribeTasks checks a DescribeTasks input and returns it compact, nil when it is not a JSON object.
func (Spec) ParseDescribeTasks(body []byte) (json.RawMessage, []run.Violation) {
	return parseInput(describeTasks, body)
}

// ParseDescribeTaskDefinition checks a DescribeTaskDefinition input and returns it compact, nil when it is not a JSON object.
func (Spec) ParseDescribeTaskDefinition(body []byte) (json.RawMessage, []run.Violation) {
	return parseInput(describeTaskDefinition, body)
}

// ParseDeregisterTaskDefinition checks a DeregisterTaskDefinition input, whose taskDefinition has to carry a revision, and returns
// it compact, nil when it is not a JSON object.
func (Spec) ParseDeregisterTaskDefinition(body []byte) (json.RawMessage, []run.Violation) {
	return parseInput(deregisterTaskDefinition, body)
}

func parseInput(op run.Operation, body []byte) (json.RawMessage, []run.Violation) {
	doc, found, ok := read(body)
	if !ok {
		return nil, found
	}
	root := doc.Root
	found = append(found, checkTypes(op, root)...)
	return root.Encode(), bounded(addShapeFaults(op, root, append(found, judge(op, root)...)))
}

// maxViolations keeps an answer to a hostile body from growing far beyond the body.
const maxViolations = 1000

func bounded(found []run.Violation) []run.Violation {
	return found[:min(len(found), maxViolations)]
}

// read parses a body. It reports false when that is not a JSON object.
func read(body []byte) (jsontree.Document, []run.Violation, bool) {
	doc, serr := jsontree.Parse(body)
	if serr != nil {
		return doc, []run.Violation{{Rule: run.RuleMalformed, Detail: "the body is not JSON: " + serr.Error()}}, false
	}
	if doc.Root.Kind != jsontree.Object {
		detail := "the body is not a JSON object but of type " + doc.Root.Kind.String()
		return doc, []run.Violation{{Rule: run.RuleNotObject, Detail: detail}}, false
	}
	var found []run.Violation
	for _, pointer := range doc.Doubled {
		detail := "the name is there already; allowed: each name once in an object"
		found = append(found, run.Violation{Field: pointer, Rule: run.RuleDoubledName, Detail: detail})
	}
	return doc, found, true
}

// checkTypes returns the members of an input that its operation does not have, and values of the wrong type.
func checkTypes(op run.Operation, input jsontree.Node) []run.Violation {
	switch op {
	case run.StartTask:
		return checkStartTaskTypes(input)
	case run.RunTask:
		return violations(op, ecsjson.Decode(input.Without(onlyInOther(op)...), new(ecs.RunTaskInput)))
	default:
		return violations(op, ecsjson.Decode(input, emptyInput(op)))
	}
}

// emptyInput returns a pointer to the SDK's input of an operation that launches nothing.
func emptyInput(op run.Operation) any {
	switch op {
	case registerTaskDefinition:
		return new(ecs.RegisterTaskDefinitionInput)
	case stopTask:
		return new(ecs.StopTaskInput)
	case describeTasks:
		return new(ecs.DescribeTasksInput)
	case deregisterTaskDefinition:
		return new(ecs.DeregisterTaskDefinitionInput)
	default:
		return new(ecs.DescribeTaskDefinitionInput)
	}
}

// onlyInOther returns the members of a run's body that only the other launch operation has. Null ones are absent, others break ST-05.
// A RunTask's containerInstances can only be null, or it would be a StartTask.
func onlyInOther(op run.Operation) []string {
	if op != run.StartTask {
		return []string{instancesName}
	}
	own := ecsjson.Names(ecs.StartTaskInput{})
	return slices.DeleteFunc(ecsjson.Names(ecs.RunTaskInput{}), func(name string) bool {
		return name == clientTokenName || slices.Contains(own, name)
	})
}

// checkStartTaskTypes checks clientToken as a member of RunTask: StartTask does not have it, and Davit takes it all the same.
func checkStartTaskTypes(input jsontree.Node) []run.Violation {
	others := onlyInOther(run.StartTask)
	own := input.Without(append([]string{clientTokenName}, others...)...)
	found := violations(run.StartTask, ecsjson.Decode(own, new(ecs.StartTaskInput)))
	return append(found, violations(run.StartTask, ecsjson.Decode(only(input, clientTokenName), new(ecs.RunTaskInput)))...)
}

// onlyRunTask finds the members that StartTask has not.
func onlyRunTask(input jsontree.Node) []finding {
	var found []finding
	for _, m := range only(input, onlyInOther(run.StartTask)...).Members {
		found = append(found, finding{jsontree.Join("", m.Name), "StartTask, which containerInstances asks for, has no " + m.Name})
	}
	return found
}

// only returns an object with the members of the given names that are not null.
func only(n jsontree.Node, names ...string) jsontree.Node {
	kept := jsontree.Node{Kind: jsontree.Object}
	for _, m := range n.Members {
		if slices.Contains(names, m.Name) && m.Value.Kind != jsontree.Null {
			kept.Members = append(kept.Members, m)
		}
	}
	return kept
}

// violations returns the codec's faults as violations.
func violations(op run.Operation, faults []ecsjson.Fault) []run.Violation {
	found := make([]run.Violation, 0, len(faults))
	for _, f := range faults {
		found = append(found, violationOf(op, f))
	}
	return found
}

func violationOf(op run.Operation, f ecsjson.Fault) run.Violation {
	if f.Kind == ecsjson.UnknownName {
		return run.Violation{Field: f.Pointer, Rule: run.RuleUnknownName, Detail: hinted(op, f)}
	}
	for _, r := range rules {
		if r.typed && r.field == f.Pointer && slices.Contains(r.on, op) {
			return r.violation(f.Pointer, f.Detail)
		}
	}
	return run.Violation{Field: f.Pointer, Rule: run.RuleWrongType, Detail: f.Detail}
}
