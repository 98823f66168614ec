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
	switch {
	case intent == nil:
		t.Fatal("intent is nil")
	case intent.Status != Launching:
		t.Fatalf("intent.Status is %v, want %v", intent.Status, Launching)
	case intent.attempt().Open == nil:
		t.Fatal("intent.attempt().Open is nil")
	}
	call := intent.attempt().Open
	in := w.ecs.inputs[0]
	switch {
	case in.Token != call.Token:
		t.Errorf("in.Token is %v, want %v", in.Token, call.Token)
	case in.Count != 2:
		t.Errorf("in.Count is %v, want 2", in.Count)
	case in.StartedBy != intent.attempt().StartedBy:
		t.Errorf("in.StartedBy is %v, want %v", in.StartedBy, intent.attempt().StartedBy)
	case in.Op != RunTask:
		t.Errorf("in.Op is %v, want %v", in.Op, RunTask)
	case !call.Unclear:
		t.Error("call.Unclear is false, want true")
	}
	r := w.run()
	switch {
	case r.Status != Pending:
		t.Errorf("r.Status is %v, want %v", r.Status, Pending)
	case r.attempt().Open != nil:
		t.Errorf("r.attempt().Open is %v, want nil", r.attempt().Open)
	case len(r.attempt().Tasks) != 2:
		t.Errorf("len(r.attempt().Tasks) is %v, want 2", len(r.attempt().Tasks))
	case out.Next != StepFollow:
		t.Errorf("out.Next is %v, want %v", out.Next, StepFollow)
	}
	if !r.StepAt.Equal(start) || !r.LastHeardAt.Equal(start) {
		t.Errorf("step at %v, fresh at %v", r.StepAt, r.LastHeardAt)
	}
}

func TestLaunchWithoutTaskEventsPolls(t *testing.T) {
	w := polling(ready(t, 1))
	switch out := w.launch(); {
	case out.Next != StepPause:
		t.Errorf("out.Next is %v, want %v", out.Next, StepPause)
	case out.WaitSeconds != 2:
		t.Errorf("out.WaitSeconds is %v, want 2", out.WaitSeconds)
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
			switch {
			case err != nil:
				t.Errorf("error %v", err)
			case out.Next != StepDone:
				t.Errorf("out.Next is %v, want %v", out.Next, StepDone)
			case out.Execution != in.Execution:
				t.Errorf("out.Execution is %v, want %v", out.Execution, in.Execution)
			case len(w.ecs.inputs) > 0:
				t.Errorf("len(w.ecs.inputs) is %v, want at most %v", len(w.ecs.inputs), 0)
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
			switch {
			case r.attempt().Open == nil:
				t.Fatal("r.attempt().Open is nil")
			case !r.attempt().Open.Unclear:
				t.Fatal("r.attempt().Open.Unclear is false, want true")
			}
			w.clock.advance(3 * time.Second)
			w.launch()
			switch {
			case len(w.ecs.inputs) != 2:
				t.Errorf("len(w.ecs.inputs) is %v, want 2", len(w.ecs.inputs))
			case w.ecs.inputs[0].Raw != w.ecs.inputs[1].Raw:
				t.Errorf("w.ecs.inputs[0].Raw is %v, want %v", w.ecs.inputs[0].Raw, w.ecs.inputs[1].Raw)
			}
			r = w.run()
			switch {
			case len(w.ecs.tasks) != 2:
				t.Errorf("len(w.ecs.tasks) is %v, want 2", len(w.ecs.tasks))
			case len(r.attempt().Tasks) != 2:
				t.Errorf("len(r.attempt().Tasks) is %v, want 2", len(r.attempt().Tasks))
			case r.attempt().Open != nil:
				t.Errorf("r.attempt().Open is %v, want nil", r.attempt().Open)
			case r.attempt().Calls != 1:
				t.Errorf("r.attempt().Calls is %v, want 1", r.attempt().Calls)
			}
		})
	}
}

func TestARefusedRestIsAskedForUnderANewToken(t *testing.T) {
	w := ready(t, 3)
	w.ecs.launches = []launchFault{{failures: []Failure{{Reason: "RESOURCE:CPU"}}}, {err: throttled()}}
	switch out := w.launch(); {
	case out.Next != StepFollow:
		t.Errorf("out.Next is %v, want %v", out.Next, StepFollow)
	case out.WaitSeconds > 5:
		t.Errorf("out.WaitSeconds is %v, want at most %v", out.WaitSeconds, 5)
	}
	w.clock.advance(5 * time.Second)
	w.launch()
	w.clock.advance(time.Minute)
	w.launch()
	in := w.ecs.inputs
	switch {
	case len(in) != 3:
		t.Fatalf("len(in) is %v, want 3", len(in))
	case in[0].Count != 3:
		t.Fatalf("in[0].Count is %v, want 3", in[0].Count)
	case in[1].Count != 1:
		t.Fatalf("in[1].Count is %v, want 1", in[1].Count)
	case in[2].Count != 1:
		t.Fatalf("in[2].Count is %v, want 1", in[2].Count)
	}
	if in[0].Token == in[1].Token || in[1].Token == in[2].Token {
		t.Error("a definite refusal takes a new token")
	}
	r := w.run()
	switch {
	case len(w.ecs.tasks) != 3:
		t.Errorf("len(w.ecs.tasks) is %v, want 3", len(w.ecs.tasks))
	case len(r.attempt().Tasks) != 3:
		t.Errorf("len(r.attempt().Tasks) is %v, want 3", len(r.attempt().Tasks))
	case r.attempt().Calls != 3:
		t.Errorf("r.attempt().Calls is %v, want 3", r.attempt().Calls)
	case len(r.attempt().Refusals) != 2:
		t.Errorf("len(r.attempt().Refusals) is %v, want 2", len(r.attempt().Refusals))
	}
}

func TestLaunchBeforeItsTimeWaits(t *testing.T) {
	w := ready(t, 1)
	w.ecs.launches = []launchFault{{err: throttled()}}
	w.launch()
	out := w.launch()
	switch {
	case len(w.ecs.inputs) != 1:
		t.Errorf("len(w.ecs.inputs) is %v, want 1", len(w.ecs.inputs))
	case out.Next != StepFollow:
		t.Errorf("out.Next is %v, want %v", out.Next, StepFollow)
	case out.WaitSeconds > 2:
		t.Errorf("out.WaitSeconds is %v, want at most %v", out.WaitSeconds, 2)
	}
}

func TestARefusalForGoodEndsTheRun(t *testing.T) {
	w := ready(t, 1)
	w.ecs.launches = []launchFault{{err: refusal("ClientException", "TaskDefinition is inactive")}}
	if out := w.launch(); out.Next != StepDone {
		t.Errorf("out.Next is %v, want %v", out.Next, StepDone)
	}
	r := w.run()
	switch {
	case summary(r) != "FAILED INVALID exit=-":
		t.Errorf("summary(r) is %v, want FAILED INVALID exit=-", summary(r))
	case r.StatusReason != "ClientException: TaskDefinition is inactive":
		t.Errorf("r.StatusReason is %v, want ClientException: TaskDefinition is inactive", r.StatusReason)
	case !r.SweepAt.IsZero():
		t.Error("r.SweepAt.IsZero() is false, want true")
	case !r.Expires.Equal(start.Add(DefaultRetention)):
		t.Errorf("r.Expires is %v, want %v", r.Expires, start.Add(DefaultRetention))
	}
}

func TestLaunch_4xxAfterAnUnclearTry_IsBelievedAfterTwoLooks(t *testing.T) {
	for _, carried := range []bool{true, false} {
		w := ready(t, 2)
		w.ecs.launches = []launchFault{{err: lostReply(), carried: carried}, {err: refusal("InvalidParameterException", "no")}}
		w.launch()
		w.clock.advance(3 * time.Second)
		r := w.launchUntilSettled(5 * time.Minute)
		if got := len(w.ecs.inputs); got != 2 {
			t.Errorf("carried %v: %d launch calls, want 2", carried, got)
		}
		if got := len(w.ecs.tasks); carried && got != 2 {
			t.Errorf("%d tasks in ECS, want 2", got)
		}
		if a := r.attempt(); carried && (len(a.Tasks) != 2 || a.Open != nil) {
			t.Errorf("the record has %d tasks, open call %v, want 2 and none", len(a.Tasks), a.Open)
		}
		if !carried && summary(r) != "FAILED INVALID exit=-" {
			t.Errorf("not carried out: %s", summary(r))
		}
	}
}

// The look itself is not answered, so the call stays unclear.
func TestLaunch_4xxAfterAnUnclearTry_AFailedLookIsRepeated(t *testing.T) {
	w := ready(t, 1)
	w.ecs.launches = []launchFault{{err: lostReply(), carried: true}, {err: refusal("InvalidParameterException", "no")}}
	w.launch()
	w.clock.advance(3 * time.Second)
	w.launch()
	w.ecs.fails["List"] = []error{serverFault()}
	w.launch()
	switch a := w.run().attempt(); {
	case a.Open == nil:
		t.Fatal("the call was closed by a look that failed")
	case a.Open.Reconciliations != 0:
		t.Fatalf("%d looks counted, want none", a.Open.Reconciliations)
	case a.GivenUp != nil:
		t.Fatalf("given up: %v", a.GivenUp)
	}
	w.clock.advance(time.Minute)
	w.launch()
	switch a := w.run().attempt(); {
	case len(a.Tasks) != 1:
		t.Errorf("the record has %d tasks, want 1", len(a.Tasks))
	case len(w.ecs.tasks) != 1:
		t.Errorf("%d tasks in ECS, want 1", len(w.ecs.tasks))
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
			if out.Next == StepLaunch {
				out = w.launch()
			}
			r := w.run()
			switch {
			case r.Status != Pending:
				t.Errorf("r.Status is %v, want %v", r.Status, Pending)
			case len(r.attempt().Tasks) != 2:
				t.Errorf("len(r.attempt().Tasks) is %v, want 2", len(r.attempt().Tasks))
			case out.Next != StepFollow:
				t.Errorf("out.Next is %v, want %v", out.Next, StepFollow)
			case len(w.ecs.inputs) != 1:
				t.Errorf("len(w.ecs.inputs) is %v, want 1", len(w.ecs.inputs))
			}
		})
	}
	w := ready(t, 1)
	w.ecs.launches = []launchFault{{err: conflict(arnOf("t1")), carried: true}}
	w.ecs.fails["Describe"] = []error{throttled()}
	w.launch()
	switch a := w.run().attempt(); {
	case len(a.Tasks) != 1:
		t.Errorf("tasks that ECS does not describe are known by name: len(a.Tasks) is %v, want 1", len(a.Tasks))
	case a.Tasks[0].ARN != arnOf("t1"):
		t.Error("tasks that ECS does not describe are known by name: a.Tasks[0].ARN is not arnOf(\"t1\")")
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
		w.clock.advance(tokenLife + time.Second)
		r := w.launchUntilSettled(5 * time.Minute)
		if len(w.ecs.inputs) != 1 {
			t.Errorf("carried %v: launched again", carried)
		}
		if carried && (len(r.attempt().Tasks) != 2 || r.Status.Terminal()) {
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
	w.clock.advance(tokenLife)
	w.launch()
	switch {
	case len(w.ecs.inputs) != 2:
		t.Errorf("len(w.ecs.inputs) is %v, want 2", len(w.ecs.inputs))
	case len(w.run().attempt().Tasks) != 1:
		t.Error("len(w.run().attempt().Tasks) is not 1")
	}
}

// TestEventsCanMakeAnUnclearCallClear: every task of the call is known, so nothing is left to ask.
func TestEventsCanMakeAnUnclearCallClear(t *testing.T) {
	w := ready(t, 1)
	w.ecs.launches = []launchFault{{err: lostReply(), carried: true}}
	w.launch()
	w.handle(w.ecs.set("t1", "RUNNING", startedAt(start)))
	w.clock.advance(2 * time.Hour)
	switch out := w.launch(); {
	case out.Next == StepDone:
		t.Errorf("out.Next is %v", out.Next)
	case len(w.ecs.inputs) != 1:
		t.Errorf("len(w.ecs.inputs) is %v, want 1", len(w.ecs.inputs))
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
	switch r := w.run(); {
	case len(w.ecs.inputs) != 1:
		t.Errorf("len(w.ecs.inputs) is %v, want 1", len(w.ecs.inputs))
	case len(r.attempt().Tasks) != 1:
		t.Errorf("len(r.attempt().Tasks) is %v, want 1", len(r.attempt().Tasks))
	case r.Observations != 2:
		t.Errorf("r.Observations is %v, want 2", r.Observations)
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
	switch a := w.run().attempt(); {
	case a.Open == nil:
		t.Error("the lost reply is on record: a.Open is nil")
	case a.Open.NotBefore.Equal(start):
		t.Error("the lost reply is on record: a.Open.NotBefore.Equal(start) is true, want false")
	}
}
