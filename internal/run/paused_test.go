package run

import (
	"testing"
	"time"
)

// paused is a run of one task whose executions died in a row, so that the next generation must wait for an hour.
func paused(t *testing.T, change ...func(r *Run)) *fixture {
	t.Helper()
	w := placed(t, 1, change...)
	w.handle(w.ecs.set("t1", "RUNNING", startedAt(start)))
	w.store.mu.Lock()
	r := w.store.get(testID)
	r.RestartAt, r.StepAt, r.Waiting = after(time.Hour), time.Time{}, nil
	w.keeper().index(r, start)
	w.store.put(r)
	w.store.mu.Unlock()
	w.workflow.fails = []error{ErrExecutionExists, ErrExecutionExists, ErrExecutionExists, ErrExecutionExists}
	return w
}

func TestSweep_DeadlineInARestartPause_StopsTheTask(t *testing.T) {
	w := paused(t, within60)
	w.clock.advance(3 * time.Minute)
	w.sweep()
	if got := w.ecs.count("Stop"); got != 1 {
		t.Fatalf("%d calls of StopTask after the deadline, want 1", got)
	}
	if want := "Davit: deadlineSeconds (60) is over"; w.ecs.reasons[0] != want {
		t.Errorf("reason %q, want %q", w.ecs.reasons[0], want)
	}
	if r := w.run(); r.Status != Stopping || r.Generation != 1 {
		t.Errorf("%s in generation %d, want STOPPING in 1: the pause goes on", r.Status, r.Generation)
	}
	w.sweep()
	if got := w.ecs.count("Stop"); got != 1 {
		t.Errorf("%d calls of StopTask at once after the first, want 1", got)
	}
	w.handle(w.ecs.finish("t1", 143))
	if got := summary(w.run()); got != "TIMED_OUT TIMED_OUT exit=143" {
		t.Errorf("ended as %s", got)
	}
}

func TestSweep_DeadlineBeforeALaunchInARestartPause_EndsTheRun(t *testing.T) {
	w := ready(t, 1, within60, func(r *Run) { r.RestartAt = start.Add(time.Hour) })
	w.workflow.fails = []error{ErrExecutionExists}
	w.clock.advance(3 * time.Minute)
	w.sweep()
	if got := w.run().Status; got != TimedOut {
		t.Errorf("%s, want TIMED_OUT", got)
	}
}

func TestStop_RestartPause_StopsTheTaskAtOnce(t *testing.T) {
	w := paused(t)
	w.stop("")
	if got := w.ecs.count("Stop"); got != 1 {
		t.Errorf("%d calls of StopTask, want 1", got)
	}
}

func TestSweep_StopIsRefusedInARestartPause_IsRepeatedByTheNext(t *testing.T) {
	w := paused(t, within60)
	w.clock.advance(3 * time.Minute)
	w.ecs.fails["Stop"] = []error{throttled()}
	if got := w.sweep().Failed; got != 1 {
		t.Errorf("%d records failed, want 1", got)
	}
	w.clock.advance(sweepGrace)
	w.sweep()
	if got := w.ecs.count("Stop"); got != 2 {
		t.Errorf("%d calls of StopTask, want 2", got)
	}
}
