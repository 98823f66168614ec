package run

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"
)

func TestSweepStartsWhatNobodyStarted(t *testing.T) {
	w := ready(t, 1)
	w.clock.advance(sweepGrace - time.Second)
	if w.sweep(); len(w.workflow.starts) > 0 {
		t.Error("the submission has its own time to start it")
	}
	w.clock.advance(time.Second)
	w.workflow.fails = []error{errors.New("away")}
	switch report := w.sweep(); {
	case report.Failed != 1:
		t.Errorf("report.Failed is %v, want 1", report.Failed)
	case report.Started != 0:
		t.Errorf("report.Started is %v, want 0", report.Started)
	}
	report := w.sweep()
	switch {
	case report.Started != 1:
		t.Errorf("report.Started is %v, want 1", report.Started)
	case len(w.workflow.starts) != 2:
		t.Errorf("len(w.flow.starts) is %v, want 2", len(w.workflow.starts))
	case w.workflow.starts[1] != (Execution{testID, testIncarnation, 1}):
		t.Errorf("w.flow.starts[1] is %v, want %v", w.workflow.starts[1], (Execution{testID, testIncarnation, 1}))
	}
	w.launch()
	if w.sweep(); len(w.workflow.starts) != 2 {
		t.Errorf("it has taken a step: %+v", w.workflow.starts)
	}
}

// TestSweepHealsAnExecutionThatDiedBeforeItsFirstStep: its name is taken, so only another generation can start.
func TestSweepHealsAnExecutionThatDiedBeforeItsFirstStep(t *testing.T) {
	w := ready(t, 1)
	w.clock.advance(5 * time.Minute)
	w.workflow.fails = []error{ErrExecutionExists}
	report := w.sweep()
	switch r := w.run(); {
	case report.Started != 1:
		t.Errorf("report.Started is %v, want 1", report.Started)
	case r.Generation != 2:
		t.Errorf("r.Generation is %v, want 2", r.Generation)
	case len(w.workflow.starts) != 2:
		t.Errorf("len(w.flow.starts) is %v, want 2", len(w.workflow.starts))
	case w.workflow.starts[1].Generation != 2:
		t.Errorf("w.flow.starts[1].Generation is %v, want 2", w.workflow.starts[1].Generation)
	}
}

// TestSweepHealsADeadExecution: each of them died where something is due now, or soon.
func TestSweepHealsADeadExecution(t *testing.T) {
	for _, c := range []struct {
		name    string
		fixture func(t *testing.T) *fixture
	}{
		{"in a launch pause", func(t *testing.T) *fixture {
			w := ready(t, 1)
			w.ecs.launches = []launchFault{{err: throttled()}}
			w.launch()
			return w
		}},
		{"in a launch call", func(t *testing.T) *fixture {
			w := ready(t, 1)
			w.store.fail = dieAt(2)
			_, _ = w.launcher().Step(context.Background(), w.input())
			return w
		}},
		{"with a stop to ask for", func(t *testing.T) *fixture {
			w := placed(t, 1)
			w.stop("")
			return w
		}},
		{"with a stop to verify", func(t *testing.T) *fixture {
			w := placed(t, 1)
			w.stop("")
			w.observe()
			return w
		}},
		{"before a retry", func(t *testing.T) *fixture {
			w := placed(t, 1)
			w.handle(w.ecs.set("t1", "STOPPED", code("TaskFailedToStart"), stoppedAt(start)))
			return w
		}},
		{"in a long follow, its token gone", func(t *testing.T) *fixture {
			w := placed(t, 1)
			w.handle(w.ecs.set("t1", "RUNNING", startedAt(start)))
			w.follow("token")
			w.workflow.gone = map[string]bool{"token": true}
			w.handle(w.ecs.set("t1", "STOPPED", stoppedAt(start), code("TaskFailedToStart"), func(s *TaskState) { s.StartedAt = nil }))
			return w
		}},
		{"while polling", func(t *testing.T) *fixture {
			w := polling(placed(t, 1))
			w.ecs.set("t1", "RUNNING", startedAt(start))
			w.clock.advance(time.Minute)
			w.observe()
			return w
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := c.fixture(t)
			for range 8 { // the half hour after which tasks are unheard of included
				w.clock.advance(5 * time.Minute)
				w.sweep()
			}
			r := w.run()
			switch {
			case r.Generation < 2:
				t.Errorf("r.Generation is %v, want at least %v", r.Generation, 2)
			case len(w.workflow.starts) == 0:
				t.Errorf("len(w.flow.starts) is %v", len(w.workflow.starts))
			case w.workflow.starts[0].Generation != 2:
				t.Errorf("w.flow.starts[0].Generation is %v, want 2", w.workflow.starts[0].Generation)
			}
		})
	}
}

func TestSweepLeavesALiveExecutionAlone(t *testing.T) {
	w := placed(t, 1)
	w.handle(w.ecs.set("t1", "RUNNING", startedAt(start)))
	w.follow("token")
	for range 12 * 20 {
		w.clock.advance(5 * time.Minute)
		w.sweep()
	}
	switch r := w.run(); {
	case len(w.workflow.starts) > 0:
		t.Errorf("len(w.flow.starts) is %v, want at most %v", len(w.workflow.starts), 0)
	case len(w.workflow.woken()) > 0:
		t.Error("got len(w.flow.woken()) > 0")
	case r.Generation != 1:
		t.Errorf("r.Generation is %v, want 1", r.Generation)
	}
	if n := w.ecs.count("Describe"); n != 40 {
		t.Errorf("%d reads in 20 hours, want one each half hour", n)
	}
	w.clock.advance(3 * time.Hour)
	w.observe()
	if w.run().Status != Running {
		t.Errorf("%s", w.run().Status)
	}
}

func TestSweepWakesForWhatItHears(t *testing.T) {
	w := placed(t, 1)
	w.handle(w.ecs.set("t1", "RUNNING", startedAt(start)))
	w.follow("token")
	w.ecs.finish("t1", 3) // and the event is lost
	w.clock.advance(unheard)
	report := w.sweep()
	switch r := w.run(); {
	case summary(r) != "FAILED EXIT:3 exit=3":
		t.Errorf("summary(r) is %v, want FAILED EXIT:3 exit=3", summary(r))
	case report.Examined != 1:
		t.Errorf("report.Examined is %v, want 1", report.Examined)
	}
	switch woken := w.workflow.woken(); {
	case len(woken) != 1:
		t.Errorf("len(woken) is %v, want 1", len(woken))
	case woken[0].answer.Next != StepDone:
		t.Errorf("woken[0].answer.Next is %v, want %v", woken[0].answer.Next, StepDone)
	}
}

// TestSweepWakesAgain: the event was written, its wake-up was not delivered.
func TestSweepWakesAgain(t *testing.T) {
	w := following(t, 1)
	w.workflow.wake = errors.New("away")
	_ = w.events().Handle(context.Background(), event(w.ecs.set("t1", "STOPPED", code("TaskFailedToStart"), stoppedAt(start))))
	w.workflow.woken()
	w.clock.advance(5 * time.Minute)
	if report := w.sweep(); report.Failed != 1 {
		t.Errorf("report.Failed is %v, want 1", report.Failed)
	}
	w.workflow.wake = nil
	w.workflow.woken()
	report := w.sweep()
	switch woken := w.workflow.woken(); {
	case len(woken) != 1:
		t.Errorf("len(woken) is %v, want 1", len(woken))
	case woken[0].token != "token":
		t.Errorf("woken[0].token is %v, want token", woken[0].token)
	case woken[0].answer.Next != StepLaunch:
		t.Errorf("woken[0].answer.Next is %v, want %v", woken[0].answer.Next, StepLaunch)
	case report.Woken != 1:
		t.Errorf("report.Woken is %v, want 1", report.Woken)
	case len(w.workflow.starts) > 0:
		t.Errorf("len(w.flow.starts) is %v, want at most %v", len(w.workflow.starts), 0)
	}
}

// TestDeathsInARowWaitLonger: at once the first time, then after 1, 2, 4 … minutes.
func TestDeathsInARowWaitLonger(t *testing.T) {
	w := placed(t, 1)
	w.handle(w.ecs.set("t1", "RUNNING", startedAt(start)))
	died := func() { // the current execution
		if err := w.sweeper().ExecutionEnded(context.Background(), w.run().execution()); err != nil {
			t.Fatal(err)
		}
	}
	died()
	switch {
	case len(w.workflow.starts) != 1:
		t.Fatalf("at once: len(w.flow.starts) is %v, want 1", len(w.workflow.starts))
	case w.run().Generation != 2:
		t.Fatal("at once: w.run().Generation is not 2")
	}
	for n, pause := range []time.Duration{time.Minute, 2 * time.Minute, 4 * time.Minute, 8 * time.Minute, 16 * time.Minute} {
		begun := len(w.workflow.starts)
		w.launch()
		died()
		if len(w.workflow.starts) != begun {
			t.Fatalf("death %d: started before %v", n+2, pause)
		}
		for waited := time.Duration(0); waited < pause-time.Second; waited += 30 * time.Second {
			w.workflow.fails = []error{ErrExecutionExists}
			w.sweep()
			if w.run().Generation != n+2 {
				t.Fatalf("death %d: generation %d after %v", n+2, w.run().Generation, waited)
			}
			w.clock.advance(30 * time.Second)
		}
		w.clock.advance(sweepGrace)
		w.workflow.fails = []error{ErrExecutionExists}
		w.sweep()
		w.workflow.fails = nil
		if got := w.workflow.starts[len(w.workflow.starts)-1].Generation; got != n+3 || w.run().Restarts != n+2 {
			t.Fatalf("death %d: generation %d, heals %d", n+2, got, w.run().Restarts)
		}
	}
	w.launch()
	w.handle(w.ecs.finish("t1", 0))
	if r := w.run(); r.Restarts != 6 || r.Status != Succeeded {
		t.Errorf("%d %s", r.Restarts, r.Status)
	}
}

// TestBackoffDoesNotKeepTheSweepFromHearing: ECS forgets after an hour, however sick the executions are.
func TestBackoffDoesNotKeepTheSweepFromHearing(t *testing.T) {
	w := placed(t, 1, func(r *Run) { r.Restarts = 10 })
	w.store.mu.Lock()
	r := w.store.get(testID)
	r.RestartAt = after(time.Hour)
	w.keeper().index(r, start)
	w.store.put(r)
	w.store.mu.Unlock()
	w.ecs.finish("t1", 3)
	for range 6 {
		w.clock.advance(5 * time.Minute)
		w.workflow.fails = []error{ErrExecutionExists}
		w.sweep()
	}
	if r := w.run(); summary(r) != "FAILED EXIT:3 exit=3" {
		t.Errorf("%s", summary(r))
	}
}

func TestExecutionEndedOfOthers(t *testing.T) {
	w := placed(t, 1)
	x := w.run().execution()
	for _, other := range []Execution{{keyID("a", "b"), testIncarnation, 1}, {testID, "otherone", 1}, {testID, testIncarnation, 2}, {testID, testIncarnation, 0}} {
		switch err := w.sweeper().ExecutionEnded(context.Background(), other); {
		case err != nil:
			t.Errorf("error %v", err)
		case len(w.workflow.starts) > 0:
			t.Errorf("len(w.flow.starts) is %v, want at most %v", len(w.workflow.starts), 0)
		case w.run().Generation != 1:
			t.Error("w.run().Generation is not 1")
		}
	}
	w.workflow.fails = []error{errors.New("away")}
	if err := w.sweeper().ExecutionEnded(context.Background(), x); err == nil {
		t.Error("a start that failed is told")
	}
	switch err := w.sweeper().ExecutionEnded(context.Background(), x); {
	case err != nil:
		t.Errorf("and made good by the repetition: error %v", err)
	case len(w.workflow.starts) != 2:
		t.Errorf("and made good by the repetition: len(w.flow.starts) is %v, want 2", len(w.workflow.starts))
	case w.workflow.starts[1].Generation != 2:
		t.Errorf("and made good by the repetition: w.flow.starts[1].Generation is %v, want 2", w.workflow.starts[1].Generation)
	case w.run().Generation != 2:
		t.Error("and made good by the repetition: w.run().Generation is not 2")
	}
	w.launch()
	switch err := w.sweeper().ExecutionEnded(context.Background(), x); {
	case err != nil:
		t.Errorf("its successor is at work: error %v", err)
	case len(w.workflow.starts) != 2:
		t.Errorf("its successor is at work: len(w.flow.starts) is %v, want 2", len(w.workflow.starts))
	}
	w.handle(w.ecs.finish("t1", 0))
	switch err := w.sweeper().ExecutionEnded(context.Background(), w.run().execution()); {
	case err != nil:
		t.Errorf("a terminal run needs none: error %v", err)
	case len(w.workflow.starts) != 2:
		t.Errorf("a terminal run needs none: len(w.flow.starts) is %v, want 2", len(w.workflow.starts))
	}
	w.store.fail = func(string) error { return &Error{Code: CodeThrottled} }
	if err := w.sweeper().ExecutionEnded(context.Background(), x); CodeOf(err) != CodeThrottled {
		t.Errorf("%v", err)
	}
}

// TestTwoSweepsAtOnce: the second reads before the first writes.
func TestTwoSweepsAtOnce(t *testing.T) {
	w := ready(t, 1)
	w.ecs.launches = []launchFault{{err: throttled()}}
	w.launch()
	w.clock.advance(time.Hour / 2)
	first := true
	w.store.written = func(*Run) {
		if first {
			first = false
			w.store.mu.Unlock()
			defer w.store.mu.Lock()
			w.sweep()
		}
	}
	w.sweep()
	generations := map[int]int{}
	for _, x := range w.workflow.starts {
		generations[x.Generation]++
	}
	if r := w.run(); r.Generation != 2 || generations[2] == 0 || len(generations) != 1 {
		t.Errorf("generation %d, %v", r.Generation, generations)
	}
}

// recordMany stores n runs with ten live tasks each, unheard of.
func recordMany(w *fixture, n int, cluster func(i int) string) {
	for i := range n {
		var tasks []TaskState
		for j := range 10 {
			s := described(fmt.Sprintf("x%d-%d", i, j), "RUNNING", startedAt(start))
			tasks = append(tasks, s)
			w.ecs.tasks = append(w.ecs.tasks, &s)
		}
		r := launched(tasks...)
		r.ID, r.Cluster = keyID("crowd", fmt.Sprint(i)), cluster(i)
		r.Waiting = &Waiting{Token: fmt.Sprint(i), Due: after(24 * time.Hour)}
		w.record(r)
	}
}

func TestSweepReadsInBatches(t *testing.T) {
	for _, c := range []struct {
		name        string
		runs        int
		cluster     func(i int) string
		page, reads int
		want, heard int
	}{
		{"two clusters", 4, func(i int) string { return string(rune('a' + i%2)) }, 100, 100, 2, 4},
		{"pages", 12, func(int) string { return "a" }, 5, 100, 3, 12},
		{"a budget", 12, func(int) string { return "a" }, 5, 2, 2, 10},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newFixture(t)
			recordMany(w, c.runs, c.cluster)
			w.clock.advance(unheard)
			s := w.sweeper()
			s.Page, s.Reads = c.page, c.reads
			if _, err := s.Sweep(context.Background()); err != nil {
				t.Fatal(err)
			}
			heard := 0
			for id := range w.store.records {
				if w.store.get(id).LastHeardAt.Equal(w.clock.Now()) {
					heard++
				}
			}
			if got := w.ecs.count("Describe"); got != c.want || heard != c.heard {
				t.Errorf("%d reads, %d heard of, want %d and %d", got, heard, c.want, c.heard)
			}
		})
	}
}

func TestTakeBatchKeepsToAHundred(t *testing.T) {
	var group []*Run
	for range 12 {
		var tasks []TaskState
		for i := range 9 {
			tasks = append(tasks, described(fmt.Sprint(i), "RUNNING"))
		}
		group = append(group, launched(tasks...))
	}
	if batch, arns := takeBatch(group); len(batch) != 11 || len(arns) != 99 {
		t.Errorf("%d runs, %d tasks", len(batch), len(arns))
	}
}

// TestAPauseIsNotLateness: an execution that polls learns of what became due when its pause is over, and only then is it late.
func TestAPauseIsNotLateness(t *testing.T) {
	w := polling(ready(t, 1))
	w.launch()
	w.stop("")
	w.clock.advance(299 * time.Second)
	switch report := w.sweep(); {
	case report.Started != 0:
		t.Errorf("report.Started is %v, want 0", report.Started)
	case w.run().Generation != 1:
		t.Error("w.run().Generation is not 1")
	}
	w.clock.advance(2 * time.Minute)
	switch report := w.sweep(); {
	case report.Started != 1:
		t.Errorf("report.Started is %v, want 1", report.Started)
	case w.run().Generation != 2:
		t.Error("w.run().Generation is not 2")
	}
}

// TestABudgetKeepsNothingElseWaiting: runs that need no look at ECS are seen to although the reads are used up.
func TestABudgetKeepsNothingElseWaiting(t *testing.T) {
	w := newFixture(t)
	recordMany(w, 6, func(int) string { return "a" })
	w.clock.advance(unheard)
	var late []string
	for i := range 3 {
		r := newRun(1, func(r *Run) { r.ID, r.CreatedAt = keyID("late", fmt.Sprint(i)), w.clock.Now() })
		w.record(r)
		late = append(late, r.ID)
	}
	w.clock.advance(sweepGrace)
	s := w.sweeper()
	s.Page, s.Reads = 2, 1
	report, err := s.Sweep(context.Background())
	switch {
	case err != nil:
		t.Errorf("error %v", err)
	case report.Started != len(late):
		t.Errorf("report.Started is %v, want %v", report.Started, len(late))
	case w.ecs.count("Describe") != 1:
		t.Error("w.ecs.count(\"Describe\") is not 1")
	}
}
