package run

import (
	"context"
	"errors"
	"testing"
	"time"
)

// placed is a fixture whose run's tasks t1, t2… were placed now.
func placed(t *testing.T, count int, changes ...func(*Run)) *fixture {
	w := ready(t, count, changes...)
	w.launch()
	return w
}

func TestObserveReadsOnlyWhatIsNotFresh(t *testing.T) {
	for _, c := range []struct {
		name  string
		after time.Duration
		token string
		reads int
	}{
		{"a poll at once", 999 * time.Millisecond, "", 0},
		{"a poll", time.Second, "", 1},
		{"a follow right after the launch", 9 * time.Second, "token", 0},
		{"a follow later", 10 * time.Second, "token", 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := placed(t, 2)
			w.clock.advance(c.after)
			w.follow(c.token)
			if n := w.ecs.count("Describe"); n != c.reads {
				t.Errorf("%d reads, want %d", n, c.reads)
			}
			r := w.run()
			if r.Observations != 1 || !r.StepAt.Equal(after(c.after)) {
				t.Errorf("turns %d, step at %v", r.Observations, r.StepAt)
			}
			if fresh := r.LastHeardAt.Equal(after(c.after)); fresh != (c.reads > 0) {
				t.Errorf("fresh at %v", r.LastHeardAt)
			}
		})
	}
}

func TestObserveReadsOnlyLiveTasks(t *testing.T) {
	w := placed(t, 3)
	w.handle(w.ecs.finish("t2", 0))
	w.clock.advance(time.Minute)
	w.observe()
	if got := w.ecs.calls[len(w.ecs.calls)-1]; got != "Describe 2" {
		t.Errorf("%s", got)
	}
}

func TestFollowStoresItsTokenWithTheObservation(t *testing.T) {
	w := placed(t, 1)
	w.clock.advance(time.Minute)
	w.ecs.set("t1", "RUNNING", startedAt(after(30*time.Second)))
	before := w.store.writes
	out := w.follow("token")
	r := w.run()
	switch {
	case w.store.writes != before+1:
		t.Errorf("w.store.writes is %v, want %v", w.store.writes, before+1)
	case r.Waiting == nil:
		t.Error("r.Waiting is nil")
	case r.Waiting.Token != "token":
		t.Errorf("r.Waiting.Token is %v, want token", r.Waiting.Token)
	case r.Status != Running:
		t.Errorf("r.Status is %v, want %v", r.Status, Running)
	}
	switch {
	case out.Next != StepFollow:
		t.Errorf("out.Next is %v, want %v", out.Next, StepFollow)
	case out.WaitSeconds != 86_400:
		t.Errorf("out.WaitSeconds is %v, want 86_400", out.WaitSeconds)
	case !r.Waiting.Due.Equal(after(time.Minute + 24*time.Hour)):
		t.Errorf("r.Waiting.Due is %v, want %v", r.Waiting.Due, after(time.Minute+24*time.Hour))
	case len(w.workflow.woken()) > 0:
		t.Error("got len(w.flow.woken()) > 0")
	}
	w.observe()
	if r := w.run(); r.Waiting != nil {
		t.Error("an execution that does not wait leaves no token")
	}
}

func TestFollowAnswersAtOnceWhenThereIsNothingToWaitFor(t *testing.T) {
	for _, c := range []struct {
		name   string
		change func(w *fixture)
		next   Step
	}{
		{"the task has ended", func(w *fixture) { w.ecs.finish("t1", 0) }, StepDone},
		{"the run is terminal", func(w *fixture) { w.handle(w.ecs.finish("t1", 1)) }, StepDone},
		{"another generation took over", func(w *fixture) {
			w.store.mu.Lock()
			defer w.store.mu.Unlock()
			r := w.store.get(testID)
			r.Generation, r.Observations = 2, 3
			w.store.put(r)
		}, StepDone},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := placed(t, 1)
			in := w.input()
			in.Token = "token"
			w.clock.advance(time.Minute)
			c.change(w)
			out, err := w.observer().Step(context.Background(), in)
			switch {
			case err != nil:
				t.Fatalf("error %v", err)
			case out.Next != c.next:
				t.Fatalf("out.Next is %v, want %v", out.Next, c.next)
			}
			woken := w.workflow.woken()
			switch {
			case len(woken) != 1:
				t.Errorf("len(woken) is %v, want 1", len(woken))
			case woken[0].token != "token":
				t.Errorf("woken[0].token is %v, want token", woken[0].token)
			case woken[0].answer != out:
				t.Errorf("woken[0].answer is %v, want %v", woken[0].answer, out)
			}
			if r := w.run(); r.Waiting != nil {
				t.Errorf("r.Waiting is %v, want nil", r.Waiting)
			}
		})
	}
}

func TestFollowWhoseTokenIsGone(t *testing.T) {
	w := placed(t, 1)
	w.workflow.gone = map[string]bool{"token": true}
	w.clock.advance(time.Minute)
	w.ecs.finish("t1", 0)
	if out := w.follow("token"); out.Next != StepDone {
		t.Errorf("out.Next is %v, want %v", out.Next, StepDone)
	}
	w = placed(t, 1)
	w.workflow.wake = errors.New("Step Functions is away")
	w.clock.advance(time.Minute)
	w.ecs.finish("t1", 0)
	in := w.input()
	in.Token = "token"
	if _, err := w.observer().Step(context.Background(), in); err == nil {
		t.Error("a token that could not be answered is answered again")
	}
}

func TestObserveErrors(t *testing.T) {
	for _, c := range []struct {
		err  error
		want Code
	}{
		{throttled(), CodeThrottled}, {serverFault(), CodeUnavailable}, {lostReply(), CodeUnavailable},
		{refusal("AccessDeniedException", "no"), CodeInternal},
	} {
		w := placed(t, 1)
		w.clock.advance(time.Minute)
		w.ecs.fails["Describe"] = []error{c.err}
		writes := w.store.writes
		_, err := w.observer().Step(context.Background(), w.input())
		if CodeOf(err) != c.want || w.store.writes != writes {
			t.Errorf("%v: %v, %d writes", c.err, err, w.store.writes-writes)
		}
	}
}

// TestAClusterThatIsGone takes its tasks with it: they count as missing, and in the end as lost.
func TestAClusterThatIsGone(t *testing.T) {
	w := placed(t, 1)
	gone := &EngineError{Operation: "DescribeTasks", Code: "ClusterNotFoundException", Message: "Cluster not found.", Unknown: true}
	w.ecs.fails["Describe"] = []error{gone, gone}
	w.clock.advance(time.Minute)
	w.observe()
	w.clock.advance(time.Hour)
	switch out := w.observe(); {
	case out.Next != StepDone:
		t.Errorf("out.Next is %v, want %v", out.Next, StepDone)
	case summary(w.run()) != "LOST LOST exit=-":
		t.Error("summary(w.run()) is not \"LOST LOST exit=-\"")
	}
}

func TestAHiddenTaskIsNotLost(t *testing.T) {
	w := polling(placed(t, 1))
	w.ecs.hidden[arnOf("t1")] = after(5 * time.Minute)
	for range 20 {
		w.clock.advance(10 * time.Second)
		w.observe()
	}
	w.clock.advance(2 * time.Minute)
	w.ecs.finish("t1", 0)
	switch out := w.observe(); {
	case out.Next != StepDone:
		t.Errorf("out.Next is %v, want %v", out.Next, StepDone)
	case summary(w.run()) != "SUCCEEDED  exit=0":
		t.Error("summary(w.run()) is not \"SUCCEEDED exit=0\"")
	}
}

func TestStopsAreMarkedBeforeTheyAreAsked(t *testing.T) {
	w := placed(t, 2)
	w.clock.advance(15 * time.Minute)
	var marked []bool
	w.ecs.stopRequested = func(*TaskState) {
		for _, task := range w.run().attempt().Tasks {
			marked = append(marked, task.Stop.AskedAt.Equal(after(15*time.Minute)) && task.Stop.StopCalls == 1)
		}
	}
	out := w.follow("token")
	switch {
	case len(marked) != 4:
		t.Errorf("len(marked) is %v, want 4", len(marked))
	case !marked[0]:
		t.Error("marked[0] is false, want true")
	case !marked[3]:
		t.Error("marked[3] is false, want true")
	case w.ecs.count("Stop") != 2:
		t.Error("w.ecs.count(\"Stop\") is not 2")
	}
	switch {
	case out.Next != StepFollow:
		t.Errorf("out.Next is %v, want %v", out.Next, StepFollow)
	case out.WaitSeconds != 120:
		t.Errorf("out.WaitSeconds is %v, want 120", out.WaitSeconds)
	case w.run().Status != Stopping:
		t.Error("w.run().Status is not Stopping")
	}
	if w.ecs.reasons[0] != "Davit: not RUNNING within startTimeoutSeconds (900)" {
		t.Errorf("%q", w.ecs.reasons[0])
	}
	w.clock.advance(119 * time.Second)
	w.observe()
	if w.ecs.count("Stop") != 2 {
		t.Error("asked again too early")
	}
	w.clock.advance(time.Second)
	w.observe()
	if w.ecs.count("Stop") != 4 || w.run().attempt().Tasks[0].Stop.StopCalls != 2 {
		t.Error("a task that does not stop is asked again")
	}
}

func TestAStopThatECSDoesNotTakeIsUnmarked(t *testing.T) {
	w := placed(t, 2)
	w.clock.advance(15 * time.Minute)
	w.ecs.fails["Stop"] = []error{throttled(), nil}
	_, err := w.observer().Step(context.Background(), w.input())
	tasks := w.run().attempt().Tasks
	switch {
	case CodeOf(err) != CodeThrottled:
		t.Fatalf("CodeOf(err) is %v, want %v", CodeOf(err), CodeThrottled)
	case !tasks[0].Stop.AskedAt.IsZero():
		t.Fatal("tasks[0].Stop.AskedAt.IsZero() is false, want true")
	case tasks[1].Stop.AskedAt.IsZero():
		t.Fatal("tasks[1].Stop.AskedAt.IsZero() is true, want false")
	}
	w.observe()
	if w.ecs.count("Stop") != 3 {
		t.Errorf("%v", w.ecs.calls)
	}
	w = placed(t, 1)
	w.clock.advance(15 * time.Minute)
	w.ecs.fails["Stop"] = []error{&EngineError{Operation: "StopTask", Code: "InvalidParameterException", Message: "The referenced task was not found.", Unknown: true}}
	switch out := w.observe(); {
	case out.Next != StepFollow:
		t.Errorf("a task that ECS no longer knows is left to the next look: out.Next is %v, want %v", out.Next, StepFollow)
	case w.run().attempt().Tasks[0].Stop.AskedAt.IsZero():
		t.Error("a task that ECS no longer knows is left to the next look: w.run().attempt().Tasks[0].Stop.AskedAt.IsZero() is true, want false")
	}
}

func TestObserveRepeatsAfterAConflict(t *testing.T) {
	w := placed(t, 1)
	w.clock.advance(time.Minute)
	w.store.otherWriters = []func(*Run){func(r *Run) { r.Stop = &StopOrder{Cause: ByCaller, At: start} }}
	w.observe()
	if w.run().Status != Stopping || w.ecs.count("Stop") != 1 {
		t.Errorf("%s %v", w.run().Status, w.ecs.calls)
	}
}

// nearLastObservation is a fixture whose execution has made as many turns as one may, less one.
func nearLastObservation(t *testing.T) *fixture {
	w := placed(t, 1)
	w.store.mu.Lock()
	r := w.store.get(testID)
	r.Observations = maxObservations - 1
	w.store.put(r)
	w.store.mu.Unlock()
	w.clock.advance(time.Minute)
	return w
}

func TestTheNextGenerationTakesOver(t *testing.T) {
	w := nearLastObservation(t)
	in := w.input()
	in.Token = "token"
	out, err := w.observer().Step(context.Background(), in)
	r := w.run()
	switch {
	case err != nil:
		t.Errorf("error %v", err)
	case out.Next != StepDone:
		t.Errorf("out.Next is %v, want %v", out.Next, StepDone)
	case r.Generation != 2:
		t.Errorf("r.Generation is %v, want 2", r.Generation)
	case r.Observations != 0:
		t.Errorf("r.Observations is %v, want 0", r.Observations)
	case r.Waiting != nil:
		t.Errorf("r.Waiting is %v, want nil", r.Waiting)
	}
	switch {
	case len(w.workflow.starts) != 1:
		t.Errorf("len(w.flow.starts) is %v, want 1", len(w.workflow.starts))
	case w.workflow.starts[0] != r.execution():
		t.Error("w.flow.starts[0] is not r.execution()")
	case len(w.workflow.woken()) != 1:
		t.Error("len(w.flow.woken()) is not 1")
	}
	switch again := w.launch(); {
	case again.Next != StepFollow:
		t.Errorf("the successor goes on: again.Next is %v, want %v", again.Next, StepFollow)
	case again.Generation != 2:
		t.Errorf("the successor goes on: again.Generation is %v, want 2", again.Generation)
	}
}

func TestASuccessorThatCouldNotBeStarted(t *testing.T) {
	w := nearLastObservation(t)
	in := w.input()
	w.workflow.fails = []error{errors.New("away"), errors.New("away")}
	for range 2 {
		if _, err := w.observer().Step(context.Background(), in); err == nil {
			t.Fatal("no error")
		}
	}
	out, err := w.observer().Step(context.Background(), in)
	switch {
	case err != nil:
		t.Errorf("error %v", err)
	case out.Next != StepDone:
		t.Errorf("out.Next is %v, want %v", out.Next, StepDone)
	case len(w.workflow.starts) != 3:
		t.Errorf("len(w.flow.starts) is %v, want 3", len(w.workflow.starts))
	case w.run().Generation != 2:
		t.Error("w.run().Generation is not 2")
	}
	w = nearLastObservation(t)
	w.workflow.fails = []error{ErrExecutionExists}
	if out := w.observe(); out.Next != StepDone {
		t.Errorf("out.Next is %v, want %v", out.Next, StepDone)
	}
}

// TestASuccessorThatNobodyStarted: all repetitions of the step failed, so the sweep starts it.
func TestASuccessorThatNobodyStarted(t *testing.T) {
	w := nearLastObservation(t)
	w.workflow.fails = []error{errors.New("away")}
	_, _ = w.observer().Step(context.Background(), w.input())
	w.clock.advance(5 * time.Minute)
	w.sweep()
	switch got := w.workflow.starts; {
	case len(got) != 2:
		t.Errorf("len(got) is %v, want 2", len(got))
	case got[1].Generation != 2:
		t.Errorf("got[1].Generation is %v, want 2", got[1].Generation)
	}
}

func TestAHandOverDoesNotForgetAStop(t *testing.T) {
	w := nearLastObservation(t)
	w.clock.advance(15 * time.Minute)
	w.observe()
	if w.ecs.count("Stop") != 1 {
		t.Errorf("%v", w.ecs.calls)
	}
	w.clock.advance(time.Second)
	w.observe()
	if w.run().Generation != 2 {
		t.Error("the turn after hands over")
	}
}

// TestRefusalsHandOverToo: while a launch is refused, every observation's answer is to launch again.
func TestRefusalsHandOverToo(t *testing.T) {
	w := polling(ready(t, 1))
	w.ecs.launches = []launchFault{{err: throttled()}}
	w.launch()
	w.store.mu.Lock()
	r := w.store.get(testID)
	r.Observations = maxObservations
	w.store.put(r)
	w.store.mu.Unlock()
	w.clock.advance(time.Minute)
	switch out := w.observe(); {
	case out.Next != StepDone:
		t.Errorf("out.Next is %v, want %v", out.Next, StepDone)
	case w.run().Generation != 2:
		t.Error("w.run().Generation is not 2")
	}
	switch out := w.launch(); {
	case out.Next != StepPause:
		t.Errorf("out.Next is %v, want %v", out.Next, StepPause)
	case len(w.ecs.tasks) != 1:
		t.Errorf("len(w.ecs.tasks) is %v, want 1", len(w.ecs.tasks))
	}
}

func TestObserveDoesNothingForTheReplaced(t *testing.T) {
	w := placed(t, 1)
	w.clock.advance(time.Hour)
	for _, change := range []func(*StepInput){func(in *StepInput) { in.Generation = 7 }, func(in *StepInput) { in.Incarnation = "otherone" }, func(in *StepInput) { in.RunID = keyID("a", "b") }} {
		in := w.input()
		change(&in)
		writes := w.store.writes
		out, err := w.observer().Step(context.Background(), in)
		switch {
		case err != nil:
			t.Errorf("error %v", err)
		case out.Next != StepDone:
			t.Errorf("out.Next is %v, want %v", out.Next, StepDone)
		case w.store.writes != writes:
			t.Errorf("w.store.writes is %v, want %v", w.store.writes, writes)
		case w.ecs.count("Describe") > 0:
			t.Error("got w.ecs.count(\"Describe\") > 0")
		case len(w.workflow.starts) > 0:
			t.Errorf("len(w.flow.starts) is %v, want at most %v", len(w.workflow.starts), 0)
		}
	}
}

// TestAFollowThatWouldWaitForTooLong: its time-out is the answer of the step before. Where the facts want an earlier look, it
// is answered at once and leads into a Follow that waits for less.
func TestAFollowThatWouldWaitForTooLong(t *testing.T) {
	for _, c := range []struct {
		seconds int // of the state's own time-out
		stays   bool
	}{{10, true}, {120, true}, {122, true}, {123, false}, {86_400, false}} {
		w := placed(t, 1)
		w.stop("")
		in := w.input()
		in.Token, in.WaitSeconds = "token", c.seconds
		out, err := w.observer().Step(context.Background(), in)
		switch {
		case err != nil:
			t.Fatalf("error %v", err)
		case out.Next != StepFollow:
			t.Fatalf("out.Next is %v, want %v", out.Next, StepFollow)
		case out.WaitSeconds != 120:
			t.Fatalf("out.WaitSeconds is %v, want 120", out.WaitSeconds)
		}
		switch woken := w.workflow.woken(); {
		case (len(woken) == 0) != c.stays:
			t.Errorf("(len(woken) == 0) is %v, want %v", (len(woken) == 0), c.stays)
		case (w.run().Waiting != nil) != c.stays:
			t.Error("(w.run().Waiting != nil) is not c.stays")
		}
	}
}
