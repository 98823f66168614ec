package run

import (
	"context"
	"testing"
	"time"
)

// followAs takes a Follow step as one that was entered at a time, in a try, with its token.
func (w *fixture) followAs(token string, entered time.Time, try int) {
	w.t.Helper()
	in := w.input()
	in.Token, in.EnteredAt, in.RetryCount, in.WaitSeconds = token, entered, try, 60
	if _, err := w.observer().Step(context.Background(), in); err != nil {
		w.t.Fatalf("Follow %s: %v", token, err)
	}
}

// waits returns the token that the record has; "" for none.
func (w *fixture) waits() string {
	if waiting := w.run().Waiting; waiting != nil {
		return waiting.Token
	}
	return ""
}

// The token of the Follow that waits stays, whatever earlier steps do that are still at work or are invoked twice.
func TestFollow_EarlierStepsWriteLater_TheLiveTokenStays(t *testing.T) {
	w := placed(t, 1)
	w.clock.advance(time.Minute)
	w.followAs("second", after(40*time.Second), 1)
	for _, c := range []struct {
		name    string
		entered time.Time
		try     int
	}{
		{"of a state that was entered before", after(20 * time.Second), 3},
		{"of an earlier try of the same state", after(40 * time.Second), 0},
	} {
		if w.followAs("late", c.entered, c.try); w.waits() != "second" {
			t.Errorf("after a Follow %s the record has token %q, want second", c.name, w.waits())
		}
	}
	if w.observe(); w.waits() != "second" {
		t.Errorf("after an Observe that was invoked twice the record has token %q, want second", w.waits())
	}
	if w.followAs("third", after(50*time.Second), 0); w.waits() != "third" {
		t.Errorf("after a later Follow the record has token %q, want third", w.waits())
	}
}

// Executions of earlier definitions send no time of entry; for them it is as before.
func TestFollow_WithoutTimeOfEntry_TheLastTokenCounts(t *testing.T) {
	w := placed(t, 1)
	w.clock.advance(time.Minute)
	w.follow("first")
	if w.follow("second"); w.waits() != "second" {
		t.Errorf("the record has token %q, want second", w.waits())
	}
	if w.observe(); w.waits() != "" {
		t.Errorf("after an Observe the record has token %q, want none", w.waits())
	}
}

// A deadline is enforced also while ECS shows nothing: the order is written down and StopTask is called.
func TestObserve_DescribeTasksDenied_TheDeadlineStopsTheTask(t *testing.T) {
	w := polling(placed(t, 1, func(r *Run) { r.Policy.DeadlineSeconds = 600 }))
	w.ecs.set("t1", "RUNNING", startedAt(start))
	for range 50 {
		w.ecs.fails["Describe"] = append(w.ecs.fails["Describe"], refusal("AccessDeniedException", "not authorized to perform: ecs:DescribeTasks"))
	}
	w.clock.advance(5 * time.Minute)
	if _, err := w.observer().Step(context.Background(), w.input()); err == nil {
		t.Error("a step that can read nothing and has nothing to stop reports no error")
	}
	w.clock.advance(6 * time.Minute)
	w.observe()
	if got := w.ecs.count("Stop"); got != 1 {
		t.Errorf("%d StopTask calls after the deadline, want 1", got)
	}
	if got := w.run().Status; got != Stopping {
		t.Errorf("the run is %s, want STOPPING", got)
	}
}
