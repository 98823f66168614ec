package run

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"
)

func stopRequest(task string) StopRequest {
	return StopRequest{Caller: "someone", RunID: testID, Reason: "enough", Task: task}
}

func (w *fixture) stop(task string) *Run {
	w.t.Helper()
	r, err := w.stopper().Stop(context.Background(), stopRequest(task))
	if err != nil {
		w.t.Fatalf("Stop: %v", err)
	}
	return r
}

func TestStopBeforeLaunch(t *testing.T) {
	for _, events := range []bool{true, false} {
		w := ready(t, 1)
		w.tuning.TaskEvents = events
		switch r := w.stop(""); {
		case summary(r) != "STOPPED STOPPED exit=-":
			t.Errorf("summary(r) is %v, want STOPPED STOPPED exit=-", summary(r))
		case r.Stop.Reason != "enough":
			t.Errorf("r.Stop.Reason is %v, want enough", r.Stop.Reason)
		case r.Stop.Cause != ByCaller:
			t.Errorf("r.Stop.Cause is %v, want %v", r.Stop.Cause, ByCaller)
		}
		switch out := w.launch(); {
		case out.Next != StepDone:
			t.Errorf("out.Next is %v, want %v", out.Next, StepDone)
		case len(w.ecs.inputs) > 0:
			t.Errorf("len(w.ecs.inputs) is %v, want at most %v", len(w.ecs.inputs), 0)
		}
	}
}

// TestStopDuringALaunchCall: what the call places is stopped by the step after it.
func TestStopDuringALaunchCall(t *testing.T) {
	for _, events := range []bool{true, false} {
		w := ready(t, 2)
		w.tuning.TaskEvents = events
		w.ecs.launches = []launchFault{{during: func() { w.stop("") }}}
		out := w.launch()
		r := w.run()
		switch {
		case r.Status != Stopping:
			t.Fatalf("r.Status is %v, want %v", r.Status, Stopping)
		case len(r.attempt().Tasks) != 2:
			t.Fatalf("len(r.attempt().Tasks) is %v, want 2", len(r.attempt().Tasks))
		case out.Next != StepObserve:
			t.Fatalf("out.Next is %v, want %v", out.Next, StepObserve)
		case w.ecs.count("Stop") != 0:
			t.Fatal("w.ecs.count(\"Stop\") is not 0")
		}
		w.observe()
		if w.ecs.count("Stop") != 2 || w.ecs.reasons[0] != "enough" {
			t.Errorf("%v %q", w.ecs.calls, w.ecs.reasons)
		}
		w.ecs.finish("t1", 143)
		w.ecs.finish("t2", 143)
		w.clock.advance(time.Minute)
		switch out := w.observe(); {
		case out.Next != StepDone:
			t.Errorf("out.Next is %v, want %v", out.Next, StepDone)
		case summary(w.run()) != "STOPPED STOPPED exit=143":
			t.Error("summary(w.run()) is not \"STOPPED STOPPED exit=143\"")
		}
	}
}

// TestStopWhileACallIsUnclear: it is first made clear what the call did.
func TestStopWhileACallIsUnclear(t *testing.T) {
	w := ready(t, 1)
	w.ecs.launches = []launchFault{{err: lostReply(), carried: true}}
	w.launch()
	if r := w.stop(""); r.Status != Stopping {
		t.Fatalf("%s", r.Status)
	}
	w.clock.advance(3 * time.Second)
	switch out := w.launch(); {
	case out.Next != StepObserve:
		t.Errorf("out.Next is %v, want %v", out.Next, StepObserve)
	case len(w.ecs.tasks) != 1:
		t.Errorf("len(w.ecs.tasks) is %v, want 1", len(w.ecs.tasks))
	}
	w.observe()
	if w.ecs.count("Stop") != 1 {
		t.Errorf("%v", w.ecs.calls)
	}
}

func TestStopInAPause(t *testing.T) {
	w := ready(t, 1)
	w.ecs.launches = []launchFault{{failures: []Failure{{Reason: "RESOURCE:CPU"}}}}
	w.launch()
	w.follow("token")
	if r := w.stop(""); summary(r) != "STOPPED STOPPED exit=-" {
		t.Errorf("%s", summary(r))
	}
	switch woken := w.workflow.woken(); {
	case len(woken) != 1:
		t.Errorf("len(woken) is %v, want 1", len(woken))
	case woken[0].token != "token":
		t.Errorf("woken[0].token is %v, want token", woken[0].token)
	case woken[0].answer.Next != StepDone:
		t.Errorf("woken[0].answer.Next is %v, want %v", woken[0].answer.Next, StepDone)
	}
}

func TestStopARunningRun(t *testing.T) {
	w := placed(t, 2)
	w.handle(w.ecs.set("t1", "RUNNING", startedAt(start)))
	w.clock.advance(time.Minute)
	w.follow("token")
	w.workflow.woken()
	r := w.stop("")
	if r.Status != Stopping || w.ecs.count("Stop") > 0 {
		t.Errorf("with task events the execution asks ECS: %s %v", r.Status, w.ecs.calls)
	}
	switch woken := w.workflow.woken(); {
	case len(woken) != 1:
		t.Fatalf("len(woken) is %v, want 1", len(woken))
	case woken[0].answer.Next != StepObserve:
		t.Fatalf("woken[0].answer.Next is %v, want %v", woken[0].answer.Next, StepObserve)
	}
	w.observe()
	if w.ecs.count("Stop") != 2 {
		t.Errorf("%v", w.ecs.calls)
	}
	w.workflow.gone = map[string]bool{"token": true}
	switch again := w.stop(""); {
	case again.Status != Stopping:
		t.Errorf("the first wish stays: again.Status is %v, want %v", again.Status, Stopping)
	case !again.Stop.At.Equal(after(time.Minute)):
		t.Errorf("the first wish stays: again.Stop.At is %v, want %v", again.Stop.At, after(time.Minute))
	}
}

func TestStopWithoutTaskEventsAsksEcsItself(t *testing.T) {
	w := polling(placed(t, 2))
	r := w.stop("")
	if w.ecs.count("Stop") != 2 || r.Status != Stopping || r.attempt().Tasks[0].Stop.AskedAt.IsZero() {
		t.Errorf("%v %s", w.ecs.calls, r.Status)
	}
	if w.observe(); w.ecs.count("Stop") != 2 {
		t.Error("asked twice")
	}
	w = polling(placed(t, 2))
	w.ecs.fails["Stop"] = []error{throttled(), nil}
	_, err := w.stopper().Stop(context.Background(), stopRequest(""))
	tasks := w.run().attempt().Tasks
	switch {
	case CodeOf(err) != CodeThrottled:
		t.Errorf("CodeOf(err) is %v, want %v", CodeOf(err), CodeThrottled)
	case w.run().Stop == nil:
		t.Error("w.run().Stop is nil")
	case !tasks[0].Stop.AskedAt.IsZero():
		t.Error("tasks[0].Stop.AskedAt.IsZero() is false, want true")
	case tasks[1].Stop.AskedAt.IsZero():
		t.Error("tasks[1].Stop.AskedAt.IsZero() is true, want false")
	}
	if w.observe(); w.ecs.count("Stop") != 3 {
		t.Errorf("%v", w.ecs.calls)
	}
}

func TestStopAnEndedRun(t *testing.T) {
	w := placed(t, 1)
	w.handle(w.ecs.finish("t1", 0))
	version := w.run().Version
	for _, task := range []string{"", "t1", "nobody"} {
		if r := w.stop(task); r.Status != Succeeded || r.Version != version {
			t.Errorf("%q: %s, version %d", task, r.Status, r.Version)
		}
	}
}

func TestStopOneTask(t *testing.T) {
	for _, name := range []string{"t2", arnOf("t2")} {
		w := placed(t, 2)
		w.follow("token")
		r := w.stop(name)
		switch {
		case r.Stop != nil:
			t.Errorf("r.Stop is %v, want nil", r.Stop)
		case r.attempt().Tasks[0].Stop != nil:
			t.Errorf("r.attempt().Tasks[0].Stop is %v, want nil", r.attempt().Tasks[0].Stop)
		case r.attempt().Tasks[1].Stop == nil:
			t.Error("r.attempt().Tasks[1].Stop is nil")
		case r.Status != Pending:
			t.Errorf("r.Status is %v, want %v", r.Status, Pending)
		}
		w.observe()
		if got := w.ecs.calls[len(w.ecs.calls)-1]; got != "Stop t2" {
			t.Errorf("%v", w.ecs.calls)
		}
		w.handle(w.ecs.set("t1", "RUNNING", startedAt(start)))
		w.handle(w.ecs.finish("t2", 143))
		w.handle(w.ecs.finish("t1", 0))
		if r := w.run(); summary(r) != "STOPPED STOPPED exit=143" || !strings.Contains(r.StatusReason, "t2") {
			t.Errorf("%s %q", summary(r), r.StatusReason)
		}
	}
}

func TestStopATaskThatHasEnded(t *testing.T) {
	w := placed(t, 2)
	w.handle(w.ecs.finish("t1", 0))
	if r := w.stop("t1"); r.attempt().Tasks[0].Stop != nil {
		t.Errorf("r.attempt().Tasks[0].Stop is %v, want nil", r.attempt().Tasks[0].Stop)
	}
}

func TestStopUnknown(t *testing.T) {
	w := placed(t, 1)
	for _, q := range []StopRequest{{RunID: keyID("a", "b")}, {RunID: "nonsense"}, {RunID: ""}} {
		switch _, err := w.stopper().Stop(context.Background(), q); {
		case CodeOf(err) != CodeNotFound:
			t.Errorf("CodeOf(err) is %v, want %v", CodeOf(err), CodeNotFound)
		case len(ViolationsOf(err)) > 0:
			t.Error("got len(ViolationsOf(err)) > 0")
		}
	}
	version := w.run().Version
	_, err := w.stopper().Stop(context.Background(), stopRequest("nobody"))
	switch v := ViolationsOf(err); {
	case CodeOf(err) != CodeNotFound:
		t.Errorf("CodeOf(err) is %v, want %v", CodeOf(err), CodeNotFound)
	case len(v) != 1:
		t.Errorf("len(v) is %v, want 1", len(v))
	case v[0].Field != "/task":
		t.Errorf("v[0].Field is %v, want /task", v[0].Field)
	case v[0].Rule != "SP-01":
		t.Errorf("v[0].Rule is %v, want SP-01", v[0].Rule)
	case w.run().Version != version:
		t.Error("w.run().Version is not version")
	}
}

func TestStopAgainstOtherWriters(t *testing.T) {
	w := polling(placed(t, 1))
	w.store.otherWriters = []func(*Run){func(r *Run) { r.Observations++ }, func(r *Run) { r.Observations++ }}
	if r := w.stop(""); r.Status != Stopping || w.ecs.count("Stop") != 1 || r.Observations != 2 {
		t.Errorf("%s %v", r.Status, w.ecs.calls)
	}
	for range 100 {
		w.store.otherWriters = append(w.store.otherWriters, func(r *Run) { r.Observations++ })
	}
	if _, err := w.stopper().Stop(context.Background(), stopRequest("")); CodeOf(err) != CodeConflict {
		t.Errorf("%v", err)
	}
}

// TestStopThatComesTooLate: between the read and the write the run ended, so there is nothing left to ask ECS for.
func TestStopThatComesTooLate(t *testing.T) {
	w := polling(placed(t, 1))
	w.store.otherWriters = []func(*Run){func(r *Run) { r.show(start, succeeded("t1", start)); r.Expires = after(time.Hour) }}
	if r := w.stop(""); r.Status != Succeeded || w.ecs.count("Stop") > 0 {
		t.Errorf("%s %v", r.Status, w.ecs.calls)
	}
}

func TestStopThatCannotWake(t *testing.T) {
	w := placed(t, 1)
	w.follow("token")
	w.workflow.wake = errors.New("Step Functions is away")
	_, err := w.stopper().Stop(context.Background(), stopRequest(""))
	if CodeOf(err) != CodeUnavailable || w.run().Stop == nil || strings.Contains(MessageOf(err), "Step Functions") {
		t.Errorf("%v", err)
	}
	w.workflow.wake = nil
	w.workflow.woken()
	w.stop("")
	if woken := w.workflow.woken(); len(woken) != 1 {
		t.Errorf("a repetition wakes, though it changes nothing: %+v", woken)
	}
}

func TestStopWhenTheStoreIsAway(t *testing.T) {
	w := placed(t, 1)
	w.store.fail = func(string) error { return &Error{Code: CodeThrottled, Message: "slow"} }
	if r, err := w.stopper().Stop(context.Background(), stopRequest("")); CodeOf(err) != CodeThrottled || r != nil {
		t.Errorf("%v", err)
	}
}
