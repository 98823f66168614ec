package run

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"
)

func placement(mode string) func(*Run) { return func(r *Run) { r.Policy.Placement = mode } }

// noRoom makes one launch call place all but n tasks.
func noRoom(n int) launchFault {
	return launchFault{failures: make([]Failure, n)}.because("RESOURCE:MEMORY")
}

func (f launchFault) because(reason string) launchFault {
	for i := range f.failures {
		f.failures[i].Reason = reason
	}
	return f
}

// end lets every live task of ECS end, and its run learn of it by events.
func (w *fixture) end(exit int) {
	w.t.Helper()
	for _, s := range w.ecs.tasks {
		if s.stopped() {
			continue
		}
		at := w.clock.Now()
		w.handle(w.ecs.set(s.TaskARN, "STOPPED", startedAt(at), stoppedAt(at), exited("app", exit), func(s *TaskState) {
			if s.StopCode == "" {
				s.StopCode = "EssentialContainerExited"
			}
		}))
	}
}

func TestBestEffortDoesWithWhatWasPlaced(t *testing.T) {
	w := ready(t, 3, placement(BestEffort))
	w.ecs.launches = []launchFault{noRoom(3), noRoom(1)}
	w.launch()
	w.clock.advance(10 * time.Second)
	w.launch()
	r := w.run()
	switch {
	case r.Status != Pending:
		t.Fatalf("r.Status is %v, want %v", r.Status, Pending)
	case r.UnplacedByPolicy != 1:
		t.Fatalf("r.UnplacedByPolicy is %v, want 1", r.UnplacedByPolicy)
	case r.attempt().Want != 2:
		t.Fatalf("r.attempt().Want is %v, want 2", r.attempt().Want)
	case !strings.Contains(r.StatusReason, "2 of 3 tasks were placed (BEST_EFFORT): RESOURCE:MEMORY"):
		t.Fatalf("r.StatusReason is %q, want %q in it", r.StatusReason, "2 of 3 tasks were placed (BEST_EFFORT): RESOURCE:MEMORY")
	}
	w.end(0)
	if r = w.run(); summary(r) != "SUCCEEDED  exit=0" || !strings.Contains(r.StatusReason, "1 of 3 were not placed") {
		t.Errorf("%s %q", summary(r), r.StatusReason)
	}
	if len(w.ecs.inputs) != 2 {
		t.Errorf("%d launch calls", len(w.ecs.inputs))
	}
}

// TestBestEffortForgetsNoFailure: the retry of a task that failed is not content with less.
func TestBestEffortForgetsNoFailure(t *testing.T) {
	w := ready(t, 3, placement(BestEffort), func(r *Run) { r.Policy.Retry.On, r.Policy.LaunchTimeoutSeconds = []string{"EXIT:*"}, 60 })
	w.launch()
	w.end(1)
	w.ecs.launches = []launchFault{noRoom(2), noRoom(2), noRoom(2), noRoom(2), noRoom(2)}
	for i := 0; i < 40 && w.run().attempt().GivenUp == nil; i++ {
		w.clock.advance(10 * time.Second)
		w.launch()
	}
	w.end(0)
	if r := w.run(); summary(r) != "FAILED CAPACITY exit=-" || r.UnplacedByPolicy != 0 {
		t.Errorf("%s %q", summary(r), r.StatusReason)
	}
}

func TestAllOrNothingTakesAPartBack(t *testing.T) {
	w := ready(t, 3, placement(AllOrNone))
	w.ecs.launches = []launchFault{noRoom(1)}
	if out := w.launch(); out.Next != StepObserve {
		t.Fatalf("out.Next is %v, want %v", out.Next, StepObserve)
	}
	w.observe()
	if n := w.ecs.count("Stop"); n != 2 || !strings.Contains(w.ecs.reasons[0], "only 2 of 3 tasks were placed (ALL_OR_NOTHING): RESOURCE:MEMORY") {
		t.Fatalf("%d stops %q", n, w.ecs.reasons)
	}
	w.clock.advance(time.Minute)
	if out := w.launch(); len(w.ecs.inputs) != 1 {
		t.Fatalf("placed anew before all had stopped: %+v", out)
	}
	w.end(0) // although they ended well
	r := w.run()
	switch {
	case r.Status != Launching:
		t.Fatalf("r.Status is %v, want %v", r.Status, Launching)
	case len(r.Attempts) != 2:
		t.Fatalf("len(r.Attempts) is %v, want 2", len(r.Attempts))
	case r.attempt().Want != 3:
		t.Fatalf("r.attempt().Want is %v, want 3", r.attempt().Want)
	case r.Attempts[0].Outcome.Class != Capacity:
		t.Fatalf("r.Attempts[0].Outcome.Class is %v, want %v", r.Attempts[0].Outcome.Class, Capacity)
	}
	w.launch()
	w.end(0)
	switch r = w.run(); {
	case summary(r) != "SUCCEEDED  exit=0":
		t.Errorf("summary(r) is %v, want SUCCEEDED exit=0", summary(r))
	case w.ecs.inputs[1].Count != 3:
		t.Errorf("w.ecs.inputs[1].Count is %v, want 3", w.ecs.inputs[1].Count)
	case w.ecs.inputs[0].Token == w.ecs.inputs[1].Token:
		t.Errorf("w.ecs.inputs[0].Token is %v", w.ecs.inputs[0].Token)
	}
}

// TestAllOrNothingUsesUpNoAttempt: sets that were taken back do not count, and launchTimeoutSeconds goes on from the first.
func TestAllOrNothingUsesUpNoAttempt(t *testing.T) {
	w := ready(t, 2, placement(AllOrNone), func(r *Run) { r.Policy.Retry.MaxAttempts, r.Policy.LaunchTimeoutSeconds = 1, 600 })
	for w.run().Status != Failed {
		if w.clock.Now().After(after(time.Hour)) {
			t.Fatalf("it goes on: %s", summary(w.run()))
		}
		w.ecs.launches = []launchFault{noRoom(1)}
		w.launch()
		w.observe()
		w.clock.advance(10 * time.Second)
		w.end(143)
	}
	r := w.run()
	if summary(r) != "FAILED CAPACITY exit=-" || !strings.Contains(r.StatusReason, "launchTimeoutSeconds (600)") || len(r.Attempts) < 3 {
		t.Errorf("%s %q, %d attempts", summary(r), r.StatusReason, len(r.Attempts))
	}
	if d := r.StoppedAt.Sub(start); d < 10*time.Minute || d > 16*time.Minute {
		t.Errorf("after %v", d)
	}
}

func TestAllOrNothingEnds(t *testing.T) {
	for _, c := range []struct {
		name string
		prep func(w *fixture)
		want string
	}{
		{"refused for good", func(w *fixture) {}, "FAILED INVALID exit=-"},
		{"a caller stops it meanwhile", func(w *fixture) { w.stop("") }, "STOPPED STOPPED exit=-"},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := ready(t, 2, placement(AllOrNone))
			fault := noRoom(1)
			if strings.HasPrefix(c.want, "FAILED") {
				fault = fault.because("ATTRIBUTE")
			}
			w.ecs.launches = []launchFault{fault}
			w.launch()
			c.prep(w)
			w.observe()
			w.end(0)
			if got := summary(w.run()); got != c.want || w.ecs.count("Stop") != 1 {
				t.Errorf("%s, %v", got, w.ecs.calls)
			}
		})
	}
}

// TestAllOrNothingHasAnEnd: startedBy has two digits for the attempt.
func TestAllOrNothingHasAnEnd(t *testing.T) {
	w := ready(t, 2, placement(AllOrNone), func(r *Run) {
		r.Policy.LaunchTimeoutSeconds = maxSeconds
		r.begin("davit", start)
		for len(r.Attempts) < maxAttempts-2 {
			r.attempt().Withdrawn, r.attempt().Outcome = true, &Outcome{Class: Capacity}
			r.appendAttempt(r.attempt(), 2, start)
		}
	})
	for i := 0; w.run().Status != Failed; i++ {
		if i > 9 {
			t.Fatalf("%d attempts", len(w.run().Attempts))
		}
		w.ecs.launches = []launchFault{noRoom(1)}
		w.clock.advance(10 * time.Minute)
		w.launch()
		w.observe()
		w.end(143)
	}
	if n := len(w.run().Attempts); n != maxAttempts {
		t.Errorf("%d attempts", n)
	}
	if _, n, ok := ParseStartedBy("davit", w.run().attempt().StartedBy); !ok || n != maxAttempts || len(fmt.Sprint(n)) != 2 {
		t.Errorf("%q", w.run().attempt().StartedBy)
	}
}

// TestFillPlacesTheRest is the default: what was placed stays, the rest is asked for under a new token.
func TestFillPlacesTheRest(t *testing.T) {
	w := ready(t, 3)
	w.ecs.launches = []launchFault{noRoom(2), noRoom(1)}
	for range 3 {
		w.launch()
		w.clock.advance(time.Minute)
	}
	switch n := w.ecs.count("Stop"); {
	case n != 0:
		t.Errorf("n is %v, want 0", n)
	case len(w.ecs.tasks) != 3:
		t.Errorf("len(w.ecs.tasks) is %v, want 3", len(w.ecs.tasks))
	case w.ecs.inputs[1].Count != 2:
		t.Errorf("w.ecs.inputs[1].Count is %v, want 2", w.ecs.inputs[1].Count)
	case w.ecs.inputs[2].Count != 1:
		t.Errorf("w.ecs.inputs[2].Count is %v, want 1", w.ecs.inputs[2].Count)
	}
	w.end(0)
	if got := summary(w.run()); got != "SUCCEEDED  exit=0" {
		t.Errorf("%s", got)
	}
}

// TestAPartThatNothingRefused: an attempt whose call was never answered has no refusal to speak of when a look finds a part of its tasks. The
// rest is asked for first.
func TestAPartThatNothingRefused(t *testing.T) {
	w := ready(t, 3, placement(AllOrNone))
	w.ecs.launches = []launchFault{noRoom(1)}
	w.launch()
	w.observe()
	w.end(143)
	r := w.run()
	w.clock.advance(r.attempt().NotBefore.Sub(w.clock.Now()))
	r.openCall(r.attempt(), w.clock.Now(), time.Minute) // written down, and the process died
	if err := w.keeper().save(context.Background(), r, w.clock.Now()); err != nil {
		t.Fatal(err)
	}
	s := described("found", "RUNNING", startedBy(r.attempt().StartedBy), startedAt(w.clock.Now()))
	w.ecs.tasks = append(w.ecs.tasks, &s)
	w.clock.advance(tokenLife + time.Second)
	w.launch()
	switch r = w.run(); {
	case r.attempt().Withdrawn:
		t.Error("r.attempt().Withdrawn is true, want false")
	case len(r.attempt().Tasks) != 1:
		t.Errorf("len(r.attempt().Tasks) is %v, want 1", len(r.attempt().Tasks))
	}
	before := len(w.ecs.inputs)
	r = w.launchUntilSettled(5 * time.Minute)
	if got := len(w.ecs.inputs); got != before {
		t.Errorf("%d launch calls after the token was too old, want none", got-before)
	}
	switch a := r.attempt(); {
	case a.Withdrawn:
		t.Error("what nothing refused was withdrawn")
	case a.Open != nil:
		t.Errorf("the call is still open: %v", a.Open)
	case a.GivenUp == nil || a.GivenUp.Class != ClassLost:
		t.Errorf("given up %v, want LOST", a.GivenUp)
	}
}

// An attempt that ALL_OR_NOTHING withdrew takes none of retry.maxAttempts.
func TestRetry_AfterAWithdrawnAttempt_NoneIsUsedUp(t *testing.T) {
	w := ready(t, 2, placement(AllOrNone), func(r *Run) { r.Policy.Retry.MaxAttempts, r.Policy.Retry.On = 2, []string{"EXIT:*"} })
	w.ecs.launches = []launchFault{noRoom(1)}
	w.launch()
	w.observe()
	w.end(143)
	for range 2 {
		w.clock.advance(10 * time.Minute)
		w.launch()
		w.end(3)
	}
	r := w.run()
	if got := len(r.Attempts); got != 3 {
		t.Errorf("%d attempts, want the withdrawn one and two more", got)
	}
	if got := summary(r); got != "FAILED EXIT:3 exit=3" {
		t.Errorf("it ended %s", got)
	}
}
