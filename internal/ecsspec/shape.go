package ecsspec

import (
	"github.com/aws/aws-sdk-go-v2/service/ecs"

	"davit/internal/ecsjson"
	"davit/internal/jsontree"
	"davit/internal/run"
)

// shaped adds what ECS's own shapes say of an input wherever the table has no row: which members are required, and which values an enum
// has. Where something of a field was found before, that stands alone.
func shaped(op run.Operation, input jsontree.Node, found []run.Violation) []run.Violation {
	shape := shapeOf(op)
	if shape == nil {
		return found
	}
	named := make(map[string]bool, len(found))
	for _, v := range found {
		named[v.Field] = true
	}
	for _, f := range ecsjson.Decode(input.Without(notOf(op)...), shape, ecsjson.Strict(), ecsjson.IgnoreUnknown()) {
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

// shapeOf is a pointer to the SDK's input of an operation, nil for one whose rows say all.
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

// notOf lists the members of a run's body that are none of the operation's input.
func notOf(op run.Operation) []string {
	switch op {
	case run.RunTask:
		return foreign(op)
	case run.StartTask:
		return append([]string{clientTokenName}, foreign(op)...)
	default:
		return nil
	}
}
