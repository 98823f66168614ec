package template_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
)

// breakage is one way to break a template, and the fault that the check must find.
type breakage struct {
	how    string
	breaks func(s stack)
	check  string
	fault  string // a part of the complaint
}

var breakages = []breakage{
	{"an action is taken away", func(s stack) { s.action("LaunchFunction", "ecs:RunTask", "") }, "permissions", "permissions of launch: ecs:RunTask is missing"},
	{"an action is given", func(s stack) { s.action("GetFunction", "dynamodb:GetItem", "dynamodb:PutItem") }, "permissions", "permissions of get: dynamodb:PutItem is over"},
	{"definitions are deregistered whatever the stack says", func(s stack) {
		st := s.statement("TaskDefinitionsFunction", "ecs:ListTaskDefinitions")
		st["Action"] = append(st["Action"].([]any), "ecs:DeregisterTaskDefinition")
	}, "narrow", "taskdefs: ecs:DeregisterTaskDefinition is granted although nobody asked"},
	{"a role is not passed", func(s stack) { s.action("TaskDefinitionsFunction", "iam:PassRole", "") }, "permissions", "iam:PassRole is missing"},
	{"a policy of SAM's own is used", func(s stack) {
		p := s.properties("GetFunction")
		p["Policies"] = append(listAt(p, "Policies"), object{"DynamoDBCrudPolicy": object{"TableName": object{"Ref": "Table"}}})
	}, "permissions", "not written out"},
	{"an action is on everything", func(s stack) { s.statement("SubmitFunction", "states:StartExecution")["Resource"] = "*" }, "stars", "states:StartExecution is on *"},
	{"all actions of a service", func(s stack) { s.action("ListFunction", "dynamodb:Query", "dynamodb:*") }, "stars", "more than one action"},
	{"a condition is dropped", func(s stack) { delete(s.statement("ObserveFunction", "ecs:StopTask"), "Condition") }, "narrow", "observe: ecs:StopTask"},
	{"families are not held to", func(s stack) { s.statement("LaunchFunction", "ecs:RunTask")["Resource"] = "*" }, "narrow", "launch: ecs:RunTask"},
	{"ECS Exec is not denied", func(s stack) {
		s.object["Conditions"].(object)["ExecutesCommands"] = object{"Fn::Equals": []any{"a", "a"}}
	}, "narrow", "AllowExecuteCommand false"},
	{"every log group is read", func(s stack) { s.statement("LogsFunction", "logs:GetLogEvents")["Resource"] = "*" }, "narrow", "logs: logs:GetLogEvents"},
	{"log groups are read although none is named", func(s stack) {
		s.object["Conditions"].(object)["ReadsLogs"] = object{"Fn::Equals": []any{"a", "a"}}
	}, "narrow", "logs: logs:GetLogEvents is granted although nobody asked"},
	{"another machine", func(s stack) { s.properties("Machine")["Name"] = "other" }, "machine", "name is other"},

	{"a variable is missing", func(s stack) { delete(s.variables("SubmitFunction"), "DAVIT_RUN_DEFAULTS") }, "environment", "environment of submit: DAVIT_RUN_DEFAULTS is missing"},
	{"a variable is over", func(s stack) { s.variables("GetFunction")["DAVIT_EVENT_BUS"] = "default" }, "environment", "environment of get: DAVIT_EVENT_BUS is over"},
	{"a variable has a value that is refused", func(s stack) { s.variables("GetFunction")["DAVIT_VISIBILITY"] = "some" }, "environment", "get does not start, with the defaults"},

	{"an index is dropped", func(s stack) {
		p := s.properties("Table")
		p["GlobalSecondaryIndexes"] = listAt(p, "GlobalSecondaryIndexes")[1:]
	}, "table", "indexes: created"},
	{"an index projects everything", func(s stack) {
		at(listAt(s.properties("Table"), "GlobalSecondaryIndexes")[4], "Projection").(object)["ProjectionType"] = "ALL"
	}, "table", "is over"},
	{"records do not expire", func(s stack) { at(s.properties("Table"), "TimeToLiveSpecification").(object)["AttributeName"] = "ttl" }, "table", "time to live is ttl"},
	{"the table goes with the stack", func(s stack) { delete(at(s.object, "Resources", "Table").(object), "DeletionPolicy") }, "table", "DeletionPolicy"},

	{"a function is gone", func(s stack) { s.drop("ListFunction") }, "functions", "functions: list is missing"},
	{"a function without folder", func(s stack) { s.properties("ListFunction")["CodeUri"] = "functions/lists/" }, "functions", "functions: lists is over"},
	{"launch outlives its claim", func(s stack) { s.properties("LaunchFunction")["Timeout"] = 90 }, "functions", "Timeout is 90"},
	{"built otherwise", func(s stack) { delete(at(s.object, "Resources", "StopFunction").(object), "Metadata") }, "functions", "BuildMethod"},
	{"another architecture", func(s stack) { s.properties("StopFunction")["Architectures"] = []any{"x86_64"} }, "functions", "Architectures"},
	{"a log group is gone", func(s stack) { s.drop("NotifyLogs") }, "logs", "NotifyFunction: has no log group"},
	{"logs are kept for ever", func(s stack) { delete(s.properties("AccessLogs"), "RetentionInDays") }, "logs", "AccessLogs"},
	{"an alarm is gone", func(s stack) { s.drop("SweepErrorsAlarm") }, "alarms", "SweepFunction: there is no alarm on AWS/Lambda Errors"},
	{"an alarm looks at another function", func(s stack) {
		s.properties("GetThrottlesAlarm")["Dimensions"] = s.properties("SubmitThrottlesAlarm")["Dimensions"]
	}, "alarms", "GetFunction: there is no alarm on AWS/Lambda Throttles"},
	{"an alarm on executions is gone", func(s stack) { s.drop("ExecutionsTimedOutAlarm") }, "alarms", "AWS/States ExecutionsTimedOut"},
	{"a queue forgets", func(s stack) { delete(s.properties("SweepDeadLetters"), "MessageRetentionPeriod") }, "queues", "SweepDeadLetters"},
	{"a rule has no dead-letter queue", func(s stack) {
		delete(listAt(s.properties("TaskEventRule"), "Targets")[0].(object), "DeadLetterConfig")
	}, "queues", "TaskEventRule"},
	{"a function of events has no dead-letter queue", func(s stack) { delete(s.properties("SweepFunction"), "DeadLetterQueue") }, "queues", "sweep: is invoked by events"},
	{"a queue's policy is gone", func(s stack) { s.drop("TaskEventDeadLettersPolicy") }, "queues", "may not send"},

	{"a placeholder is not filled", func(s stack) {
		delete(s.properties("Machine")["DefinitionSubstitutions"].(object), "ObserveFunctionArn")
	}, "machine", "ObserveFunctionArn is missing"},
	{"a placeholder has the other function", func(s stack) {
		s.properties("Machine")["DefinitionSubstitutions"].(object)["ObserveFunctionArn"] = object{"Fn::GetAtt": []any{"LaunchFunction", "Arn"}}
	}, "machine", "ObserveFunctionArn is map"},
	{"the machine may not invoke", func(s stack) {
		s.statement("Machine", "lambda:InvokeFunction")["Resource"] = []any{object{"Fn::GetAtt": []any{"LaunchFunction", "Arn"}}}
	}, "machine", "may not invoke ObserveFunction"},
	{"the events of all tasks", func(s stack) { delete(at(s.properties("TaskEventRule"), "EventPattern").(object), "detail") }, "rules", "TaskEventRule: EventPattern"},
	{"a rule may not invoke", func(s stack) { s.drop("ExecutionFailedPermission") }, "rules", "ExecutionFailedRule: may not invoke sweep"},
	{"the stream loses changes", func(s stack) { s.properties("NotifySource")["StartingPosition"] = "LATEST" }, "stream", "StartingPosition"},

	{"a route is gone", func(s stack) { s.drop("StopRoute") }, "routes", "no route to Stop"},
	{"a route of one method is gone", func(s stack) { s.drop("GetHeadRoute") }, "routes", "no route HEAD /runs/{runId}"},
	{"a route goes elsewhere", func(s stack) { s.properties("ListRoute")["Target"] = s.properties("StopRoute")["Target"] }, "routes", "GET /runs goes to"},
	{"an ARN's slash leads elsewhere", func(s stack) {
		s.properties("DescribeByArnRoute")["RouteKey"] = "GET /task-definitions/{arn}/{definition}/{more}"
	}, "routes", "goes to \"TaskDefinitionsFunction\", want \"\""},
	{"a route is not limited as ECS is", func(s stack) {
		delete(at(s.properties("Stage"), "RouteSettings").(object), "POST /task-definitions/{definition}/deregister")
	}, "routes", "deregister has no limit of its own"},
	{"the stage limits a route that is not there yet", func(s stack) {
		at(s.object, "Resources", "Stage").(object)["DependsOn"] = "TaskDefinitionsRoute"
	}, "routes", "without waiting for the route"},
	{"logs are not limited as CloudWatch Logs is", func(s stack) {
		delete(at(s.properties("Stage"), "RouteSettings").(object), "GET /runs/{runId}/logs")
	}, "routes", "logs has no limit of its own"},
	{"no default route", func(s stack) { s.drop("DefaultRoute") }, "routes", "$default"},
	{"an open route", func(s stack) { s.properties("SubmitRoute")["AuthorizationType"] = "NONE" }, "scopes", "POST /runs: is open to NONE"},
	{"a route with too small a scope", func(s stack) {
		s.properties("StopRoute")["AuthorizationScopes"] = s.properties("GetRoute")["AuthorizationScopes"]
	}, "scopes", "want [davit/run]"},
	{"readers deregister", func(s stack) {
		s.properties("DeregisterRoute")["AuthorizationScopes"] = s.properties("DescribeRoute")["AuthorizationScopes"]
	}, "scopes", "POST /task-definitions/{definition}/deregister: is open to JWT [davit/read]"},
	{"the gateway may not invoke", func(s stack) { s.drop("GetDefaultPermission") }, "invokers", "$default: the gateway may not invoke GetFunction"},

	{"a parameter takes anything", func(s stack) { delete(at(s.object, "Parameters", "Prefix").(object), "AllowedPattern") }, "parameters", "Prefix: takes"},
	{"a rule is gone", func(s stack) { delete(s.object["Rules"].(object), "JwtIsComplete") }, "parameters", "fits:false"},
}

func (s stack) drop(resource string) { delete(s.object["Resources"].(object), resource) }

func (s stack) variables(function string) object {
	return at(s.properties(function), "Environment", "Variables").(object)
}

// statement returns the first statement that has an action.
func (s stack) statement(resource, action string) object {
	for _, policy := range listAt(s.properties(resource), "Policies") {
		for _, raw := range listAt(policy, "Statement") {
			for _, branch := range append([]any{raw}, listAt(raw, "Fn::If")...) {
				if at(branch, "Effect") == "Allow" && slices.Contains(texts(at(branch, "Action")), action) {
					return branch.(object)
				}
			}
		}
	}
	panic(fmt.Sprintf("%s has no statement with %s", resource, action))
}

// action replaces an action by another; "" removes it.
func (s stack) action(resource, action, other string) {
	st := s.statement(resource, action)
	var kept []any
	for _, a := range texts(st["Action"]) {
		switch {
		case a != action:
			kept = append(kept, a)
		case other != "":
			kept = append(kept, other)
		}
	}
	st["Action"] = kept
}

func TestBrokenTemplates(t *testing.T) {
	programs(t)
	tried := map[string]bool{}
	for _, b := range breakages {
		t.Run(b.how, func(t *testing.T) {
			s := load(t)
			b.breaks(s)
			found := checks[b.check](s)
			if !slices.ContainsFunc(found, func(fault string) bool { return strings.Contains(fault, b.fault) }) {
				t.Errorf("the check %q does not say %q; it says %q", b.check, b.fault, found)
			}
		})
		tried[b.check] = true
	}
	for name := range maps.Keys(checks) {
		if !tried[name] {
			t.Errorf("no breakage tries the check %q", name)
		}
	}
}
