package run

import (
	"context"
	"errors"
	"testing"
	"time"
)

func TestSweepWhenECSDoesNotAnswer(t *testing.T) {
	w := newFixture(t)
	recordMany(w, 3, func(int) string { return "a" })
	w.clock.advance(unheard)
	w.ecs.fails["Describe"] = []error{throttled()}
	w.sweep()
	if w.sweep(); w.ecs.count("Describe") != 2 {
		t.Errorf("the next sweep asks again: %v", w.ecs.calls)
	}
}

func TestSweepWhenTheStoreDoesNotAnswer(t *testing.T) {
	w := newFixture(t)
	recordMany(w, 3, func(int) string { return "a" })
	w.clock.advance(unheard)
	away := &Error{Code: CodeThrottled}
	w.store.fail = func(method string) error {
		if method == "Open" {
			return away
		}
		return nil
	}
	if _, err := w.sweeper().Sweep(context.Background()); !errors.Is(err, away) {
		t.Errorf("%v", err)
	}
	w.store.fail = func(method string) error {
		if method == "Get" {
			return away
		}
		return nil
	}
	switch report, err := w.sweeper().Sweep(context.Background()); {
	case err != nil:
		t.Errorf("error %v", err)
	case report.Failed != 3:
		t.Errorf("report.Failed is %v, want 3", report.Failed)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	w.store.fail = nil
	if _, err := w.sweeper().Sweep(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
}

// TestSweepTakesALostCluster: nothing can be read of it any more, and in the end its tasks are lost.
func TestSweepTakesALostCluster(t *testing.T) {
	w := newFixture(t)
	recordMany(w, 2, func(int) string { return "gone" })
	gone := &EngineError{Operation: "DescribeTasks", Code: "ClusterNotFoundException", Unknown: true}
	w.ecs.fails["Describe"] = []error{gone, gone, gone}
	for range 3 {
		w.clock.advance(unheard)
		w.sweep()
	}
	for id := range w.store.records {
		if r := w.store.get(id); r.Status != Lost {
			t.Errorf("%s", summary(r))
		}
	}
}

// lostRun is a run that ended LOST although its task lives.
func lostRun(t *testing.T) *fixture {
	w := placed(t, 1)
	w.ecs.hidden[arnOf("t1")] = after(2*time.Hour + time.Minute)
	w.clock.advance(2 * time.Hour)
	if w.observe(); w.run().Status != Lost {
		t.Fatalf("%s", summary(w.run()))
	}
	return w
}

func TestSweepStopsOrphans(t *testing.T) {
	w := lostRun(t)
	w.clock.advance(4 * time.Minute)
	if w.sweep(); w.ecs.count("List") > 0 {
		t.Error("not due")
	}
	w.clock.advance(time.Minute)
	report := w.sweep()
	switch {
	case report.Stopped != 1:
		t.Errorf("report.Stopped is %v, want 1", report.Stopped)
	case w.ecs.count("Stop") != 1:
		t.Error("w.ecs.count(\"Stop\") is not 1")
	case w.run().Status != Lost:
		t.Error("w.run().Status is not Lost")
	}
	w.handle(w.ecs.finish("t1", 143))
	if r := w.run(); !r.SweepAt.IsZero() || summary(r) != "LOST LOST exit=-" {
		t.Errorf("seen STOPPED, it is tied: %v %s", r.SweepAt, summary(r))
	}
}

func TestSweepWatchesLooseEndsForADay(t *testing.T) {
	w := lostRun(t)
	w.ecs.tasks = nil
	sweeps := 0
	for ; !w.run().SweepAt.IsZero() && sweeps < 1000; sweeps++ {
		w.clock.advance(time.Hour)
		w.sweep()
	}
	if sweeps != 24 {
		t.Errorf("%d sweeps", sweeps)
	}
}

// TestSweepListsOnlyLooseAttempts: reads are counted, and an attempt whose tasks were all seen STOPPED has no orphans.
func TestSweepListsOnlyLooseAttempts(t *testing.T) {
	w := placed(t, 1)
	w.handle(w.ecs.set("t1", "STOPPED", code("TaskFailedToStart"), stoppedAt(start)))
	w.clock.advance(10 * time.Second)
	w.launch()
	w.ecs.hidden[arnOf("t2")] = after(100 * time.Hour)
	w.clock.advance(2 * time.Hour)
	w.observe()
	if r := w.run(); r.Status != Lost || len(r.Attempts) != 2 {
		t.Fatalf("%s", summary(r))
	}
	w.clock.advance(orphanSweep)
	if w.sweep(); w.ecs.count("List") != 1 {
		t.Errorf("%v", w.ecs.calls)
	}
}

func TestSweepOfOrphansKeepsToItsBudget(t *testing.T) {
	w := lostRun(t)
	w.clock.advance(orphanSweep)
	w.ecs.fails["List"] = []error{throttled()}
	if report := w.sweep(); report.Failed != 1 {
		t.Errorf("report.Failed is %v, want 1", report.Failed)
	}
	s := w.sweeper()
	s.Reads = 1
	report, err := s.Sweep(context.Background())
	switch {
	case err != nil:
		t.Errorf("error %v", err)
	case report.Stopped != 1:
		t.Errorf("report.Stopped is %v, want 1", report.Stopped)
	case w.ecs.count("List") != 2:
		t.Error("w.ecs.count(\"List\") is not 2")
	}
}

func TestIndexAtTheEnd(t *testing.T) {
	w := placed(t, 1)
	w.handle(w.ecs.finish("t1", 0))
	r := w.run()
	if !r.SweepAt.IsZero() || !r.Expires.Equal(r.StoppedAt.Add(DefaultRetention)) {
		t.Errorf("sweep at %v, expires %v", r.SweepAt, r.Expires)
	}
	k := w.keeper()
	k.Retention = 48 * time.Hour
	k.index(r, after(time.Hour))
	if !r.Expires.Equal(r.StoppedAt.Add(48 * time.Hour)) {
		t.Errorf("expires %v", r.Expires)
	}
	w.clock.advance(DefaultRetention)
	if _, err := w.store.Get(context.Background(), testID); !errors.Is(err, ErrNotFound) {
		t.Errorf("%v", err)
	}
	w.launchNothing()
}

// launchNothing is a step for a record that is gone.
func (w *fixture) launchNothing() {
	w.t.Helper()
	in := StepInput{Execution: Execution{testID, testIncarnation, 1}, Token: "token"}
	switch out, err := w.observer().Step(context.Background(), in); {
	case err != nil:
		w.t.Errorf("error %v", err)
	case out.Next != StepDone:
		w.t.Errorf("out.Next is %v, want %v", out.Next, StepDone)
	}
}

// TestSweepThatCannotWrite: what it heard is not on record, so nobody is told of it.
func TestSweepThatCannotWrite(t *testing.T) {
	w := placed(t, 1)
	w.handle(w.ecs.set("t1", "RUNNING", startedAt(start)))
	w.follow("token")
	w.ecs.finish("t1", 0)
	w.clock.advance(unheard)
	w.store.fail = func(method string) error {
		if method == "Update" {
			return &Error{Code: CodeThrottled}
		}
		return nil
	}
	if w.sweep(); len(w.workflow.woken()) > 0 {
		t.Error("woken for an end that the record does not have")
	}
	w.store.fail = nil
	w.clock.advance(orphanSweep)
	if w.sweep(); len(w.workflow.woken()) != 1 || w.run().Status != Succeeded {
		t.Errorf("%s", w.run().Status)
	}
}

// The retention counts from the end: a run of weeks is not forgotten the day it ends.
func TestExpiry_LongRun_CountsFromItsEnd(t *testing.T) {
	w := placed(t, 1)
	w.handle(w.ecs.set("t1", "RUNNING", startedAt(start)))
	w.clock.advance(60 * 24 * time.Hour)
	w.handle(w.ecs.finish("t1", 0))
	if got, want := w.run().Expires, w.clock.Now().Add(DefaultRetention); !got.Equal(want) {
		t.Errorf("the record expires at %v, want %v", got, want)
	}
}

// An execution that took a step a moment ago is at work, however long ago it should have taken it.
func TestSweep_LateStepWasTakenAMomentAgo_IsNotRestarted(t *testing.T) {
	w := ready(t, 1)
	w.ecs.launches = []launchFault{{err: throttled()}}
	w.launch()
	w.clock.advance(30 * time.Minute)
	w.observe() // its answer leads to Launch, which has not begun
	w.clock.advance(sweepGrace - time.Second)
	w.sweep()
	if got := w.run().Generation; got != 1 {
		t.Errorf("generation %d, want 1: it was restarted under a live execution", got)
	}
	w.clock.advance(time.Second)
	w.sweep()
	if got := w.run().Generation; got != 2 {
		t.Errorf("generation %d, want 2: nothing came after the step", got)
	}
}

// What ECS showed of an earlier attempt's tasks is no news of the present ones.
func TestSweep_AttemptChangedSinceItAsked_TheRunStaysUnheard(t *testing.T) {
	w := placed(t, 1)
	w.handle(w.ecs.set("t1", "RUNNING", startedAt(start)))
	w.follow("token")
	w.clock.advance(unheard)
	w.store.otherWriters = []func(*Run){func(r *Run) {
		a := r.appendAttempt(r.attempt(), 1, start)
		a.Calls, a.LaunchedAt = 1, &start
		a.Tasks = []Task{{ARN: arnOf("t9"), Raw: raw(described("t9", "RUNNING")), LaunchedAt: start, SeenAt: start}}
	}}
	w.sweep()
	if r := w.run(); len(r.Attempts) != 2 || !r.LastHeardAt.Equal(start) {
		t.Errorf("%d attempts, heard of at %v, want 2 and %v", len(r.Attempts), r.LastHeardAt, start)
	}
}
