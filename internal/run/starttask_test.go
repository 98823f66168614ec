package run

import (
	"reflect"
	"slices"
	"testing"
	"time"
)

// lookAt is a StartTask run on instances i1, i2… whose first call's reply was lost; carried says whether ECS carried it out.
func lookAt(t *testing.T, carried bool, instances ...string) *fixture {
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
	if len(in) != 1 || in[0].Op != StartTask || in[0].Token != "" || in[0].Count != 0 || !reflect.DeepEqual(in[0].Instances, []string{"i1", "i2"}) {
		t.Errorf("%+v", in)
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
	if other.Next != StepFollow || other.WaitSeconds != 60 || len(w.ecs.inputs) != 1 {
		t.Errorf("%+v, %d calls", other, len(w.ecs.inputs))
	}
	w = ready(t, 1, onInstances("i1"))
	w.store.fail = dieAt(2)
	_, _ = w.launcher().Step(t.Context(), w.input())
	w.clock.advance(59 * time.Second)
	if out := w.launch(); out.WaitSeconds != 1 || w.ecs.count("List") > 0 {
		t.Errorf("%+v", out)
	}
	w.clock.advance(time.Second)
	w.launch()
	if a := w.run().attempt(); len(a.Tasks) != 1 || len(w.ecs.tasks) != 1 {
		t.Errorf("past the claim it looks, and finds its task: %+v", a)
	}
}

func TestStartTaskAdoptsWhatTheLookFinds(t *testing.T) {
	w := lookAt(t, true, "i1", "i2")
	w.ecs.set("t1", "RUNNING", startedAt(start))
	out := w.launch()
	r := w.run()
	if len(w.ecs.inputs) != 1 || len(r.attempt().Tasks) != 2 || r.Status != Running || out.Next != StepFollow {
		t.Errorf("%s %+v", r.Status, out)
	}
}

// TestStartTaskLooksAtStoppedTasksToo: one of the two is over already, and the list of the running does not have it.
func TestStartTaskLooksAtStoppedTasksToo(t *testing.T) {
	w := lookAt(t, true, "i1", "i2")
	w.ecs.finish("t2", 0)
	w.launch()
	if len(w.ecs.inputs) != 1 || len(w.run().attempt().Tasks) != 2 {
		t.Fatalf("%d calls, %+v", len(w.ecs.inputs), w.run().attempt())
	}
	w = lookAt(t, true, "i1")
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
	if a := w.run().attempt(); len(a.Tasks) != 2 || len(w.ecs.tasks) != 2 || a.Open != nil {
		t.Errorf("%d tasks in ECS, %+v", len(w.ecs.tasks), a)
	}
	if in := w.ecs.inputs[1].Instances; !slices.Equal(in, []string{"i2"}) {
		t.Errorf("the rest was %v", in)
	}
}

func TestStartTaskStartsAgainAfterTwoEmptyLooks(t *testing.T) {
	w := lookAt(t, false, "i1")
	first := w.launch()
	if a := w.run().attempt(); a.Open == nil || a.Open.Reconciliations != 1 || first.WaitSeconds != 60 || len(w.ecs.inputs) != 1 {
		t.Fatalf("%+v %+v", first, a)
	}
	if w.clock.advance(59 * time.Second); w.launch().Next != StepFollow || w.run().attempt().Open.Reconciliations != 1 {
		t.Error("looks are a minute apart")
	}
	w.clock.advance(time.Second)
	if out := w.launch(); out.Next != StepLaunch || w.run().attempt().Open != nil {
		t.Fatalf("%+v", out)
	}
	w.launch()
	if a := w.run().attempt(); len(w.ecs.inputs) != 2 || len(a.Tasks) != 1 || a.Calls != 2 {
		t.Errorf("%+v", a)
	}
}

func TestStartTaskThatECSShowsLateIsAdopted(t *testing.T) {
	w := lookAt(t, true, "i1")
	w.ecs.hidden[arnOf("t1")] = after(30 * time.Second)
	w.launch()
	w.clock.advance(time.Minute)
	w.launch()
	if len(w.ecs.inputs) != 1 || len(w.run().attempt().Tasks) != 1 {
		t.Errorf("%+v", w.run().attempt())
	}
}

func TestStartTaskIsLostAfter50Minutes(t *testing.T) {
	w := lookAt(t, false, "i1")
	w.launch()
	w.clock.advance(unclearLife)
	w.launch()
	if r := w.run(); summary(r) != "LOST LOST exit=-" || len(w.ecs.inputs) != 1 || !r.attempt().Unclear {
		t.Errorf("%s", summary(r))
	}
}

func TestALookThatIsNotAnsweredIsRepeated(t *testing.T) {
	w := lookAt(t, true, "i1")
	w.ecs.fails["List"] = []error{throttled(), nil, serverFault()}
	for range 2 {
		w.launch()
		if a := w.run().attempt(); a.Open == nil || a.Open.Reconciliations != 0 {
			t.Fatalf("%+v", a)
		}
		w.clock.advance(time.Minute)
	}
	w.launch()
	if a := w.run().attempt(); len(a.Tasks) != 1 || len(w.ecs.inputs) != 1 {
		t.Errorf("%+v", a)
	}
}

// TestALookThatIsRefusedForGoodEnds: without the permission to list, nothing will ever be found.
func TestALookThatIsRefusedForGoodEnds(t *testing.T) {
	w := lookAt(t, true, "i1")
	for range 200 {
		w.ecs.fails["List"] = append(w.ecs.fails["List"], refusal("AccessDeniedException", "not authorized to perform ecs:ListTasks"))
	}
	for range 100 {
		w.launch()
		w.clock.advance(time.Minute)
	}
	if r := w.run(); summary(r) != "LOST LOST exit=-" || !r.attempt().Unclear || len(w.ecs.inputs) != 1 {
		t.Errorf("%s %+v", summary(r), r.attempt())
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
	if in := w.ecs.inputs; len(in) != 2 || !slices.Equal(in[1].Instances, []string{"i2", "arn:aws:ecs:x:1:container-instance/jobs/i3"}) {
		t.Errorf("%+v", in)
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
	w := lookAt(t, true, "i1", "i2")
	w.ecs.hidden[arnOf("t2")] = after(30 * time.Second)
	out := w.launch()
	if a := w.run().attempt(); len(a.Tasks) != 1 || a.Open == nil || out.WaitSeconds != 60 {
		t.Fatalf("%+v %+v", out, a)
	}
	w.clock.advance(time.Minute)
	w.launch()
	if a := w.run().attempt(); len(w.ecs.inputs) != 1 || len(a.Tasks) != 2 || a.Open != nil {
		t.Errorf("%d calls, %+v", len(w.ecs.inputs), a)
	}
}
