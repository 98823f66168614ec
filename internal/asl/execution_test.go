package asl

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

const waitHour = `"A":{"Type":"Wait","Seconds":3600,"End":true}`

func TestStartIsIdempotentWhileOpen(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, filepath.Join(t.TempDir(), "db"), machine(t, waitHour), echo)
		r.start(`{"a": 1}`)
		r.must(r.Start(t.Context(), "x", []byte(` {"a":1}`)))
		if err := r.Start(t.Context(), "x", []byte(`{"a":2}`)); !errors.Is(err, ErrExecutionAlreadyExists) {
			t.Errorf("another input: %v", err)
		}
		if events, _ := r.History("x"); len(events) != 2 {
			t.Errorf("the repeated start left %d events", len(events))
		}
		r.wait()
		if err := r.Start(t.Context(), "x", []byte(`{"a": 1}`)); !errors.Is(err, ErrExecutionAlreadyExists) {
			t.Errorf("a closed execution: %v", err)
		}
		time.Sleep(keptFor - time.Second)
		if err := r.Start(t.Context(), "x", nil); !errors.Is(err, ErrExecutionAlreadyExists) {
			t.Errorf("a second before 90 days: %v", err)
		}
		time.Sleep(time.Second)
		r.must(r.Start(t.Context(), "x", nil))
		if got := r.kinds("x"); len(got) != 2 {
			t.Errorf("the history goes on with that of the old execution: %v", got)
		}
		switch now := r.now(); {
		case string(now.Input) != "{}":
			t.Errorf("the name was not taken anew: string(now.Input) is %v, want {}", string(now.Input))
		case now.Status != Running:
			t.Errorf("the name was not taken anew: now.Status is %v, want %v", now.Status, Running)
		}
	})
}

func TestConcurrentStartsOfOneName(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := &script{}
		r := newRig(t, filepath.Join(t.TempDir(), "db"), machine(t, tokenState("A", `"End":true`)), s.invoke)
		r.must(r.Resume())
		var wg sync.WaitGroup
		for range 50 {
			wg.Go(func() {
				if err := r.Start(t.Context(), "x", []byte(`1`)); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		synctest.Wait()
		if s.calls() != 1 {
			t.Errorf("the function was invoked %d times", s.calls())
		}
	})
}

func TestStartRefuses(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, filepath.Join(t.TempDir(), "db"), machine(t, waitHour), echo)
		names := []string{"", strings.Repeat("n", 81), "a b", "a\tb", "a\x7fb", "a\u0085b", "\xff", "a\uffffb"}
		for _, r := range "<>{}[]?*\"#%\\^|~`$&,;:/" {
			names = append(names, "a"+string(r))
		}
		for _, name := range names {
			if err := r.Start(t.Context(), name, nil); !errors.Is(err, ErrInvalidName) {
				t.Errorf("name %q: %v", name, err)
			}
		}
		for _, input := range []string{"{", "1 2", `"` + strings.Repeat("x", maxData) + `"`} {
			if err := r.Start(t.Context(), "x", []byte(input)); !errors.Is(err, ErrInvalidExecutionInput) {
				t.Errorf("input of %d bytes: %v", len(input), err)
			}
		}
		canceled, cancel := context.WithCancel(t.Context())
		cancel()
		if err := r.Start(canceled, "x", nil); !errors.Is(err, context.Canceled) {
			t.Errorf("with an ended context: %v", err)
		}
		if list, err := r.List(""); err != nil || len(list) != 0 {
			t.Errorf("something was started: %v, %v", list, err)
		}
		r.must(r.Start(t.Context(), strings.Repeat("é", 77)+"-_.", nil))
	})
}

func TestStop(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, states string }{
		{"waiting", waitHour},
		{"invoking", taskState("A", `"End":true`)},
		{"retrying", taskState("A", `"Retry":[{"ErrorEquals":["E"],"IntervalSeconds":3600}],"End":true`)},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				invoke := stuck
				if c.name == "retrying" {
					invoke = (&script{answers: []any{named("E")}}).invoke
				}
				r := newRig(t, filepath.Join(t.TempDir(), "db"), machine(t, c.states), invoke)
				r.start(`{}`)
				time.Sleep(time.Minute)
				r.must(r.Stop(t.Context(), "x", "Mine", "enough"))
				ended := r.wait()
				switch {
				case ended.Status != Aborted:
					t.Errorf("ended.Status is %v, want %v", ended.Status, Aborted)
				case ended.Error != "Mine":
					t.Errorf("ended.Error is %v, want Mine", ended.Error)
				case ended.Cause != "enough":
					t.Errorf("ended.Cause is %v, want enough", ended.Cause)
				case ended.Stopped.Sub(ended.Started) != time.Minute:
					t.Errorf("ended.Stopped.Sub(ended.Started) is %v, want %v", ended.Stopped.Sub(ended.Started), time.Minute)
				}
				r.must(r.Stop(t.Context(), "x", "Again", ""))
				if again, _ := r.Describe("x"); again.Error != "Mine" {
					t.Errorf("a second stop changed it: %+v", again)
				}
				if err := r.Stop(t.Context(), "unknown", "", ""); !errors.Is(err, ErrExecutionDoesNotExist) {
					t.Errorf("an unknown execution: %v", err)
				}
				events, _ := r.History("x")
				switch last := events[len(events)-1]; {
				case last.Type != ExecutionAborted:
					t.Errorf("last.Type is %v, want %v", last.Type, ExecutionAborted)
				case last.PreviousID != 0:
					t.Errorf("last.PreviousID is %v, want 0", last.PreviousID)
				}
			})
		})
	}
}

func TestMachineTimeout(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		field string
		after time.Duration
	}{{`"TimeoutSeconds":90,`, 90 * time.Second}, {``, oneYear}, {`"TimeoutSeconds":99999999,`, oneYear}} {
		synctest.Test(t, func(t *testing.T) {
			m, err := Parse([]byte(`{`+c.field+`"StartAt":"A","States":{`+taskState("A", `"Catch":[{"ErrorEquals":["States.ALL"],"Next":"B"}],"End":true`)+`,"B":{"Type":"Succeed"}}}`), nil)
			if err != nil {
				t.Fatal(err)
			}
			r := newRig(t, filepath.Join(t.TempDir(), "db"), m, stuck)
			r.start(`{}`)
			ended := r.wait()
			switch {
			case ended.Status != TimedOut:
				t.Errorf("ended.Status is %v, want %v", ended.Status, TimedOut)
			case ended.Error != "":
				t.Errorf("ended.Error is %v, want ", ended.Error)
			case ended.Stopped.Sub(ended.Started) != c.after:
				t.Errorf("ended.Stopped.Sub(ended.Started) is %v, want %v", ended.Stopped.Sub(ended.Started), c.after)
			}
			events, _ := r.History("x")
			switch last := events[len(events)-1]; {
			case last.Type != ExecutionTimedOut:
				t.Errorf("last.Type is %v, want %v", last.Type, ExecutionTimedOut)
			case last.Details.Error != errTimeout:
				t.Errorf("last.Details.Error is %v, want %v", last.Details.Error, errTimeout)
			case last.PreviousID != 0:
				t.Errorf("last.PreviousID is %v, want 0", last.PreviousID)
			}
		})
	}
}

func TestHistoryLimit(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		m := machine(t, `"A":{"Type":"Choice","Choices":[{"Variable":"$.spin","BooleanEquals":true,"Next":"A"}]}`)
		r := newRig(t, filepath.Join(t.TempDir(), "db"), m, echo)
		r.start(`{"spin":true}`)
		ended := r.wait()
		if ended.Status != Failed || ended.Error != errRuntime || ended.Cause != fmt.Sprintf(historyOverflow, 25000) {
			t.Errorf("%s %s %s", ended.Status, ended.Error, ended.Cause)
		}
		if now := r.now(); now.Events != 25000 {
			t.Errorf("%d events", now.Events)
		}
	})
}

// TestHistoryLimitAnywhere ends a run of states at every possible length of its history.
func TestHistoryLimitAnywhere(t *testing.T) {
	t.Parallel()
	states := taskState("A", `"Retry":[{"ErrorEquals":["E"]}],"Catch":[{"ErrorEquals":["F"],"Next":"B"}],"End":true`) +
		`,"B":{"Type":"Wait","Seconds":1,"Next":"C"},` + tokenState("C", `"TimeoutSeconds":5,"End":true`)
	for limit := int64(3); limit < 17; limit++ {
		synctest.Test(t, func(t *testing.T) {
			s := &script{answers: []any{named("E"), named("F"), `1`}}
			r := newRig(t, filepath.Join(t.TempDir(), "db"), machine(t, states), s.invoke)
			r.maxEvents = limit
			r.start(`{}`)
			ended := r.wait()
			got := r.kinds("x")
			if ended.Error != errRuntime || int64(len(got)) != limit || got[limit-1] != ExecutionFailed {
				t.Errorf("limit %d: %s %s, %v", limit, ended.Status, ended.Error, got)
			}
		})
	}
}

func TestHistory(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := &script{answers: []any{named("E"), named("E")}}
		states := taskState("A", `"TimeoutSeconds":9,"Retry":[{"ErrorEquals":["E"],"MaxAttempts":1}],"Catch":[{"ErrorEquals":["E"],"Next":"B"}],"End":true`) +
			`,"B":{"Type":"Wait","Seconds":1,"Next":"C"},"C":{"Type":"Choice","Choices":[{"Variable":"$.Error","IsString":true,"Next":"D"}]},
			"D":{"Type":"Pass","Next":"E"},"E":{"Type":"Fail","Error":"Why"}`
		r := newRig(t, filepath.Join(t.TempDir(), "db"), machine(t, states), s.invoke)
		r.start(`{"in":1}`)
		r.wait()
		events, err := r.History("x")
		r.must(err)
		var lines []string
		for i, e := range events {
			switch {
			case e.ID != int64(i+1):
				t.Error("e.ID is not int64(i + 1)")
			case e.PreviousID != int64(i) && (i != 1 || e.PreviousID != 0):
				t.Errorf("event %d follows event %d, want %d", e.ID, e.PreviousID, i)
			case e.Time.IsZero():
				t.Error("e.Time.IsZero() is true, want false")
			}
			lines = append(lines, strings.TrimSpace(fmt.Sprint(e.Type, " ", e.Details.Name, e.Details.Error)))
		}
		want := []string{"ExecutionStarted", "TaskStateEntered A", "TaskScheduled", "TaskStarted", "TaskFailed E", "TaskScheduled", "TaskStarted",
			"TaskFailed E", "TaskStateExited A", "WaitStateEntered B", "WaitStateExited B", "ChoiceStateEntered C", "ChoiceStateExited C",
			"PassStateEntered D", "PassStateExited D", "FailStateEntered E", "ExecutionFailed Why"}
		if !slices.Equal(lines, want) {
			t.Errorf("got  %v\nwant %v", lines, want)
		}
		scheduled := events[2].Details
		switch {
		case scheduled.ResourceType != "lambda":
			t.Errorf("TaskScheduled: scheduled.ResourceType is %v, want lambda", scheduled.ResourceType)
		case scheduled.Resource != "invoke":
			t.Errorf("TaskScheduled: scheduled.Resource is %v, want invoke", scheduled.Resource)
		case scheduled.TimeoutInSeconds != 9:
			t.Errorf("TaskScheduled: scheduled.TimeoutInSeconds is %v, want 9", scheduled.TimeoutInSeconds)
		case string(scheduled.Parameters) != `{"FunctionName":"f","Payload":{"in":1}}`:
			t.Errorf("TaskScheduled: string(scheduled.Parameters) is %v, want `{\"FunctionName\":\"f\",\"Payload\":{\"in\":1}}`", string(scheduled.Parameters))
		}
		if exited := events[8].Details; string(exited.Output) != `{"Cause":"because","Error":"E"}` {
			t.Errorf("TaskStateExited: %+v", exited)
		}
		if _, err := r.History("unknown"); !errors.Is(err, ErrExecutionDoesNotExist) {
			t.Errorf("history of an unknown execution: %v", err)
		}
	})
}

func TestHistoryOfANameIsNotThatOfALongerOne(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, filepath.Join(t.TempDir(), "db"), machine(t, waitHour), echo)
		for _, name := range []string{"x", "xx", "x-1"} {
			r.must(r.Start(t.Context(), name, nil))
		}
		for _, name := range []string{"x", "xx", "x-1"} {
			if got := r.kinds(name); len(got) != 2 {
				t.Errorf("%s: %v", name, got)
			}
		}
	})
}

func TestDescribeAndList(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, filepath.Join(t.TempDir(), "db"), machine(t, waitHour), echo)
		r.must(r.Resume())
		for _, name := range []string{"one", "two"} {
			r.must(r.Start(t.Context(), name, []byte(`{"n":"`+name+`"}`)))
			time.Sleep(40 * time.Minute)
		}
		want := Execution{Name: "two", ARN: "arn:aws:states:local:000000000000:execution:test:two", MachineARN: testARN,
			Status: Running, State: "A", Input: []byte(`{"n":"two"}`), Started: time.Date(2000, 1, 1, 0, 40, 0, 0, time.UTC)}
		got, err := r.Describe("two")
		switch {
		case err != nil:
			t.Errorf("error %v", err)
		case fmt.Sprintf("%+v", got) != fmt.Sprintf("%+v", want):
			t.Errorf("fmt.Sprintf(\"%%+v\", got) is not fmt.Sprintf(\"%%+v\", want)")
		}
		if _, err := r.Describe("three"); !errors.Is(err, ErrExecutionDoesNotExist) {
			t.Errorf("an unknown execution: %v", err)
		}
		names := func(status Status) (out []string) {
			list, err := r.List(status)
			r.must(err)
			for _, x := range list {
				out = append(out, x.Name)
			}
			return out
		}
		if all, open, done := names(""), names(Running), names(Succeeded); !slices.Equal(all, []string{"two", "one"}) ||
			!slices.Equal(open, []string{"two"}) || !slices.Equal(done, []string{"one"}) {
			t.Errorf("all %v, open %v, done %v", all, open, done)
		}
	})
}
