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
	if w.store.writes != before+1 || r.Waiting == nil || r.Waiting.Token != "token" || r.Status != Running {
		t.Errorf("%d writes, %+v %s", w.store.writes-before, r.Waiting, r.Status)
	}
	if out.Next != StepFollow || out.WaitSeconds != 86_400 || !r.Waiting.Due.Equal(after(time.Minute+24*time.Hour)) || len(w.flow.woken()) > 0 {
		t.Errorf("%+v until %v", out, r.Waiting.Due)
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
			if err != nil || out.Next != c.next {
				t.Fatalf("%+v %v", out, err)
			}
			woken := w.flow.woken()
			if len(woken) != 1 || woken[0].token != "token" || woken[0].answer != out {
				t.Errorf("%+v", woken)
			}
			if r := w.run(); r.Waiting != nil {
				t.Errorf("%+v", r.Waiting)
			}
		})
	}
}

func TestFollowWhoseTokenIsGone(t *testing.T) {
	w := placed(t, 1)
	w.flow.gone = map[string]bool{"token": true}
	w.clock.advance(time.Minute)
	w.ecs.finish("t1", 0)
	if out := w.follow("token"); out.Next != StepDone {
		t.Errorf("%+v", out)
	}
	w = placed(t, 1)
	w.flow.wake = errors.New("Step Functions is away")
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
	if out := w.observe(); out.Next != StepDone || summary(w.run()) != "LOST LOST exit=-" {
		t.Errorf("%+v %s", out, summary(w.run()))
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
	if out := w.observe(); out.Next != StepDone || summary(w.run()) != "SUCCEEDED  exit=0" {
		t.Errorf("%+v %s", out, summary(w.run()))
	}
}

func TestStopsAreMarkedBeforeTheyAreAsked(t *testing.T) {
	w := placed(t, 2)
	w.clock.advance(15 * time.Minute)
	var marked []bool
	w.ecs.asked = func(*TaskState) {
		for _, task := range w.run().attempt().Tasks {
			marked = append(marked, task.Stop.AskedAt.Equal(after(15*time.Minute)) && task.Stop.StopCalls == 1)
		}
	}
	out := w.follow("token")
	if len(marked) != 4 || !marked[0] || !marked[3] || w.ecs.count("Stop") != 2 {
		t.Errorf("%v, %v", marked, w.ecs.calls)
	}
	if out.Next != StepFollow || out.WaitSeconds != 120 || w.run().Status != Stopping {
		t.Errorf("%+v %s", out, w.run().Status)
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
	if CodeOf(err) != CodeThrottled || !tasks[0].Stop.AskedAt.IsZero() || tasks[1].Stop.AskedAt.IsZero() {
		t.Fatalf("%v %+v %+v", err, tasks[0].Stop, tasks[1].Stop)
	}
	w.observe()
	if w.ecs.count("Stop") != 3 {
		t.Errorf("%v", w.ecs.calls)
	}
	w = placed(t, 1)
	w.clock.advance(15 * time.Minute)
	w.ecs.fails["Stop"] = []error{&EngineError{Operation: "StopTask", Code: "InvalidParameterException", Message: "The referenced task was not found.", Unknown: true}}
	if out := w.observe(); out.Next != StepFollow || w.run().attempt().Tasks[0].Stop.AskedAt.IsZero() {
		t.Errorf("a task that ECS no longer knows is left to the next look: %+v", out)
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

// tired is a fixture whose execution has made as many turns as one may, less one.
func tired(t *testing.T) *fixture {
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
	w := tired(t)
	in := w.input()
	in.Token = "token"
	out, err := w.observer().Step(context.Background(), in)
	r := w.run()
	if err != nil || out.Next != StepDone || r.Generation != 2 || r.Observations != 0 || r.Waiting != nil {
		t.Errorf("%+v %v, generation %d", out, err, r.Generation)
	}
	if len(w.flow.starts) != 1 || w.flow.starts[0] != r.execution() || len(w.flow.woken()) != 1 {
		t.Errorf("%+v", w.flow.starts)
	}
	if again := w.launch(); again.Next != StepFollow || again.Generation != 2 {
		t.Errorf("the successor goes on: %+v", again)
	}
}

func TestASuccessorThatCouldNotBeStarted(t *testing.T) {
	w := tired(t)
	in := w.input()
	w.flow.fails = []error{errors.New("away"), errors.New("away")}
	for range 2 {
		if _, err := w.observer().Step(context.Background(), in); err == nil {
			t.Fatal("no error")
		}
	}
	out, err := w.observer().Step(context.Background(), in)
	if err != nil || out.Next != StepDone || len(w.flow.starts) != 3 || w.run().Generation != 2 {
		t.Errorf("%+v %v %+v", out, err, w.flow.starts)
	}
	w = tired(t)
	w.flow.fails = []error{ErrExecutionExists}
	if out := w.observe(); out.Next != StepDone {
		t.Errorf("%+v", out)
	}
}

// TestASuccessorThatNobodyStarted: all repetitions of the step failed, so the sweep starts it.
func TestASuccessorThatNobodyStarted(t *testing.T) {
	w := tired(t)
	w.flow.fails = []error{errors.New("away")}
	_, _ = w.observer().Step(context.Background(), w.input())
	w.clock.advance(5 * time.Minute)
	w.sweep()
	if got := w.flow.starts; len(got) != 2 || got[1].Generation != 2 {
		t.Errorf("%+v", got)
	}
}

func TestAHandOverDoesNotForgetAStop(t *testing.T) {
	w := tired(t)
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
	if out := w.observe(); out.Next != StepDone || w.run().Generation != 2 {
		t.Errorf("%+v generation %d", out, w.run().Generation)
	}
	if out := w.launch(); out.Next != StepPause || len(w.ecs.tasks) != 1 {
		t.Errorf("%+v", out)
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
		if err != nil || out.Next != StepDone || w.store.writes != writes || w.ecs.count("Describe") > 0 || len(w.flow.starts) > 0 {
			t.Errorf("%+v %v", out, err)
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
		if err != nil || out.Next != StepFollow || out.WaitSeconds != 120 {
			t.Fatalf("%+v %v", out, err)
		}
		if woken := w.flow.woken(); (len(woken) == 0) != c.stays || (w.run().Waiting != nil) != c.stays {
			t.Errorf("%d s: %+v %+v", c.seconds, woken, w.run().Waiting)
		}
	}
}
