package asl

import (
	"strings"
	"testing"
)

// TestDataFlow runs one state and looks at what comes out, or at the error.
func TestDataFlow(t *testing.T) {
	t.Parallel()
	const input = `{"a":{"b":1},"s":"<&>","big":12345678901234567890}`
	for _, c := range []struct{ name, state, want string }{
		{"pass hands its input on", `"A":{"Type":"Pass","End":true}`, `{"a":{"b":1},"big":12345678901234567890,"s":"<&>"}`},
		{"InputPath", `"A":{"Type":"Pass","InputPath":"$.a","End":true}`, `{"b":1}`},
		{"InputPath null", `"A":{"Type":"Pass","InputPath":null,"End":true}`, `{}`},
		{"InputPath of the context", `"A":{"Type":"Pass","InputPath":"$$.State.Name","End":true}`, `"A"`},
		{"InputPath to nothing", `"A":{"Type":"Pass","InputPath":"$.x","End":true}`, errRuntime},
		{"Result", `"A":{"Type":"Pass","Result":{"x.$":"$.a"},"End":true}`, `{"x.$":"$.a"}`},
		{"Result null", `"A":{"Type":"Pass","Result":null,"End":true}`, `null`},
		{"Parameters", `"A":{"Type":"Pass","Parameters":{"c":[{"x.$":"$.a.b"},2],"d.$":"$"},"InputPath":"$","ResultPath":"$.p","OutputPath":"$.p.c","End":true}`, `[{"x":1},2]`},
		{"Parameters see InputPath", `"A":{"Type":"Pass","InputPath":"$.a","Parameters":{"x.$":"$.b"},"End":true}`, `{"x":1}`},
		{"Parameters to nothing", `"A":{"Type":"Pass","Parameters":{"x.$":"$.nope"},"End":true}`, errRuntime},
		{"Parameters empty", `"A":{"Type":"Pass","Parameters":{},"End":true}`, `{}`},
		{"ResultPath in the raw input", `"A":{"Type":"Pass","InputPath":"$.a","ResultPath":"$.r","OutputPath":"$.r","End":true}`, `{"b":1}`},
		{"ResultPath null", `"A":{"Type":"Pass","Result":1,"ResultPath":null,"OutputPath":"$.a","End":true}`, `{"b":1}`},
		{"ResultPath that does not fit", `"A":{"Type":"Pass","ResultPath":"$.s.x","End":true}`, errResultPath},
		{"OutputPath null", `"A":{"Type":"Pass","OutputPath":null,"End":true}`, `{}`},
		{"OutputPath to nothing", `"A":{"Type":"Pass","OutputPath":"$.x","End":true}`, errRuntime},
		{"OutputPath of the context", `"A":{"Type":"Pass","OutputPath":"$$.Execution.Name","End":true}`, `"x"`},
		{"Succeed with paths", `"A":{"Type":"Succeed","InputPath":"$.a","OutputPath":"$.b"}`, `1`},
		{"Wait with paths", `"A":{"Type":"Wait","Seconds":0,"InputPath":"$.a","OutputPath":"$.b","End":true}`, `1`},
		{"Choice with paths", `"A":{"Type":"Choice","InputPath":"$.a","OutputPath":"$.b","Choices":[{"Variable":"$.b","NumericEquals":1,"Next":"B"}]},"B":{"Type":"Succeed"}`, `1`},
		{"Task result", taskState("A", `"End":true`), `{"ExecutedVersion":"$LATEST","Payload":{"a":{"b":1},"big":12345678901234567890,"s":"<&>"},"SdkHttpMetadata":{"HttpStatusCode":200},"StatusCode":200}`},
		{"Task InputPath", taskState("A", `"InputPath":"$.a","OutputPath":"$.Payload","End":true`), `{"b":1}`},
		{"Task ResultSelector", taskState("A", `"ResultSelector":{"x.$":"$.Payload.a.b","y.$":"$$.State.Name"},"End":true`), `{"x":1,"y":"A"}`},
		{"Task ResultSelector to nothing", taskState("A", `"ResultSelector":{"x.$":"$.nope"},"End":true`), errRuntime},
		{"Task ResultPath", taskState("A", `"ResultSelector":{"code.$":"$.StatusCode"},"ResultPath":"$.a.r","OutputPath":"$.a","End":true`), `{"b":1,"r":{"code":200}}`},
		{"Task ResultPath that does not fit", taskState("A", `"ResultPath":"$.s.x","End":true`), errResultPath},
		{"Task ResultPath fault is caught", taskState("A", `"ResultPath":"$.s.x","Catch":[{"ErrorEquals":["States.ALL"],"Next":"B"}],"End":true`) + `,"B":{"Type":"Pass","OutputPath":"$.Error","End":true}`, `"` + errResultPath + `"`},
		{"Task Parameters fault is not caught", strings.Replace(taskState("A", `"Catch":[{"ErrorEquals":["States.ALL"],"Next":"B"}],"End":true`), `"$"`, `"$.nope"`, 1) + `,"B":{"Type":"Succeed"}`, errRuntime},
		{"Task FunctionName by path, not a string", strings.Replace(taskState("A", `"End":true`), `"FunctionName":"f"`, `"FunctionName.$":"$.a"`, 1), errRuntime},
		{"Fail", `"A":{"Type":"Fail","Error":"E","Cause":"c"}`, "E"},
		{"Fail by path", `"A":{"Type":"Fail","ErrorPath":"$.s","CausePath":"$.s"}`, "<&>"},
		{"Fail by a path to no string", `"A":{"Type":"Fail","ErrorPath":"$.a"}`, errRuntime},
		{"Fail with a CausePath to no string", `"A":{"Type":"Fail","Error":"E","CausePath":"$.a"}`, errRuntime},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			ended, _ := play(t, c.state, input, echo)
			got := string(ended.Output)
			if ended.Status == Failed {
				got = ended.Error
			}
			if got != c.want {
				t.Errorf("%s %s (%s), want %s", ended.Status, got, ended.Cause, c.want)
			}
		})
	}
}

func TestContextObject(t *testing.T) {
	t.Parallel()
	ended, _ := play(t, `"A":{"Type":"Wait","SecondsPath":"$.w","Next":"B"},"B":{"Type":"Pass","Parameters":{"c.$":"$$","in.$":"$$.Execution.Input.w"},"End":true}`, `{"w":1}`, echo)
	want := `{"c":{"Execution":{"Id":"arn:aws:states:local:000000000000:execution:test:x","Input":{"w":1},"Name":"x","RedriveCount":0,"StartTime":"2000-01-01T00:00:00Z"},` +
		`"State":{"EnteredTime":"2000-01-01T00:00:01Z","Name":"B","RetryCount":0},"StateMachine":{"Id":"` + testARN + `","Name":"test"}},"in":1}`
	if string(ended.Output) != want {
		t.Errorf("got  %s\nwant %s", ended.Output, want)
	}
}

func TestDataLimit(t *testing.T) {
	t.Parallel()
	big := func(n int) string { return `"` + strings.Repeat("x", n-2) + `"` }
	caught := `,"Catch":[{"ErrorEquals":["States.ALL"],"Next":"B"}]`
	byName := `,"Catch":[{"ErrorEquals":["States.DataLimitExceeded"],"ResultPath":null,"OutputPath":"$","Next":"B"}]`
	byName = strings.Replace(byName, `"OutputPath":"$",`, "", 1)
	const b = `,"B":{"Type":"Succeed"}`
	for _, c := range []struct {
		name, states, answer string
		want                 Status
	}{
		{"as much as fits", taskState("A", `"OutputPath":"$.Payload","End":true`), big(maxData - 200), Succeeded},
		{"the result with its envelope is too much", taskState("A", `"OutputPath":"$.Payload","End":true`), big(maxData), Failed},
		{"States.ALL catches that of a result", taskState("A", `"End":true`+caught) + b, big(maxData), Succeeded},
		{"its name does", taskState("A", `"End":true`+byName) + b, big(maxData), Succeeded},
		{"parameters too large", taskState("A", `"ResultPath":"$.r","Next":"B"`) + `,"B":{"Type":"Pass","Parameters":{"x.$":"$","y.$":"$"},"End":true}`, big(maxData - 1000), Failed},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := &script{answers: []any{c.answer}}
			ended, _ := play(t, c.states, `{}`, s.invoke)
			if ended.Status != c.want || c.want == Failed && ended.Error != errDataLimit {
				t.Errorf("%s %s", ended.Status, ended.Error)
			}
		})
	}
}
