package template_test

import (
	"fmt"
	"path"
	"slices"
	"strings"
)

const functionType = "AWS::Serverless::Function"

// functions returns the functions' resources by the name of their folder.
func (s stack) functions() map[string]string {
	found := map[string]string{}
	for _, name := range s.resources(functionType) {
		found[path.Base(textAt(s.properties(name), "CodeUri"))] = name
	}
	return found
}

// checkFunctions checks that each folder has one resource, with the build and runtime settings of the design.
func checkFunctions(s stack) (f faults) {
	folders, err := functionNames()
	if err != nil {
		return faults{err.Error()}
	}
	var have []string
	for name, resource := range s.functions() {
		have = append(have, name)
		f.checkFunction(s, name, resource)
	}
	if len(have) != len(s.resources(functionType)) {
		f.addf("two functions share a CodeUri")
	}
	f.differ("functions", have, folders)
	return f
}

func (f *faults) checkFunction(s stack, name, resource string) {
	want := map[string]string{"Runtime": "provided.al2023", "Handler": "bootstrap", "Tracing": "Active", "CodeUri": "functions/" + name + "/"}
	for property, value := range want {
		if got := fmt.Sprint(s.setting(resource, property)); got != value {
			f.addf("%s: %s is %s, want %s", resource, property, got, value)
		}
	}
	if got := textAt(s.object, "Resources", resource, "Metadata", "BuildMethod"); got != "go1.x" {
		f.addf("%s: BuildMethod is %q, want go1.x", resource, got)
	}
	if list, _ := s.setting(resource, "Architectures").([]any); len(list) != 1 || !refersTo(list[0], "Architecture") {
		f.addf("%s: Architectures is %v", resource, list)
	}
	if seconds, _ := s.setting(resource, "Timeout").(int); seconds < 1 || seconds > longest(name) {
		f.addf("%s: Timeout is %d s, want 1 to %d", resource, seconds, longest(name))
	}
	if mb, _ := s.setting(resource, "MemorySize").(int); mb < 128 || mb > 1024 {
		f.addf("%s: MemorySize is %d", resource, mb)
	}
}

// longest has the greatest timeout of each function in seconds: less than its invoker waits.
func longest(function string) int {
	switch function {
	case "submit", "get", "list", "logs", "stop", "taskdefs":
		return 29 // the gateway's 30
	case "launch":
		return 60 // run.Launcher's claim on a StartTask call
	case "observe":
		return 110 // the state's 120
	default:
		return 290 // the next sweep
	}
}

// checkLogs checks that each function has JSON logs at the chosen level, in a log group of its own with a retention.
func checkLogs(s stack) (f faults) {
	groups := map[string]string{}
	for _, resource := range s.resources(functionType) {
		if format := s.setting(resource, "LoggingConfig", "LogFormat"); format != "JSON" {
			f.addf("%s: LogFormat is %v", resource, format)
		}
		level := s.setting(resource, "LoggingConfig", "ApplicationLogLevel")
		if at(s.properties(resource), "Environment", "Variables", "DAVIT_STACK") != nil {
			if level != "INFO" {
				f.addf("%s: writes metrics, and its log level may drop them", resource)
			}
		} else if !refersTo(level, "LogLevel") {
			f.addf("%s: its log level is not LogLevel", resource)
		}
		group := textAt(s.properties(resource), "LoggingConfig", "LogGroup", "Ref")
		if s.properties(group) == nil {
			f.addf("%s: has no log group of its own", resource)
		}
		if other, shared := groups[group]; shared {
			f.addf("%s: shares the log group of %s", resource, other)
		}
		groups[group] = resource
	}
	for _, group := range s.resources("AWS::Logs::LogGroup") {
		if !refersTo(s.properties(group)["RetentionInDays"], "LogRetentionDays") {
			f.addf("%s: keeps its logs otherwise than for LogRetentionDays", group)
		}
	}
	return f
}

// checkAlarms checks that each function has an alarm on its errors and one on its throttles, each queue one on its messages, and the machine one on
// executions that did not succeed.
func checkAlarms(s stack) (f faults) {
	watched := s.watched(&f)
	for _, resource := range s.resources(functionType) {
		f.watch(watched, resource, "AWS/Lambda Errors", "AWS/Lambda Throttles")
	}
	for _, queue := range s.resources("AWS::SQS::Queue") {
		f.watch(watched, queue, "AWS/SQS ApproximateNumberOfMessagesVisible")
	}
	f.watch(watched, "Machine", "AWS/States ExecutionsFailed", "AWS/States ExecutionsTimedOut", "AWS/States ExecutionsAborted", "AWS/States ExecutionThrottled")
	f.watch(watched, "Api", "AWS/ApiGateway 5xx")
	f.watch(watched, "Table", "AWS/DynamoDB ReadThrottleEvents", "AWS/DynamoDB WriteThrottleEvents")
	f.watch(watched, "NotifyFunction", "AWS/Lambda IteratorAge")
	f.watch(watched, "AWS::StackName", "Davit DidNotRun", "Davit StopsStuck")
	return f
}

func (f *faults) watch(watched []string, resource string, metrics ...string) {
	for _, m := range metrics {
		if !slices.Contains(watched, m+" "+resource) {
			f.addf("%s: there is no alarm on %s", resource, m)
		}
	}
}

// watched lists the metrics of the alarms, as "namespace metric resource".
func (s stack) watched(f *faults) []string {
	var all []string
	for _, alarm := range s.resources("AWS::CloudWatch::Alarm") {
		p := s.properties(alarm)
		dimensions := listAt(p, "Dimensions")
		if len(dimensions) != 1 {
			f.addf("%s: looks at %d dimensions, want one", alarm, len(dimensions))
			continue
		}
		all = append(all, strings.Join([]string{textAt(p, "Namespace"), textAt(p, "MetricName"), referent(at(dimensions[0], "Value"))}, " "))
		if p["TreatMissingData"] != "notBreaching" || textAt(p, "AlarmDescription") == "" || p["AlarmName"] == nil {
			f.addf("%s: lacks a name, a description, or what silence means", alarm)
		}
	}
	return all
}

// referent returns the resource that a !Ref or !GetAtt refers to.
func referent(v any) string {
	if att := listAt(v, "Fn::GetAtt"); len(att) == 2 {
		return fmt.Sprint(att[0])
	}
	return textAt(v, "Ref")
}
