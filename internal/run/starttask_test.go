package run

import (
	"reflect"
	"slices"
	"testing"
	"time"
)

// lostStartTask is a StartTask run on instances i1, i2… whose first call's reply was lost; carried says whether ECS carried it out.
func lostStartTask(t *testing.T, carried bool, instances ...string) *fixture {
	w := ready(t, len(instances), onInstances(instances...))
	w.ecs.launches = []launchFault{{err: lostReply(), carried: carried}}
	w.launch()
	w.clock.advance(2 * time.Second)
	return w
}

func TestStartTaskPlacesOnEachInstance(t *testing.T) {
	w := ready(t, 2, onInstances("i1", "i2"))
	w.launch()
	in := w.ecs.inputs
	switch {
	case len(in) != 1:
		t.Errorf("len(in) is %v, want 1", len(in))
	case in[0].Op != StartTask:
		t.Errorf("in[0].Op is %v, want %v", in[0].Op, StartTask)
	case in[0].Token != "":
		t.Errorf("in[0].Token is %v, want ", in[0].Token)
	case in[0].Count != 0:
		t.Errorf("in[0].Count is %v, want 0", in[0].Count)
	case !reflect.DeepEqual(in[0].Instances, []string{"i1", "i2"}):
		t.Errorf("in[0].Instances is %v, want %v", in[0].Instances, []string{"i1", "i2"})
	}
	if r := w.run(); r.Status != Pending || len(r.attempt().Tasks) != 2 {
		t.Errorf("%s", r.Status)
	}
}

// TestStartTaskIsClaimed: while an invocation may still be at it, nobody repeats the call.
func TestStartTaskIsClaimed(t *testing.T) {
	w := ready(t, 1, onInstances("i1"))
	var other StepOutput
	w.ecs.launches = []launchFault{{during: func() { other = w.launch() }}}
	w.launch()
	switch {
	case other.Next != StepFollow:
		t.Errorf("other.Next is %v, want %v", other.Next, StepFollow)
	case other.WaitSeconds != 60:
		t.Errorf("other.WaitSeconds is %v, want 60", other.WaitSeconds)
	case len(w.ecs.inputs) != 1:
		t.Errorf("len(w.ecs.inputs) is %v, want 1", len(w.ecs.inputs))
	}
	w = ready(t, 1, onInstances("i1"))
	w.store.fail = dieAt(2)
	_, _ = w.launcher().Step(t.Context(), w.input())
	w.clock.advance(59 * time.Second)
	switch out := w.launch(); {
	case out.WaitSeconds != 1:
		t.Errorf("out.WaitSeconds is %v, want 1", out.WaitSeconds)
	case w.ecs.count("List") > 0:
		t.Error("got w.ecs.count(\"List\") > 0")
	}
	w.clock.advance(time.Second)
	w.launch()
	switch a := w.run().attempt(); {
	case len(a.Tasks) != 1:
		t.Errorf("past the claim it looks, and finds its task: len(a.Tasks) is %v, want 1", len(a.Tasks))
	case len(w.ecs.tasks) != 1:
		t.Errorf("past the claim it looks, and finds its task: len(w.ecs.tasks) is %v, want 1", len(w.ecs.tasks))
	}
}

func TestStartTaskAdoptsWhatTheLookFinds(t *testing.T) {
	w := lostStartTask(t, true, "i1", "i2")
	w.ecs.set("t1", "RUNNING", startedAt(start))
	out := w.launch()
	r := w.run()
	switch {
	case len(w.ecs.inputs) != 1:
		t.Errorf("len(w.ecs.inputs) is %v, want 1", len(w.ecs.inputs))
	case len(r.attempt().Tasks) != 2:
		t.Errorf("len(r.attempt().Tasks) is %v, want 2", len(r.attempt().Tasks))
	case r.Status != Running:
		t.Errorf("r.Status is %v, want %v", r.Status, Running)
	case out.Next != StepFollow:
		t.Errorf("out.Next is %v, want %v", out.Next, StepFollow)
	}
}

// TestStartTaskLooksAtStoppedTasksToo: one of the two is over already, and the list of the running does not have it.
func TestStartTaskLooksAtStoppedTasksToo(t *testing.T) {
	w := lostStartTask(t, true, "i1", "i2")
	w.ecs.finish("t2", 0)
	w.launch()
	switch {
	case len(w.ecs.inputs) != 1:
		t.Fatalf("len(w.ecs.inputs) is %v, want 1", len(w.ecs.inputs))
	case len(w.run().attempt().Tasks) != 2:
		t.Fatal("len(w.run().attempt().Tasks) is not 2")
	}
	w = lostStartTask(t, true, "i1")
	w.ecs.finish("t1", 0)
	if w.launch(); summary(w.run()) != "SUCCEEDED  exit=0" {
		t.Errorf("%s", summary(w.run()))
	}
}

// TestALaterCallsStoppedTaskIsFoundToo: an earlier call's task runs, the unclear one's has ended.
func TestALaterCallsStoppedTaskIsFoundToo(t *testing.T) {
	w := ready(t, 2, onInstances("i1", "i2"))
	w.ecs.launches = []launchFault{{failures: []Failure{{Reason: "RESOURCE:CPU"}}}, {err: lostReply(), carried: true}}
	w.launch()
	w.clock.advance(10 * time.Second)
	w.launch()
	w.ecs.finish("t2", 0)
	w.clock.advance(10 * time.Second)
	w.launch()
	switch a := w.run().attempt(); {
	case len(a.Tasks) != 2:
		t.Errorf("len(a.Tasks) is %v, want 2", len(a.Tasks))
	case len(w.ecs.tasks) != 2:
		t.Errorf("len(w.ecs.tasks) is %v, want 2", len(w.ecs.tasks))
	case a.Open != nil:
		t.Errorf("a.Open is %v, want nil", a.Open)
	}
	if in := w.ecs.inputs[1].Instances; !slices.Equal(in, []string{"i2"}) {
		t.Errorf("the rest was %v", in)
	}
}

func TestStartTaskStartsAgainAfterTwoEmptyLooks(t *testing.T) {
	w := lostStartTask(t, false, "i1")
	first := w.launch()
	switch a := w.run().attempt(); {
	case a.Open == nil:
		t.Fatal("a.Open is nil")
	case a.Open.Reconciliations != 1:
		t.Fatalf("a.Open.Reconciliations is %v, want 1", a.Open.Reconciliations)
	case first.WaitSeconds != 60:
		t.Fatalf("first.WaitSeconds is %v, want 60", first.WaitSeconds)
	case len(w.ecs.inputs) != 1:
		t.Fatalf("len(w.ecs.inputs) is %v, want 1", len(w.ecs.inputs))
	}
	if w.clock.advance(59 * time.Second); w.launch().Next != StepFollow || w.run().attempt().Open.Reconciliations != 1 {
		t.Error("looks are a minute apart")
	}
	w.clock.advance(time.Second)
	switch out := w.launch(); {
	case out.Next != StepLaunch:
		t.Fatalf("out.Next is %v, want %v", out.Next, StepLaunch)
	case w.run().attempt().Open != nil:
		t.Fatal("w.run().attempt().Open is not nil")
	}
	w.launch()
	switch a := w.run().attempt(); {
	case len(w.ecs.inputs) != 2:
		t.Errorf("len(w.ecs.inputs) is %v, want 2", len(w.ecs.inputs))
	case len(a.Tasks) != 1:
		t.Errorf("len(a.Tasks) is %v, want 1", len(a.Tasks))
	case a.Calls != 2:
		t.Errorf("a.Calls is %v, want 2", a.Calls)
	}
}

func TestStartTaskThatECSShowsLateIsAdopted(t *testing.T) {
	w := lostStartTask(t, true, "i1")
	w.ecs.hidden[arnOf("t1")] = after(30 * time.Second)
	w.launch()
	w.clock.advance(time.Minute)
	w.launch()
	switch {
	case len(w.ecs.inputs) != 1:
		t.Errorf("len(w.ecs.inputs) is %v, want 1", len(w.ecs.inputs))
	case len(w.run().attempt().Tasks) != 1:
		t.Error("len(w.run().attempt().Tasks) is not 1")
	}
}

func TestStartTaskIsLostAfter50Minutes(t *testing.T) {
	w := lostStartTask(t, false, "i1")
	w.launch()
	w.clock.advance(tokenLife)
	w.launch()
	if r := w.run(); summary(r) != "LOST LOST exit=-" || len(w.ecs.inputs) != 1 || !r.attempt().Unclear {
		t.Errorf("%s", summary(r))
	}
}

func TestALookThatIsNotAnsweredIsRepeated(t *testing.T) {
	w := lostStartTask(t, true, "i1")
	w.ecs.fails["List"] = []error{throttled(), serverFault()}
	for range 2 {
		w.launch()
		switch a := w.run().attempt(); {
		case a.Open == nil:
			t.Fatal("a.Open is nil")
		case a.Open.Reconciliations != 0:
			t.Fatalf("a.Open.Reconciliations is %v, want 0", a.Open.Reconciliations)
		}
		w.clock.advance(time.Minute)
	}
	w.launch()
	switch a := w.run().attempt(); {
	case len(a.Tasks) != 1:
		t.Errorf("len(a.Tasks) is %v, want 1", len(a.Tasks))
	case len(w.ecs.inputs) != 1:
		t.Errorf("len(w.ecs.inputs) is %v, want 1", len(w.ecs.inputs))
	}
}

// TestALookThatIsRefusedForGoodEnds: without the permission to list, nothing will ever be found.
func TestALookThatIsRefusedForGoodEnds(t *testing.T) {
	w := lostStartTask(t, true, "i1")
	for range 200 {
		w.ecs.fails["List"] = append(w.ecs.fails["List"], refusal("AccessDeniedException", "not authorized to perform ecs:ListTasks"))
	}
	for range 100 {
		w.launch()
		w.clock.advance(time.Minute)
	}
	switch r := w.run(); {
	case summary(r) != "LOST LOST exit=-":
		t.Errorf("summary(r) is %v, want LOST LOST exit=-", summary(r))
	case !r.attempt().Unclear:
		t.Error("r.attempt().Unclear is false, want true")
	case len(w.ecs.inputs) != 1:
		t.Errorf("len(w.ecs.inputs) is %v, want 1", len(w.ecs.inputs))
	}
}

func TestStartTaskRetriesOnTheInstancesThatFailed(t *testing.T) {
	w := ready(t, 3, onInstances("i1", "i2", "arn:aws:ecs:x:1:container-instance/jobs/i3"))
	w.launch()
	w.handle(w.ecs.finish("t1", 0))
	for _, id := range []string{"t2", "t3"} {
		w.handle(w.ecs.set(id, "STOPPED", code("TaskFailedToStart"), stoppedAt(start)))
	}
	w.clock.advance(10 * time.Second)
	w.launch()
	switch in := w.ecs.inputs; {
	case len(in) != 2:
		t.Errorf("len(in) is %v, want 2", len(in))
	case !slices.Equal(in[1].Instances, []string{"i2", "arn:aws:ecs:x:1:container-instance/jobs/i3"}):
		t.Errorf("in[1].Instances is %v, want %v", in[1].Instances, []string{"i2", "arn:aws:ecs:x:1:container-instance/jobs/i3"})
	}
}

func TestMissingInstances(t *testing.T) {
	task := func(instance, end string, byCaller bool) Task {
		s := kind("t-"+instance, end, 5)
		s.InstanceARN = "arn:aws:ecs:x:1:container-instance/jobs/" + instance
		task := Task{ARN: s.TaskARN, Raw: raw(s)}
		if byCaller {
			task.Stop = &StopOrder{Cause: ByCaller}
		}
		return task
	}
	for _, c := range []struct {
		name  string
		first []Task
		want  []string
	}{
		{"nothing yet", nil, []string{"i1", "i2"}},
		{"one succeeded", []Task{task("i1", "ok", false), task("i2", "never", false)}, []string{"i2"}},
		{"one stopped by a caller", []Task{task("i1", "byus", true), task("i2", "never", false)}, []string{"i2"}},
		{"a caller wanted it stopped, but it failed before", []Task{task("i1", "exit1", true), task("i2", "ok", false)}, []string{"i1"}},
		{"an instance that was not asked for", []Task{task("i9", "ok", false)}, []string{"i1", "i2"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := newRun(2, onInstances("i1", "i2"))
			r.begin("davit", start)
			r.Attempts[0].Tasks = c.first
			if c.first != nil {
				r.Attempts = append(r.Attempts, Attempt{Number: 2, Want: len(c.want)})
			}
			if got := r.missingInstances(r.attempt()); !slices.Equal(got, c.want) {
				t.Errorf("%v, want %v", got, c.want)
			}
		})
	}
	same := newRun(2, onInstances("i1", "i1"))
	same.begin("davit", start)
	same.attempt().Tasks = []Task{task("i1", "run", false)}
	if got := same.missingInstances(same.attempt()); !slices.Equal(got, []string{"i1"}) {
		t.Errorf("twice the same instance: %v", got)
	}
}

// TestWhatTheFirstLookDoesNotShowIsLookedForAgain: ECS shows one of two tasks late; that is no reason to start it again.
func TestWhatTheFirstLookDoesNotShowIsLookedForAgain(t *testing.T) {
	w := lostStartTask(t, true, "i1", "i2")
	w.ecs.hidden[arnOf("t2")] = after(30 * time.Second)
	out := w.launch()
	switch a := w.run().attempt(); {
	case len(a.Tasks) != 1:
		t.Fatalf("len(a.Tasks) is %v, want 1", len(a.Tasks))
	case a.Open == nil:
		t.Fatal("a.Open is nil")
	case out.WaitSeconds != 60:
		t.Fatalf("out.WaitSeconds is %v, want 60", out.WaitSeconds)
	}
	w.clock.advance(time.Minute)
	w.launch()
	switch a := w.run().attempt(); {
	case len(w.ecs.inputs) != 1:
		t.Errorf("len(w.ecs.inputs) is %v, want 1", len(w.ecs.inputs))
	case len(a.Tasks) != 2:
		t.Errorf("len(a.Tasks) is %v, want 2", len(a.Tasks))
	case a.Open != nil:
		t.Errorf("a.Open is %v, want nil", a.Open)
	}
}
