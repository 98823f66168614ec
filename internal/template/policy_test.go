package template_test

import (
	"fmt"
	"slices"
	"strings"
)

// statement is one statement of a policy, whatever condition of the template it is under.
type statement struct {
	effect    string
	actions   []string
	resources []any
	condition any
}

// statements returns the statements of a function's or the machine's policies.
func (s stack) statements(resource string) []statement {
	return statementsOf(listAt(s.properties(resource), "Policies"))
}

func statementsOf(policies []any) (all []statement) {
	for _, policy := range policies {
		for _, raw := range listAt(policy, "Statement") {
			branches := []any{raw}
			if choice := listAt(raw, "Fn::If"); len(choice) == 3 {
				branches = choice[1:]
			}
			for _, b := range branches {
				if at(b, "Effect") != nil {
					all = append(all, statementOf(b))
				}
			}
		}
	}
	return all
}

func statementOf(raw any) statement {
	st := statement{effect: textAt(raw, "Effect"), actions: texts(at(raw, "Action")), condition: at(raw, "Condition")}
	if list := listAt(raw, "Resource"); list != nil {
		st.resources = list
	} else {
		st.resources = []any{at(raw, "Resource")}
	}
	return st
}

// companions are the actions that a function needs without calling the operation of that name.
var companions = map[string][]string{
	// ECS requires them for RunTask, StartTask and RegisterTaskDefinition.
	"launch":   {"ecs:TagResource", "iam:PassRole"},
	"taskdefs": {"ecs:TagResource", "iam:PassRole"},
	// Lambda reads the stream and sends dropped batches to the queue with the function's role.
	"notify": {"dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator", "dynamodb:ListStreams", "sqs:SendMessage"},
}

// checkPermissions checks that each function may do what its program calls, and nothing else. What SAM adds is not in the template: logs, traces,
// and the dead-letter queue of taskevent and sweep.
func checkPermissions(s stack) (f faults) {
	for name, resource := range s.functions() {
		want, err := calledActions(name)
		if err != nil {
			f.addf("%s: %v", name, err)
			continue
		}
		want = append(slices.Clone(want), companions[name]...)
		var have []string
		for _, st := range s.statements(resource) {
			if st.effect == "Allow" {
				have = append(have, st.actions...)
			}
		}
		f.differ("permissions of "+name, have, want)
		if named := at(s.properties(resource), "Role"); named != nil {
			f.addf("%s: has a role that this test does not see", name)
		}
		for _, policy := range listAt(s.properties(resource), "Policies") {
			if at(policy, "Statement") == nil {
				f.addf("%s: has a policy that is not written out: %v", name, policy)
			}
		}
	}
	return f
}

// unscoped are the actions that IAM cannot restrict to a resource, by the service authorization reference.
var unscoped = []string{
	"ecs:DescribeTaskDefinition", "ecs:ListTaskDefinitions", "ecs:DeregisterTaskDefinition", "states:SendTaskSuccess", "dynamodb:ListStreams",
	"ecs:ListTasks", // of a container instance, if one is named; else the cluster condition narrows it
	"logs:CreateLogDelivery", "logs:GetLogDelivery", "logs:UpdateLogDelivery", "logs:DeleteLogDelivery", "logs:ListLogDeliveries",
	"logs:PutResourcePolicy", "logs:DescribeResourcePolicies", "logs:DescribeLogGroups",
}

// checkStars checks that only actions without a narrower resource have the resource *, with a comment why.
func checkStars(s stack) (f faults) {
	for _, resource := range append(s.resources(functionType), "Machine") {
		for _, st := range s.statements(resource) {
			for _, action := range st.actions {
				if strings.Contains(action, "*") {
					f.addf("%s: %s is more than one action", resource, action)
				}
				if st.effect == "Allow" && slices.Contains(st.resources, any("*")) && !slices.Contains(unscoped, action) {
					f.addf("%s: %s is on *", resource, action)
				}
			}
		}
	}
	for number, line := range strings.Split(s.text, "\n") {
		if strings.Contains(line, "Resource: '*'") && !strings.Contains(line, " # ") {
			f.addf("line %d: * without a word on it", number+1)
		}
	}
	return f
}

// granted returns the permission of one function in a situation: the resources of an action, and its condition.
func (s situation) granted(function, action string) (resources []string, condition string, ok bool) {
	resource := s.functions()[function]
	policies, _ := s.value(listAt(s.properties(resource), "Policies")).([]any)
	for _, st := range statementsOf(policies) {
		if st.effect == "Allow" && slices.Contains(st.actions, action) {
			return texts(any(st.resources)), fmt.Sprint(st.condition), true
		}
	}
	return nil, "", false
}

// checkNarrow checks that every action is on the resources of the parameters, and no others.
func checkNarrow(s stack) (f faults) {
	chosen := s.with(map[string]any{
		"AllowedFamilies": items("nightly,batch-*"), "TaskRoles": items("arn:aws:iam::123456789012:role/task"),
		"InfrastructureRoles": items("arn:aws:iam::123456789012:role/volumes"), "AllowTaskDefinitionWrites": "true",
		"LogGroups": items("/ecs/nightly,/ecs/batch-*"),
	})
	const (
		ecs       = "arn:aws:ecs:eu-west-1:123456789012:"
		cluster   = "map[ArnEquals:map[ecs:cluster:[" + ecs + "cluster/jobs]]]"
		families  = ecs + "task-definition/nightly:* arn:*:ecs:*:*:task-definition/batch-*:*"
		logGroups = "arn:aws:logs:eu-west-1:123456789012:log-group:/ecs/nightly:log-stream:* arn:*:logs:*:*:log-group:/ecs/batch-*:log-stream:*"
		machine   = "arn:aws:states:eu-west-1:123456789012:stateMachine:davit-run"
		nothing   = "<nil>"
	)
	for _, want := range []struct{ functions, actions, resources, condition string }{
		{"launch", "ecs:RunTask ecs:StartTask", families, cluster},
		{"taskdefs", "ecs:DescribeTaskDefinition ecs:ListTaskDefinitions ecs:DeregisterTaskDefinition", "*", nothing},
		{"taskdefs", "ecs:RegisterTaskDefinition", families, "map[StringEquals:map[aws:RequestedRegion:eu-west-1]]"},
		{"launch observe sweep", "ecs:DescribeTasks", ecs + "task/*", cluster},
		{"observe stop taskevent sweep", "ecs:StopTask", ecs + "task/*", cluster},
		{"launch sweep", "ecs:ListTasks", "*", cluster},
		{"submit schedule", "ecs:DescribeClusters", ecs + "cluster/jobs", nothing},
		{"launch", "ecs:TagResource", ecs + "task/*", "map[StringEquals:map[ecs:CreateAction:[RunTask StartTask]]]"},
		{"taskdefs", "ecs:TagResource", ecs + "task-definition/*", "map[StringEquals:map[ecs:CreateAction:RegisterTaskDefinition]]"},
		{"taskdefs", "iam:PassRole", "arn:aws:iam::123456789012:role/task", "map[StringEquals:map[iam:PassedToService:ecs-tasks.amazonaws.com]]"},
		{"launch", "iam:PassRole", "arn:aws:iam::123456789012:role/task", "map[StringEquals:map[iam:PassedToService:ecs-tasks.amazonaws.com]]"},
		{"submit schedule observe sweep", "states:StartExecution", machine, nothing},
		{"submit schedule get logs stop launch observe taskevent sweep", "dynamodb:GetItem", "Table.Arn", nothing},
		{"submit schedule stop launch observe taskevent sweep", "dynamodb:PutItem", "Table.Arn", nothing},
		{"logs", "logs:GetLogEvents", logGroups, "map[StringEquals:map[aws:RequestedRegion:eu-west-1]]"},
		{"list", "dynamodb:BatchGetItem", "Table.Arn", nothing},
		{"list", "dynamodb:Query", "Table.Arn/index/*", nothing},
		{"sweep", "dynamodb:Query", "Table.Arn/index/open", nothing},
		{"notify", "dynamodb:GetRecords dynamodb:GetShardIterator dynamodb:DescribeStream", "Table.StreamArn", nothing},
		{"notify schedule", "events:PutEvents", "arn:aws:events:eu-west-1:123456789012:event-bus/default", "map[StringEquals:map[events:source:davit]]"},
		{"notify", "sqs:SendMessage", "NotifyDeadLetters.Arn", nothing},
	} {
		for function := range strings.FieldsSeq(want.functions) {
			for action := range strings.FieldsSeq(want.actions) {
				resources, condition, ok := chosen.granted(function, action)
				if !ok || strings.Join(resources, " ") != want.resources || condition != want.condition {
					f.addf("%s: %s is granted on %v under %s, want %s under %s", function, action, resources, condition, want.resources, want.condition)
				}
			}
		}
	}
	return append(f, checkSwitches(s)...)
}

// checkSwitches checks that what a parameter disables is not granted.
func checkSwitches(s stack) (f faults) {
	off := s.with(nil)
	for _, pair := range [][2]string{
		{"launch", "iam:PassRole"}, {"taskdefs", "iam:PassRole"}, {"taskdefs", "ecs:RegisterTaskDefinition"}, {"taskdefs", "ecs:TagResource"},
		{"taskdefs", "ecs:DeregisterTaskDefinition"}, {"logs", "logs:GetLogEvents"},
	} {
		if _, _, ok := off.granted(pair[0], pair[1]); ok {
			f.addf("%s: %s is granted although nobody asked for it", pair[0], pair[1])
		}
	}
	for value, want := range map[string]string{"false": "[ecs:RunTask ecs:StartTask] map[StringEquals:map[ecs:enable-execute-command:true]]", "true": ""} {
		denied := ""
		policies, _ := s.with(map[string]any{"AllowExecuteCommand": value}).value(listAt(s.properties(s.functions()["launch"]), "Policies")).([]any)
		for _, st := range statementsOf(policies) {
			if st.effect == "Deny" {
				denied += fmt.Sprint(st.actions, st.condition)
			}
		}
		if strings.ReplaceAll(denied, "]map", "] map") != want {
			f.addf("launch: with AllowExecuteCommand %s it is denied %q, want %q", value, denied, want)
		}
	}
	return f
}
