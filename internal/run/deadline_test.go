package run

import (
	"strings"
	"testing"
	"time"
)

func within60(r *Run) { r.Policy.DeadlineSeconds = 60 }

func TestDeadlineBeforeTheLaunch(t *testing.T) {
	w := ready(t, 1, within60)
	w.clock.advance(time.Minute)
	switch out := w.launch(); {
	case out.Next != StepDone:
		t.Errorf("out.Next is %v, want %v", out.Next, StepDone)
	case len(w.ecs.inputs) > 0:
		t.Errorf("len(w.ecs.inputs) is %v, want at most %v", len(w.ecs.inputs), 0)
	}
	if r := w.run(); summary(r) != "TIMED_OUT TIMED_OUT exit=-" || r.StatusReason != "deadlineSeconds (60) is over before it was launched" {
		t.Errorf("%s %q", summary(r), r.StatusReason)
	}
}

// TestDeadlineWhilePlacing wakes the run out of a refusal's pause.
func TestDeadlineWhilePlacing(t *testing.T) {
	w := ready(t, 2, within60)
	for range 20 {
		w.ecs.launches = append(w.ecs.launches, noRoom(2))
	}
	w.launch()
	for r := w.run(); !r.Status.Terminal(); r = w.run() {
		d := Decide(r, w.clock.Now())
		if d.Due.After(after(time.Minute)) {
			t.Fatalf("it sleeps until %v", d.Due)
		}
		w.clock.advance(max(d.Due.Sub(w.clock.Now()), 0))
		if d.Next == StepLaunch {
			w.launch()
		} else {
			w.observe()
		}
	}
	r := w.run()
	if summary(r) != "TIMED_OUT TIMED_OUT exit=-" || !r.StoppedAt.Equal(after(time.Minute)) || !strings.Contains(r.StatusReason, "deadlineSeconds (60) is over") {
		t.Errorf("%s %q %v", summary(r), r.StatusReason, r.StoppedAt)
	}
}

func TestDeadlineInARetryPause(t *testing.T) {
	w := ready(t, 1, func(r *Run) {
		r.Policy.DeadlineSeconds = 60
		r.Policy.Retry = Retry{MaxAttempts: 9, On: []string{"EXIT:*"}, IntervalSeconds: 3600, BackoffRate: 1, MaxIntervalSeconds: 3600}
	})
	w.launch()
	w.end(3)
	w.clock.advance(time.Minute)
	w.observe()
	r := w.run()
	if summary(r) != "TIMED_OUT TIMED_OUT exit=-" || r.StatusReason != "deadlineSeconds (60) is over: attempt 1 ended EXIT:3: container app exited with 3" {
		t.Errorf("%s %q", summary(r), r.StatusReason)
	}
}

// TestDeadlineStopsAndSeesStopped: TIMED_OUT only once ECS says STOPPED.
func TestDeadlineStopsAndSeesStopped(t *testing.T) {
	w := placed(t, 2, within60)
	w.clock.advance(time.Minute)
	w.observe()
	if r := w.run(); r.Status != Stopping || w.ecs.count("Stop") != 2 || w.ecs.reasons[0] != "Davit: deadlineSeconds (60) is over" {
		t.Fatalf("%s %v %q", r.Status, w.ecs.calls, w.ecs.reasons)
	}
	w.clock.advance(time.Minute)
	w.end(143)
	if got := summary(w.run()); got != "TIMED_OUT TIMED_OUT exit=143" {
		t.Errorf("%s", got)
	}
}

// TestAStopKeepsItsCauseWhenTheDeadlineComes.
func TestAStopKeepsItsCauseWhenTheDeadlineComes(t *testing.T) {
	w := placed(t, 1, within60)
	w.stop("")
	w.clock.advance(time.Hour)
	w.observe()
	w.end(143)
	if got := summary(w.run()); got != "STOPPED STOPPED exit=143" {
		t.Errorf("%s", got)
	}
}

// TestStartTimeoutWantsAFreshLook: what was known before the start deadline says nothing about a task that may run by now.
func TestStartTimeoutWantsAFreshLook(t *testing.T) {
	w := placed(t, 1)
	w.ecs.set("t1", "RUNNING", startedAt(after(time.Minute)))
	w.clock.advance(20 * time.Minute) // no event came, no execution looked
	w.launch()
	if r := w.run(); r.attempt().Tasks[0].Stop != nil {
		t.Fatalf("stopped on old news: %+v", r.attempt().Tasks[0].Stop)
	}
	w.observe()
	if r := w.run(); r.Status != Running || w.ecs.count("Stop") != 0 {
		t.Errorf("%s %v", r.Status, w.ecs.calls)
	}
}

// TestStartTimeoutOfATaskThatEcsDoesNotShow is looked at once a minute, not in a circle.
func TestStartTimeoutOfATaskThatEcsDoesNotShow(t *testing.T) {
	w := placed(t, 1)
	w.ecs.hidden[arnOf("t1")] = after(time.Hour)
	w.clock.advance(15 * time.Minute)
	w.observe()
	d := Decide(w.run(), w.clock.Now())
	switch {
	case d.Next != StepObserve:
		t.Errorf("d.Next is %v, want %v", d.Next, StepObserve)
	case d.Due.Sub(w.clock.Now()) != time.Minute:
		t.Error("d.Due.Sub(w.clock.Now()) is not time.Minute")
	}
}

func TestStuckStops(t *testing.T) {
	w := placed(t, 1)
	w.stop("")
	w.observe()
	for range 5 {
		w.clock.advance(2 * time.Minute)
		w.observe()
	}
	r := w.run()
	switch order := r.attempt().Tasks[0].Stop; {
	case r.Status != Stopping:
		t.Fatalf("r.Status is %v, want %v", r.Status, Stopping)
	case !order.Stuck:
		t.Fatal("order.Stuck is false, want true")
	case w.ecs.count("Stop") < 5:
		t.Fatal("got w.ecs.count(\"Stop\") < 5")
	case !strings.Contains(r.StatusReason, "ECS does not report it STOPPED"):
		t.Fatalf("r.StatusReason is %q, want %q in it", r.StatusReason, "ECS does not report it STOPPED")
	}
	w.clock.advance(2 * time.Minute)
	w.observe()
	if w.ecs.count("Stop") < 6 {
		t.Error("it is no longer asked")
	}
	w.end(143)
	if got := summary(w.run()); got != "STOPPED STOPPED exit=143" {
		t.Errorf("%s", got)
	}
}

func TestARefusedStopIsTold(t *testing.T) {
	w := placed(t, 1)
	w.ecs.fails["Stop"] = []error{refusal("AccessDeniedException", "not authorized to perform: ecs:StopTask")}
	w.stop("")
	w.observe()
	r := w.run()
	if r.Status != Stopping || r.attempt().Tasks[0].Stop.Refused == "" || !strings.Contains(r.StatusReason, "ECS refuses to stop task t1: AccessDeniedException") {
		t.Errorf("%s %q", r.Status, r.StatusReason)
	}
}

// TestStopDoesNotLaunch: a call whose outcome nobody knows is looked for, and not made again for a run that is to stop.
func TestStopDoesNotLaunch(t *testing.T) {
	w := ready(t, 1)
	w.ecs.launches = []launchFault{{err: lostReply()}} // ECS never had it
	w.launch()
	w.stop("")
	for i := 0; !w.run().Status.Terminal(); i++ {
		if i > 9 {
			t.Fatalf("i is %v, want at most %v", i, 9)
		}
		w.clock.advance(time.Minute)
		w.launch()
	}
	r := w.run()
	if summary(r) != "STOPPED STOPPED exit=-" || len(w.ecs.inputs) != 1 || !r.mayHaveLiveTasks() {
		t.Errorf("%s, %d launch calls, loose ends %v", summary(r), len(w.ecs.inputs), r.mayHaveLiveTasks())
	}
}
