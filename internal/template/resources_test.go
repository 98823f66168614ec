package template_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"davit/internal/dynamo"
	"davit/internal/dynamo/attr"
)

// checkQueues checks that every asynchronous invocation has a dead-letter queue that keeps messages for 14 days.
func checkQueues(s stack) (f faults) {
	for _, queue := range s.resources("AWS::SQS::Queue") {
		if got := s.properties(queue)["MessageRetentionPeriod"]; got != 14*24*3600 {
			f.addf("%s: keeps messages for %v s", queue, got)
		}
		if s.properties(queue)["SqsManagedSseEnabled"] != true {
			f.addf("%s: is not encrypted", queue)
		}
	}
	for _, function := range []string{"taskevent", "sweep", "schedule"} {
		resource := s.functions()[function]
		if s.properties(referent(at(s.properties(resource), "DeadLetterQueue", "TargetArn"))) == nil {
			f.addf("%s: is invoked by events and has no dead-letter queue", function)
		}
	}
	for _, rule := range s.resources("AWS::Events::Rule") {
		for _, target := range listAt(s.properties(rule), "Targets") {
			queue := referent(at(target, "DeadLetterConfig", "Arn"))
			if s.properties(queue) == nil {
				f.addf("%s: its target has no dead-letter queue", rule)
			} else if !s.mayFill(rule, queue) {
				f.addf("%s: may not send to %s", rule, queue)
			}
		}
	}
	return f
}

// mayFill reports whether a queue's policy allows a rule to send to it.
func (s stack) mayFill(rule, queue string) bool {
	for _, policy := range s.resources("AWS::SQS::QueuePolicy") {
		for _, statement := range listAt(s.properties(policy), "PolicyDocument", "Statement") {
			source := at(statement, "Condition", "ArnEquals", "aws:SourceArn")
			sources, isList := source.([]any)
			if !isList {
				sources = []any{source}
			}
			if refersTo(at(statement, "Resource"), queue) && slices.ContainsFunc(sources, func(v any) bool { return refersTo(v, rule) }) {
				return true
			}
		}
	}
	return false
}

// checkTable checks the keys, indexes and stream that the store needs, and the protection of the records.
func checkTable(s stack) (f faults) {
	want := dynamo.TableInput("davit")
	p := s.properties("Table")
	f.differ("attributes", attributes(p), wantAttributes(want.AttributeDefinitions))
	f.differ("key", keys(p), wantKeys(want.KeySchema))
	var have, need []string
	for _, index := range listAt(p, "GlobalSecondaryIndexes") {
		have = append(have, fmt.Sprint(textAt(index, "IndexName"), keys(index), textAt(index, "Projection", "ProjectionType")))
	}
	for _, index := range want.GlobalSecondaryIndexes {
		need = append(need, fmt.Sprint(*index.IndexName, wantKeys(index.KeySchema), index.Projection.ProjectionType))
	}
	f.differ("indexes", have, need)
	table := at(s.object, "Resources", "Table")
	for what, pair := range map[string][2]any{
		"BillingMode":         {p["BillingMode"], string(want.BillingMode)},
		"stream":              {at(p, "StreamSpecification", "StreamViewType"), string(want.StreamSpecification.StreamViewType)},
		"time to live":        {at(p, "TimeToLiveSpecification", "AttributeName"), attr.Expires},
		"time to live is on":  {at(p, "TimeToLiveSpecification", "Enabled"), true},
		"point in time":       {at(p, "PointInTimeRecoverySpecification", "PointInTimeRecoveryEnabled"), true},
		"encryption":          {at(p, "SSESpecification", "SSEEnabled"), true},
		"DeletionPolicy":      {at(table, "DeletionPolicy"), "Retain"},
		"UpdateReplacePolicy": {at(table, "UpdateReplacePolicy"), "Retain"},
	} {
		if pair[0] != pair[1] {
			f.addf("Table: %s is %v, want %v", what, pair[0], pair[1])
		}
	}
	return f
}

func attributes(p any) (all []string) {
	for _, a := range listAt(p, "AttributeDefinitions") {
		all = append(all, textAt(a, "AttributeName")+" "+textAt(a, "AttributeType"))
	}
	return all
}

func wantAttributes(list []types.AttributeDefinition) (all []string) {
	for _, a := range list {
		all = append(all, *a.AttributeName+" "+string(a.AttributeType))
	}
	return all
}

func keys(p any) (all []string) {
	for _, k := range listAt(p, "KeySchema") {
		all = append(all, textAt(k, "AttributeName")+" "+textAt(k, "KeyType"))
	}
	return all
}

func wantKeys(list []types.KeySchemaElement) (all []string) {
	for _, k := range list {
		all = append(all, *k.AttributeName+" "+string(k.KeyType))
	}
	return all
}

// checkMachine checks that the machine has the definition of local mode, a value for each placeholder, and a name that functions can refer to.
func checkMachine(s stack) (f faults) {
	p := s.properties("Machine")
	definition, err := os.ReadFile(filepath.Join(root, textAt(p, "DefinitionUri")))
	if err != nil {
		return faults{err.Error()}
	}
	var need, have []string
	for _, name := range placeholder.FindAllString(string(definition), -1) {
		need = append(need, name[2:len(name)-1])
	}
	substitutions, _ := p["DefinitionSubstitutions"].(object)
	for name, v := range substitutions {
		have = append(have, name)
		function := s.functions()[strings.ToLower(strings.TrimSuffix(name, "FunctionArn"))]
		if !refersTo(v, function) {
			f.addf("Machine: %s is %v", name, v)
		}
		if textAt(v, "Fn::GetAtt") == "" && !slices.Contains(invoked(s), referent(v)) {
			f.addf("Machine: may not invoke %s", referent(v))
		}
	}
	f.differ("substitutions", have, slices.Compact(slices.Sorted(slices.Values(need))))
	for what, pair := range map[string][2]any{
		"name":           {fmt.Sprint(p["Name"]), fmt.Sprint(object{"Fn::Sub": "${AWS::StackName}-run"})},
		"log level":      {at(p, "Logging", "Level"), "FATAL"},
		"execution data": {at(p, "Logging", "IncludeExecutionData"), false},
		"tracing":        {at(p, "Tracing", "Enabled"), true},
		"log group":      {strings.HasPrefix(textAt(s.properties("MachineLogs"), "LogGroupName", "Fn::Sub"), "/aws/vendedlogs/states/"), true},
	} {
		if pair[0] != pair[1] {
			f.addf("Machine: %s is %v, want %v", what, pair[0], pair[1])
		}
	}
	return f
}

// invoked returns the functions that the machine may invoke.
func invoked(s stack) (all []string) {
	for _, st := range s.statements("Machine") {
		if slices.Contains(st.actions, "lambda:InvokeFunction") {
			for _, r := range st.resources {
				all = append(all, referent(r))
			}
		}
	}
	return all
}

// checkEventRules checks the rules that invoke functions, and their permissions.
func checkEventRules(s stack) (f faults) {
	task := fmt.Sprint(object{
		"source": []any{"aws.ecs"}, "detail-type": []any{"ECS Task State Change"},
		"account": []any{object{"Ref": "AWS::AccountId"}},
		"detail":  object{"startedBy": []any{object{"prefix": object{"Fn::Sub": "${Prefix}-"}}}},
	})
	ended := fmt.Sprint(object{
		"source": []any{"aws.states"}, "detail-type": []any{"Step Functions Execution Status Change"},
		"detail": object{"stateMachineArn": []any{object{"Ref": "Machine"}}, "status": []any{"FAILED", "TIMED_OUT", "ABORTED"}},
	})
	f.rule(s, "TaskEventRule", "taskevent", "EventPattern", task)
	f.rule(s, "SweepRule", "sweep", "ScheduleExpression", "rate(5 minutes)")
	f.rule(s, "ExecutionFailedRule", "sweep", "EventPattern", ended)
	rules := "arn:${AWS::Partition}:events:${AWS::Region}:${AWS::AccountId}:rule/*"
	if !s.permits("events.amazonaws.com", s.functions()["schedule"], func(source any) bool { return textAt(source, "Fn::Sub") == rules }) {
		f.addf("schedule: rules of the account and Region may not invoke it")
	}
	if state := listAt(s.properties("TaskEventRule"), "State", "Fn::If"); fmt.Sprint(state) != "[TakesTaskEvents ENABLED DISABLED]" {
		f.addf("TaskEventRule: is not switched by TaskEvents: %v", state)
	}
	return f
}

func (f *faults) rule(s stack, rule, function, property, want string) {
	p, resource := s.properties(rule), s.functions()[function]
	if got := fmt.Sprint(p[property]); got != want {
		f.addf("%s: %s is %s, want %s", rule, property, got, want)
	}
	targets := listAt(p, "Targets")
	if len(targets) != 1 || !refersTo(at(targets[0], "Arn"), resource) {
		f.addf("%s: does not go to %s alone", rule, function)
	}
	if !s.permits("events.amazonaws.com", resource, func(source any) bool { return refersTo(source, rule) }) {
		f.addf("%s: may not invoke %s", rule, function)
	}
}

// permits reports whether a service may invoke a function for a source that source accepts.
func (s stack) permits(principal, function string, source func(any) bool) bool {
	for _, name := range s.resources("AWS::Lambda::Permission") {
		p := s.properties(name)
		if p["Principal"] != principal || p["Action"] != "lambda:InvokeFunction" {
			continue
		}
		if refersTo(p["FunctionName"], function) && source(p["SourceArn"]) {
			return true
		}
	}
	return false
}

// checkStream checks the event source of notify: the table's stream, only items with a status (locks have none), repeats from the record
// that failed, and a queue for what is given up.
func checkStream(s stack) (f faults) {
	p := s.properties("NotifySource")
	if !refersTo(p["FunctionName"], s.functions()["notify"]) || fmt.Sprint(at(p, "EventSourceArn", "Fn::GetAtt")) != "[Table StreamArn]" {
		f.addf("NotifySource: does not bring the table's stream to notify")
	}
	if s.properties(referent(at(p, "DestinationConfig", "OnFailure", "Destination"))) == nil {
		f.addf("NotifySource: has nowhere to give up into")
	}
	if fmt.Sprint(p["FunctionResponseTypes"]) != "[ReportBatchItemFailures]" || p["StartingPosition"] != "TRIM_HORIZON" {
		f.addf("NotifySource: FunctionResponseTypes or StartingPosition lose changes")
	}
	for _, filter := range listAt(p, "FilterCriteria", "Filters") {
		if pattern := textAt(filter, "Pattern"); !json.Valid([]byte(pattern)) || !regexp.MustCompile(`"INSERT".*"MODIFY".*"status": *{"S"`).MatchString(pattern) {
			f.addf("NotifySource: the filter is %s", pattern)
		}
	}
	return f
}
