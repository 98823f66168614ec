package asl

import (
	"context"
	"encoding/json"
	"errors"
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
)

// stepperFixture is a Stepper in virtual time whose functions answer as an Invoker does.
type stepperFixture struct {
	*Stepper
	now     time.Time
	invoke  InvokerFunc
	pending []Invocation
	ended   []Execution
}

func newStepperFixture(m *Machine, now time.Time, invoke InvokerFunc) *stepperFixture {
	f := &stepperFixture{now: now, invoke: invoke}
	f.Stepper = NewStepper(StepperOptions{
		Machine: m, ARN: testARN, Now: func() time.Time { return f.now }, Rand: func() float64 { return 0.5 }, History: true,
		Invoke: func(i Invocation) { f.pending = append(f.pending, i) },
		Ended:  func(x Execution) { f.ended = append(f.ended, x) },
	})
	return f
}

// play lets functions answer and time pass until the execution is closed.
func (f *stepperFixture) play(name string) {
	for {
		if len(f.pending) > 0 {
			i := f.pending[0]
			f.pending = f.pending[1:]
			answer, err := f.invoke(context.Background(), i.Function, i.Payload)
			f.Returned(i.Execution, i.Attempt, answer, err)
			continue
		}
		due, open := f.NextDue(name)
		if !open {
			return
		}
		f.now = due
		f.Tick(name)
	}
}

// TestStepper_DeployedDefinition_StepsAsTheEngineDoes compares the whole histories.
func TestStepper_DeployedDefinition_StepsAsTheEngineDoes(t *testing.T) {
	t.Parallel()
	next := func(what string, wait int) string {
		return string(mustJSON(map[string]any{"runId": "r", "born": "b", "generation": 1, "next": what, "waitSeconds": wait}))
	}
	const input = `{"runId":"r","born":"b","generation":1}`
	for name, answers := range map[string][]any{
		"polls":              {next("PAUSE", 30), next("PAUSE", 300), next("DONE", 1)},
		"a Follow times out": {next("FOLLOW", 600), next("IGNORED", 0), next("DONE", 1)},
		"retries":            {named("Davit.Conflict"), named("Davit.Throttled"), next("LAUNCH", 1), next("DONE", 1)},
		"given up":           {named("errorString"), named("errorString"), named("errorString"), named("errorString"), named("errorString"), named("errorString")},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				began := time.Now().UTC()
				engine := &script{answers: answers}
				r := newRig(t, filepath.Join(t.TempDir(), "db"), deployed(t), engine.invoke)
				r.start(input)
				want := r.wait()
				history, err := r.History("x")
				r.must(err)

				stepped := &script{answers: answers}
				f := newStepperFixture(deployed(t), began, stepped.invoke)
				r.must(f.Start("x", []byte(input)))
				f.play("x")
				if diff := cmp.Diff(want, f.ended[0]); diff != "" {
					t.Errorf("the end (-engine +stepper):\n%s", diff)
				}
				if diff := cmp.Diff(withoutTokens(history), withoutTokens(f.History("x"))); diff != "" {
					t.Errorf("the history (-engine +stepper):\n%s", diff)
				}
			})
		})
	}
}

// withoutTokens leaves out parameters, which hold tokens signed with another key.
func withoutTokens(events []Event) []Event {
	out := append([]Event(nil), events...)
	for i := range out {
		out[i].Details.Parameters = nil
	}
	return out
}

func mustJSON(v any) []byte {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return b
}

func TestStepper_Token_EndsTheWaitOnce(t *testing.T) {
	t.Parallel()
	s := &script{answers: []any{`{"runId":"r","born":"b","generation":1,"next":"FOLLOW","waitSeconds":60}`, `{}`}}
	f := newStepperFixture(deployed(t), time.Unix(0, 0), s.invoke)
	if err := f.Start("x", []byte(`{"runId":"r","born":"b","generation":1}`)); err != nil {
		t.Fatal(err)
	}
	for len(f.pending) > 0 {
		i := f.pending[0]
		f.pending = f.pending[1:]
		answer, err := f.invoke(context.Background(), i.Function, i.Payload)
		f.Returned(i.Execution, i.Attempt, answer, err)
	}
	token := s.token(t, 1)
	done := []byte(`{"runId":"r","born":"b","generation":1,"next":"DONE"}`)
	if err := f.SendTaskSuccess(token, done); err != nil {
		t.Fatal(err)
	}
	if err := f.SendTaskSuccess(token, done); !errors.Is(err, ErrTaskTimedOut) {
		t.Errorf("the second answer: %v, want %v", err, ErrTaskTimedOut)
	}
	if x, err := f.Describe("x"); err != nil || x.Status != Succeeded {
		t.Errorf("got %s %v, want %s", x.Status, err, Succeeded)
	}
	if err := f.SendTaskFailure("nonsense", "E", ""); !errors.Is(err, ErrTaskDoesNotExist) {
		t.Errorf("a token from elsewhere: %v, want %v", err, ErrTaskDoesNotExist)
	}
}

func TestStepper_Start_NameAsInStepFunctions(t *testing.T) {
	t.Parallel()
	s := &script{answers: []any{`{"runId":"r","born":"b","generation":1,"next":"DONE","waitSeconds":1}`}}
	f := newStepperFixture(deployed(t), time.Unix(0, 0), s.invoke)
	input := []byte(`{"runId":"r","born":"b","generation":1}`)
	for range 2 { // the same one still open is success
		if err := f.Start("x", input); err != nil {
			t.Fatal(err)
		}
	}
	if len(f.pending) != 1 {
		t.Errorf("%d invocations, want 1", len(f.pending))
	}
	if err := f.Start("x", []byte(`{}`)); !errors.Is(err, ErrExecutionAlreadyExists) {
		t.Errorf("another input: %v", err)
	}
	f.play("x")
	if err := f.Start("x", input); !errors.Is(err, ErrExecutionAlreadyExists) {
		t.Errorf("closed: %v", err)
	}
	f.now = f.now.Add(91 * 24 * time.Hour)
	if err := f.Start("x", input); err != nil {
		t.Errorf("closed 91 days ago: %v", err)
	}
}
