package asl

import (
	"encoding/json"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
)

// The tests of this file hold what Step Functions did in executions that were recorded on AWS from 2023 to 2025.

// large is an answer that makes the result of lambda:invoke too large.
func large() string { return `"` + strings.Repeat("x", maxData) + `"` }

func escaping(o *Options) { o.DataLimitEscapes = true }

func TestDataLimitOfAResult_Wildcards(t *testing.T) {
	t.Parallel()
	const cause = "The state/task 'lambda' returned a result with a size exceeding the maximum number of bytes service limit."
	for _, c := range []struct {
		name, listed string
		options      []func(*Options)
		want         Status
	}{
		{"as recorded", "States.ALL", nil, Succeeded},
		{"as recorded, task failed", "States.TaskFailed", nil, Succeeded},
		{"by its name", "States.DataLimitExceeded", nil, Succeeded},
		{"as documented", "States.ALL", []func(*Options){escaping}, Failed},
		{"as documented, task failed", "States.TaskFailed", []func(*Options){escaping}, Failed},
		{"as documented, by its name", "States.DataLimitExceeded", []func(*Options){escaping}, Succeeded},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				states := taskState("A", `"Catch":[{"ErrorEquals":["`+c.listed+`"],"Next":"B"}],"End":true`) + `,"B":{"Type":"Succeed"}`
				s := &script{answers: []any{large()}}
				r := newRig(t, filepath.Join(t.TempDir(), "db"), machine(t, states), s.invoke, c.options...)
				r.start(`{}`)
				ended := r.wait()
				if ended.Status != c.want {
					t.Errorf("got status %s, want %s", ended.Status, c.want)
				}
				failed := r.last(TaskFailed)
				if failed.Error != errDataLimit {
					t.Errorf("got the error %s in TaskFailed, want %s", failed.Error, errDataLimit)
				}
				if failed.Cause != cause {
					t.Errorf("got the cause %q in TaskFailed, want %q", failed.Cause, cause)
				}
			})
		})
	}
}

// last returns the details of the last event of a type.
func (r *fixture) last(kind string) Details {
	r.t.Helper()
	events, err := r.History("x")
	r.must(err)
	for _, event := range slices.Backward(events) {
		if event.Type == kind {
			return event.Details
		}
	}
	r.t.Fatalf("there is no %s", kind)
	return Details{}
}

func TestDataLimitOfAState_EscapesAll(t *testing.T) {
	t.Parallel()
	states := `"A":{"Type":"Pass","Parameters":{"x.$":"$","y.$":"$"},"Next":"B"},"B":{"Type":"Succeed"}`
	ended, _ := play(t, states, `"`+strings.Repeat("x", maxData/2)+`"`, echo)
	if ended.Error != errDataLimit {
		t.Errorf("got the error %q, want %q", ended.Error, errDataLimit)
	}
	if want := "The state/task 'A' returned a result with a size exceeding the maximum number of bytes service limit."; ended.Cause != want {
		t.Errorf("got the cause %q, want %q", ended.Cause, want)
	}
}

func TestMissedHeartbeat_ShowsAsTimeout(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := &script{}
		m := machine(t, tokenState("A", `"HeartbeatSeconds":5,"TimeoutSeconds":600,"End":true`))
		r := newRig(t, filepath.Join(t.TempDir(), "db"), m, s.invoke)
		r.start(`{}`)
		ended := r.wait()
		if ended.Error != errTimeout {
			t.Errorf("got the error %q of the execution, want %q", ended.Error, errTimeout)
		}
		want := Details{ResourceType: "lambda", Resource: "invoke.waitForTaskToken", Error: errTimeout}
		if diff := cmp.Diff(want, r.last(TaskTimedOut)); diff != "" {
			t.Errorf("TaskTimedOut, -want +got:\n%s", diff)
		}
		if diff := cmp.Diff(Details{Error: errTimeout}, r.last(ExecutionFailed)); diff != "" {
			t.Errorf("ExecutionFailed, -want +got:\n%s", diff)
		}
	})
}

func TestMissedHeartbeat_Caught(t *testing.T) {
	t.Parallel()
	const output = `{"Cause":"","Error":"States.Timeout"}`
	for listed, want := range map[string]string{
		"States.HeartbeatTimeout": output, "States.Timeout": output, "States.ALL": output, "States.TaskFailed": "",
	} {
		states := tokenState("A", `"HeartbeatSeconds":5,"TimeoutSeconds":9,"Catch":[{"ErrorEquals":["`+listed+`"],"Next":"B"}],"End":true`) + `,"B":{"Type":"Succeed"}`
		if ended, _ := play(t, states, `{}`, echo); string(ended.Output) != want {
			t.Errorf("%s: got the output %s, want %s", listed, ended.Output, want)
		}
	}
	states := tokenState("A", `"TimeoutSeconds":5,"Catch":[{"ErrorEquals":["States.HeartbeatTimeout"],"Next":"B"}],"End":true`) + `,"B":{"Type":"Succeed"}`
	if ended, _ := play(t, states, `{}`, echo); ended.Error != errTimeout {
		t.Errorf("a time-out without heartbeat: got the error %q, want %q that States.HeartbeatTimeout does not catch", ended.Error, errTimeout)
	}
}

func TestParse_AcceptsWhatAWSDoes(t *testing.T) {
	t.Parallel()
	for _, members := range []string{
		`"Type":"Task",` + callF + `,"Catch":[]`,
		`"Type":"Task",` + callF + `,"Retry":[]`,
		`"Type":"Task",` + callF + `,"Retry":[{"ErrorEquals":["States.Runtime"]}]`,
		`"Type":"Task",` + callF + `,"Catch":[{"ErrorEquals":["States.Runtime","E"],"Next":"A"}]`,
		`"Type":"Fail","ErrorPath":"$$.State.Name","CausePath":"$$.StateMachine.Name"`,
		`"Type":"Task","End":true,"Resource":"arn:aws:states:::lambda:invoke.waitForTaskToken","Parameters":{"FunctionName":"f"}`,
	} {
		if _, err := Parse([]byte(`{"StartAt":"A","States":{"A":{`+members+`}}}`), nil); err != nil {
			t.Errorf("%s: got the error %v, want none", members, err)
		}
	}
}

func TestRuntimeError_IsNeverCaught(t *testing.T) {
	t.Parallel()
	const listed = `"Retry":[{"ErrorEquals":["States.Runtime"]}],"Catch":[{"ErrorEquals":["States.Runtime"],"Next":"B"}],"OutputPath":"$.no.such","End":true`
	ended, path := play(t, taskState("A", listed)+`,"B":{"Type":"Succeed"}`, `{}`, echo)
	if ended.Error != errRuntime {
		t.Errorf("got the error %q, want %q", ended.Error, errRuntime)
	}
	if len(path) != 1 {
		t.Errorf("got the states %v, want A alone", path)
	}
}

func TestFail_ByTheContextObject(t *testing.T) {
	t.Parallel()
	ended, _ := play(t, `"A":{"Type":"Fail","ErrorPath":"$$.State.Name","CausePath":"$$.StateMachine.Name"}`, `{}`, echo)
	if ended.Error != "A" {
		t.Errorf("got the error %q, want A", ended.Error)
	}
	if ended.Cause != "test" {
		t.Errorf("got the cause %q, want test", ended.Cause)
	}
}

func TestTokenThatIsPassedToNobody_TimesOut(t *testing.T) {
	t.Parallel()
	const state = `"A":{"Type":"Task","Resource":"arn:aws:states:::lambda:invoke.waitForTaskToken","Parameters":{"FunctionName":"f"},"TimeoutSeconds":5,"End":true}`
	ended, _ := play(t, state, `{}`, echo)
	if ended.Error != errTimeout {
		t.Errorf("got the error %q, want %q", ended.Error, errTimeout)
	}
	if took := ended.Stopped.Sub(ended.Started); took != 5*time.Second {
		t.Errorf("ended after %v, want 5s", took)
	}
}

func TestWait_TooLongFailsAtOnce(t *testing.T) {
	t.Parallel()
	start := time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC) // of a bubble's clock
	for _, c := range []struct {
		name  string
		after time.Duration
		want  Status
	}{
		{"24,855 days", 24855 * 24 * time.Hour, TimedOut}, // after a year, as every execution
		{"24,856 days", 24856 * 24 * time.Hour, Failed},
		{"as long as can be", longestWait, TimedOut},
		{"a second more", longestWait + time.Second, Failed},
	} {
		at := start.Add(c.after).Format(time.RFC3339)
		for _, field := range []string{`"Timestamp":"` + at + `"`, `"TimestampPath":"$.t"`} {
			ended, _ := play(t, `"A":{"Type":"Wait",`+field+`,"End":true}`, `{"t":"`+at+`"}`, echo)
			if ended.Status != c.want {
				t.Errorf("%s, %s: got status %s, want %s", c.name, field, ended.Status, c.want)
			}
			const cause = "An error occurred while executing the state 'A' (entered at the event id #2). Wait state delay is too long."
			if c.want == Failed && ended.Cause != cause {
				t.Errorf("%s, %s: got the cause %q, want %q", c.name, field, ended.Cause, cause)
			}
			if took := ended.Stopped.Sub(ended.Started); c.want == Failed && took != 0 {
				t.Errorf("%s, %s: failed after %v, want at once", c.name, field, took)
			}
		}
	}
}

func TestSendTaskFailure_WithoutErrorOrCauseIsNull(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, cause, output string }{
		{"", "", `{"err":{"Cause":null,"Error":null}}`},
		{"E", "", `{"err":{"Cause":null,"Error":"E"}}`},
		{"", "c", `{"err":{"Cause":"c","Error":null}}`},
	} {
		synctest.Test(t, func(t *testing.T) {
			s := &script{}
			states := tokenState("A", `"Catch":[{"ErrorEquals":["States.ALL"],"ResultPath":"$.err","Next":"B"}],"End":true`) + `,"B":{"Type":"Succeed"}`
			r := newRig(t, filepath.Join(t.TempDir(), "db"), machine(t, states), s.invoke)
			r.start(`{}`)
			r.must(r.SendTaskFailure(t.Context(), s.token(t, 0), c.name, c.cause))
			if ended := r.wait(); string(ended.Output) != c.output {
				t.Errorf("error %q, cause %q: got the output %s, want %s", c.name, c.cause, ended.Output, c.output)
			}
			want := Details{ResourceType: "lambda", Resource: "invoke.waitForTaskToken", Error: c.name, Cause: c.cause}
			if diff := cmp.Diff(want, r.last(TaskFailed)); diff != "" {
				t.Errorf("TaskFailed, -want +got:\n%s", diff)
			}
		})
	}
}

// Each state is entered at event 4, after a Pass state, and its cause begins as Step Functions writes it.
func TestCauses_NameTheStateAndItsEvent(t *testing.T) {
	t.Parallel()
	task := func(from, to string) string { return strings.Replace(taskState("A", `"End":true`), from, to, 1) }
	for _, c := range []struct{ state, input, cause string }{
		{`"A":{"Type":"Pass","InputPath":"$.no","End":true}`, `{}`, "Invalid path '$.no' : No results for path: $['no']"},
		{`"A":{"Type":"Pass","OutputPath":"$.no.such[1]","End":true}`, `{}`, "Invalid path '$.no.such[1]' : Missing property in path $['no']"},
		{`"A":{"Type":"Pass","InputPath":"$.a[1]","End":true}`, `{"a":[0]}`, "Invalid path '$.a[1]' : No results for path: $['a'][1]"},
		{`"A":{"Type":"Pass","Parameters":{"v.$":"$.no"},"End":true}`, `{"a":1}`, `The JSONPath '$.no' specified for the field 'v.$' could not be found in the input '{"a":1}'`},
		{`"A":{"Type":"Fail","ErrorPath":"$.no"}`, `{"a":1}`, `The JSONPath '$.no' specified for the field 'ErrorPath' could not be found in the input '{"a":1}'`},
		{`"A":{"Type":"Fail","Error":"E","CausePath":"$.no"}`, `{}`, `The JSONPath '$.no' specified for the field 'CausePath' could not be found in the input '{}'`},
		{`"A":{"Type":"Wait","SecondsPath":"$.s","End":true}`, `{}`, "The SecondsPath parameter does not reference an input value: $.s"},
		{`"A":{"Type":"Wait","SecondsPath":"$.s","End":true}`, `{"s":-1}`, "The SecondsPath parameter references a negative value: $.s == -1"},
		{`"A":{"Type":"Wait","SecondsPath":"$.s","End":true}`, `{"s":-1.5}`, "The SecondsPath parameter cannot be parsed as a long value: $.s == -1.5"},
		{`"A":{"Type":"Wait","TimestampPath":"$.t","End":true}`, `{"t":"2016-12-05T21:29:29"}`,
			"The TimestampPath parameter does not reference a valid ISO-8601 extended offset date-time format string: $.t == 2016-12-05T21:29:29"},
		{task(`"End":true`, `"TimeoutSecondsPath":"$.no","End":true`), `{}`, "Invalid path '$.no' : No results for path: $['no']"},
		{task(`"End":true`, `"HeartbeatSecondsPath":"$.no","End":true`), `{}`, "Invalid path '$.no' : No results for path: $['no']"},
		{`"A":{"Type":"Choice","Choices":[{"Variable":"$.no","IsNull":true,"Next":"A"}]}`, `{}`, "Invalid path '$.no': The choice state's condition path references an invalid value."},
		{`"A":{"Type":"Choice","Choices":[{"Variable":"$.no","IsPresent":true,"Next":"A"}]}`, `{}`, "Failed to transition out of the state. The state does not point to a next state."},
	} {
		synctest.Test(t, func(t *testing.T) {
			m, err := Parse([]byte(`{"StartAt":"First","States":{"First":{"Type":"Pass","Next":"A"},`+c.state+`}}`), nil)
			if err != nil {
				t.Fatal(err)
			}
			r := newRig(t, filepath.Join(t.TempDir(), "db"), m, echo)
			r.start(c.input)
			want := "An error occurred while executing the state 'A' (entered at the event id #4). " + c.cause
			if ended := r.wait(); ended.Cause != want {
				t.Errorf("%s with %s:\n got %s\nwant %s", c.state, c.input, ended.Cause, want)
			}
		})
	}
}

// A fault after a retry names the event that entered the state, also after a restart. Functions' own causes stay as they are.
func TestCauses_AfterARetry(t *testing.T) {
	t.Parallel()
	s := &script{answers: []any{named("E"), `1`}}
	ended, _ := play(t, taskState("A", `"Retry":[{"ErrorEquals":["E"]}],"OutputPath":"$.no","End":true`), `{}`, s.invoke)
	if want := "An error occurred while executing the state 'A' (entered at the event id #2). Invalid path '$.no' : No results for path: $['no']"; ended.Cause != want {
		t.Errorf("got the cause %q, want %q", ended.Cause, want)
	}
	s = &script{answers: []any{named(errRuntime)}}
	ended, _ = play(t, taskState("A", `"End":true`), `{}`, s.invoke)
	if ended.Cause != "because" {
		t.Errorf("got the cause %q of a function's own error, want because", ended.Cause)
	}
	var old position
	if err := json.Unmarshal([]byte(`{"state":"A"}`), &old); err != nil {
		t.Fatal(err)
	}
	st := &step{x: &execution{rec: record{At: old}}}
	if want, got := "An error occurred while executing the state 'A'. why", st.locate(runtimeFault("why")).cause; got != want {
		t.Errorf("entered by an earlier version: got the cause %q, want %q", got, want)
	}
}
