package ecsspec

import (
	"github.com/aws/aws-sdk-go-v2/service/ecs"

	"davit/internal/ecsjson"
	"davit/internal/jsontree"
	"davit/internal/run"
)

// addShapeFaults adds the faults that ECS's own shapes find where the table has no row: required members, and values of enums. A field that
// has a violation gets no second one.
func addShapeFaults(op run.Operation, input jsontree.Node, found []run.Violation) []run.Violation {
	shape := shapeOf(op)
	if shape == nil {
		return found
	}
	named := make(map[string]bool, len(found))
	for _, v := range found {
		named[v.Field] = true
	}
	for _, f := range ecsjson.Decode(input.Without(notInInput(op)...), shape, ecsjson.Strict(), ecsjson.IgnoreUnknown()) {
		if named[f.Pointer] {
			continue
		}
		switch f.Kind {
		case ecsjson.MissingMember:
			found = append(found, run.Violation{Field: f.Pointer, Rule: run.RuleRequired, Detail: f.Detail + "; allowed: any that is not null"})
		case ecsjson.UnknownValue:
			found = append(found, run.Violation{Field: f.Pointer, Rule: run.RuleEnum, Detail: f.Detail})
		}
	}
	return found
}

// shapeOf returns a pointer to the SDK's input of an operation, nil where the table has all rules.
func shapeOf(op run.Operation) any {
	switch op {
	case run.RunTask:
		return new(ecs.RunTaskInput)
	case run.StartTask:
		return new(ecs.StartTaskInput)
	case registerTaskDefinition:
		return new(ecs.RegisterTaskDefinitionInput)
	default:
		return nil
	}
}

// notInInput returns the members of a run's body that are not part of the operation's input.
func notInInput(op run.Operation) []string {
	switch op {
	case run.RunTask:
		return onlyInOther(op)
	case run.StartTask:
		return append([]string{clientTokenName}, onlyInOther(op)...)
	default:
		return nil
	}
}
