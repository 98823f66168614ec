package run

import (
	"context"
	"testing"
	"time"

	"davit/internal/jsontree"
)

// ready is a fixture with a recorded run that an execution is about to launch.
func ready(t *testing.T, count int, changes ...func(*Run)) *fixture {
	w := newFixture(t)
	w.record(newRun(count, changes...))
	return w
}

func TestLaunchWritesTheCallDownFirst(t *testing.T) {
	w := ready(t, 2)
	var intent *Run
	w.ecs.launches = []launchFault{{during: func() { intent = w.run() }}}
	out := w.launch()
	if intent == nil || intent.Status != Launching || intent.attempt().Open == nil {
		t.Fatalf("during the call the record says %+v", intent)
	}
	call := intent.attempt().Open
	in := w.ecs.inputs[0]
	if in.Token != call.Token || in.Count != 2 || in.StartedBy != intent.attempt().StartedBy || in.Op != RunTask || !call.Unclear {
		t.Errorf("%+v, written down %+v", in, call)
	}
	r := w.run()
	if r.Status != Pending || r.attempt().Open != nil || len(r.attempt().Tasks) != 2 || out.Next != StepFollow {
		t.Errorf("%s %+v", r.Status, out)
	}
	if !r.StepAt.Equal(start) || !r.LastHeardAt.Equal(start) {
		t.Errorf("step at %v, fresh at %v", r.StepAt, r.LastHeardAt)
	}
}

func TestLaunchWithoutTaskEventsPolls(t *testing.T) {
	w := polling(ready(t, 1))
	if out := w.launch(); out.Next != StepPause || out.WaitSeconds != 2 {
		t.Errorf("%+v", out)
	}
}

func TestLaunchDoesNothing(t *testing.T) {
	for _, c := range []struct {
		name   string
		change func(*Run)
		in     func(*StepInput)
	}{
		{"for another generation", func(r *Run) { r.Generation = 2 }, func(in *StepInput) { in.Generation = 1 }},
		{"for another born", func(*Run) {}, func(in *StepInput) { in.Incarnation = "otherone" }},
		{"for a terminal run", func(r *Run) { r.Status, r.StoppedAt = Failed, &start }, func(*StepInput) {}},
		{"for no run", func(*Run) {}, func(in *StepInput) { in.RunID = keyID("a", "b") }},
		{"when stopped before", func(r *Run) { r.Stop = &StopOrder{Cause: ByCaller} }, func(*StepInput) {}},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := ready(t, 1, c.change)
			in := w.input()
			c.in(&in)
			out, err := w.launcher().Step(context.Background(), in)
			if err != nil || out.Next != StepDone || out.Execution != in.Execution || len(w.ecs.inputs) > 0 {
				t.Errorf("%+v %v, %d calls", out, err, len(w.ecs.inputs))
			}
		})
	}
}

func TestLaunchPinsTheRevisionThatSubmitCouldNot(t *testing.T) {
	w := ready(t, 1, func(r *Run) { r.Definition, r.Resolved = nil, []byte(`{"taskDefinition":"job"}`) })
	w.launch()
	r := w.run()
	if r.Definition == nil || jsontree.StringMember(r.Resolved, "taskDefinition") != "arn:job:1" || jsontree.StringMember([]byte(w.ecs.inputs[0].Raw), "taskDefinition") != "arn:job:1" {
		t.Errorf("%s", r.Resolved)
	}
	w = ready(t, 1, func(r *Run) { r.Definition, r.Resolved = nil, []byte(`{"taskDefinition":"job"}`) })
	w.catalog.definErr = throttled()
	w.launch()
	if r := w.run(); r.Definition != nil || len(r.attempt().Tasks) != 1 {
		t.Errorf("without a definition it launches all the same: %s", r.Status)
	}
}

// TestACrashRepeatsTheSameCall: the second try has the token and the bytes of the first, and nothing is launched twice.
func TestACrashRepeatsTheSameCall(t *testing.T) {
	for _, c := range []struct {
		name  string
		fault func(w *fixture)
	}{
		{"before the call", func(w *fixture) { w.ecs.launches = []launchFault{{err: lostReply()}} }},
		{"after the call", func(w *fixture) { w.ecs.launches = []launchFault{{err: lostReply(), carried: true}} }},
		{"5xx, carried out", func(w *fixture) { w.ecs.launches = []launchFault{{err: serverFault(), carried: true}} }},
		{"while the reply was being written", func(w *fixture) { w.store.fail = dieAt(2) }},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := ready(t, 2)
			c.fault(w)
			_, _ = w.launcher().Step(context.Background(), w.input()) // it may die
			r := w.run()
			if r.attempt().Open == nil || !r.attempt().Open.Unclear {
				t.Fatalf("%+v", r.attempt())
			}
			w.clock.advance(3 * time.Second)
			w.launch()
			if len(w.ecs.inputs) != 2 || w.ecs.inputs[0].Raw != w.ecs.inputs[1].Raw {
				t.Errorf("%+v", w.ecs.inputs)
			}
			r = w.run()
			if len(w.ecs.tasks) != 2 || len(r.attempt().Tasks) != 2 || r.attempt().Open != nil || r.attempt().Calls != 1 {
				t.Errorf("%d tasks, %+v", len(w.ecs.tasks), r.attempt())
			}
		})
	}
}

func TestARefusedRestIsAskedForUnderANewToken(t *testing.T) {
	w := ready(t, 3)
	w.ecs.launches = []launchFault{{failures: []Failure{{Reason: "RESOURCE:CPU"}}}, {err: throttled()}}
	if out := w.launch(); out.Next != StepFollow || out.WaitSeconds > 5 {
		t.Errorf("%+v", out)
	}
	w.clock.advance(5 * time.Second)
	w.launch()
	w.clock.advance(time.Minute)
	w.launch()
	in := w.ecs.inputs
	if len(in) != 3 || in[0].Count != 3 || in[1].Count != 1 || in[2].Count != 1 {
		t.Fatalf("%+v", in)
	}
	if in[0].Token == in[1].Token || in[1].Token == in[2].Token {
		t.Error("a definite refusal takes a new token")
	}
	r := w.run()
	if len(w.ecs.tasks) != 3 || len(r.attempt().Tasks) != 3 || r.attempt().Calls != 3 || len(r.attempt().Refusals) != 2 {
		t.Errorf("%+v", r.attempt())
	}
}

func TestLaunchBeforeItsTimeWaits(t *testing.T) {
	w := ready(t, 1)
	w.ecs.launches = []launchFault{{err: throttled()}}
	w.launch()
	out := w.launch()
	if len(w.ecs.inputs) != 1 || out.Next != StepFollow || out.WaitSeconds > 2 {
		t.Errorf("%+v, %d calls", out, len(w.ecs.inputs))
	}
}

func TestARefusalForGoodEndsTheRun(t *testing.T) {
	w := ready(t, 1)
	w.ecs.launches = []launchFault{{err: refusal("ClientException", "TaskDefinition is inactive")}}
	if out := w.launch(); out.Next != StepDone {
		t.Errorf("%+v", out)
	}
	r := w.run()
	if summary(r) != "FAILED INVALID exit=-" || r.StatusReason != "ClientException: TaskDefinition is inactive" || !r.SweepAt.IsZero() || !r.Expires.Equal(start.Add(DefaultRetention)) {
		t.Errorf("%s %q sweep %v expires %v", summary(r), r.StatusReason, r.SweepAt, r.Expires)
	}
}

func TestA4xxAfterAnUnclearTryLooksFirst(t *testing.T) {
	for _, carried := range []bool{true, false} {
		w := ready(t, 2)
		w.ecs.launches = []launchFault{{err: lostReply(), carried: carried}, {err: refusal("InvalidParameterException", "no")}}
		w.launch()
		w.clock.advance(3 * time.Second)
		out := w.launch()
		r := w.run()
		if carried && (len(r.attempt().Tasks) != 2 || r.attempt().Open != nil || out.Next != StepFollow || len(w.ecs.tasks) != 2) {
			t.Errorf("carried out: %+v %+v", r.attempt(), out)
		}
		if !carried && summary(r) != "FAILED INVALID exit=-" {
			t.Errorf("not carried out: %s", summary(r))
		}
	}
}

// TestA4xxAfterAnUnclearTryWhenEcsDoesNotShow: the look itself is not answered, so the call stays unclear.
func TestA4xxAfterAnUnclearTryWhoseLookFails(t *testing.T) {
	w := ready(t, 1)
	w.ecs.launches = []launchFault{{err: lostReply(), carried: true}, {err: refusal("InvalidParameterException", "no")}}
	w.ecs.fails["List"] = []error{serverFault()}
	w.launch()
	w.clock.advance(3 * time.Second)
	w.launch()
	if a := w.run().attempt(); a.Open == nil || a.GivenUp != nil {
		t.Fatalf("%+v", a)
	}
	w.clock.advance(time.Minute)
	w.launch()
	if a := w.run().attempt(); len(a.Tasks) != 1 || len(w.ecs.tasks) != 1 {
		t.Errorf("%+v", a)
	}
}

func TestAConflictIsReconciled(t *testing.T) {
	conflict := func(ids ...string) error {
		return &EngineError{Operation: "RunTask", Code: "ConflictException", Message: "used before", ResourceIDs: ids}
	}
	for _, c := range []struct {
		name string
		err  error
	}{
		{"by its resourceIds", conflict(arnOf("t1"), arnOf("t2"))},
		{"by a look, without any", conflict()},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := ready(t, 2)
			w.ecs.launches = []launchFault{{err: c.err, carried: true}}
			out := w.launch()
			r := w.run()
			if r.Status != Pending || len(r.attempt().Tasks) != 2 || out.Next != StepFollow || len(w.ecs.inputs) != 1 {
				t.Errorf("%s %+v", summary(r), out)
			}
		})
	}
	w := ready(t, 1)
	w.ecs.launches = []launchFault{{err: conflict(arnOf("t1")), carried: true}}
	w.ecs.fails["Describe"] = []error{throttled()}
	w.launch()
	if a := w.run().attempt(); len(a.Tasks) != 1 || a.Tasks[0].ARN != arnOf("t1") {
		t.Errorf("tasks that ECS does not describe are known by name: %+v", a)
	}
	if w.follow("token"); w.run().attempt().Tasks[0].State().Version == 0 {
		t.Error("what is known by name only is looked at as soon as may be")
	}
}

// TestAReplayOfAStoppedTaskIsLookedAt: repeated with its token, a call whose task has ended meanwhile answers with hardly
// more than its ARN. Without a look it would read as never started, and run again.
func TestAReplayOfAStoppedTaskIsLookedAt(t *testing.T) {
	w := ready(t, 1)
	w.ecs.launches = []launchFault{{err: lostReply(), carried: true}}
	w.launch()
	w.ecs.finish("t1", 0)
	w.clock.advance(3 * time.Second)
	w.launch()
	if r := w.run(); summary(r) != "SUCCEEDED  exit=0" {
		t.Errorf("%s %q, attempts %d", summary(r), r.StatusReason, len(r.Attempts))
	}
	w = ready(t, 1)
	w.ecs.launches = []launchFault{{err: lostReply(), carried: true}}
	w.launch()
	w.ecs.finish("t1", 3)
	w.ecs.fails["Describe"] = []error{throttled()}
	w.clock.advance(3 * time.Second)
	w.launch()
	if r := w.run(); r.Status.Terminal() || len(r.Attempts) != 1 {
		t.Fatalf("judged by an answer that says nothing: %s", summary(r))
	}
	w.follow("token")
	if r := w.run(); summary(r) != "FAILED EXIT:3 exit=3" {
		t.Errorf("%s", summary(r))
	}
}

func TestATokenThatIsTooOldIsNotRepeated(t *testing.T) {
	for _, carried := range []bool{true, false} {
		w := ready(t, 2)
		w.ecs.launches = []launchFault{{err: lostReply(), carried: carried}}
		w.launch()
		w.clock.advance(unclearLife + time.Second)
		out := w.launch()
		r := w.run()
		if len(w.ecs.inputs) != 1 {
			t.Errorf("carried %v: launched again", carried)
		}
		if carried && (len(r.attempt().Tasks) != 2 || out.Next == StepDone) {
			t.Errorf("%s", summary(r))
		}
		if !carried && (summary(r) != "LOST LOST exit=-" || !r.attempt().Unclear || r.SweepAt.IsZero()) {
			t.Errorf("%s sweep at %v", summary(r), r.SweepAt)
		}
	}
}

func TestATokenAt50MinutesIsStillRepeated(t *testing.T) {
	w := ready(t, 1)
	w.ecs.launches = []launchFault{{err: lostReply(), carried: true}}
	w.launch()
	w.clock.advance(unclearLife)
	w.launch()
	if len(w.ecs.inputs) != 2 || len(w.run().attempt().Tasks) != 1 {
		t.Errorf("%+v", w.run().attempt())
	}
}

// TestEventsCanMakeAnUnclearCallClear: every task of the call is known, so nothing is left to ask.
func TestEventsCanMakeAnUnclearCallClear(t *testing.T) {
	w := ready(t, 1)
	w.ecs.launches = []launchFault{{err: lostReply(), carried: true}}
	w.launch()
	w.handle(w.ecs.set("t1", "RUNNING", startedAt(start)))
	w.clock.advance(2 * time.Hour)
	if out := w.launch(); out.Next == StepDone || len(w.ecs.inputs) != 1 {
		t.Errorf("%+v %s", out, summary(w.run()))
	}
	w.handle(w.ecs.finish("t1", 3))
	if r := w.run(); summary(r) != "FAILED EXIT:3 exit=3" {
		t.Errorf("%s", summary(r))
	}
}

func TestLaunchRepeatsAfterAConflict(t *testing.T) {
	w := ready(t, 1)
	bump := func(r *Run) { r.Observations++ }
	w.store.otherWriters = []func(*Run){bump, bump}
	w.launch()
	if r := w.run(); len(w.ecs.inputs) != 1 || len(r.attempt().Tasks) != 1 || r.Observations != 2 {
		t.Errorf("%d calls, %+v", len(w.ecs.inputs), r)
	}
	w = ready(t, 1)
	for range 100 {
		w.store.otherWriters = append(w.store.otherWriters, bump)
	}
	if _, err := w.launcher().Step(context.Background(), w.input()); CodeOf(err) != CodeConflict || len(w.ecs.inputs) > 0 {
		t.Errorf("%v, %d calls", err, len(w.ecs.inputs))
	}
}

func TestLaunchRecordsAReplyThoughItsInvocationIsCancelled(t *testing.T) {
	w := ready(t, 1)
	ctx, cancel := context.WithCancel(context.Background())
	w.ecs.launches = []launchFault{{during: cancel}}
	if _, err := w.launcher().Step(ctx, w.input()); err != nil {
		t.Fatal(err)
	}
	if a := w.run().attempt(); a.Open == nil || a.Open.NotBefore.Equal(start) {
		t.Errorf("the lost reply is on record: %+v", a)
	}
}
