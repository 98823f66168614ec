package asl

import (
	"fmt"
	"os"
	"strings"
	"testing"
)

const (
	endA  = `"A":{"Type":"Succeed"}`
	callF = `"Resource":"arn:aws:states:::lambda:invoke","Parameters":{"FunctionName":"f"},"End":true`
)

func deployed(t testing.TB) *Machine {
	t.Helper()
	text, err := os.ReadFile("../../statemachine/run.asl.json")
	if err != nil {
		t.Fatal(err)
	}
	m, err := Parse(text, map[string]string{"LaunchFunctionArn": "launch", "ObserveFunctionArn": "observe"})
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func TestParseAcceptsTheDeployedDefinition(t *testing.T) {
	t.Parallel()
	if m := deployed(t); m.startAt != "Launch" || len(m.states) != 7 {
		t.Errorf("it starts at %s and has %d states", m.startAt, len(m.states))
	}
}

func TestParseSubstitutes(t *testing.T) {
	t.Parallel()
	text := strings.Replace(`{"StartAt":"A","States":{`+taskState("A", `"End":true`)+`}}`, `"f"`, `"x-${Name}-${Name}"`, 1)
	m, err := Parse([]byte(text), map[string]string{"Name": `a"<b`, "Unused": "z"})
	if err != nil {
		t.Fatal(err)
	}
	if got := m.states["A"].parameters.members["FunctionName"].constant; got != `x-a"<b-a"<b` {
		t.Errorf("FunctionName is %q", got)
	}
	_, err = Parse([]byte(text), map[string]string{"name": "x"})
	if err == nil || strings.Count(err.Error(), "${Name}") != 1 {
		t.Errorf("an unfilled placeholder: %v", err)
	}
}

// TestParseRefusesMachines parses each definition and a part of the error that it must raise.
func TestParseRefusesMachines(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("n", 81)
	for _, c := range []struct{ definition, want string }{
		{``, "EOF"},
		{`[]`, "must be an object"},
		{`null`, "must be an object"},
		{`{"StartAt":"A","States":{` + endA + `}} {}`, "more than one JSON value"},
		{`{"States":{` + endA + `}}`, `machine: field "StartAt" is missing`},
		{`{"StartAt":1,"States":{` + endA + `}}`, `machine: field "StartAt" must be a string`},
		{`{"StartAt":"A"}`, `machine: field "States" is missing`},
		{`{"StartAt":"A","States":{}}`, "at least one state"},
		{`{"StartAt":"A","States":[]}`, "States: must be an object"},
		{`{"StartAt":"B","States":{` + endA + `}}`, `there is no state "B"`},
		{`{"StartAt":"A","States":{` + endA + `},"Processor":1}`, `machine: field "Processor" is not implemented`},
		{`{"StartAt":"A","States":{` + endA + `},"QueryLanguage":"JSONata"}`, `"JSONata" is not implemented`},
		{`{"StartAt":"A","States":{` + endA + `},"Version":"2.0"}`, `field "Version"`},
		{`{"StartAt":"A","States":{` + endA + `},"TimeoutSeconds":0}`, `field "TimeoutSeconds"`},
		{`{"StartAt":"A","States":{` + endA + `},"TimeoutSeconds":1.5}`, `field "TimeoutSeconds"`},
		{`{"StartAt":"A","StartAt":"A","States":{` + endA + `}}`, `member "StartAt" appears twice in the object at ""`},
		{`{"StartAt":"A","States":{` + endA + `,` + endA + `}}`, `member "A" appears twice in the object at "/States"`},
		{`{"StartAt":"A","States":{"A":{"Type":"Pass","Result":[{"x":1,"x":2}],"End":true}}}`, `at "/States/A/Result/0"`},
		{`{"StartAt":"A","States":{` + endA + `,"B":{"Type":"Succeed"}}}`, "state B: it cannot be reached"},
		{`{"StartAt":"` + long + `","States":{"` + long + `":{"Type":"Succeed"}}}`, "1 to 80 characters"},
		{`{"StartAt":"A","States":{` + endA + `},"Comment":"` + strings.Repeat("x", maxDefinition) + `"}`, "more than the limit"},
	} {
		if _, err := Parse([]byte(c.definition), nil); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%.80s\n got %v\nwant %s", c.definition, err, c.want)
		}
	}
}

// TestParseRefusesStates parses the members of a state A and a part of the error that they must raise.
func TestParseRefusesStates(t *testing.T) {
	t.Parallel()
	refused := func(field string) string { return fmt.Sprintf("state A: field %q is not implemented", field) }
	retry := func(members string) string {
		return `"Type":"Task",` + callF + `,"Retry":[{` + members + `}]`
	}
	rule := func(members string) string {
		return `"Type":"Choice","Choices":[{` + members + `}]`
	}
	for _, c := range []struct{ members, want string }{
		{``, `state A: field "Type" is missing`},
		{`"Type":"Map","End":true`, `state A: type "Map" is not implemented`},
		{`"Type":"Parallel","End":true`, `type "Parallel" is not implemented`},
		{`"Type":"succeed"`, `type "succeed" is not implemented`},
		{`"Type":"Succeed","QueryLanguage":"JSONata"`, "JSONata"},
		{`"Type":"Succeed","Comment":1`, `field "Comment" must be a string`},
		{`"Type":"Succeed","Next":"A"`, refused("Next")},
		{`"Type":"Succeed","End":true`, refused("End")},
		{`"Type":"Succeed","Output":"x"`, refused("Output")},
		{`"Type":"Succeed","ResultPath":"$"`, refused("ResultPath")},
		{`"Type":"Fail","InputPath":"$"`, refused("InputPath")},
		{`"Type":"Fail","Error":"E","ErrorPath":"$.e"`, `both "Error" and "ErrorPath"`},
		{`"Type":"Fail","Cause":"E","CausePath":"$.e"`, `both "Cause" and "CausePath"`},
		{`"Type":"Fail","ErrorPath":"States.Format('{}', $.e)"`, "intrinsic function States.Format is not implemented"},
		{`"Type":"Fail","ErrorPath":"$$.Execution.RoleArn"`, "is not in the context object"},
		{`"Type":"Fail","CausePath":"$$.Task.Token"`, "waitForTaskToken"},
		{`"Type":"Pass"`, `neither "Next" nor "End"`},
		{`"Type":"Pass","Next":"A","End":true`, `both "Next" and "End"`},
		{`"Type":"Pass","End":false`, `"End" must be true`},
		{`"Type":"Pass","End":"yes"`, `"End" must be true or false`},
		{`"Type":"Pass","Next":"Z"`, `state A: there is no state "Z" to go to`},
		{`"Type":"Pass","End":true,"Assign":{}`, refused("Assign")},
		{`"Type":"Pass","End":true,"ResultSelector":{}`, refused("ResultSelector")},
		{`"Type":"Pass","End":true,"Retry":[]`, refused("Retry")},
		{`"Type":"Pass","End":true,"InputPath":"$.a[*]"`, `field "InputPath": "$.a[*]" is not a reference path`},
		{`"Type":"Pass","End":true,"InputPath":7`, `field "InputPath" must be a string`},
		{`"Type":"Pass","End":true,"InputPath":"$$.Execution.RoleArn"`, "is not in the context object"},
		{`"Type":"Pass","End":true,"InputPath":"$$.Execution.Name.x"`, "is not in the context object"},
		{`"Type":"Pass","End":true,"OutputPath":"$$.Map.Item"`, "is not in the context object"},
		{`"Type":"Pass","End":true,"OutputPath":"$$.Task.Token"`, "waitForTaskToken"},
		{`"Type":"Pass","End":true,"ResultPath":"$$.x"`, "may not use the context object"},
		{`"Type":"Pass","End":true,"Parameters":[]`, `field "Parameters" must be an object`},
		{`"Type":"Pass","End":true,"Parameters":{"x.$":1}`, `"x.$" must be a path`},
		{`"Type":"Pass","End":true,"Parameters":{"x.$":"plain"}`, "does not begin with $"},
		{`"Type":"Pass","End":true,"Parameters":{"y":[{"x.$":"States.UUID()"}]}`, "States.UUID is not implemented"},
		{`"Type":"Pass","End":true,"Parameters":{"x":1,"x.$":"$.x"}`, `"x" and "x.$" are both given`},
		{`"Type":"Wait","End":true`, "exactly one of"},
		{`"Type":"Wait","End":true,"Seconds":1,"SecondsPath":"$.s"`, "exactly one of"},
		{`"Type":"Wait","End":true,"Seconds":-1`, `field "Seconds"`},
		{`"Type":"Wait","End":true,"Seconds":100000000`, `field "Seconds"`},
		{`"Type":"Wait","End":true,"Seconds":"1"`, `field "Seconds"`},
		{`"Type":"Wait","End":true,"Timestamp":"tomorrow"`, `field "Timestamp"`},
		{`"Type":"Wait","End":true,"SecondsPath":"$..s"`, "not a reference path"},
		{`"Type":"Wait","End":true,"SecondsPath":"$$.Execution.Input.s"`, "may not use the context object"},
		{`"Type":"Wait","End":true,"Seconds":1,"ResultPath":"$"`, refused("ResultPath")},
		{`"Type":"Task","End":true`, `field "Resource" is missing`},
		{`"Type":"Task","End":true,"Resource":"arn:aws:states:::sqs:sendMessage","Parameters":{"FunctionName":"f"}`, `"arn:aws:states:::sqs:sendMessage" is not implemented`},
		{`"Type":"Task","End":true,"Resource":"arn:aws:states:::lambda:invoke"`, `field "Parameters" is missing`},
		{`"Type":"Task","End":true,"Resource":"arn:aws:states:::lambda:invoke","Parameters":{}`, "FunctionName is missing"},
		{`"Type":"Task","End":true,"Resource":"arn:aws:states:::lambda:invoke","Parameters":{"FunctionName":1}`, "FunctionName must be a string"},
		{`"Type":"Task","End":true,"Resource":"arn:aws:states:::lambda:invoke","Parameters":{"FunctionName":"f","Qualifier":"1"}`, `parameter "Qualifier" of lambda:invoke is not implemented`},
		{`"Type":"Task","End":true,"Resource":"arn:aws:states:::lambda:invoke","Parameters":{"FunctionName":"f","Payload.$":"$$.Task.Token"}`, "waitForTaskToken"},
		{`"Type":"Task",` + callF + `,"Credentials":{}`, refused("Credentials")},
		{`"Type":"Task",` + callF + `,"Arguments":{}`, refused("Arguments")},
		{`"Type":"Task",` + callF + `,"TimeoutSeconds":1,"TimeoutSecondsPath":"$.t"`, `both "TimeoutSeconds" and "TimeoutSecondsPath"`},
		{`"Type":"Task",` + callF + `,"HeartbeatSeconds":1,"HeartbeatSecondsPath":"$.t"`, `both "HeartbeatSeconds" and "HeartbeatSecondsPath"`},
		{`"Type":"Task",` + callF + `,"TimeoutSeconds":0`, `field "TimeoutSeconds"`},
		{`"Type":"Task",` + callF + `,"TimeoutSecondsPath":"$$.Execution.Input.t"`, "may not use the context object"},
		{`"Type":"Task",` + callF + `,"TimeoutSeconds":5,"HeartbeatSeconds":5`, `"HeartbeatSeconds" must be less than "TimeoutSeconds"`},
		{`"Type":"Task",` + callF + `,"Retry":null`, `field "Retry" must be an array`},
		{`"Type":"Task",` + callF + `,"Catch":null`, `field "Catch" must be an array`},
		{`"Type":"Task",` + callF + `,"Retry":{}`, `field "Retry" must be an array`},
		{`"Type":"Task",` + callF + `,"Retry":[1]`, "state A, Retry[0]: must be an object"},
		{retry(``), "state A, Retry[0]: field \"ErrorEquals\""},
		{retry(`"ErrorEquals":[]`), `field "ErrorEquals"`},
		{retry(`"ErrorEquals":"E"`), `field "ErrorEquals"`},
		{retry(`"ErrorEquals":[""]`), `field "ErrorEquals"`},
		{retry(`"ErrorEquals":["States.Mine"]`), "States.Mine can be neither"},
		{retry(`"ErrorEquals":["States.ALL","E"]`), "States.ALL must stand alone"},
		{retry(`"ErrorEquals":["States.ALL"]},{"ErrorEquals":["E"]`), "States.ALL must stand alone and in the last place"},
		{retry(`"ErrorEquals":["E"],"Backoff":2`), `state A, Retry[0]: field "Backoff" is not implemented`},
		{retry(`"ErrorEquals":["E"],"IntervalSeconds":0`), `field "IntervalSeconds"`},
		{retry(`"ErrorEquals":["E"],"MaxAttempts":-1`), `field "MaxAttempts"`},
		{retry(`"ErrorEquals":["E"],"BackoffRate":0.5`), `field "BackoffRate"`},
		{retry(`"ErrorEquals":["E"],"MaxDelaySeconds":0`), `field "MaxDelaySeconds"`},
		{retry(`"ErrorEquals":["E"],"MaxDelaySeconds":31622401`), `field "MaxDelaySeconds"`},
		{retry(`"ErrorEquals":["E"],"IntervalSeconds":5,"MaxDelaySeconds":5`), `"MaxDelaySeconds" must be greater than "IntervalSeconds"`},
		{retry(`"ErrorEquals":["E"],"MaxDelaySeconds":1`), `"MaxDelaySeconds" must be greater than "IntervalSeconds"`},
		{retry(`"ErrorEquals":["E"],"JitterStrategy":"HALF"`), `field "JitterStrategy"`},
		{`"Type":"Task",` + callF + `,"Catch":[{"ErrorEquals":["E"]}]`, `state A, Catch[0]: field "Next" is missing`},
		{`"Type":"Task",` + callF + `,"Catch":[{"ErrorEquals":["E"],"Next":"Z"}]`, `there is no state "Z" to go to`},
		{`"Type":"Task",` + callF + `,"Catch":[{"ErrorEquals":["E"],"Next":"A","Assign":{}}]`, `state A, Catch[0]: field "Assign" is not implemented`},
		{`"Type":"Task",` + callF + `,"Catch":[{"ErrorEquals":["E"],"Next":"A","ResultPath":"$$.x"}]`, "may not use the context object"},
		{`"Type":"Task",` + callF + `,"Catch":[{"ErrorEquals":["States.ALL"],"Next":"A"},{"ErrorEquals":["E"],"Next":"A"}]`, "in the last place"},
		{`"Type":"Choice"`, `field "Choices" is missing`},
		{`"Type":"Choice","Choices":[]`, `field "Choices" must be an array`},
		{`"Type":"Choice","Choices":[{"Variable":"$","IsNull":true,"Next":"A"}],"Next":"A"`, refused("Next")},
		{`"Type":"Choice","Choices":[{"Variable":"$","IsNull":true,"Next":"A"}],"Default":""`, `field "Default"`},
		{`"Type":"Choice","Choices":[{"Variable":"$","IsNull":true,"Next":"A"}],"Default":"Z"`, `there is no state "Z"`},
		{rule(`"Variable":"$","IsNull":true`), `state A, Choices[0]: field "Next" is missing`},
		{rule(`"Variable":"$","IsNull":true,"Next":"Z"`), `there is no state "Z"`},
		{rule(`"IsNull":true,"Next":"A"`), `field "Variable" is missing`},
		{rule(`"Variable":"$[*]","IsNull":true,"Next":"A"`), "not a reference path"},
		{rule(`"Variable":"$$.Task.Token","IsNull":true,"Next":"A"`), "waitForTaskToken"},
		{rule(`"Variable":"$","Next":"A"`), "exactly one comparison, and has 0"},
		{rule(`"Variable":"$","IsNull":true,"IsString":true,"Next":"A"`), "exactly one comparison, and has 2"},
		{rule(`"Variable":"$","StringMatches":"a*","Next":"A"`), `field "StringMatches" is not implemented`},
		{rule(`"Variable":"$","IsNullPath":"$.a","Next":"A"`), `field "IsNullPath" is not implemented`},
		{rule(`"Variable":"$","BooleanLessThan":true,"Next":"A"`), `field "BooleanLessThan" is not implemented`},
		{rule(`"Variable":"$","StringEquals":1,"Next":"A"`), `field "StringEquals" has a value of the wrong type`},
		{rule(`"Variable":"$","NumericEquals":"1","Next":"A"`), "wrong type"},
		{rule(`"Variable":"$","TimestampEquals":"now","Next":"A"`), "wrong type"},
		{rule(`"Variable":"$","IsNull":"yes","Next":"A"`), "wrong type"},
		{rule(`"Variable":"$","StringEqualsPath":"x","Next":"A"`), "does not begin with $"},
		{rule(`"And":[],"Next":"A"`), `field "And" must be an array`},
		{rule(`"And":[{"Variable":"$","IsNull":true,"Next":"A"}],"Next":"A"`), `state A, Choices[0], And[0]: field "Next" is not implemented`},
		{rule(`"And":[{"Variable":"$","IsNull":true}],"Or":[],"Next":"A"`), `state A, Choices[0]: field "Or" is not implemented`},
		{rule(`"Not":[],"Next":"A"`), "state A, Choices[0], Not: must be an object"},
		{rule(`"Condition":"{% true %}","Next":"A"`), `field "Condition" is not implemented`},
		{rule(`"Variable":"$","IsNull":true,"Assign":{},"Next":"A"`), `field "Assign" is not implemented`},
	} {
		_, err := Parse([]byte(`{"StartAt":"A","States":{"A":{`+c.members+`}}}`), nil)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s\n got %v\nwant %s", c.members, err, c.want)
		}
	}
}

func TestParseReportsEveryFaultAtOnce(t *testing.T) {
	t.Parallel()
	_, err := Parse([]byte(`{"StartAt":"A","Odd":1,"States":{"A":{"Type":"Pass","Assign":{},"Next":"B"},"B":{"Type":"Map"}}}`), nil)
	for _, want := range []string{"Odd", "Assign", "Map"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v does not name %s", err, want)
		}
	}
}
