package run

import (
	"context"
	"errors"
	"testing"
	"time"
)

// hide keeps ECS from showing tasks for a while, as it may do with new ones (RT-40).
func (w *fixture) hide(d time.Duration, ids ...string) {
	for _, id := range ids {
		w.ecs.hidden[arnOf(id)] = w.clock.Now().Add(d)
	}
}

// liveTasks counts the tasks that run in ECS, whoever knows of them.
func (w *fixture) liveTasks() (live int) {
	for _, s := range w.ecs.tasks {
		if !s.stopped() {
			live++
		}
	}
	return live
}

// launchUntilSettled repeats the Launch step, with the waits that it asks for, until it has nothing to launch for the given time.
func (w *fixture) launchUntilSettled(most time.Duration) *Run {
	w.t.Helper()
	for end := w.clock.Now().Add(most); w.clock.Now().Before(end); {
		out := w.launch()
		if out.Next == StepDone {
			break
		}
		w.clock.advance(time.Duration(out.WaitSeconds) * time.Second)
	}
	return w.run()
}

// A refusal of the repeat of a call whose first reply was lost is believed only after ECS was asked twice, a minute apart.
func TestLaunch_RefusalAfterLostReply_LaunchesNothingTwice(t *testing.T) {
	denied := refusal("AccessDeniedException", "not authorized to perform: ecs:RunTask")
	full := refusal("ClientException", "You've reached the limit of 500 tasks in the PROVISIONING state")
	unsent := &EngineError{Operation: "RunTask", Err: errors.New("dial tcp: i/o timeout")}
	for _, c := range []struct {
		name   string
		second error
		count  int
		hidden []string
	}{
		{"denied, a part is shown", denied, 3, []string{"t2", "t3"}},
		{"denied, nothing is shown", denied, 1, []string{"t1"}},
		{"full, a part is shown", full, 3, []string{"t2"}},
		{"full, nothing is shown", full, 1, []string{"t1"}},
		{"not sent, a part is shown", unsent, 3, []string{"t2", "t3"}},
		{"not sent, nothing is shown", unsent, 2, []string{"t1", "t2"}},
	} {
		for _, events := range []bool{false, true} {
			w := ready(t, c.count)
			w.tuning.TaskEvents = events
			w.ecs.launches = []launchFault{{err: lostReply(), carried: true}, {err: c.second}}
			w.launch()
			w.hide(5*time.Second, c.hidden...)
			w.clock.advance(2 * time.Second)
			r := w.launchUntilSettled(10 * time.Minute)
			if got := w.liveTasks(); got != c.count {
				t.Errorf("%s, events %v: %d tasks run in ECS, want %d", c.name, events, got, c.count)
			}
			if got := len(r.attempt().Tasks); got != c.count {
				t.Errorf("%s, events %v: the record knows %d tasks, want %d", c.name, events, got, c.count)
			}
			if r.attempt().Open != nil {
				t.Errorf("%s, events %v: the call is still open", c.name, events)
			}
		}
	}
}

// A refusal that two empty looks confirm is what becomes of the attempt; the tasks that may turn up all the same are watched for.
func TestLaunch_RefusalThatLooksConfirm_IsBelievedAndWatched(t *testing.T) {
	w := ready(t, 2)
	w.ecs.launches = []launchFault{{err: lostReply()}, {err: refusal("AccessDeniedException", "not authorized to perform: iam:PassRole")}}
	w.launch()
	w.clock.advance(2 * time.Second)
	before := w.clock.Now()
	r := w.launchUntilSettled(10 * time.Minute)
	if r.Status != Failed || r.Class != Invalid {
		t.Errorf("%s %s (%s), want FAILED INVALID", r.Status, r.Class, r.StatusReason)
	}
	if took := r.StoppedAt.Sub(before); took < time.Minute {
		t.Errorf("it was believed after %v, want two looks a minute apart", took)
	}
	if !r.attempt().Unclear || r.SweepAt.IsZero() {
		t.Errorf("unclear %v, next sweep %v: nobody watches for its tasks", r.attempt().Unclear, r.SweepAt)
	}
}

// What ECS may have forgotten is not launched again, whatever is still shown of it.
func TestLaunch_OldLookShowsAPart_TheRestIsLost(t *testing.T) {
	w := polling(ready(t, 3))
	w.store.fail = dieAt(2)
	if _, err := w.launcher().Step(context.Background(), w.input()); err == nil {
		t.Fatal("the process did not die")
	}
	w.store.fail = nil
	w.clock.advance(10 * time.Second)
	w.ecs.finish("t1", 0)
	w.ecs.finish("t2", 0)
	w.clock.advance(70 * time.Minute)
	w.ecs.set("t3", "RUNNING", startedAt(after(time.Minute)))
	w.hide(100*24*time.Hour, "t1", "t2")
	w.launchUntilSettled(5 * time.Minute)
	if got := w.ecs.count("Launch"); got != 1 {
		t.Errorf("%d launch calls, want 1: what had succeeded was run again", got)
	}
	w.ecs.finish("t3", 0)
	w.clock.advance(time.Minute)
	w.observe()
	if r := w.run(); r.Status != Lost || len(r.attempt().Tasks) != 1 {
		t.Errorf("%s (%s) with %d known tasks, want LOST with 1", r.Status, r.StatusReason, len(r.attempt().Tasks))
	}
}

// A run that is to stop ends only when all of its open call is known, or was looked for twice.
func TestStop_PartOfTheOpenCallIsShown_TheRestIsWaitedFor(t *testing.T) {
	w := polling(newFixture(t))
	w.ecs.launches = []launchFault{{err: lostReply(), carried: true}}
	body := `{"taskDefinition":"job","cluster":"jobs","count":2,"policy":{"overlap":{"key":"k","mode":"QUEUE"}}}`
	a, b := w.submit(ask("a", body)).Run.ID, w.submit(ask("b", body)).Run.ID
	w.stepLaunch(a)
	w.stepLaunch(b)
	w.hide(5*time.Second, "t2")
	w.clock.advance(2 * time.Second)
	if _, err := w.stopper().Stop(context.Background(), StopRequest{RunID: a}); err != nil {
		t.Fatal(err)
	}
	observe := func() {
		if _, err := w.observer().Step(context.Background(), StepInput{Execution: w.read(a).execution()}); err != nil {
			t.Fatal(err)
		}
	}
	w.stepLaunch(a)
	observe()
	w.clock.advance(3 * time.Second)
	w.ecs.finish("t1", 143)
	observe()
	w.stepLaunch(b)
	if got := len(w.read(b).Attempts); got != 0 {
		t.Errorf("the next run of the key began an attempt while a task of the first runs")
	}
	if got := w.read(a).Status; got != Stopping {
		t.Errorf("the run is %s while its second task runs, want STOPPING", got)
	}
	w.clock.advance(time.Minute)
	w.stepLaunch(a)
	observe()
	w.ecs.finish("t2", 143)
	w.clock.advance(time.Minute)
	observe()
	if got := w.read(a).Status; got != Stopped {
		t.Errorf("the run is %s after both tasks stopped, want STOPPED", got)
	}
}

// A list that ECS, or Davit's own bound, refuses for ever ends the wait; what the other list shows is taken and stopped.
func TestStop_StoppedTasksCannotBeListed_ShownTasksAreStoppedAndTheRunEnds(t *testing.T) {
	w := polling(ready(t, 1, func(r *Run) { r.Policy.DeadlineSeconds = 7200 }))
	w.ecs.launches = []launchFault{{err: lostReply(), carried: true}}
	out := w.launch()
	w.clock.advance(time.Minute)
	if _, err := w.stopper().Stop(context.Background(), StopRequest{RunID: testID}); err != nil {
		t.Fatal(err)
	}
	many := &EngineError{Operation: "ListTasks", Message: "more than 10 pages of tasks match", Truncated: true}
	for w.clock.Now().Before(after(3*time.Hour)) && !w.run().Status.Terminal() {
		w.ecs.fails["List"] = []error{nil, many}
		if out.Next == StepLaunch {
			out = w.launch()
			continue
		}
		w.clock.advance(time.Duration(out.WaitSeconds) * time.Second)
		if s := w.ecs.find("t1"); s.DesiredStatus == desiredStopped && !s.stopped() {
			w.ecs.finish("t1", 143)
		}
		out = w.observe()
	}
	if got := w.ecs.count("Stop"); got == 0 {
		t.Error("the task that the list by startedBy shows was never stopped")
	}
	if r := w.run(); r.Status != Stopped {
		t.Errorf("three hours later it is %s (%s), want STOPPED", r.Status, r.StatusReason)
	}
}

// lockHook calls do before the first lock is read.
type lockHook struct {
	*memoryStore
	do func()
}

func (h *lockHook) Lock(ctx context.Context, key string) (*Lock, error) {
	if do := h.do; do != nil {
		h.do = nil
		do()
	}
	return h.memoryStore.Lock(ctx, key)
}

// A run that ends between Launch's read of the record and of the lock is not launched.
func TestLaunch_StoppedBetweenRecordAndLock_IsDone(t *testing.T) {
	w := newFixture(t)
	r := w.record(newRun(1, func(r *Run) { r.Policy.Overlap = &Overlap{Key: "k", Mode: OverlapQueue, Limit: 1, MaxQueued: 10} }))
	k := w.keeper()
	k.Store = &lockHook{memoryStore: w.store, do: func() {
		if _, err := w.stopper().Stop(context.Background(), StopRequest{RunID: testID}); err != nil {
			t.Error(err)
		}
	}}
	out, err := (&Launcher{Keeper: k, Engine: w.ecs, Catalog: w.catalog}).Step(context.Background(), StepInput{Execution: r.execution()})
	if err != nil || out.Next != StepDone {
		t.Errorf("the step answered %s, %v, want DONE", out.Next, err)
	}
	if got := w.run().Status; got != Stopped {
		t.Errorf("the run is %s, want STOPPED", got)
	}
	if got := w.ecs.count("Launch"); got != 0 {
		t.Errorf("%d launch calls, want 0", got)
	}
}
