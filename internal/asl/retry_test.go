package asl

import (
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

func TestErrorNamesMatch(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		listed, name string
		want         bool
	}{
		{"E", "E", true},
		{"E", "F", false},
		{"e", "E", false},
		{errAll, "E", true},
		{errAll, errTimeout, true},
		{errAll, errHeartbeat, true},
		{errAll, errRuntime, false},
		{errAll, errDataLimit, false},
		{errTaskFailed, "E", true},
		{errTaskFailed, errResultPath, true},
		{errTaskFailed, errTaskFailed, true},
		{errTaskFailed, errTimeout, false},
		{errTaskFailed, errHeartbeat, false},
		{errTaskFailed, errRuntime, false},
		{errTaskFailed, errDataLimit, false},
		{errTimeout, errTimeout, true},
		{errTimeout, errHeartbeat, true},
		{errTimeout, "E", false},
		{errHeartbeat, errTimeout, false},
		{errDataLimit, errDataLimit, true},
		{errRuntime, errRuntime, false},
	} {
		if got := matches([]string{"Other", c.listed}, &fault{name: c.name}); got != c.want {
			t.Errorf("%s stands for %s: %v", c.listed, c.name, got)
		}
	}
}

func TestRetryDelays(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		retrier string
		random  float64
		want    []float64 // seconds
	}{
		{``, 0.5, []float64{1, 2, 4, 8}},
		{`,"IntervalSeconds":3,"BackoffRate":1.5`, 0.5, []float64{3, 4.5, 6.75}},
		{`,"IntervalSeconds":3,"BackoffRate":1`, 0.5, []float64{3, 3, 3}},
		{`,"IntervalSeconds":1,"MaxDelaySeconds":5`, 0.5, []float64{1, 2, 4, 5, 5}},
		{`,"IntervalSeconds":2,"JitterStrategy":"FULL"`, 0.5, []float64{1, 2, 4}},
		{`,"IntervalSeconds":2,"JitterStrategy":"FULL"`, 0, []float64{0, 0}},
		{`,"IntervalSeconds":2,"MaxDelaySeconds":4,"JitterStrategy":"FULL"`, 0.25, []float64{0.5, 1, 1}},
		{`,"JitterStrategy":"NONE"`, 0.1, []float64{1, 2}},
	} {
		m := machine(t, taskState("A", fmt.Sprintf(`"Retry":[{"ErrorEquals":["E"]%s}],"End":true`, c.retrier)))
		r := m.states["A"].does.(*task).retry[0]
		for n, want := range c.want {
			got := r.delay(n, func() float64 { return c.random })
			if got != time.Duration(want*float64(time.Second)) {
				t.Errorf("%s: retry %d after %v, want %v s", c.retrier, n, got, want)
			}
		}
	}
	endless := retrier{interval: maxSeconds, backoff: 10, maxDelay: maxSeconds}
	if got := endless.delay(1000, nil); got != maxSeconds*time.Second {
		t.Errorf("an endless delay is %v", got)
	}
}

// TestRetryAndCatch runs a failing task and asserts when it was called, and where it went.
func TestRetryAndCatch(t *testing.T) {
	t.Parallel()
	const caught = `"Catch":[{"ErrorEquals":["A"],"Next":"CA"},{"ErrorEquals":["States.TaskFailed"],"ResultPath":"$.err","Next":"CB"}],`
	const both = `"Retry":[{"ErrorEquals":["A","B"],"MaxAttempts":2},{"ErrorEquals":["States.ALL"],"IntervalSeconds":10,"MaxAttempts":1}],`
	fails := func(names ...string) (out []any) {
		for _, name := range names {
			out = append(out, named(name))
		}
		return out
	}
	for _, c := range []struct {
		name, fields string
		answers      []any
		at           []float64 // seconds of each call since the start
		status       Status
		result       string // output, or error
	}{
		{"no retry", "", fails("A"), []float64{0}, Failed, "A"},
		{"three attempts by default", `"Retry":[{"ErrorEquals":["A"]}],`, fails("A", "A", "A", "A", "A"), []float64{0, 1, 3, 7}, Failed, "A"},
		{"good at last", `"Retry":[{"ErrorEquals":["A"]}],`, append(fails("A"), "7"), []float64{0, 1}, Succeeded, "7"},
		{"MaxAttempts 0", `"Retry":[{"ErrorEquals":["A"],"MaxAttempts":0},{"ErrorEquals":["States.ALL"]}],`, fails("A", "A"), []float64{0}, Failed, "A"},
		{"counters are per retrier", both, fails("A", "B", "C", "B"), []float64{0, 1, 3, 13}, Failed, "B"},
		{"the first match decides, even used up", both, fails("A", "A", "B"), []float64{0, 1, 3}, Failed, "B"},
		{"an error that nothing matches", `"Retry":[{"ErrorEquals":["A"]}],`, fails("A", "Z"), []float64{0, 1}, Failed, "Z"},
		{"catch replaces the input", caught, fails("A"), []float64{0}, Succeeded, `{"Cause":"because","Error":"A"}`},
		{"catch adds to the input", caught, fails("Z"), []float64{0}, Succeeded, `{"err":{"Cause":"because","Error":"Z"},"in":1}`},
		{"catch comes after retry", `"Retry":[{"ErrorEquals":["A"],"MaxAttempts":1}],` + caught, fails("A", "A"), []float64{0, 1}, Succeeded, `{"Cause":"because","Error":"A"}`},
		{"catch with ResultPath null", `"Catch":[{"ErrorEquals":["States.ALL"],"ResultPath":null,"Next":"CA"}],`, fails("A"), []float64{0}, Succeeded, `{"in":1}`},
		{"catch that does not fit", `"Catch":[{"ErrorEquals":["States.ALL"],"ResultPath":"$.in.x","Next":"CA"}],`, fails("A"), []float64{0}, Failed, errResultPath},
		{"an error without a name", `"Catch":[{"ErrorEquals":["Lambda.Unknown"],"Next":"CA"}],`, []any{errors.New("broke")}, []float64{0}, Succeeded, `{"Cause":"broke","Error":"Lambda.Unknown"}`},
		{"a function error without a name", `"Catch":[{"ErrorEquals":["Lambda.Unknown"],"Next":"CA"}],`, []any{named("")}, []float64{0}, Succeeded, `{"Cause":"because","Error":"Lambda.Unknown"}`},
		{"an answer that is no JSON", "", []any{"{"}, []float64{0}, Failed, errLambdaOther},
		{"an empty answer is null", "", []any{""}, []float64{0}, Succeeded, "null"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			states := taskState("A", c.fields+`"OutputPath":"$.Payload","End":true`)
			for _, target := range []string{`"CA"`, `"CB"`} {
				if strings.Contains(c.fields, target) {
					states += "," + target + `:{"Type":"Succeed"}`
				}
			}
			s := &script{answers: c.answers}
			ended, at := timed(t, states, s)
			got := string(ended.Output)
			if ended.Status == Failed {
				got = ended.Error
			}
			if ended.Status != c.status || got != c.result || !slices.Equal(at, c.at) {
				t.Errorf("%s %s, calls at %v; want %s %s at %v", ended.Status, got, at, c.status, c.result, c.at)
			}
		})
	}
}

// timed runs the states with the input {"in":1} and gives the seconds at which the function was called.
func timed(t *testing.T, states string, s *script) (ended Execution, at []float64) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, filepath.Join(t.TempDir(), "db"), machine(t, states), s.invoke)
		r.start(`{"in":1}`)
		ended = r.wait()
		events, err := r.History("x")
		r.must(err)
		for _, event := range events {
			if event.Type == TaskStarted {
				at = append(at, event.Time.Sub(ended.Started).Seconds())
			}
		}
		if len(at) != s.calls() {
			t.Errorf("%d calls, %d TaskStarted", s.calls(), len(at))
		}
	})
	return ended, at
}

func TestRetryCountersBelongToOneEntering(t *testing.T) {
	t.Parallel()
	states := taskState("A", `"Retry":[{"ErrorEquals":["E"],"MaxAttempts":1}],"OutputPath":"$.Payload","Next":"B"`) +
		`,"B":{"Type":"Choice","Choices":[{"Variable":"$.again","BooleanEquals":true,"Next":"A"}],"Default":"C"},"C":{"Type":"Succeed"}`
	s := &script{answers: []any{named("E"), `{"again":true}`, named("E"), `{"again":false}`}}
	ended, path := play(t, states, `{}`, s.invoke)
	if ended.Status != Succeeded || s.calls() != 4 {
		t.Errorf("%s %s after %d calls, path %v", ended.Status, ended.Error, s.calls(), path)
	}
}

func TestMachineIsSharedByExecutions(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		calls := &script{answers: slices.Repeat([]any{named("E")}, 9)}
		m := machine(t, taskState("A", `"Retry":[{"ErrorEquals":["E"],"MaxAttempts":2}],"End":true`))
		r := newRig(t, filepath.Join(t.TempDir(), "db"), m, calls.invoke)
		r.must(r.Resume())
		for i := range 3 {
			r.must(r.Start(t.Context(), fmt.Sprint("x", i), nil))
			if ended := r.wait(); ended.Error != "E" || calls.calls() != 3*(i+1) {
				t.Errorf("execution %d: %s after %d calls", i, ended.Error, calls.calls())
			}
		}
	})
}
