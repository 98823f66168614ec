package ecsspec

import (
	"slices"
	"testing"

	"davit/internal/jsontree"
	"davit/internal/run"
)

// fitCase is a launch input held against a definition: good fits, bad breaks the row alone, at pointer.
type fitCase struct {
	id        string
	d         run.Definition
	good, bad string
	pointer   string
}

func fitCases() []fitCase {
	plain := run.Definition{NetworkMode: "bridge", Containers: []run.Container{{Name: "app"}, {Name: "log"}}}
	awsvpc, withRole := plain, plain
	awsvpc.NetworkMode, withRole.TaskRoleARN = "awsvpc", "arn:aws:iam::123456789012:role/job"
	network := vpc(`"subnets":["s"]`)
	return []fitCase{
		{"RT-11", plain, `"enableExecuteCommand":false`, `"enableExecuteCommand":true`, "/enableExecuteCommand"},
		{"RT-11", plain, `"enableExecuteCommand":true,"overrides":{"taskRoleArn":"job"}`, `"enableExecuteCommand":true,"overrides":{"executionRoleArn":"job"}`, "/enableExecuteCommand"},
		{"RT-13", awsvpc, network, `"count":1`, "/networkConfiguration"},
		{"RT-13", awsvpc, network, `"networkConfiguration":{}`, "/networkConfiguration"},
		{"RT-13", plain, `"networkConfiguration":{}`, network, "/networkConfiguration"},
		{"RT-13", run.Definition{}, `"count":1`, network, "/networkConfiguration"},
		{
			"RT-18", plain, `"overrides":{"containerOverrides":[{},{"name":"log","cpu":1}]}`,
			`"overrides":{"containerOverrides":[{"name":"app"},{"name":"App","cpu":1}]}`, "/overrides/containerOverrides/1/name",
		},
	}
}

func against(t *testing.T, d run.Definition, op run.Operation, members string) []run.Violation {
	t.Helper()
	return Spec{}.CheckAgainst(&d, op, tree(t, `{"taskDefinition":"a",`+members+`}`))
}

// wantViolation demands one violation, of a rule at a field.
func wantViolation(t *testing.T, found []run.Violation, rule, field string) {
	t.Helper()
	if len(found) != 1 {
		t.Fatalf("got %d violations, want %s at %s: %v", len(found), rule, field, found)
	}
	if found[0].Rule != rule || found[0].Field != field {
		t.Errorf("got %s at %s, want %s at %s", found[0].Rule, found[0].Field, rule, field)
	}
}

func TestInputsAgainstTheirDefinition(t *testing.T) {
	for _, c := range fitCases() {
		for _, op := range onLaunch {
			if found := against(t, c.d, op, c.good); len(found) > 0 {
				t.Errorf("%s %s: %s: %v", c.id, op, c.good, found)
			}
			wantViolation(t, against(t, c.d, op, c.bad), c.id, c.pointer)
		}
	}
	if found := against(t, run.Definition{TaskRoleARN: "job"}, run.RunTask, `"enableExecuteCommand":true`); len(found) > 0 {
		t.Error(found)
	}
}

func TestWithoutADefinitionNothingIsHeldAgainstIt(t *testing.T) {
	if found := (Spec{}).CheckAgainst(nil, run.RunTask, tree(t, `{"enableExecuteCommand":true}`)); found != nil {
		t.Error(found)
	}
	if found := (Spec{}).CheckAgainst(&run.Definition{}, run.RunTask, jsontree.Node{}); found != nil {
		t.Error(found)
	}
	all := against(t, run.Definition{NetworkMode: "awsvpc"}, run.StartTask, `"enableExecuteCommand":true,"overrides":{"containerOverrides":[{"name":"x"}]}`)
	var ids []string
	for _, v := range all {
		ids = append(ids, v.Rule)
	}
	if !slices.Equal(ids, []string{"RT-11", "RT-13", "RT-18"}) {
		t.Errorf("%v", all)
	}
}
